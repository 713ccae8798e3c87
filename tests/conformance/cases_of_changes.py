"""What becomes of an order that changes while it works: by us, by them, and by both at once?"""

from decimal import Decimal

from tests.conformance.desk import Desk
from tests.conformance.port import Port, resting, spread
from tests.conformance.promise import at_the_port, through_the_wire
from tests.makers import CALL, HIGHER_CALL

from tradebot.core.model.events import ReplaceRefused
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType, RejReason
from tradebot.ports import Declined


@through_the_wire("changes", "trade")
async def a_changed_order_trades_at_its_new_terms(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.change(order, qty=12, price="99.50")
    await desk.until(lambda: desk.state(order).order.order_qty == 12, "a change")
    assert desk.state(order).intent.price == Decimal("99.50")
    await desk.price("99.40", "99.50")
    await desk.comes_to(order, "filled")
    assert desk.held() == {"SPY": Decimal(12)}
    await desk.agrees()


@through_the_wire("changes", "trade")
async def an_order_changed_again_and_again_is_one_order(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    for number, price in enumerate(("99.10", "99.20", "99.30"), 1):
        await desk.change(order, price=price)
        await desk.until(
            lambda n=number: len(desk.state(order).order.chain) == n, "a change"
        )
    await desk.reconnected()
    assert desk.state(order).order.leaves_qty == 10
    await desk.price("99.20", "99.30")
    await desk.comes_to(order, "filled")
    await desk.agrees()


@through_the_wire("changes", "trade")
async def what_filled_before_a_change_counts_after_it(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.bench.trade(order, 4)
    await desk.until(lambda: desk.state(order).order.cum_qty == 4, "an execution")
    await desk.change(order, price="99.50")
    await desk.until(lambda: desk.state(order).order.chain, "a change")
    assert desk.state(order).order.leaves_qty == 6
    await desk.price("99.40", "99.50")
    await desk.comes_to(order, "filled")
    assert desk.held() == {"SPY": Decimal(10)}
    await desk.agrees()


@through_the_wire("changes", "trade")
async def an_execution_under_the_old_id_is_booked_after_the_change(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.change(order, qty=12, price="99.50")
    await desk.until(lambda: desk.state(order).order.chain, "a change")
    await desk.bench.trade(order, 2)
    await desk.until(lambda: desk.state(order).order.cum_qty == 2, "an execution")
    await desk.agrees()


@through_the_wire("changes")
async def a_changed_order_can_be_canceled(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.change(order, price="98.50")
    await desk.until(lambda: desk.state(order).order.chain, "a change")
    await desk.reconnected()
    await desk.cancel(order)
    await desk.comes_to(order, "canceled")
    await desk.quiet()
    working = (await desk.broker.statement()).working
    assert not working


@at_the_port("changes")
async def a_change_of_what_has_ended_is_an_answer(port: Port) -> None:
    await port.connect()
    order = await port.submit(resting(price="101"))
    await port.until(lambda: port.fills(order), "an execution")
    request, told = ClOrdID(f"{order[:-1]}Z"), RejReason.OTHER
    try:
        await port.broker.replace(order, request, Decimal(20), Decimal(99))
        await port.until(lambda: port.of(order, ExecType.CANCEL_REJECTED), "a refusal")
    except Declined as error:
        told = error.rej_reason or told
    for report in port.of(order, ExecType.CANCEL_REJECTED):
        told = report.rej_reason or told
    assert told in (RejReason.TOO_LATE, RejReason.UNKNOWN_ORDER)


@through_the_wire("changes", "trade")
async def a_change_that_comes_too_late_leaves_the_order_as_it_was(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.bench.trade(order, 10)
    await desk.change(order, qty=20)
    await desk.comes_to(order, "filled")
    await desk.quiet()
    assert desk.state(order).order.order_qty == 10 or desk.of(ReplaceRefused)
    await desk.agrees()


@through_the_wire("trade")
async def a_cancel_that_comes_too_late_leaves_the_fill(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.bench.trade(order, 10)
    await desk.cancel(order)
    await desk.comes_to(order, "filled")
    await desk.quiet()
    assert desk.status(order) == "filled"
    await desk.agrees()


@through_the_wire("trade", "late fill")
async def a_fill_that_crosses_a_cancel_is_booked(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.cancel(order)
    await desk.comes_to(order, "canceled")
    await desk.bench.trade(order, 4)
    await desk.until(lambda: desk.held() == {"SPY": Decimal(4)}, "a late execution")
    await desk.agrees()


@through_the_wire("trade", "bust")
async def an_execution_that_is_taken_back_is_gone(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.bench.trade(order, 4)
    await desk.bench.trade(order, 3)
    await desk.until(lambda: desk.held() == {"SPY": Decimal(7)}, "two executions")
    await desk.bench.bust(order)
    await desk.until(lambda: desk.held() == {"SPY": Decimal(4)}, "a bust")
    await desk.agrees()
    await desk.reconnected()
    await desk.agrees()


@through_the_wire("trade", "correct")
async def an_execution_that_is_corrected_counts_as_corrected(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.bench.trade(order, 4)
    await desk.until(lambda: desk.held(), "an execution")
    await desk.bench.correct(order, 4, "98.50")
    await desk.agrees()
    await desk.reconnected()
    await desk.agrees()


@through_the_wire("external")
async def what_another_program_trades_is_seen(desk: Desk) -> None:
    await desk.open()
    await desk.quiet()  # after the moment of which the opening statement tells
    await desk.bench.external(3)
    await desk.until(lambda: desk.held() == {"SPY": Decimal(3)}, "another's execution")
    await desk.agrees(halts=True)


@at_the_port("external")
async def what_another_program_has_working_is_stated(port: Port) -> None:
    await port.connect()
    ours = await port.submit()
    await port.bench.external(3, "98")
    stated = {o.cl_ord_id: o for o in (await port.broker.statement()).working}
    other = stated.pop(next(name for name in stated if name != ours))
    assert list(stated) == [ours]
    assert (other.symbols, other.leaves_qty, other.price) == (("SPY",), 3, Decimal(98))


@through_the_wire("combos", "trade_leg", "end")
async def a_combo_that_ends_with_uneven_legs_stops_its_symbols(desk: Desk) -> None:
    await desk.open()
    order = await desk.work(intent=spread("1.00"))
    await desk.bench.trade_leg(order, CALL, 1, "2.00")
    await desk.until(lambda: desk.held(), "an execution")
    await desk.bench.end(order)
    await desk.comes_to(order, "canceled")
    await desk.agrees(halts=True)


@through_the_wire("combos", "trade_leg", "bust")
async def a_leg_that_is_taken_back_makes_a_combo_less(desk: Desk) -> None:
    await desk.open()
    order = await desk.work(intent=spread("1.00"))
    for symbol in (CALL, HIGHER_CALL):
        await desk.bench.trade_leg(order, symbol, 1, "2.00")
    await desk.until(lambda: desk.state(order).order.cum_qty == 1, "a combo")
    await desk.bench.bust(order)
    await desk.until(lambda: desk.state(order).order.cum_qty == 0, "a bust")
    assert desk.held() == {CALL: Decimal(1)}
    await desk.agrees()
