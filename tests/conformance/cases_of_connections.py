"""What is missed while nobody listens? Nothing: connections end, what is true there does not."""

import asyncio
from decimal import Decimal
from itertools import pairwise

from tests.conformance.desk import Desk
from tests.conformance.port import Port, resting
from tests.conformance.promise import at_the_port, through_the_wire

from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType
from tradebot.ports import LoginRefused
from tradebot.shell.wire.patience import Patience


@through_the_wire("cut", "trade")
async def a_fill_while_nobody_listens_is_booked_once(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.bench.trade(order, 2)
    await desk.until(lambda: desk.held(), "an execution")
    await desk.bench.cut()
    await desk.bench.trade(order, 3)
    await desk.until(lambda: desk.held() == {"SPY": Decimal(5)}, "what was missed")
    await desk.bench.trade(order, 5)
    await desk.comes_to(order, "filled")
    await desk.agrees()
    assert len(desk.booked()) == 3


@through_the_wire("cut", "end", "trade")
async def an_order_that_ends_while_nobody_listens_has_ended(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    await desk.bench.cut()
    await desk.bench.trade(order, 3)
    await desk.bench.end(order)
    await desk.comes_to(order, "canceled")
    await desk.agrees()


@through_the_wire()
async def a_fill_told_by_both_ways_is_booked_once(desk: Desk) -> None:
    await desk.open()
    order = await desk.place(resting(price="101"))
    await desk.comes_to(order, "filled")
    for _ in range(2):
        await desk.reconnected()
    await desk.agrees()
    assert len(desk.booked()) == 1


@through_the_wire("cut")
async def a_connection_that_ends_is_noticed_and_made_anew(desk: Desk) -> None:
    await desk.open()
    await desk.bench.cut()
    await desk.until(lambda: not desk.is_up, "the end of the route", within_s=1)
    await desk.until(lambda: desk.is_up, "another connection")
    order = await desk.work()
    assert desk.bench.copies(order) == 1


@through_the_wire("mute", "trade")
async def a_stream_that_falls_silent_is_not_trusted_for_long(desk: Desk) -> None:
    await desk.open()
    order = await desk.work()
    desk.bench.mute()
    await desk.bench.trade(order, 10)
    await desk.until(
        lambda: desk.status(order) == "filled", "what a mute stream kept back",
        within_s=desk.bench.mute_within_s + 10,
    )
    await desk.until(lambda: desk.is_up, "another connection")
    await desk.agrees()


@at_the_port("mute")
async def a_mute_stream_is_told_from_a_quiet_one(port: Port) -> None:
    await port.connect()
    await asyncio.sleep(port.bench.mute_within_s * 1.1)
    assert not port.ended, "nothing happened, and that was taken for a fault"
    port.bench.mute()
    await port.submit_unheard()
    await port.until(lambda: port.ended, "doubt about a mute stream")


@at_the_port("trade", "restart")
async def a_new_process_finds_the_orders_of_the_one_before(port: Port) -> None:
    began = port.bench.clock.now()
    await port.connect()
    first, second = await port.submit(), await port.submit(resting(5, "98"))
    await port.bench.trade(first, 4)
    await port.until(lambda: port.fills(first), "an execution")
    (told,) = port.of(first, ExecType.TRADE)
    await port.restart()
    found = await port.broker.find(first)
    assert found is not None
    assert told.exec_id in [report.exec_id for report in found.reports]
    told_later = [report.exec_id for report in await port.broker.fills_since(began)]
    assert told_later == [told.exec_id]
    working = {order.cl_ord_id for order in (await port.broker.statement()).working}
    assert working == {first, second}
    port.told.clear()
    await port.bench.trade(first, 6)
    await port.until(lambda: port.fills(first) == [(Decimal(6), Decimal(99))], "the rest")
    await port.broker.cancel(second, ClOrdID(f"{second[:-1]}Z"))
    await port.until(lambda: port.of(second, ExecType.CANCELED), "a cancel")
    assert not port.bench.is_working(second)


@at_the_port("stranger")
async def wrong_credentials_are_refused_as_such(port: Port) -> None:
    stranger = port.bench.stranger()
    try:
        await stranger.connect()
    except LoginRefused as error:
        assert str(error)
    else:
        raise AssertionError("anybody may log in")
    finally:
        await stranger.disconnect()


@at_the_port("outsider")
async def another_account_than_the_one_meant_is_refused(port: Port) -> None:
    outsider = port.bench.outsider()
    try:
        await outsider.connect()
    except LoginRefused as error:
        assert str(error)
    else:
        raise AssertionError("the account is not the one that was meant")
    finally:
        await outsider.disconnect()


@through_the_wire("stranger")
async def wrong_credentials_are_not_tried_again(desk: Desk) -> None:
    tries = desk.meet_stranger()
    await desk.begin()
    await asyncio.sleep(10)
    assert len(tries) == 1
    assert not desk.is_up


@through_the_wire("arrivals")
async def its_limit_of_messages_is_kept_and_a_cancel_goes_first(desk: Desk) -> None:
    limit = 2
    await desk.open(Patience(messages_per_s=limit))
    resting_order = await desk.work()
    orders = [await desk.place(resting(1, f"9{n % 10}.50")) for n in range(7 * limit)]
    await desk.cancel(resting_order)
    await desk.comes_to(resting_order, "canceled")
    waiting = sum(desk.status(order) == "pending_new" for order in orders)
    assert waiting > 2 * limit, "the cancel waited for the orders before it"
    await desk.until(lambda: all(map(desk.bench.copies, orders)), "every order")
    at = desk.bench.arrivals()
    assert all(b >= a for a, b in pairwise(at))
    for place, first in enumerate(at):
        within = [moment for moment in at[place:] if moment < first + 1]
        assert len(within) <= 2 * limit + 1, "more in a second than a full bucket and its refill"
