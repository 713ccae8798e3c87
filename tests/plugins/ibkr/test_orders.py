"""Does an order reach IB once, exactly as it was meant, and is everything heard of it?"""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.fakes.venue_facts import REST, Hours, Status, reject
from tests.plugins.ibkr.desk import CALL, PUT, QUICK, a_desk, until

from tradebot.core.model.intent import Leg, OrdType, Side, TimeInForce
from tradebot.core.model.report import ExecType as E
from tradebot.core.model.report import RejReason
from tradebot.ports import Declined


@pytest.mark.parametrize("version", [157, 163, 164, 170, 176, 178])
async def test_an_order_that_crosses_is_told_once_with_its_fee(
    tmp_path: Path, version: int
) -> None:
    async with a_desk(tmp_path, server_version=version) as desk:
        order = desk.order(10, "500.02")
        await desk.send(order)
        await desk.heard(E.TRADE)
        trade = desk.told[-1]
        assert (trade.last_qty, trade.last_px, trade.fee) == (10, Decimal("500.02"), 1)
        assert trade.cl_ord_id == order.cl_ord_id and trade.symbol == "SPY"
        assert desk.kinds().count(E.TRADE) == 1


async def test_a_resting_order_is_changed_in_place_and_canceled(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        there = await desk.send(order)
        await desk.heard(E.NEW)
        await desk.broker.replace(order.cl_ord_id, "tbchange", Decimal(8), Decimal("499.10"))
        await desk.heard(E.REPLACED)
        assert (there.qty, there.limit) == (8, Decimal("499.10"))
        await desk.broker.cancel("tbchange", "tbcancel")
        await desk.heard(E.CANCELED)
        assert desk.told[-1].cl_ord_id == "tbcancel"
        assert len({r.order_id for r in desk.told}) == 1


async def test_a_refused_change_leaves_nothing_behind(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        there = await desk.send(order)
        desk.venue.fill(there, 5, "499.00")
        await desk.heard(E.TRADE)
        await desk.broker.replace(order.cl_ord_id, "tb1", Decimal(4), Decimal("498.00"))
        await desk.heard(E.CANCEL_REJECTED)
        assert desk.told[-1].cl_ord_id == "tb1" and "IB 105" in desk.told[-1].text
        await desk.broker.replace(order.cl_ord_id, "tb2", Decimal(8), None)
        await desk.heard(E.REPLACED)
        assert (there.qty, there.limit) == (8, Decimal("499.00"))


async def test_an_order_that_ib_turns_down_after_all_has_ended(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        there = await desk.send(order)
        await desk.heard(E.NEW)
        desk.venue.reject(there, "201")
        await desk.heard(E.NEW, E.CANCELED)
        assert "IB 201" in desk.told[-1].text


async def test_a_cancel_of_what_is_over_is_an_answer(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        order = desk.order(10, "500.02")
        await desk.send(order)
        await desk.heard(E.TRADE)
        with pytest.raises(Declined) as raised:
            await desk.broker.cancel(order.cl_ord_id, "tb1")
        assert raised.value.rej_reason is RejReason.TOO_LATE
        known = desk.broker._orders.called(order.cl_ord_id)
        assert known is not None
        known.is_done = False  # as where the fill crosses the cancel on the wire
        await desk.broker.cancel(order.cl_ord_id, "tb2")
        await desk.heard(E.CANCEL_REJECTED)
        assert desk.told[-1].rej_reason is RejReason.TOO_LATE and "10148" in desk.told[-1].text


async def test_a_remark_that_libraries_take_for_a_cancel_ends_nothing(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        there = await desk.send(order)
        for code in (10349, 404, 10197, 10289):
            desk.gateway.remark(there, code)
        await desk.broker.statement()
        await desk.broker.replace(order.cl_ord_id, "tbchange", Decimal(9), Decimal("499.10"))
        await desk.heard(E.NEW, E.REPLACED)
        desk.venue.fill(there, 9, "499.10")
        await desk.heard(E.TRADE)
        assert desk.kinds() == [E.NEW, E.REPLACED, E.TRADE]


async def test_a_code_that_nobody_knows_is_asked_about_until_it_is_clear(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        order = desk.order(10, "499.00")
        desk.venue.plan(reject("98765"))
        await desk.send(order)
        await desk.heard(E.REJECTED)
        assert desk.told[-1].rej_reason is RejReason.OTHER and "98765" in desk.told[-1].text


@pytest.mark.parametrize(("text", "reason"), [
    ("Insufficient margin", RejReason.INSUFFICIENT_FUNDS),
    ("not available for short sale", RejReason.NOT_SHORTABLE),
    ("exchange is closed", RejReason.EXCHANGE_CLOSED),
    ("something else", RejReason.OTHER),
])
async def test_a_refusal_keeps_ibs_words_and_gets_a_reason(
    tmp_path: Path, text: str, reason: RejReason
) -> None:
    async with a_desk(tmp_path) as desk:
        talk = desk.broker._talk
        desk.venue.plan(REST)
        there = await desk.send(order := desk.order(10, "499.00"))
        known = desk.broker._orders.called(order.cl_ord_id)
        assert known is not None and there.is_working
        known.is_live = False  # as before its acknowledgement
        talk.error(known.number, 201, f"Order rejected - reason:{text}")
        await desk.heard(E.REJECTED)
        assert desk.told[-1].rej_reason is reason and text in desk.told[-1].text


async def test_prices_off_the_tick_never_leave(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        with pytest.raises(Declined) as raised:
            await desk.broker.submit(desk.order(1, "500.001"))
        assert raised.value.rej_reason is RejReason.INVALID_PRICE_INCREMENT
        qqq = "QQQ261218C00510000"  # a nickel from three dollars on
        desk.venue.quote(qqq, "5.00", "5.10")
        with pytest.raises(Declined, match=r"0\.05"):
            await desk.broker.submit(desk.order(1, "5.01", symbol=qqq))
        await desk.send(desk.order(1, "2.01", symbol=qqq))
        with pytest.raises(Declined) as raised:
            await desk.broker.submit(desk.order(1, symbol="NOSUCH"))
        assert raised.value.rej_reason is RejReason.UNKNOWN_SYMBOL
        assert len(desk.venue.orders) == 1


async def test_an_id_is_sent_once_whatever_the_caller_does(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        await desk.send(order)
        await desk.broker.submit(order)
        await desk.heard(E.NEW, E.REJECTED)
        assert desk.told[-1].is_duplicate_order
        await desk.disconnect()
        desk.another()
        await desk.connect()
        await desk.broker.submit(order)
        await until(lambda: bool(desk.told) and desk.told[-1].is_duplicate_order)
        assert len(desk.venue.orders) == 1


async def test_numbers_only_rise_whatever_the_gateway_says(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST, REST)
        first = await desk.send(desk.order(1, "499.00"))
        await desk.disconnect()
        desk.gateway.forget_ids()
        desk.another()
        await desk.connect()
        second = await desk.send(desk.order(1, "498.00"))
        numbers = [int(message[1]) for message in desk.on_the_wire("3")]
        assert numbers[1] > numbers[0]
        assert first.is_working and second.is_working


async def test_two_orders_under_one_id_halt(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST, REST)
        order = desk.order(10, "499.00")
        there = await desk.send(order)
        desk.gateway.twin(there)
        await until(lambda: bool(desk.told) and bool(desk.told[-1].flaw))
        assert "two orders" in desk.told[-1].flaw
        working = [o.cl_ord_id for o in (await desk.broker.statement()).working]
        assert len(set(working)) == 2 and order.cl_ord_id in working


async def test_an_order_that_ended_while_we_were_away_is_found_ended(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        there = await desk.send(order)
        await desk.disconnect()
        desk.venue.fill(there, 4, "499.00")
        desk.venue.cancel(there)
        desk.another()
        await desk.connect()
        found = await desk.broker.find(order.cl_ord_id)
        assert found is not None
        assert [r.exec_type for r in found.reports] == [E.TRADE, E.CANCELED]
        assert (found.symbol, found.is_sell, found.order_qty) == ("SPY", False, None)


async def test_only_limited_orders_for_shares_work_before_the_open(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.open_hours(Hours.EXTENDED)
        desk.clock.at = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
        share = await desk.send(desk.order(1, "500.02"))
        market = await desk.send(desk.order(1, None))
        option = await desk.send(desk.order(1, "5.00", symbol=CALL))
        assert share.outside_hours and share.status is Status.FILLED
        assert not market.outside_hours and not option.outside_hours
        desk.clock.at = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
        assert not (await desk.send(desk.order(1, "499"))).outside_hours


async def test_every_kind_of_order_says_its_time_in_force(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        for taken in desk.broker.capabilities.takes[:4]:
            for tif in taken.times_in_force:
                limit = "499.00" if "limit" in taken.ord_type.value else None
                stop = Decimal("510.00") if "stop" in taken.ord_type.value else None
                there = await desk.send(desk.order(
                    1, limit, ord_type=taken.ord_type, time_in_force=tif, stop_px=stop
                ))
                assert there.tif == tif.value and there.stop == stop
        assert TimeInForce.IOC not in desk.broker.capabilities.takes[2].times_in_force
        assert desk.broker.capabilities.takes[2].ord_type is OrdType.STOP


async def test_a_combo_is_one_order_and_an_execution_a_leg(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.quote(CALL, "5.00", "5.10")
        desk.venue.quote(PUT, "3.00", "3.10")
        legs = (Leg(symbol=CALL, side=Side.SELL), Leg(symbol=PUT, side=Side.SELL))
        order = desk.order(2, "-8.00", legs=legs)
        there = await desk.send(order)
        await until(lambda: desk.kinds().count(E.TRADE) == 2)
        fills = {r.symbol: r for r in desk.told if r.exec_type is E.TRADE}
        assert set(fills) == {CALL, PUT} and there.status is Status.FILLED
        assert all(fill.last_qty == 2 and fill.is_sell for fill in fills.values())
        held = {h.symbol: (h.qty, h.avg_px) for h in (await desk.broker.statement()).holdings}
        assert held == {s: (-2, f.last_px) for s, f in fills.items()}
        net = sum(fill.last_px for fill in fills.values())
        assert net == 8


async def test_what_nobody_reads_stays_on_the_wire(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradebot.plugins.ibkr.outbox.UNREAD_MAX", 4)
    async with a_desk(tmp_path, replace(QUICK, heartbeat_s=0.01)) as desk:
        desk.venue.plan(REST)
        there = await desk.send(desk.order(40, "499.00"))
        await desk.heard(E.NEW)
        reading = desk._reading
        assert reading is not None
        reading.cancel()
        for _ in range(40):
            desk.venue.fill(there, 1, "499.00")
        await until(lambda: desk.broker._outbox.is_full)
        assert desk.broker._session is not None
        assert desk.broker._session.connection.failure is None
        await desk.connect()
        await until(lambda: desk.kinds().count(E.TRADE) == 40, lambda: desk.kinds())
