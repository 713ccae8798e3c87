"""What do the libraries make of what TWS says about orders: refusals, remarks, corrections?"""

import asyncio
from datetime import timedelta
from decimal import Decimal
from types import ModuleType
from typing import Final

import pytest
from tests.fakes.tws.scenes import CALL, PUT, a_bag
from tests.fakes.tws.witness import plays, scenes_in, settle, until, witnessing
from tests.fakes.venue_facts import Hours, reject


@plays("remark", "remark_later")
async def a_remark_makes_libraries_believe_in_a_cancel(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.remarks.append(10349)
        trade = await w.place(w.limit("BUY", 10, "499", orderRef="mine"))
        order = w.at_venue("mine")
        await until(lambda: trade.orderStatus.status == "Cancelled")
        assert trade.isDone() and order.is_working and w.ib.openTrades() == []
        assert trade.log[-1].errorCode == 10349
        await w.ib.reqOpenOrdersAsync()
        assert trade.orderStatus.status == "Submitted"
        for code in (404, 161, 10197, 10289):
            w.gateway.remark(order, code)
        await until(lambda: w.heard("error")[-1] == (trade.order.orderId, 10289))
        w.venue.fill(order, 10, "499")
        await until(lambda: len(trade.fills) == 1)


@plays("refused")
async def a_refused_order_is_inactive(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.venue.plan(reject("201"), reject("203"))
        contract = await w.contract()
        trade = w.ib.placeOrder(contract, w.limit("BUY", 10, "499"))
        await until(lambda: trade.orderStatus.status == "Inactive")
        assert (trade.order.orderId, 201) in w.heard("error")
        other = w.ib.placeOrder(contract, w.limit("BUY", 10, "499"))
        await until(lambda: (other.order.orderId, 203) in w.heard("error"))
        late = await w.place(w.limit("BUY", 10, "499", orderRef="late"), contract)
        w.venue.reject(w.at_venue("late"), "203")
        await until(lambda: late.orderStatus.status == "Inactive")
        assert await w.ib.reqCompletedOrdersAsync(False) == [] == w.venue.working()


@plays("number_used", "unchangeable", "off_tick", "nothing_known")
async def what_cannot_be_is_refused_by_tws_itself(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        spy = await w.contract()
        done = await w.place(w.limit("BUY", 10, "500.02"))
        await until(lambda: done.orderStatus.status == "Filled")
        rests = await w.place(w.limit("BUY", 10, "499"))
        number = rests.order.orderId
        for order, contract, code in (
            (w.limit("BUY", 10, "499", orderId=1), spy, 103),
            (w.limit("BUY", 11, "500.02", orderId=done.order.orderId), spy, 104),
            (w.limit("SELL", 10, "499", orderId=number), spy, 105),
            (w.limit("BUY", 10, "499.005"), spy, 110),
            (w.limit("BUY", 10, "499"), w.library.Stock("NOSUCH", "SMART", "USD"), 200),
            (w.library.Order(action="BUY", totalQuantity=1, orderType="LOC", tif="DAY"), spy, 387),
            (w.limit("BUY", 0, "499"), spy, 434),
            (w.limit("BUY", 10, "499", account="U7"), spy, 435),
            (w.limit("BUY", Decimal("0.5"), "499"), spy, 10243),
        ):
            w.ib.client.placeOrder(order.orderId or w.ib.client.getReqId(), contract, order)
            await w.hears(code)
        w.gateway.accounts.append("DU7654321")
        w.said.clear()
        w.ib.placeOrder(spy, w.limit("BUY", 10, "499"))
        await w.hears(435)
        assert len(w.venue.orders) == 2 and len(w.venue.working()) == 1


@plays("nothing_to_cancel", "held_cancel")
async def a_cancel_may_be_too_late_or_wait(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        done = await w.place(w.limit("BUY", 10, "500.02"))
        w.ib.client.cancelOrder(done.order.orderId)
        await until(lambda: (done.order.orderId, 10148) in w.heard("error"))
        w.ib.client.cancelOrder(4711)
        await until(lambda: (4711, 10147) in w.heard("error"))
        rests = await w.place(w.limit("BUY", 10, "499", orderRef="mine"))
        w.gateway.holds_cancels = True
        w.ib.cancelOrder(rests.order)
        await until(lambda: bool(w.gateway.held_cancels))
        assert w.at_venue("mine").is_working
        w.ib.client.cancelOrder(rests.order.orderId)
        await w.hears(161, of=rests.order.orderId)
        w.gateway.release_cancels()
        await until(lambda: rests.orderStatus.status == "Cancelled")


@plays("held_order", "no_tif", "no_hours")
async def what_tws_decides_itself_it_remarks(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.venue.open_hours(Hours.CLOSED)
        spy = await w.contract()
        held = await w.place(w.limit("BUY", 10, "500.02"), spy)
        await until(lambda: (held.order.orderId, 399) in w.heard("error"))
        (told,) = await w.ib.reqOpenOrdersAsync()
        assert told.orderStatus.status == "PreSubmitted"
        w.venue.open_hours(Hours.REGULAR)
        await until(lambda: held.orderStatus.status == "Filled")
        plain = await w.place(w.limit("BUY", 10, "499", tif="", orderRef="plain"), spy)
        await until(lambda: (plain.order.orderId, 10349) in w.heard("error"))
        assert w.at_venue("plain").tif == "day"
        early = w.library.MarketOrder("BUY", 1, tif="DAY", outsideRth=True, orderRef="early")
        trade = await w.place(early, spy)
        await until(lambda: (trade.order.orderId, 2109) in w.heard("error"))
        assert not w.at_venue("early").outside_hours


@plays("two_perm_ids")
async def one_number_may_live_twice(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        trade = await w.place(w.limit("BUY", 10, "499", orderRef="mine"))
        w.gateway.twin(w.at_venue("mine"))
        ib = w.ib
        ib.disconnect()
        await until(lambda: not w.gateway.sessions)
        await w.connect(client_id=2)
        await w.ib.reqAllOpenOrdersAsync()
        said = [m for way, client, m in w.gateway.recorded if (way, client, m[0]) == (">", 2, "3")]
        assert {m[1] for m in said} == {str(trade.order.orderId)}
        assert len({m[6] for m in said}) == 2 == len(w.venue.working())


@plays("ids_reused")
async def a_number_of_another_session_may_come_again(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        trade = await w.place(w.limit("BUY", 10, "500.02", orderRef="first"))
        await until(lambda: trade.orderStatus.status == "Filled")
        w.ib.disconnect()
        await until(lambda: not w.gateway.sessions)
        w.gateway.forget_ids(trade.order.orderId)
        ib = await w.connect()
        order = w.limit("BUY", 10, "499", orderRef="second", orderId=trade.order.orderId)
        ib.client.placeOrder(trade.order.orderId, trade.contract, order)
        await until(lambda: bool(w.venue.called("second")))
        told = {f.execution.orderRef: f.execution.orderId for f in await ib.reqExecutionsAsync()}
        assert told == {"first": trade.order.orderId}
        ib.client.cancelOrder(trade.order.orderId)
        await until(lambda: not w.at_venue("second").is_working)


@plays("two_clients", "manual")
async def orders_of_a_hand_belong_to_client_nought(library: ModuleType) -> None:
    async with witnessing(library) as w:
        ours = await w.connect(client_id=1)
        w.venue.place_external("SPY", 3, limit=Decimal("400"))
        assert await ours.reqOpenOrdersAsync() == []
        (seen,) = await ours.reqAllOpenOrdersAsync()
        assert (seen.order.orderId, seen.order.clientId, seen.order.orderRef) == (0, 0, "")
        nought = await w.connect(client_id=0)
        await nought.reqCurrentTimeAsync()
        (bound,) = [t for t in await nought.reqOpenOrdersAsync() if t.order.orderId < 0]
        w.venue.place_external("SPY", 2)
        await until(lambda: [p.position for p in ours.positions()] == [2])
        told = await ours.reqExecutionsAsync()
        assert [(f.execution.clientId, f.execution.shares) for f in told] == [(0, 2)]
        nought.cancelOrder(bound.order)
        await until(lambda: not w.venue.working())


@plays("correction", "bust")
async def an_execution_is_corrected_under_its_own_name(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        trade = await w.place(w.limit("BUY", 10, "500.02"))
        await until(lambda: len(trade.fills) == 1)
        (first,) = w.venue.executions
        second = w.venue.correct(first, Decimal(8), Decimal("500.01"))
        await until(lambda: len(trade.fills) == 2)
        w.venue.bust(second)
        await until(lambda: len(trade.fills) == 3)
        told = [(f.execution.execId, f.execution.side, f.execution.shares) for f in trade.fills]
        root = told[0][0].removesuffix(".01")
        assert told == [
            (f"{root}.01", "BOT", 10), (f"{root}.02", "BOT", 8), (f"{root}.03", "BOT", 0),
        ]
        assert trade.orderStatus.filled == 0 and trade.orderStatus.status == "Submitted"
        again = await w.ib.reqExecutionsAsync()
        assert [f.execution.execId for f in again] == [execution for execution, *_ in told]


@plays("late_commission")
async def what_an_execution_cost_may_come_later(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.holds_commissions = True
        trade = await w.place(w.limit("BUY", 10, "500.02"))
        await until(lambda: trade.orderStatus.status == "Filled")
        await settle()
        assert w.heard("commission") == []
        w.gateway.release_commissions()
        await until(lambda: trade.fills[0].commissionReport.commission == 1)


@plays("legs_apart")
async def legs_of_a_bag_may_trade_one_by_one(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        trade = await w.place(
            w.limit("SELL", 2, "1.10", orderRef="bag"), await a_bag(w, (CALL, "BUY"), (PUT, "SELL"))
        )
        order = w.at_venue("bag")
        assert order.limit == Decimal("-1.10")  # the venue holds what is sold turned around
        w.venue.fill_leg(order, CALL, 2, "4.05")
        await until(lambda: len(trade.fills) == 1)
        assert trade.orderStatus.filled == 0
        w.venue.fill_leg(order, PUT, 1, "2.95")
        await until(lambda: trade.orderStatus.filled == 1)
        assert [(f.contract.secType, f.execution.side, f.execution.shares)
                for f in trade.fills] == [("OPT", "SLD", 2), ("OPT", "BOT", 1)]
        (told,) = await w.ib.reqOpenOrdersAsync()
        assert (told.order.action, told.order.lmtPrice) == ("SELL", 1.1)


@plays("bag_details")
async def nobody_is_told_the_details_of_a_bag(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        bag = await a_bag(w, (CALL, "BUY"), (PUT, "SELL"))
        asking = asyncio.wait_for(w.ib.reqContractDetailsAsync(bag), 0.03)
        if w.name_of_library == "ib_insync":
            assert await asking == []
        else:  # it takes the refusal for a remark, and waits for the answer
            with pytest.raises(TimeoutError):
                await asking
        await w.hears(321)


@plays("no_zone")
async def a_time_may_not_say_where_it_is_told(library: ModuleType) -> None:
    async with witnessing(library) as w:
        ib = await w.connect()
        w.gateway.zone = ""
        await w.place(w.limit("BUY", 10, "500.02"))
        (made,) = w.venue.executions
        for zone in ("America/New_York", "Asia/Tokyo"):
            ib.TimezoneTWS = zone
            ib.wrapper.fills.clear()
            (fill,) = await ib.reqExecutionsAsync()
            is_right = abs(fill.execution.time - made.at) < timedelta(seconds=2)
            assert is_right is (zone == "America/New_York")


@plays("fill_unseen")
async def the_venue_remembers_what_nobody_was_told(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        await w.place(w.limit("BUY", 10, "499", orderRef="mine"))
        w.ib.disconnect()
        await until(lambda: not w.gateway.sessions)
        w.venue.fill(w.at_venue("mine"), 10, "499")
        ib = await w.connect()
        (fill,) = ib.fills()
        assert fill.execution.orderRef == "mine" and w.heard("execution") == []
        assert fill.execution.time - w.venue.executions[0].at < timedelta(seconds=1)


BAD_ORDERS: Final = scenes_in(globals())
