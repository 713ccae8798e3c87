"""What does the book come to when the way to the broker fails? One order, and never a second.

Each case makes one fault happen, and asks the other side afterwards what really was.
"""

from decimal import Decimal

from tests.conformance.desk import Desk
from tests.conformance.port import Port, resting
from tests.conformance.promise import at_the_port, through_the_wire
from tests.fakes.faults import FaultKind, Request

from tradebot.ports import Declined, DeliveryUnknown, NotSent

LOST = (NotSent, DeliveryUnknown, TimeoutError, OSError)
HOUR = 3_600.0


async def _adopted(desk: Desk, kind: FaultKind) -> None:
    """The order lives there, whatever was answered: in the end it is known, and it is one."""
    await desk.open()
    desk.bench.faults.push(kind, on=Request.SUBMIT)
    order = await desk.place()
    await desk.comes_to(order, "new")
    await desk.quiet()
    assert desk.bench.copies(order) == 1
    await desk.bench.trade(order, 10)
    await desk.comes_to(order, "filled")
    assert len(desk.booked()) == 1
    await desk.agrees()


@through_the_wire("accept_drop", "trade")
async def an_accepted_order_whose_answer_is_lost_is_adopted(desk: Desk) -> None:
    await _adopted(desk, FaultKind.ACCEPT_DROP)


@through_the_wire("hang", "trade")
async def an_accepted_order_that_is_never_answered_is_adopted(desk: Desk) -> None:
    await _adopted(desk, FaultKind.HANG)


@through_the_wire("error_after", "trade")
async def an_accepted_order_that_is_answered_by_an_error_is_adopted(desk: Desk) -> None:
    await _adopted(desk, FaultKind.ERROR_AFTER)


@through_the_wire("html", "trade")
async def an_accepted_order_that_is_answered_by_a_web_page_is_adopted(desk: Desk) -> None:
    await _adopted(desk, FaultKind.HTML)


@through_the_wire("unknown_word", "trade")
async def an_accepted_order_whose_status_nobody_knows_is_adopted(desk: Desk) -> None:
    await _adopted(desk, FaultKind.UNKNOWN_WORD)


@at_the_port("drop_before")
async def a_lost_request_is_never_reported_as_sent(port: Port) -> None:
    await port.connect()
    port.bench.faults.push(FaultKind.DROP_BEFORE, on=Request.SUBMIT)
    order = port.order()
    try:
        await port.broker.submit(order)
    except LOST:
        pass
    else:
        raise AssertionError("the broker never saw it, and the adapter says that it was sent")
    assert port.bench.copies(order.cl_ord_id) == 0
    assert not port.about(order.cl_ord_id)


@through_the_wire("drop_before")
async def a_lost_request_is_sent_again_or_stays_in_doubt(desk: Desk) -> None:
    await desk.open()
    desk.bench.faults.push(FaultKind.DROP_BEFORE, on=Request.SUBMIT)
    order = await desk.place()
    await desk.until(lambda: desk.status(order) in ("new", "in doubt"), "a word")
    await desk.quiet()
    copies, status = desk.bench.copies(order), desk.status(order)
    assert (copies, status) in ((1, "new"), (0, "in doubt"))
    await desk.agrees()


@through_the_wire("error_before")
async def an_order_that_met_an_error_is_never_doubled(desk: Desk) -> None:
    await desk.open()
    desk.bench.faults.push(FaultKind.ERROR_BEFORE, on=Request.SUBMIT)
    order = await desk.place()
    await desk.until(lambda: desk.status(order) in ("new", "in doubt", "rejected"), "a word")
    await desk.quiet()
    is_there = desk.status(order) == "new"
    assert desk.bench.copies(order) == (1 if is_there else 0)


@through_the_wire("too_many")
async def an_order_that_came_too_fast_is_sent_again(desk: Desk) -> None:
    await desk.open()
    desk.bench.faults.push(FaultKind.TOO_MANY, on=Request.SUBMIT, times=2)
    order = await desk.place()
    await desk.comes_to(order, "new")
    assert desk.bench.copies(order) == 1


@through_the_wire("duplicate_ack", "trade")
async def what_is_said_twice_counts_once(desk: Desk) -> None:
    await desk.open()
    desk.bench.faults.push(FaultKind.DUPLICATE_ACK, on=Request.SUBMIT)
    order = await desk.place(resting(price="101"))
    await desk.comes_to(order, "filled")
    await desk.agrees()
    assert len(desk.booked()) == 1


@through_the_wire("fill_before_ack")
async def an_execution_before_the_acknowledgement_is_booked(desk: Desk) -> None:
    await desk.open()
    desk.bench.faults.push(FaultKind.FILL_BEFORE_ACK, on=Request.SUBMIT)
    order = await desk.place(resting(price="101"))
    await desk.comes_to(order, "filled")
    await desk.agrees()


@through_the_wire("hang", "trade")
async def a_cancel_that_is_never_answered_is_settled(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    desk.bench.faults.push(FaultKind.HANG, on=Request.CANCEL)
    await desk.cancel(order)
    await desk.comes_to(order, "canceled")
    assert not desk.bench.is_working(order)


@through_the_wire("drop_before", "trade")
async def a_cancel_that_is_lost_is_asked_for_again(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    desk.bench.faults.push(FaultKind.DROP_BEFORE, on=Request.CANCEL)
    await desk.cancel(order)
    await desk.comes_to(order, "canceled")
    assert not desk.bench.is_working(order)


@through_the_wire("accept_drop", "changes", "trade")
async def a_change_whose_answer_is_lost_is_known_in_the_end(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    desk.bench.faults.push(FaultKind.ACCEPT_DROP, on=Request.REPLACE)
    await desk.change(order, price="99.50")
    await desk.until(lambda: desk.bench.faults.left == 0, "the fault")
    await desk.until(lambda: desk.is_up and desk.is_settled(order), "the change's end")
    await desk.price("99.40", "99.50")
    await desk.comes_to(order, "filled")
    await desk.agrees()


@through_the_wire("confuse", "trade")
async def a_word_that_nobody_knows_stops_nothing(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    desk.bench.confuse()
    await desk.bench.trade(order, 4)
    await desk.bench.trade(order, 6)
    await desk.comes_to(order, "filled")
    await desk.agrees()


@through_the_wire("skew", "trade", "cut")
async def a_broker_whose_clock_is_wrong_hides_no_execution(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    desk.bench.faults.push(FaultKind.SKEW, amount=-HOUR)
    await desk.bench.cut()
    await desk.bench.trade(order, 10)
    await desk.comes_to(order, "filled")
    await desk.agrees()


@at_the_port("skew", "trade", "fills since")
async def what_was_missed_is_asked_for_by_the_brokers_own_clock(port: Port) -> None:
    port.bench.faults.push(FaultKind.SKEW, amount=-HOUR)
    await port.connect()
    order = await port.submit()
    began = port.bench.clock.now()
    await port.bench.trade(order, 4)
    await port.until(lambda: port.fills(order), "an execution")
    later = [report.last_qty for report in await port.broker.fills_since(began)]
    assert later == [Decimal(4)]


@at_the_port("too_many")
async def a_question_too_many_is_not_an_answer(port: Port) -> None:
    await port.connect()
    order = await port.submit()
    port.bench.faults.push(FaultKind.TOO_MANY, on=Request.FIND)
    try:
        found = await port.broker.find(order)
    except (NotSent, DeliveryUnknown, Declined):
        return
    assert found is not None, "a refusal to answer was taken for absence"
    assert found.order_qty in (None, Decimal(10))
