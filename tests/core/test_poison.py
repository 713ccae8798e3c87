"""What is no number, no text and no time is named and refused; it never gets into the sums."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.makers import (
    ACCOUNT,
    OPEN,
    Trader,
    a_quote,
    a_report,
    a_route,
    a_statement,
    a_trade,
    an_intent,
    of,
    some_settings,
    the,
)

from tradebot.core.model.commands import Mark, SubmitIntent
from tradebot.core.model.events import (
    InstrumentHalted,
    IntentConflicted,
    IntentReceived,
    IntentRefused,
    OrderReported,
    OrderSubmitted,
    PositionsMarked,
    ReportIgnored,
    TradeBooked,
)
from tradebot.core.model.intent import Asked, Leg, Side
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import Holding
from tradebot.core.model.sound import flaw, legible
from tradebot.core.pipeline.handle import handle
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.codec import decode, encode
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import Latch

POISON = ["NaN", "sNaN", "Infinity", "-Infinity", "1E+30", "1E-99"]
NAIVE = datetime(2026, 8, 24)  # noqa: DTZ001


@pytest.mark.fault(95, 100)
@pytest.mark.parametrize("changes", [
    *({"order_qty": Decimal(text)} for text in POISON),
    *({"price": Decimal(text)} for text in POISON),
    {"order_qty": 10}, {"order_qty": 10.0}, {"price": "500"}, {"ttl_s": 1.5}, {"ttl_s": "9"},
    {"legs": (Leg(symbol="SPY", side=Side.BUY, ratio_qty=Decimal("NaN")),)},
    {"legs": ("SPY",)}, {"legs": [Leg(symbol="SPY", side=Side.BUY)]},
    {"strategy_id": "\ud800"}, {"key": "k\udfff"}, {"created": NAIVE}, {"side": None},
    {"asked": Asked(text="condor", confidence=Decimal("NaN"))}, {"asked": Asked(text="\ud800")},
    {"asked": Asked(text="a" * 1001)}, {"asked": "condor"},
    {"strategy_id": "external"}, {"strategy_id": "cli"}, {"strategy_id": "manual"},
], ids=str)
def test_a_poisoned_intent_is_refused_by_name(changes: dict[str, Any]) -> None:
    if "side" in changes:
        changes = {"legs": (Leg(symbol="SPY", side=None),)}  # type: ignore[arg-type]
    trader = Trader(some_settings())
    for intent in (an_intent(), an_intent(key="K1", strategy_id=None)):
        refused = the(trader.tell(SubmitIntent(intent=replace(intent, **changes))), IntentRefused)
        assert refused.reason == "VALIDATION_MALFORMED"
        assert refused.detail
        trader.book.intents.keys.clear()


@pytest.mark.fault(80)
@pytest.mark.parametrize("text", POISON)
@pytest.mark.parametrize("field", ["last_qty", "last_px", "fee"])
def test_money_in_poisoned_numbers_is_not_booked_and_halts(field: str, text: str) -> None:
    trader = Trader(some_settings())
    order = the(trader.submit(), OrderSubmitted)
    told = {"exec_id": "X1", "last_qty": 4, "last_px": 500, field: text}
    for report in (r := a_report("trade", order.cl_ord_id, **told), legible(r)):
        events = trader.tell(report)
        assert the(events, ReportIgnored).reason == "OMS_MALFORMED_REPORT"
        assert the(events, InstrumentHalted).symbol == "SPY"
    stranger = a_report("trade", "OTHER", symbol="IBM", is_sell=False, **told)
    events = trader.tell(stranger)
    assert not of(events, TradeBooked)
    assert the(events, InstrumentHalted).symbol == "IBM"
    assert trader.book.ledger.accounts[ACCOUNT].cash == 100_000


@pytest.mark.parametrize("kind", ["restated", "replaced"])
@pytest.mark.parametrize("told", [
    {"order_qty": 0}, {"order_qty": -1}, {"order_qty": "NaN"}, {"order_qty": 5, "cum_qty": -1},
    {"order_qty": 5, "cum_qty": "Infinity"},
], ids=str)
def test_an_order_is_not_restated_to_nonsense(kind: str, told: dict[str, Any]) -> None:
    trader = Trader(some_settings())
    order = the(trader.submit(), OrderSubmitted)
    trader.tell(a_trade("X1", 4, "500", order.cl_ord_id))
    for report in (r := a_report(kind, order.cl_ord_id, **told), legible(r)):
        assert the(trader.tell(report), ReportIgnored).reason == "OMS_MALFORMED_REPORT"
    assert trader.book.orders.reserved[ACCOUNT] > 0


def test_poison_where_nobody_reads_it_does_not_stop_an_end() -> None:
    trader = Trader(some_settings())
    order = the(trader.submit(), OrderSubmitted)
    report = a_report("canceled", order.cl_ord_id, last_px="NaN", text="gone \ud800")
    assert of(trader.tell(legible(report)), OrderReported)


def test_a_legible_report_can_be_written_and_read() -> None:
    poisoned = a_report(
        "trade", "C\ud800", exec_id="X\udfff", last_qty="NaN", last_px="Infinity", fee="1E+30",
        order_qty="sNaN", text="\ud83d", transact_time=NAIVE,
    )
    clean = legible(poisoned)
    assert clean.flaw
    assert flaw(clean) is None
    ignored = ReportIgnored(report=clean, reason=Reason.OMS_MALFORMED_REPORT)
    decision = Decision(1, OPEN, clean, (ignored,))
    assert decode(encode(decision)) == decision
    sound = a_trade("X1", 1)
    assert legible(sound) is sound


@pytest.mark.fault(82)
@pytest.mark.parametrize("changes", [
    *({"bid": Decimal(text)} for text in POISON), {"ask": 1.5}, {"as_of": NAIVE},
], ids=str)
def test_a_poisoned_quote_is_dropped_counted_and_told(changes: dict[str, Any]) -> None:
    told: list[tuple[str, str]] = []
    cache = FactCache(Latch(), lambda symbol, text: told.append((symbol, text)))
    bad = replace(a_quote(), **changes)
    cache.on_market(a_quote())
    for _ in range(3):
        cache.on_market(bad)
    assert cache.quotes["SPY"] == a_quote()
    assert cache.dropped == {"SPY": 3}
    assert [symbol for symbol, _ in told] == ["SPY"]
    cache.on_market(a_quote())
    assert not cache.dropped


def test_a_poisoned_quote_marks_nothing() -> None:
    trader = Trader(some_settings())
    order = the(trader.submit(), OrderSubmitted)
    trader.tell(a_trade("X1", 10, "500", order.cl_ord_id))
    mark = Mark(quotes=(a_quote(bid="NaN"),))
    assert not of(list(handle(trader.book, mark, trader.facts, trader.now)), PositionsMarked)


def test_a_key_stands_for_the_digest_that_was_written_down() -> None:
    """A later release may digest otherwise: the key compares with what the journal holds."""
    trader = Trader(some_settings())
    intent = an_intent(key="K1", strategy_id=None)
    received = the(trader.tell(SubmitIntent(intent=intent)), IntentReceived)
    assert received.digest == intent.digest()
    other = Trader(some_settings())
    other.book.apply(replace(received, digest="of another release"))
    assert other.book.intents.keys["K1"] == "of another release"
    assert of(other.tell(SubmitIntent(intent=intent)), IntentConflicted)


@pytest.mark.parametrize("changes", [
    {"cash": Decimal("NaN")}, {"as_of": NAIVE},
    {"holdings": (Holding(symbol="SPY", qty=Decimal("Infinity")),)},
], ids=str)
def test_no_ledger_opens_with_a_poisoned_statement(changes: dict[str, Any]) -> None:
    trader = Trader(some_settings())
    statement = replace(a_statement(account="P2"), **changes)
    events = trader.tell(a_route("second", statement=statement))
    assert the(events, InstrumentHalted).symbol == "*"
    assert "P2" not in trader.book.ledger.accounts
    assert trader.book.routes.keys() == {"paper"}


def test_what_is_not_said_does_not_count_in_the_digest() -> None:
    assert an_intent().digest() == "5T6G93PXF9D3HTHZWADMSG526W"
