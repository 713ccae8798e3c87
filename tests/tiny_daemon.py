"""A daemon small enough for a test: the real core, views and server, a journal in memory."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.makers import WIDE
from tests.option_market import OptionMarket
from tests.plugins.playing import FixedClock

from tradebot.core.book.book import Book
from tradebot.core.model.capabilities import Capabilities, ReplaceKind, takes_all
from tradebot.core.model.commands import (
    ActivateSettings,
    Command,
    ConnectRoute,
    DefineInstruments,
    EnterSession,
    Phase,
    Reconcile,
)
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.report import ExecType, Holding, OpenOrder, Report, Statement
from tradebot.core.model.settings import Mode, Policy, RouteKind, Settings
from tradebot.core.pipeline.handle import handle
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.ports import NotSent
from tradebot.shell.api.figure_routes import figure_routes
from tradebot.shell.api.routes import usual_routes
from tradebot.shell.api.section import ApiSection
from tradebot.shell.api.sockets import Sockets
from tradebot.shell.api.stream_routes import Followers
from tradebot.shell.desk.desk import OptionsDesk
from tradebot.shell.desk.reading import Reader
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import Latch
from tradebot.shell.reload import Reloader, ReloadParts
from tradebot.shell.settings.config import load
from tradebot.shell.settings.sections import LanguageSection
from tradebot.shell.settings.versions import FOLDER, Versions
from tradebot.shell.supervisor import Notice
from tradebot.shell.views.views import Views

AT = datetime(2026, 8, 24, 14, 30, tzinfo=UTC)
ACCOUNT = "PAPER-1"
SHARES = Instrument(symbol="SPY", is_fund=True), Instrument(symbol="IBM")


def a_morning() -> list[Command]:
    """Return what a daemon has decided by the time its market trades."""
    settings = Settings(mode=Mode.PAPER, policy=Policy(**{
        **WIDE, "order_qty_max": Decimal(100), "quote_age_max_s": Decimal(3600),
        "duplicate_within_s": 0, "desk": replace(WIDE["desk"], concession_frac=Decimal("0.5")),
    }))
    statement = Statement(account=ACCOUNT, as_of=AT, cash=Decimal("100000"))
    capabilities = Capabilities(
        takes=takes_all(), legs_max=4, replaces=ReplaceKind.IN_PLACE, real_money=False
    )
    return [
        ActivateSettings(settings=settings, version="test"),
        DefineInstruments(instruments=SHARES),
        EnterSession(calendar="XNYS", phase=Phase.TRADING, session="2026-08-24"),
        ConnectRoute(
            route="paper", kind=RouteKind.PAPER, capabilities=capabilities, statement=statement
        ),
    ]


class TinyDaemon:
    """Decides at once and keeps every decision; the time moves a second a decision."""

    def __init__(self) -> None:
        self.book = Book()
        self.views = Views()
        self.latch = Latch()
        self.facts = FactCache(self.latch)
        self.decisions: list[Decision] = []
        self.failures: dict[str, str] = {}
        self.looked: dict[str, datetime] = {}
        self.stated_cash = Decimal(100_000)
        self.latched_first: list[bool] = []
        self.told: list[Any] = []
        self.is_broker_gone = False
        self.follow: Callable[[Decision], None] = lambda _: None
        self.noticed: list[Notice] = []
        self.said: list[str] = []  # by the API's sockets
        self.where: Callable[[], dict[str, Any]] = dict
        self.instead: Callable[[Command], Awaitable[Decision | None]] | None = None
        for symbol in ("SPY", "IBM"):
            self.quote(symbol, "500.00", "500.02")
        for command in a_morning():
            self.decide(command)

    def quote(self, symbol: str, bid: str, ask: str) -> None:
        self.facts.quotes[symbol] = Quote(
            symbol=symbol, bid=Decimal(bid), ask=Decimal(ask), as_of=AT
        )

    def decide(self, command: Command) -> Decision | None:
        seq = len(self.decisions) + 1
        at, view = AT + timedelta(seconds=seq), self.facts.view()
        events = tuple(handle(self.book, command, view, at))
        if not events:
            return None
        decision = Decision(seq=seq, at=at, command=command, events=events, reads=view.reads())
        self.decisions.append(decision)
        self.views.apply(decision)
        self.follow(decision)
        return decision

    def now(self) -> datetime:
        return AT + timedelta(seconds=len(self.decisions))

    async def submit(self, command: Command) -> Decision | None:
        self.latched_first.append(self.latch.reason is not None)
        if self.instead is not None:
            return await self.instead(command)
        return self.decide(command)

    def report(self, cl_ord_id: str, exec_type: ExecType, **more: Any) -> Decision | None:
        return self.decide(Report(
            route="paper", cl_ord_id=ClOrdID(cl_ord_id), exec_type=exec_type, **more
        ))

    def fill(self, cl_ord_id: str, qty: str, px: str, exec_id: str) -> Decision | None:
        return self.report(
            cl_ord_id, ExecType.TRADE, exec_id=ExecID(exec_id), last_qty=Decimal(qty),
            last_px=Decimal(px), fee=Decimal("1.25"),
        )

    async def compare_all(self, because: str) -> None:
        """Look twice at the cash that the broker states, and at no positions."""
        for _ in range(2):
            as_of = AT + timedelta(seconds=len(self.decisions))
            stated = Statement(account=ACCOUNT, as_of=as_of, cash=self.stated_cash)
            self.decide(Reconcile(route="paper", statement=stated, because=because))

    def status(self) -> dict[str, Any]:
        rows = [
            {"strategy_id": name, "symbols": ["SPY"], "is_enabled": name not in self.book.disabled,
             "reason": self.book.disabled.get(name), "failures": 0, "overruns": 2,
             "slowest_ms": 61.5}
            for name in ("cross", "quoter")
        ]
        return {
            "state": "TRADING", "pid": 4711, "rehearsal": False, "strategies": rows,
            "next_open": "2026-08-25T13:30:00Z", "next_close": "2026-08-24T20:00:00Z",
        }

    def health(self) -> dict[str, Any]:
        return {
            "system_status": "degraded", "state": "TRADING", "uptime_s": 61.0,
            "components": {"disk": {"status": "healthy"}, "brokers": {
                "status": "degraded", "down": ["paper"]}},
            "loop_lag_ms": 0.4, "disk_free_bytes": 5 << 30, "memory_bytes": 90 << 20,
            "queues": {"normal": 0}, "orders": self.views.status()["orders"],
            "drafts": self.views.drafts.counts(),
            "last_decision": {"seq": 4, "at": "2026-08-24T14:30:04Z"},
        }


def a_market(daemon: TinyDaemon) -> OptionMarket:
    """Build a market whose options are known to the facts as soon as somebody looks."""
    return OptionMarket(FixedClock(AT), SHARES, daemon.facts)


def a_desk(daemon: TinyDaemon, market: OptionMarket | None = None) -> OptionsDesk:
    return OptionsDesk(
        market=market or a_market(daemon), facts=daemon.facts, views=daemon.views,
        decide=daemon.submit, clock=FixedClock(AT), threaded=True,
        closes=ExchangeCalendar().next_close, read=Reader(LanguageSection(), None).read,
    )


class StatedByTheBook:
    """A broker that sees what the book sees, and holds three SPY."""

    route = "paper"

    def __init__(self, daemon: TinyDaemon) -> None:
        self._daemon = daemon

    async def statement(self) -> Statement:
        if self._daemon.is_broker_gone:
            raise NotSent("no route to host")
        working = tuple(
            OpenOrder(cl_ord_id=state.order.cl_ord_id, symbols=("SPY",),
                      leaves_qty=state.order.leaves_qty)
            for state in self._daemon.book.orders.working.values()
        )
        held = (Holding(symbol="SPY", qty=Decimal(3)),)
        return Statement(
            account=ACCOUNT, as_of=AT, cash=Decimal(1), holdings=held, working=working
        )


def a_reloader(daemon: TinyDaemon, home: Path, text: str = "mode: paper\n") -> Reloader:
    """Let it have a file of its own."""
    path = home / "config.yaml"
    path.write_text(text)
    return Reloader(load(path, environ={}), ReloadParts(
        engine=daemon, configs=daemon.views.configs, versions=Versions(home / FOLDER),
        tell=daemon.told.append, tell_alert=daemon.told.append, reloading=nullcontext,
        threaded=False, pace=1.0,
    ))


@contextmanager
def served(
    daemon: TinyDaemon, home: Path, over_tcp: ApiSection | None = None
) -> Iterator[Path]:
    """Serve the daemon on `home`'s socket from a thread of its own, and over TCP where asked."""
    started, loops = threading.Event(), []
    path = home / "tradebot.sock"

    async def serve() -> None:
        market = a_market(daemon)
        section = over_tcp or ApiSection(enabled=False)
        api = Sockets(section, home, daemon.said.append, daemon.noticed.append)
        routes = usual_routes(
            submit=daemon.submit, views=daemon.views, status=daemon.status, health=daemon.health,
            reconciler=daemon, latch=daemon.latch.set, brokers=[StatedByTheBook(daemon)],
            desk=a_desk(daemon, market), market=market, reloader=a_reloader(daemon, home),
            failures=api.failures,
        )
        figures = figure_routes(daemon.views, daemon.facts.view, lambda: AT, lambda: b"")
        followers = Followers(daemon.views, AT, 32)
        daemon.follow = followers.on_decision
        api.routes = [*routes, *figures, *followers.routes()]
        daemon.where = api.row
        task = asyncio.gather(*(run() for run in api.runs().values()))
        loops.append((asyncio.get_running_loop(), task))
        while not path.exists() and not path.with_name("tradebot.sock.path").exists():
            await asyncio.sleep(0.005)
        while over_tcp is not None and api.url() is None and not daemon.said:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
        started.set()
        with suppress(asyncio.CancelledError):
            await task

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="tiny daemon")
    thread.start()
    try:
        assert started.wait(10)
        yield path
    finally:
        loop, task = loops[0]
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        assert not thread.is_alive()
