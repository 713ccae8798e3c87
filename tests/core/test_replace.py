"""When may a working order change, and what counts as at risk until the broker has answered?"""

from decimal import Decimal

import pytest
from tests.makers import (
    Trader,
    a_report,
    a_route,
    a_session,
    a_trade,
    capabilities,
    of,
    the,
)

from tradebot.core.model.capabilities import ReplaceKind
from tradebot.core.model.commands import (
    Delivery,
    Phase,
    ReportDelivery,
    RequestCancel,
    RequestReplace,
    SetKillSwitch,
)
from tradebot.core.model.events import (
    CancelRequested,
    OrderReported,
    OrderSubmitted,
    ReplaceRefused,
    ReplaceRequested,
)
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.reason import Reason


def a_working_order(trader: Trader, side: str = "buy", qty: int = 10) -> ClOrdID:
    sent = the(trader.submit(side, qty), OrderSubmitted).cl_ord_id
    trader.tell(a_report("new", sent))
    return sent


def change(target: str, qty: str | None = None, price: str | None = None) -> RequestReplace:
    return RequestReplace(
        target=target, by="alice", order_qty=Decimal(qty) if qty else None,
        price=Decimal(price) if price else None,
    )


def reserved(trader: Trader) -> Decimal:
    return trader.book.orders.reserved.get("PAPER-1", Decimal(0))


def why_not(trader: Trader, command: RequestReplace) -> Reason:
    return the(trader.tell(command), ReplaceRefused).reason


def test_a_change_names_the_whole_order_that_it_makes() -> None:
    trader = Trader()
    sent = a_working_order(trader)
    asked = the(trader.tell(change(sent, "20")), ReplaceRequested)
    assert (asked.intent.order_qty, asked.intent.price) == (20, 500)
    assert asked.request_id != sent
    assert len(asked.readings) > 0


@pytest.mark.promise(13)
@pytest.mark.fault(61)
def test_the_worse_of_both_orders_is_reserved_until_the_broker_answers() -> None:
    trader = Trader()
    sent = a_working_order(trader)
    before = reserved(trader)
    trader.tell(change(sent, "20"))
    assert reserved(trader) == 2 * before
    trader.tell(a_report("cancel_rejected", the(trader.events, ReplaceRequested).request_id,
                         orig_cl_ord_id=sent))
    assert reserved(trader) == before


def test_a_smaller_order_releases_its_reservation_only_when_it_is_made() -> None:
    trader = Trader()
    sent = a_working_order(trader)
    before = reserved(trader)
    asked = the(trader.tell(change(sent, "5")), ReplaceRequested)
    assert reserved(trader) == before
    trader.tell(a_report("replaced", asked.request_id, orig_cl_ord_id=sent, order_qty=5))
    assert reserved(trader) == before / 2


@pytest.mark.fault(61)
def test_the_changed_order_fills_under_either_id_and_is_canceled_under_the_new_one() -> None:
    trader = Trader()
    sent = a_working_order(trader)
    asked = the(trader.tell(change(sent, "20")), ReplaceRequested)
    trader.tell(a_trade("E1", 3, 500, sent))
    trader.tell(a_report("replaced", asked.request_id, orig_cl_ord_id=sent, order_qty=20))
    trader.tell(a_trade("E2", 4, 500, sent))
    trader.tell(a_trade("E3", 5, 500, asked.request_id))
    state = trader.book.orders.find(sent)
    assert state is not None
    assert (state.order.cum_qty, state.order.leaves_qty) == (12, 8)
    canceled = the(trader.tell(RequestCancel(target=sent, by="x")), CancelRequested)
    assert canceled.cl_ord_id == asked.request_id


def test_the_order_that_is_changed_does_not_count_beside_itself() -> None:
    """An exit of the whole position can be made larger only as far as the position goes."""
    trader = Trader()
    sent = a_working_order(trader, "buy", 10)
    trader.tell(a_trade("E1", 10, 500, sent))
    exit_ = a_working_order(trader, "sell", 4)
    asked = the(trader.tell(change(exit_, "10")), ReplaceRequested)
    assert asked.reserved == 0
    trader.tell(a_report("replaced", asked.request_id, orig_cl_ord_id=exit_, order_qty=10))
    assert the(trader.tell(change(exit_, "11")), ReplaceRequested).reserved > 0


