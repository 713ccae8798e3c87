"""Did the past change? The journal of each release must decode, fold and be decided again alike.

    python -m pytest tests/golden --accept    write this version's journal anew (before a release)
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Final, get_args

import pytest
from tests import makers
from tests.properties.walk import Day, a_day

from tradebot.core.book.book import Book
from tradebot.core.model.commands import (
    AcceptBreak,
    AcceptConfig,
    ActivateSettings,
    Approve,
    ApproveSettings,
    ArmLive,
    BreakerState,
    ClearHalt,
    Command,
    Control,
    Delivery,
    DisarmLive,
    DiscardDeadLetter,
    DisconnectRoute,
    FactArrived,
    Flatten,
    Mark,
    Phase,
    Reconcile,
    RefuseRoute,
    Reject,
    RejectSettings,
    ReportDelivery,
    RequestCancel,
    RequestCancelAll,
    RequestReplace,
    RetryDeadLetter,
    Revise,
    SetBreaker,
    SetControl,
    SetKillSwitch,
    StrategyState,
    SubmitIntent,
    Tick,
)
from tradebot.core.model.events import Event
from tradebot.core.model.facts import OptionFact, Quote, Reads, VolatilityFact
from tradebot.core.model.ids import keyed_intent_id
from tradebot.core.model.report import Holding, LegFill
from tradebot.core.model.settings import Mode, RouteKind
from tradebot.core.pipeline.handle import handle
from tradebot.shell.facts import RecordedFacts
from tradebot.shell.journal.codec import decode, encode
from tradebot.shell.journal.decision import Decision

FOLDER: Final = Path(__file__).parent
NOW: Final = FOLDER / f"{version('tradebot')}.jsonl"
SEED: Final = 18
STEPS: Final = 320


class Reading:
    """Hands out a line's facts, and keeps what was asked for."""

    def __init__(self, quotes: dict[str, Quote], latch: str | None) -> None:
        self.quotes, self.latched = quotes, latch
        self.read: dict[str, Quote] = {}
        self.read_latch: str | None = None

    def quote(self, symbol: str) -> Quote | None:
        found = self.quotes.get(symbol)
        if found is not None:
            self.read[symbol] = found
        return found

    def option(self, symbol: str) -> OptionFact | None:
        return None

    def volatility(self, symbol: str) -> VolatilityFact | None:
        return None

    def latch(self) -> str | None:
        self.read_latch = self.latched
        return self.latched

    def reads(self) -> Reads:
        return Reads(quotes=tuple(self.read.values()), latch=self.read_latch)


def a_golden_day() -> Day:
    """Return a random day, and at its end what happens on no ordinary one."""
    day = a_day(SEED, STEPS)
    _reconcile(day)
    day.decide(ClearHalt(symbol="SPY", reason="golden", by="golden"))
    for is_on in (True, False):
        day.decide(SetKillSwitch(engaged=is_on, reason="golden", by="golden"))
        day.decide(SetControl(
            control=Control.PAUSE, engaged=is_on, reason="golden", by="golden"
        ))
    day.decide(RequestCancel(target="nobody's", by="golden"))
    day.decide(RequestReplace(target="nobody's", by="golden", order_qty=Decimal(1)))
    day.decide(SubmitIntent(intent=makers.an_intent(symbol="NONE")))
    day.decide(Reject(target="nobody's", reason="golden", by="golden"))
    day.decide(Revise(target="nobody's", by="golden", order_qty=Decimal(1)))
    day.decide(RequestCancelAll(by="golden"))
    _stage(day)
    _undelivered(day)
    day.decide(DisconnectRoute(route="paper", reason="golden"))
    day.decide(SubmitIntent(intent=makers.an_intent(ttl_s=1)))
    day.now += timedelta(seconds=2)
    day.decide(Tick())
    for is_enabled in (False, True):
        day.decide(StrategyState(strategy_id="sma", enabled=is_enabled, reason="golden"))
    _arm(day)
    _refuse(day)
    _flatten(day)
    _settle(day)
    _configure(day)
    return day


