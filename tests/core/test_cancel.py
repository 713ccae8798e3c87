"""What does a cancel that was asked for promise? No more of this order, whatever the wire did."""

import pytest
from tests.makers import Trader, a_report, a_route, a_trade, of, the

from tradebot.core.model.commands import Delivery, ReportDelivery, RequestCancel, SetKillSwitch
from tradebot.core.model.events import (
    CancelRefused,
    CancelRequested,
    IntentRefused,
    OrderNeverLeft,
    OrderSubmitted,
)
from tradebot.core.model.ids import ClOrdID


def a_sent_order(trader: Trader) -> ClOrdID:
    return the(trader.submit(), OrderSubmitted).cl_ord_id


def never_left(cl_ord_id: ClOrdID) -> ReportDelivery:
    return ReportDelivery(cl_ord_id=cl_ord_id, delivery=Delivery.NEVER_LEFT)


def a_cancel(cl_ord_id: ClOrdID) -> RequestCancel:
    return RequestCancel(target=cl_ord_id, by="alice")


def asked(trader: Trader, cl_ord_id: ClOrdID) -> ClOrdID | None:
    state = trader.book.orders.find(cl_ord_id)
    assert state is not None
    return state.canceling


@pytest.mark.promise(1)
def test_a_canceled_order_that_never_left_is_not_sent_again() -> None:
    trader = Trader()
    sent = a_sent_order(trader)
    trader.tell(a_cancel(sent))
    events = trader.tell(never_left(sent))
    refused = the(events, IntentRefused)
    assert (refused.reason, refused.detail) == ("OMS_CANCELED", "by alice")
    assert not of(events, OrderSubmitted)
    assert refused.intent_id not in trader.book.intents.open


def test_a_killed_order_that_never_left_is_not_sent_again_even_when_the_kill_is_over() -> None:
    trader = Trader()
    sent = a_sent_order(trader)
    trader.tell(SetKillSwitch(engaged=True, reason="test", by="bob"))
    trader.tell(SetKillSwitch(engaged=False, reason="test", by="bob"))
    events = trader.tell(never_left(sent))
    assert the(events, IntentRefused).reason == "OMS_CANCELED"


def test_a_cancel_that_found_no_order_still_ends_the_one_that_never_left() -> None:
    trader = Trader()
    sent = a_sent_order(trader)
    request = the(trader.tell(a_cancel(sent)), CancelRequested).request_id
    trader.tell(a_report("cancel_rejected", request, orig_cl_ord_id=sent, text="unknown order"))
    events = trader.tell(never_left(sent))
    assert of(events, OrderNeverLeft, IntentRefused, OrderSubmitted) == events
    assert the(events, IntentRefused).reason == "OMS_CANCELED"


def test_an_order_without_a_cancel_walks_again_when_it_never_left() -> None:
    trader = Trader()
    assert of(trader.tell(never_left(a_sent_order(trader))), OrderSubmitted)


def test_a_requested_cancel_is_open_until_it_is_answered() -> None:
    trader = Trader()
    sent = a_sent_order(trader)
    trader.tell(a_report("new", sent))
    request = the(trader.tell(a_cancel(sent)), CancelRequested).request_id
    assert asked(trader, sent) == request
    trader.tell(a_report("pending_cancel", request, orig_cl_ord_id=sent))
    assert asked(trader, sent) == request
    trader.tell(a_report("cancel_rejected", request, orig_cl_ord_id=sent))
    assert asked(trader, sent) is None


def test_the_last_of_several_cancels_is_the_one_that_waits() -> None:
    trader = Trader()
    sent = a_sent_order(trader)
    first, last = (
        the(trader.tell(a_cancel(sent)), CancelRequested).request_id for _ in range(2)
    )
    trader.tell(a_report("cancel_rejected", first, orig_cl_ord_id=sent))
    assert asked(trader, sent) == last
    trader.tell(a_report("cancel_rejected", last, orig_cl_ord_id=sent))
    assert asked(trader, sent) is None


def test_a_cancel_without_an_answer_is_asked_for_again_when_the_route_is_back() -> None:
    trader = Trader()
    unanswered, rejected, filled, at_work = (a_sent_order(trader) for _ in range(4))
    for sent in (unanswered, rejected, filled):
        request = the(trader.tell(a_cancel(sent)), CancelRequested).request_id
        if sent == rejected:
            trader.tell(a_report("cancel_rejected", request, orig_cl_ord_id=sent))
    trader.tell(a_trade("E1", 10, 500, filled))
    trader.tell(a_report("new", at_work))
    again = the(trader.tell(a_route(statement=trader.statement())), CancelRequested)
    assert (again.cl_ord_id, again.by) == (unanswered, "alice")


def test_an_order_that_turns_up_after_its_cancel_found_nothing_is_canceled_again() -> None:
    trader = Trader()
    sent = a_sent_order(trader)
    trader.tell(ReportDelivery(cl_ord_id=sent, delivery=Delivery.UNKNOWN))
    request = the(trader.tell(a_cancel(sent)), CancelRequested).request_id
    trader.tell(a_report("cancel_rejected", request, orig_cl_ord_id=sent, text="unknown order"))
    again = the(trader.tell(a_report("new", sent)), CancelRequested)
    assert again.request_id != request
    assert not of(trader.tell(a_report("canceled", sent)), CancelRequested)


def test_an_order_that_a_bust_reopened_is_canceled_by_its_intent() -> None:
    trader = Trader()
    sent = the(trader.submit(), OrderSubmitted)
    trader.tell(a_trade("E1", 10, 500, sent.cl_ord_id))
    cancel = RequestCancel(target=sent.intent_id, by="alice")
    assert the(trader.tell(cancel), CancelRefused).target == sent.intent_id
    trader.tell(a_report("trade_cancel", sent.cl_ord_id, exec_id="E2", exec_ref_id="E1"))
    assert the(trader.tell(cancel), CancelRequested).cl_ord_id == sent.cl_ord_id