@pytest.mark.parametrize(("qty", "price", "reason"), [
    ("10", None, Reason.OMS_NOTHING_TO_CHANGE), (None, "500", Reason.OMS_NOTHING_TO_CHANGE),
    ("-1", None, Reason.VALIDATION_QUANTITY), ("0.5", None, Reason.VALIDATION_LOT_SIZE),
    ("NaN", None, Reason.VALIDATION_MALFORMED), (None, "500.001", Reason.VALIDATION_OFF_TICK),
    (None, "700", Reason.RISK_PRICE_COLLAR), ("20000", None, Reason.RISK_ORDER_QUANTITY),
    ("90", "501", Reason.RISK_BUYING_POWER),
])
def test_what_may_not_be_sent_may_not_be_made_by_a_change(
    qty: str | None, price: str | None, reason: Reason
) -> None:
    trader = Trader()
    sent = a_working_order(trader)
    for _ in range(11 if reason is Reason.RISK_BUYING_POWER else 0):
        a_working_order(trader, qty=15)
    assert why_not(trader, change(sent, qty, price)) is reason
    assert not of(trader.events, ReplaceRequested)


def test_a_change_waits_for_nothing() -> None:
    trader = Trader()
    sent = a_working_order(trader)
    trader.tell(a_session(Phase.CLOSED))
    assert why_not(trader, change(sent, "5")) is Reason.POLICY_MARKET_CLOSED
    trader.tell(a_session())
    trader.tell(SetKillSwitch(engaged=True, reason="test", by="x"))
    assert why_not(trader, change(sent, "5")) is Reason.OMS_PENDING_REQUEST


def test_one_request_at_a_time() -> None:
    trader = Trader()
    sent = a_working_order(trader)
    asked = the(trader.tell(change(sent, "5")), ReplaceRequested)
    assert why_not(trader, change(sent, "6")) is Reason.OMS_PENDING_REQUEST
    trader.tell(ReportDelivery(
        cl_ord_id=asked.request_id, delivery=Delivery.UNKNOWN, detail="reset"
    ))
    assert why_not(trader, change(sent, "6")) is Reason.OMS_PENDING_REQUEST
    lost = the(trader.tell(ReportDelivery(
        cl_ord_id=asked.request_id, delivery=Delivery.NEVER_LEFT, detail="refused"
    )), ReplaceRefused)
    assert (lost.reason, lost.request_id) == (Reason.ADAPTER_NEVER_LEFT, asked.request_id)
    assert the(trader.tell(change(sent, "6")), ReplaceRequested).request_id != asked.request_id


def test_an_order_without_an_answer_or_of_another_kind_is_not_changed() -> None:
    trader = Trader()
    sent = the(trader.submit(), OrderSubmitted).cl_ord_id
    assert why_not(trader, change(sent, "5")) is Reason.RISK_IN_DOUBT
    assert why_not(trader, change("nobody", "5")) is Reason.VALIDATION_UNKNOWN_ORDER
    trader.tell(a_report("new", sent))
    trader.tell(a_route(
        capabilities=capabilities(replaces=ReplaceKind.NONE), statement=trader.statement()
    ))
    assert why_not(trader, change(sent, "5")) is Reason.VALIDATION_NOT_SUPPORTED


def test_an_old_answer_does_not_undo_a_newer_change() -> None:
    trader = Trader()
    sent = a_working_order(trader)
    ids = [sent]
    for qty in (20, 30):
        asked = the(trader.tell(change(sent, str(qty))), ReplaceRequested)
        trader.tell(a_report(
            "replaced", asked.request_id, orig_cl_ord_id=ids[-1], order_qty=qty
        ))
        ids.append(asked.request_id)
    again = trader.tell(a_report("replaced", ids[1], orig_cl_ord_id=sent, order_qty=20))
    assert not of(again, OrderReported)
    state = trader.book.orders.find(sent)
    assert state is not None
    assert (state.order.order_qty, state.order.cl_ord_id) == (30, ids[2])


@pytest.mark.parametrize(("is_proof", "is_open"), [(True, False), (False, True)])
def test_a_change_on_its_way_at_a_crash_is_over_only_where_absence_is_proof(
    is_proof: bool, is_open: bool
) -> None:
    trader = Trader()
    sent = a_working_order(trader)
    trader.tell(change(sent, "5"))
    can = capabilities(absence_is_proof=is_proof)
    trader.tell(a_route(capabilities=can, statement=trader.statement()))
    state = trader.book.orders.find(sent)
    assert state is not None
    assert (state.replacing is not None) is is_open
