"""What does the daemon come to with an adapter? Its spine, without a process and without files.

The core decides, a journal in memory holds it, the link sends and listens, the reconciler compares:
the same classes that the daemon runs. A case asks for orders and looks at the book.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

from tests.conformance.bench import PRICES, SPY, Bench
from tests.conformance.port import QUIET_S, resting, until
from tests.makers import WIDE
from tests.plugins.fake_market import FakeMarket
from tests.shell.test_engine import HeldJournal

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState
from tradebot.core.model.commands import (
    ActivateSettings,
    DefineInstruments,
    EnterSession,
    Phase,
    RequestCancel,
    RequestReplace,
    SubmitIntent,
)
from tradebot.core.model.events import (
    Event,
    InstrumentHalted,
    OrderSubmitted,
    RouteConnected,
    TradeBooked,
)
from tradebot.core.model.ids import ClOrdID, StrategyId
from tradebot.core.model.intent import Intent
from tradebot.core.model.settings import Mode, Policy, Settings
from tradebot.ports import Broker
from tradebot.shell.kill_flag import Latch
from tradebot.shell.reconcile import ReconcileSection
from tradebot.shell.spine import Spine, Way
from tradebot.shell.supervisor import Limits, Supervisor
from tradebot.shell.wire.patience import USUAL, Patience

T = TypeVar("T")

SOON: Final = Limits(initial_backoff_s=0.5, backoff_multiplier=1.5, cooldown_s=30)
POLICY: Final[dict[str, Any]] = {
    **WIDE, "quote_age_max_s": Decimal(3_600), "order_notional_max_usd": Decimal(10**9),
    "order_qty_max": Decimal(10**6), "price_collar_frac": Decimal(10),
}


class Desk:
    """A spine around one adapter. Cases call `open` first, with what they want to be otherwise."""

    def __init__(self, bench: Bench, broker: Broker) -> None:
        self.bench = bench
        self.broker = broker
        self.events: list[Event] = []
        self.alarms: list[str] = []
        self.book = Book()
        self._tasks: list[asyncio.Task[None]] = []
        self._supervisor = Supervisor(SOON, lambda notice: self.alarms.append(str(notice)))
        self._count = 0

    async def open(self, patience: Patience = USUAL, **policy: Any) -> None:
        """Start everything, and wait until the route is up."""
        await self.begin(patience, **policy)
        await self.until(lambda: self.is_up, "a connection")

    async def begin(self, patience: Patience = USUAL, **policy: Any) -> None:
        """Start everything, and try once to connect."""
        bench, name = self.bench, self.bench.name
        market = FakeMarket(bench.clock, bench.instruments)
        settings = Settings(
            mode=Mode(bench.kind.value), routes=(name,), policy=Policy(**{**POLICY, **policy}),
            order_timeout_s=3_600,
        )
        self._spine = Spine(
            settings=settings, book=self.book, view=Book(), last_seq=0, last_heard=None,
            journal=HeldJournal(), clock=bench.clock, latch=Latch(), market=market,
            way=lambda route: Way(bench.kind, self.broker, patience), auto_start=True,
            reconcile=ReconcileSection(), mark_every_s=3_600, tell=self.alarms.append,
        )
        self._spine.listen(lambda decision: self.events.extend(decision.events))
        for symbol, bid, ask in PRICES:
            market.show(bid, ask, 1_000, symbol)
        self.engine, (self.link,) = self._spine.engine, self._spine.links
        self._tasks.append(asyncio.create_task(self.engine.run(), name="engine"))
        await self.engine.submit(ActivateSettings(settings=settings, version="1"))
        await self.engine.submit(DefineInstruments(instruments=bench.instruments))
        for calendar in {instrument.calendar for instrument in bench.instruments}:
            await self.engine.submit(EnterSession(calendar=calendar, phase=Phase.TRADING))
        self._connect()
        await self.link.tried
        run = self._spine.reconciler.run
        self._tasks.append(asyncio.create_task(run(), name="reconciler"))

    @property
    def is_up(self) -> bool:
        route = self.book.routes.get(self.bench.name)
        return route is not None and route.is_up

    async def place(self, intent: Intent | None = None, **terms: Any) -> ClOrdID:
        """Ask for an order that passes all gates; it is on its way when this returns."""
        submitted = [e for e in await self.ask(intent, **terms) if isinstance(e, OrderSubmitted)]
        assert submitted, f"it was not sent: {self.events[-1]}"
        return submitted[0].cl_ord_id

    async def ask(self, intent: Intent | None = None, **terms: Any) -> tuple[Event, ...]:
        """Ask for an order, and return what was decided at once."""
        self._count += 1
        terms.setdefault("strategy_id", StrategyId(f"s{self._count}"))
        decision = await self.engine.submit(SubmitIntent(intent=intent or resting(**terms)))
        assert decision is not None
        return decision.events

    async def work(self, **terms: Any) -> ClOrdID:
        """Have an order work at the broker."""
        cl_ord_id = await self.place(**terms)
        await self.until(lambda: self.status(cl_ord_id) == "new", "an acknowledgement")
        return cl_ord_id

    async def cancel(self, cl_ord_id: ClOrdID) -> None:
        await self.engine.submit(RequestCancel(target=cl_ord_id, by="test"))

    async def change(
        self, cl_ord_id: ClOrdID, qty: int | None = None, price: str | None = None
    ) -> None:
        await self.engine.submit(RequestReplace(
            target=cl_ord_id, by="test", order_qty=None if qty is None else Decimal(qty),
            price=None if price is None else Decimal(price),
        ))

    async def price(self, bid: str, ask: str) -> None:
        """Move the market of SPY, where it is made."""
        await self.bench.price(SPY, bid, ask)

    async def reconnected(self) -> None:
        """Hang up, and make another connection."""
        await self._supervisor.close()
        await self.link.disconnect()
        self._connect()
        await self.until(lambda: len(self.of(RouteConnected)) > 1 and self.is_up, "a connection")

    def meet_stranger(self) -> list[str]:
        """Come with wrong credentials; what is returned grows with each try to log in."""
        tries = list[str]()
        self.broker = cast(Broker, _Watched(self.bench.stranger(), tries))
        return tries

    def state(self, cl_ord_id: ClOrdID) -> OrderState:
        state = self.book.orders.find(cl_ord_id)
        assert state is not None
        return state

    def status(self, cl_ord_id: ClOrdID) -> str:
        """Tell where an order stands, or that nobody knows."""
        state = self.state(cl_ord_id)
        return "in doubt" if state.in_doubt else state.order.ord_status.value

    def is_settled(self, cl_ord_id: ClOrdID) -> bool:
        """Tell whether nothing that we asked of an order waits for its answer."""
        state = self.state(cl_ord_id)
        return not (state.in_doubt or state.order.pending or state.replacing or state.canceling)

    def held(self) -> dict[str, Decimal]:
        """Return what the book says is held."""
        nets = self.book.ledger.nets.get(self.bench.account, {})
        return {symbol: net.qty for symbol, net in nets.items() if net.qty}

    def cash(self) -> Decimal:
        return self.book.ledger.accounts[self.bench.account].cash

    def booked(self) -> list[TradeBooked]:
        return self.of(TradeBooked)

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    async def comes_to(self, cl_ord_id: ClOrdID, status: str) -> None:
        await self.until(lambda: self.status(cl_ord_id) == status, f"{cl_ord_id[-4:]} {status}")

    async def agrees(self, *, halts: bool = False) -> None:
        """Wait until the book is what is true at the broker, and see that it stays so.

        `halts`: whether anything was found on the way for which a person has to look.
        """
        await self.until(lambda: (self.cash(), self.held()) == self.bench.truth(), "the truth")
        await self.quiet()
        assert (self.cash(), self.held()) == self.bench.truth()
        found = self.of(InstrumentHalted)
        assert bool(found) is halts, found

    async def until(self, is_so: Callable[[], object], what: str, within_s: float = 60.0) -> None:
        await until(is_so, what, self._story, within_s)

    async def quiet(self) -> None:
        await asyncio.sleep(QUIET_S)

    async def close(self) -> None:
        """End as the daemon does: first who reads, then who sends."""
        await self._supervisor.close()
        await self.link.disconnect()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        self._spine.marker.close()

    def _connect(self) -> None:
        link = self.link
        self._supervisor.restartable(f"route {link.route}", link.run, link.was_good)

    def _story(self) -> str:
        told = "\n".join(str(event)[:300] for event in self.events[-12:])
        return f"; alarms: {self.alarms[-5:]}; last events:\n{told}"


class _Watched:
    """An adapter whose logins are counted."""

    def __init__(self, broker: Broker, tries: list[str]) -> None:
        self._broker = broker
        self._tries = tries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)

    async def connect(self) -> None:
        self._tries.append("login")
        await self._broker.connect()
