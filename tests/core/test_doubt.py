"""What clears a doubt? What the broker says of the order, and nothing that it says of a request."""

import pytest
from tests.makers import Trader, a_report, a_trade, of, the

from tradebot.core.model.commands import Delivery, ReportDelivery, RequestCancel
from tradebot.core.model.events import (
    CancelRequested,
    InstrumentHalted,
    OrderInDoubt,
    OrderReported,
    OrderSubmitted,
)
from tradebot.core.model.ids import ClOrdID


def an_order_in_doubt(trader: Trader) -> ClOrdID:
    sent = the(trader.submit(), OrderSubmitted).cl_ord_id
    trader.tell(ReportDelivery(cl_ord_id=sent, delivery=Delivery.UNKNOWN))
    return sent


@pytest.mark.parametrize("answer", ["cancel_rejected", "pending_cancel", "pending_replace"])
def test_an_answer_to_a_request_leaves_the_doubt(answer: str) -> None:
    trader = Trader()
    sent = an_order_in_doubt(trader)
    request = the(trader.tell(RequestCancel(target=sent, by="x")), CancelRequested).request_id
    trader.tell(a_report(answer, request, orig_cl_ord_id=sent))
    assert trader.book.orders.doubts == {"SPY": 1}
    assert of(trader.submit(), OrderSubmitted) == []


@pytest.mark.parametrize("word", [
    "new", "canceled", "rejected", "expired", "replaced", "order_status", "suspended",
    "done_for_day", "restated", "triggered",
])
def test_a_word_about_the_order_clears_the_doubt(word: str) -> None:
    trader = Trader()
    trader.tell(a_report(word, an_order_in_doubt(trader)))
    assert not trader.book.orders.doubts


@pytest.mark.promise(12)
def test_of_two_doubts_on_one_instrument_the_second_outlasts_the_first() -> None:
    trader = Trader()
    first, second = (the(trader.submit(), OrderSubmitted).cl_ord_id for _ in range(2))
    for sent in (first, second):
        trader.tell(ReportDelivery(cl_ord_id=sent, delivery=Delivery.UNKNOWN))
    trader.tell(a_report("new", first))
    assert of(trader.submit(), OrderSubmitted) == []
    assert len(of(trader.tell(a_report("new", second)), OrderSubmitted)) == 1


def test_a_fill_clears_the_doubt() -> None:
    trader = Trader()
    trader.tell(a_trade("E1", 4, 500, an_order_in_doubt(trader)))
    assert not trader.book.orders.doubts


def test_an_id_that_the_broker_knows_already_puts_an_unacknowledged_order_in_doubt() -> None:
    trader = Trader()
    sent = the(trader.submit(), OrderSubmitted).cl_ord_id
    events = trader.tell(a_report("rejected", sent, is_duplicate_order=True))
    assert the(events, OrderInDoubt).cl_ord_id == sent
    assert not of(trader.tell(a_report("rejected", sent, is_duplicate_order=True)), OrderInDoubt)


def test_a_second_order_under_an_acknowledged_id_says_nothing_of_the_first() -> None:
    trader = Trader()
    sent = the(trader.submit(), OrderSubmitted).cl_ord_id
    trader.tell(a_report("new", sent))
    assert not of(trader.tell(a_report("rejected", sent, is_duplicate_order=True)), OrderInDoubt)


@pytest.mark.promise(1)
def test_an_order_whose_id_is_taken_is_refused_and_its_instrument_waits_for_a_person() -> None:
    trader = Trader()
    sent = an_order_in_doubt(trader)
    taken = ReportDelivery(cl_ord_id=sent, delivery=Delivery.ID_TAKEN, detail="taken")
    events = trader.tell(taken)
    report = the(events, OrderReported).report
    assert (report.exec_type, report.text) == ("rejected", "taken")
    assert the(events, InstrumentHalted).symbol == "SPY"
    assert not trader.book.orders.doubts
    assert trader.tell(taken) == []


def test_an_order_that_was_acknowledged_cannot_lose_its_id() -> None:
    trader = Trader()
    sent = the(trader.submit(), OrderSubmitted).cl_ord_id
    trader.tell(a_report("new", sent))
    assert trader.tell(ReportDelivery(cl_ord_id=sent, delivery=Delivery.ID_TAKEN)) == []
