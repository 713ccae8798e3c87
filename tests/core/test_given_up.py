"""How does a person end a doubt that no broker ends? With a reason; nothing goes in its place."""

from decimal import Decimal

import pytest
from tests.core.test_doubt import an_order_in_doubt
from tests.core.test_reconcile import broken, look
from tests.makers import ACCOUNT, Trader, a_report, a_trade, of, the

from tradebot.core.model.commands import AcceptBreak
from tradebot.core.model.drift import EXPLAIN_BREAK, BreakKind
from tradebot.core.model.events import (
    BreakAccepted,
    BreakClosed,
    BreakFound,
    Event,
    InstrumentHalted,
    IntentHeld,
    IntentRefused,
    OrderNeverLeft,
    OrderReported,
    OrderSubmitted,
    TradeBooked,
)
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.reason import Reason

GONE: dict[str, tuple[()]] = {"working": ()}


def given_up(trader: Trader) -> tuple[ClOrdID, list[Event]]:
    """Let a person say of an order that the broker never told of that it never came."""
    sent = an_order_in_doubt(trader)
    found = broken(trader, **GONE).drift
    assert (found.kind, found.subject) == (BreakKind.MISSING_ORDER, sent)
    return sent, trader.tell(AcceptBreak(target=found.name, reason="not on their screen", by="ann"))


def test_an_order_on_its_way_is_no_break_and_one_in_doubt_halts_nothing() -> None:
    trader = Trader()
    the(trader.submit(), OrderSubmitted)
    for _ in range(3):
        assert not of(look(trader, **GONE), BreakFound)
    trader = Trader()
    an_order_in_doubt(trader)
    broken(trader, **GONE)
    assert not trader.book.halted
    assert trader.book.orders.reserved[ACCOUNT] == Decimal("5000.10"), "a break is no evidence"
    assert "gone" in EXPLAIN_BREAK[BreakKind.MISSING_ORDER]


@pytest.mark.promise(1, 12)
@pytest.mark.fault(49)
def test_a_person_ends_it_with_a_reason_and_nothing_is_sent_in_its_place() -> None:
    trader = Trader()
    sent, events = given_up(trader)
    assert the(events, BreakAccepted).reason == "not on their screen"
    assert the(events, OrderNeverLeft).cl_ord_id == sent
    refused = the(events, IntentRefused)
    assert (refused.reason, refused.detail) == (
        Reason.OMS_CANCELED, "not on their screen (by ann)"
    )
    assert not of(events, OrderSubmitted)
    assert not trader.book.orders.doubts
    assert ACCOUNT not in trader.book.orders.reserved
    assert not trader.book.intents.open


def test_what_waited_for_the_evidence_goes_on() -> None:
    trader = Trader()
    sent = an_order_in_doubt(trader)
    held = the(trader.submit(), IntentHeld)
    assert held.reason is Reason.RISK_IN_DOUBT
    name = broken(trader, **GONE).drift.name
    events = trader.tell(AcceptBreak(target=name, reason="gone", by="ann"))
    assert the(events, OrderSubmitted).intent_id == held.intent_id
    assert the(events, OrderSubmitted).cl_ord_id != sent


@pytest.mark.promise(3)
@pytest.mark.fault(52, 57)
@pytest.mark.parametrize("is_fill", [True, False])
def test_one_that_lives_after_all_is_booked_and_halts_its_instrument(is_fill: bool) -> None:
    trader = Trader()
    sent, _ = given_up(trader)
    late = a_trade("X1", 4, 500, sent) if is_fill else a_report("new", sent)
    events = trader.tell(late)
    assert the(events, InstrumentHalted).symbol == "SPY"
    assert [trade.qty for trade in of(events, TradeBooked)] == ([Decimal(4)] if is_fill else [])
    assert trader.book.halted == {"SPY": Reason.ADAPTER_NEVER_LEFT}


def test_a_word_of_the_broker_closes_the_break() -> None:
    trader = Trader()
    sent = an_order_in_doubt(trader)
    broken(trader, **GONE)
    assert the(trader.tell(a_report("new", sent)), OrderReported)
    assert the(look(trader), BreakClosed).drift.subject == sent
    assert trader.book.orders.reserved[ACCOUNT] == Decimal("5000.10")