def _reconcile(day: Day) -> None:
    """Let two looks find a break that is gone at the next, and one that a person accepts."""
    for symbols in (("SPY",), ("SPY",), (), ("IBM",), ("IBM",)):
        day.now += timedelta(seconds=2)
        odd = tuple(Holding(symbol=symbol, qty=Decimal(4711)) for symbol in symbols)
        true = day.statement()
        holdings = (*(h for h in true.holdings if h.symbol not in symbols), *odd)
        stated = replace(true, holdings=holdings)
        day.decide(Reconcile(route="paper", because="golden", statement=stated))
    day.decide(AcceptBreak(target="PAPER-1/IBM", reason="golden", by="golden"))


def _settle(day: Day) -> None:
    """Let an option come near its strike on its last day, and be settled."""
    day.decide(replace(makers.a_session(), session="2026-09-18"))
    holdings = (Holding(symbol=makers.CALL, qty=Decimal(1)),)
    options = makers.a_statement(account="OPTIONS", as_of=day.now, holdings=holdings)
    day.decide(makers.a_route("options", statement=options))
    day.facts.quotes["SPY"] = makers.a_quote("SPY", 500, 501, day.now)
    day.decide(Mark(quotes=(makers.a_quote(makers.CALL, 2, 3, day.now),)))
    day.decide(makers.a_report(
        "settlement", "END", exec_id="END", symbol=makers.CALL, is_sell=True, last_qty=1, last_px=2,
        legs=(LegFill(symbol="SPY", last_px=Decimal(502)),), transact_time=day.now,
    ))


def _stage(day: Day) -> None:
    """Let a draft be approved, and its approval lapse."""
    staged = makers.some_settings(mode=Mode.STAGE, approval_ttl_s=1)
    day.decide(ActivateSettings(settings=staged, version="staged"))
    day.decide(makers.a_session(calendar="24/7"))
    day.decide(ClearHalt(symbol="BTC/USD", reason="golden", by="golden"))
    day.facts.latched = None
    day.facts.quotes["BTC/USD"] = makers.a_quote("BTC/USD", 100, "100.02", day.now)
    body = makers.an_intent(symbol="BTC/USD", price="100", key="staged")
    day.decide(SubmitIntent(intent=replace(body, key="revised")))
    day.decide(Revise(target=keyed_intent_id("revised"), by="golden", price=Decimal("99.90")))
    day.decide(SubmitIntent(intent=body))
    day.decide(Approve(target=keyed_intent_id("staged"), digest=body.digest(), by="golden"))
    day.now += timedelta(seconds=2)
    day.decide(Tick())


def _undelivered(day: Day) -> None:
    """Let orders become dead letters, and the breaker open."""
    day.decide(ActivateSettings(settings=makers.some_settings(), version="paper again"))
    day.facts.quotes["BTC/USD"] = makers.a_quote("BTC/USD", 100, "100.02", day.now)
    for key in ("retried", "discarded"):
        intent_id = keyed_intent_id(key)
        day.decide(SubmitIntent(intent=makers.an_intent(symbol="BTC/USD", price="100", key=key)))
        order = day.book.intents.open[intent_id].cl_ord_id
        assert order is not None
        day.decide(ReportDelivery(cl_ord_id=order, delivery=Delivery.UNDELIVERED, detail="refused"))
        day.now += timedelta(seconds=3)
    for state in (BreakerState.OPEN, BreakerState.CLOSED):
        day.decide(SetBreaker(route="paper", state=state, reason="golden"))
    day.decide(RetryDeadLetter(target=keyed_intent_id("retried"), by="golden", ttl_s=60))
    day.decide(DiscardDeadLetter(target=intent_id, reason="golden", by="golden"))


def _arm(day: Day) -> None:
    """Let a live account be armed, and disarmed; another one cannot be."""
    settings = makers.some_settings(mode=Mode.LIVE, routes=("live",))
    day.decide(ActivateSettings(settings=settings, version="live"))
    statement = makers.a_statement(account="LIVE-1")
    day.decide(makers.a_route("live", RouteKind.LIVE, statement=statement))
    for account in ("nobody's", "LIVE-1"):
        day.decide(ArmLive(
            account=account, for_s=60, orders_max=1, notional_max_usd=Decimal(1000),
            reason="golden", by="golden",
        ))
    day.decide(DisarmLive(reason="golden", by="golden"))


