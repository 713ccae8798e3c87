"""What do the libraries make of bad days: connections, links and requests that fail?"""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Final

import pytest
from tests.fakes.faults import FaultKind, Request
from tests.fakes.tws.messages import ByServer
from tests.fakes.tws.witness import Witness, plays, scenes_in, settle, until, witnessing
from tests.fakes.venue_facts import REST

K = FaultKind


@plays("drop_before")
async def a_request_that_was_never_heard_had_no_effect(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        contract = await w.contract()
        w.gateway.faults.push(K.DROP_BEFORE, on=Request.SUBMIT)
        w.ib.placeOrder(contract, w.limit("BUY", 10, "499", orderRef="lost"))
        await until(lambda: bool(w.heard("disconnected")))
        assert w.venue.orders == {} and w.gateway.faults.fired == {K.DROP_BEFORE: 1}
        await w.connect()
        w.gateway.faults.push(K.ACCEPT_DROP, on=Request.SUBMIT)
        for reference in ("first", "second"):
            w.ib.placeOrder(contract, w.limit("BUY", 10, "499", orderRef=reference))
        await until(lambda: len(w.heard("disconnected")) == 2)
        assert [order.client_id for order in w.venue.working()] == ["first"]


@plays("accept_drop", "drop")
async def an_order_taken_before_the_drop_is_found_again(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.faults.push(K.ACCEPT_DROP, on=Request.SUBMIT)
        held = w.ib.placeOrder(await w.contract(), w.limit("BUY", 10, "499", orderRef="mine"))
        await until(lambda: bool(w.heard("disconnected")))
        assert held.orderStatus.permId == 0 and w.at_venue("mine").is_working
        ib = await w.connect()
        (found,) = ib.openTrades()
        assert found.order.orderRef == "mine" and found.order.permId and found is not held
        w.gateway.drop_all()
        await until(lambda: len(w.heard("disconnected")) == 2)


@plays("hang")
async def an_order_without_an_answer_stays_pending(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.faults.push(K.HANG, on=Request.SUBMIT)
        trade = w.ib.placeOrder(await w.contract(), w.limit("BUY", 10, "499", orderRef="mine"))
        await until(lambda: bool(w.venue.orders))
        await settle()
        assert trade.orderStatus.status == "PendingSubmit" and w.ib.isConnected()
        await w.ib.reqOpenOrdersAsync()
        assert trade.orderStatus.permId


@plays("error_before", "error_after")
async def an_error_does_not_say_whether_the_order_lives(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        contract = await w.contract()
        for kind, lives in ((K.ERROR_BEFORE, 0), (K.ERROR_AFTER, 1)):
            w.gateway.faults.push(kind, on=Request.SUBMIT)
            trade = w.ib.placeOrder(contract, w.limit("BUY", 10, "499"))
            await w.hears(322, of=trade.order.orderId)
            assert trade.orderStatus.status == "Cancelled" and len(w.venue.orders) == lives


@plays("too_many", "too_fast")
async def too_many_messages_are_complained_of_and_then_hung_up_on(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        contract = await w.contract()
        w.gateway.faults.push(K.TOO_MANY, on=Request.SUBMIT)
        w.ib.placeOrder(contract, w.limit("BUY", 10, "499"))
        await until(lambda: (-1, 100) in w.heard("error"))
        w.gateway.messages_per_s_max = 1
        for _ in range(3):
            w.ib.placeOrder(contract, w.limit("BUY", 10, "499"))
        await until(lambda: bool(w.heard("disconnected")))
        assert w.venue.orders == {} and w.gateway.too_fast == 3


@plays("duplicate_ack", "repeated_status")
async def what_comes_twice_is_one(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.faults.push(K.DUPLICATE_ACK, on=Request.SUBMIT)
        trade = await w.place(w.limit("BUY", 10, "500.02"))
        await until(lambda: bool(w.heard("commission")))
        await settle()
        sent = [said[2][0] for said in w.gateway.recorded if said[0] == ">"]
        assert sent.count("11") == 2 and len(trade.fills) == 1
        assert len(w.heard("execution")) == 1


@plays("fill_before_ack")
async def a_fill_may_come_before_its_order(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.faults.push(K.FILL_BEFORE_ACK, on=Request.SUBMIT)
        trade = await w.place(w.limit("BUY", 10, "500.02"))
        await until(lambda: trade.orderStatus.status == "Filled" and len(w.heard("commission")) > 0)
        kinds = [said[0] for said in w.said]
        assert kinds.index("execution") < kinds.index("status")


@plays("mute", "mute_peer")
async def a_mute_peer_looks_connected(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        await w.ib.reqCurrentTimeAsync()
        w.gateway.mute()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(w.ib.reqCurrentTimeAsync(), 0.03)
        assert w.ib.isConnected()
        w.gateway.drop_all()
        await until(lambda: bool(w.heard("disconnected")))
        await w.connect()
        w.gateway.faults.push(K.MUTE, on=Request.STREAM)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(w.ib.reqCurrentTimeAsync(), 0.03)


@plays("unknown_word")
async def a_status_nobody_knows_arrives_as_it_is(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.faults.push(K.UNKNOWN_WORD, on=Request.SUBMIT)
        trade = await w.place(w.limit("BUY", 10, "499"))
        assert trade.orderStatus.status == "Pondering" and not trade.isDone()


@plays("skew")
async def the_clock_of_tws_may_be_wrong(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.faults.push(K.SKEW, on=Request.STREAM, amount=-90)
        told = await w.ib.reqCurrentTimeAsync()
        assert timedelta(seconds=88) < datetime.now(UTC) - told < timedelta(seconds=93)


@plays()
async def what_nobody_asked_for_may_be_spoilt_as_well(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        trade = await w.place(w.limit("BUY", 10, "499", orderRef="mine"))
        order = w.at_venue("mine")
        w.gateway.faults.push(K.UNKNOWN_WORD, on=Request.STREAM)
        w.venue.fill(order, 1, "499")
        await until(lambda: trade.orderStatus.status == "Pondering")
        w.gateway.faults.push(K.DUPLICATE_ACK, on=Request.STREAM)
        w.venue.fill(order, 1, "499")
        await until(lambda: trade.orderStatus.filled == 2)
        assert len(w.heard("execution")) == 2
        w.gateway.faults.push(K.MUTE, on=Request.STREAM)
        w.venue.fill(order, 1, "499")
        await settle()
        assert trade.orderStatus.filled == 2 and w.ib.isConnected()
        w.ib.disconnect()
        await until(lambda: not w.gateway.sessions)
        await w.connect()
        w.gateway.faults.push(K.DROP_BEFORE, on=Request.STREAM)
        w.venue.fill(order, 1, "499")
        await until(lambda: len(w.heard("disconnected")) == 2)
        assert len(w.heard("execution")) == 2 and w.gateway.faults.left == 0


@plays("door_closed", "id_in_use")
async def a_client_that_may_not_in_hears_why_or_nothing(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect(client_id=1)
        first = w.ib
        w.said.clear()
        with pytest.raises((TimeoutError, ConnectionError)):
            await asyncio.wait_for(w.connect(client_id=1), 0.1)
        assert (-1, 326) in w.heard("error") and first.isConnected()
        w.gateway.occupied.add(7)
        with pytest.raises((TimeoutError, ConnectionError)):
            await asyncio.wait_for(w.connect(client_id=7), 0.1)
        await w.gateway.close_door()
        with pytest.raises(ConnectionRefusedError):
            await w.connect(client_id=2)


@plays("missing_end")
async def a_list_without_an_end_is_no_list(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        w.gateway.withheld.add(ByServer.OPEN_ORDERS_END)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(w.ib.reqAllOpenOrdersAsync(), 0.03)
        w.gateway.withheld.clear()
        assert await w.ib.reqAllOpenOrdersAsync() == []


@plays("throttled")
async def what_a_library_holds_back_is_lost_with_the_socket(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        contract = await w.contract()
        for _ in range(60):
            w.ib.placeOrder(contract, w.limit("BUY", 1, "400"))
        await until(lambda: len(w.venue.orders) > 20)
        w.gateway.drop_all()
        await until(lambda: bool(w.heard("disconnected")))
        assert len(w.venue.orders) < 45


@plays("read_only")
async def a_login_may_look_and_not_trade(library: ModuleType) -> None:
    async with witnessing(library, is_read_only=True) as w:
        ib = await w.connect(readonly=True)
        w.ib.placeOrder(await w.contract(), w.limit("BUY", 10, "499"))
        await until(lambda: 321 in [code for _, code in w.heard("error")])
        assert w.venue.orders == {} and ib.positions() == []


@plays("port_moved")
async def tws_may_move_to_another_port(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        before = w.gateway.port
        await w.gateway.move_port()
        await until(lambda: bool(w.heard("disconnected")))
        assert (-1, 1300) in w.heard("error") and w.gateway.port != before
        await w.connect()


@plays("link_lost", "link_found", "data_lost")
async def a_fill_without_a_link_is_only_found_by_asking(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        trade = await w.place(w.limit("BUY", 10, "499", orderRef="mine"))
        w.gateway.lose_link()
        w.venue.fill(w.at_venue("mine"), 10, "499")
        await settle()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(w.ib.reqExecutionsAsync(), 0.03)
        w.gateway.restore_link()
        await until(lambda: [c for _, c in w.heard("error")][-2:] == [1100, 1102])
        (fill,) = await w.ib.reqExecutionsAsync()
        assert fill.execution.orderRef == "mine" and w.heard("execution") == []
        await w.ib.reqOpenOrdersAsync()
        assert trade.orderStatus.status == "Submitted"  # wrong, and no list of open orders says so
        (over,) = await w.ib.reqCompletedOrdersAsync(False)
        assert over.order.orderRef == "mine" and over.orderStatus.status == "Filled"
        w.gateway.restore_link(is_data_lost=True)
        await until(lambda: (-1, 1101) in w.heard("error"))


@plays("stranded_lost", "stranded_sent")
async def an_order_without_a_link_is_lost_or_goes_out_late(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        contract = await w.contract()
        w.venue.plan(REST)
        for sends, orders in ((False, 0), (True, 1)):
            w.gateway.lose_link()
            trade = w.ib.placeOrder(contract, w.limit("BUY", 10, "499"))
            await until(lambda: len(w.gateway.stranded) == 1)
            assert trade.orderStatus.status == "PendingSubmit"
            w.gateway.restore_link(sends_stranded=sends)
            assert len(w.venue.orders) == orders


@plays("nightly_reset", "away_at_connect")
async def orders_and_their_numbers_survive_the_night(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        trade = await w.place(w.limit("BUY", 10, "499", orderRef="mine", tif="GTC"))
        night = asyncio.create_task(w.gateway.nightly_reset(refused_s=0.02))
        await until(lambda: bool(w.heard("disconnected")))
        with pytest.raises(ConnectionRefusedError):
            await w.connect()
        await night
        ib = await w.connect()
        (found,) = ib.openTrades()
        assert found.order.permId == trade.order.permId
        assert found.order.orderId == trade.order.orderId < ib.client.getReqId()
        w.gateway.lose_link()
        ib.disconnect()
        await until(lambda: not w.gateway.sessions)
        assert await _hears(w, 2110)


@plays("farms")
async def farms_of_data_leave_the_connection_alone(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        for code in (2103, 2105, 2157, 2104, 2106, 2158, 2107, 2108):
            w.gateway.broadcast(code)
        await until(lambda: (-1, 2108) in w.heard("error"))
        trade = await w.place(w.limit("BUY", 10, "500.02"))
        await until(lambda: trade.orderStatus.status == "Filled")


@plays("yesterday")
async def executions_are_of_today_alone(library: ModuleType) -> None:
    async with witnessing(library) as w:
        await w.connect()
        await w.place(w.limit("BUY", 10, "500.02"))
        assert len(await w.ib.reqExecutionsAsync()) == 1
        now = w.venue.now
        w.venue.now = lambda: now() + timedelta(days=1)
        assert await w.ib.reqExecutionsAsync() == []
        assert await w.ib.reqCompletedOrdersAsync(False) == []
        assert w.venue.truth()[1] == {"SPY": Decimal(10)}


async def _hears(w: Witness, code: int) -> bool:
    """Connect as far as it goes, and tell whether a code came."""
    with pytest.raises((TimeoutError, ConnectionError)):
        await asyncio.wait_for(w.connect(), 0.05)
    return (-1, code) in w.heard("error")


BAD_DAYS: Final = scenes_in(globals())