def _refuse(day: Day) -> None:
    """Let a broker refuse us, and refuse one whose money is not what its route says."""
    day.decide(RefuseRoute(route="shut", kind=RouteKind.PAPER, detail="golden"))
    real = makers.capabilities(real_money=True)
    day.decide(makers.a_route("real", capabilities=real))


def _configure(day: Day) -> None:
    """Let looser settings be rejected, superseded, and approved."""
    tight = day.book.settings
    for number in (1, 2, 3):
        loose = replace(tight, send_within_s=tight.send_within_s + number)
        day.decide(AcceptConfig(
            settings=loose, version=f"loose {number}", hash=f"{number}", by="golden", source="file",
            changed=("orders.send_within_s",),
        ))
        if number == 1:
            proposal = day.book.config.proposal
            assert proposal is not None
            day.decide(RejectSettings(target=proposal.digest, reason="golden", by="golden"))
    proposal = day.book.config.proposal
    assert proposal is not None
    day.decide(ApproveSettings(target=proposal.digest, by="golden"))
    day.decide(makers.a_session(Phase.CLOSED))


def _flatten(day: Day) -> None:
    """Let a kill close what the broker says is held."""
    day.decide(SetKillSwitch(engaged=True, reason="golden", by="golden"))
    stated = replace(day.statement(), holdings=(Holding(symbol="SPY", qty=Decimal(3)),))
    day.decide(Flatten(route="paper", statement=stated, by="golden"))
    empty = makers.a_statement(account="EMPTY", as_of=day.now)
    day.decide(makers.a_route("empty", statement=empty))
    day.decide(SetKillSwitch(engaged=True, reason="golden", by="golden", flatten=True))
    day.decide(Flatten(route="empty", statement=empty, by="golden"))


def decisions_of(day: Day) -> list[Decision]:
    """Write a day as the engine would: only what led to events, with what it read."""
    book, written = Book(), list[Decision]()
    for line in day.journal:
        facts = Reading(line.quotes, line.latch)
        events = tuple(handle(book, line.command, facts, line.at))
        if events:
            seq = len(written) + 1
            written.append(Decision(seq, line.at, line.command, events, facts.reads()))
    return written


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "golden" in metafunc.fixturenames:
        files = sorted({*FOLDER.glob("*.jsonl"), NOW})
        metafunc.parametrize("golden", files, ids=[file.stem for file in files])


def past(golden: Path, request: pytest.FixtureRequest) -> list[Decision]:
    if golden == NOW and request.config.getoption("--accept"):
        written = [encode(decision) + b"\n" for decision in decisions_of(a_golden_day())]
        golden.write_bytes(b"".join(written))
    return [decode(line) for line in golden.read_bytes().splitlines()]


@pytest.mark.promise(18)
@pytest.mark.fault(22)
def test_it_is_decided_again_alike(golden: Path, request: pytest.FixtureRequest) -> None:
    decided, folded = Book(), Book()
    for then in past(golden, request):
        facts = RecordedFacts(then.reads)
        now = tuple(handle(decided, then.command, facts, then.at))
        assert now == then.events, f"decision {then.seq}"
        folded.fold(then.at, then.events)
    assert folded == decided


def test_writing_it_again_says_the_same(golden: Path, request: pytest.FixtureRequest) -> None:
    for then in past(golden, request):
        assert decode(encode(then)) == then


def test_it_holds_every_kind_of_decision() -> None:
    """A new command or event needs a golden line: write this version's journal anew."""
    lines = [decode(line) for line in NOW.read_bytes().splitlines()]
    assert {type(event) for line in lines for event in line.events} == set(get_args(Event))
    assert {type(line.command) for line in lines} == set(get_args(Command))


def test_a_changed_past_is_noticed() -> None:
    first = NOW.read_bytes().splitlines()[-1]
    then = decode(first)
    assert decode(encode(Decision(then.seq, then.at, FactArrived(needs=()), ()))) != then
