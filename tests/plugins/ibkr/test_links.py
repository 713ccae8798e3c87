"""Which link to IB broke, and what follows from it? Doubt ends a session, never an order."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.fakes.tws.messages import ByServer
from tests.fakes.venue_facts import REST
from tests.plugins.ibkr.desk import QUICK, Desk, a_desk, until

from tradebot.core.model.report import ExecType as E
from tradebot.core.model.report import RejReason
from tradebot.plugins.ibkr.connection import APART_S, BURST_MAX, MESSAGES_MAX
from tradebot.ports import Declined, DeliveryUnknown, LoginRefused, NotSent


async def test_a_fill_while_ib_was_away_is_found_by_the_next_session(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        there = await desk.send(order)
        desk.gateway.lose_link()
        await until(lambda: isinstance(desk.failure, ConnectionError))
        desk.venue.fill(there, 10, "499.00")
        with pytest.raises(NotSent):
            await desk.broker.connect()
        desk.gateway.restore_link()
        await desk.connect()
        (fill,) = await desk.broker.fills_since(desk.clock.at)
        assert (fill.cl_ord_id, fill.last_qty, fill.fee) == (order.cl_ord_id, 10, 1)
        found = await desk.broker.find(order.cl_ord_id)
        assert found is not None and fill.exec_id in [r.exec_id for r in found.reports]


@pytest.mark.parametrize("code", [1100, 1101, 1102, 1300, 2110])
async def test_what_may_have_kept_executions_back_ends_the_session(
    tmp_path: Path, code: int
) -> None:
    async with a_desk(tmp_path) as desk:
        desk.gateway.broadcast(code)
        await until(lambda: desk.failure is not None)
        assert f"IB {code}" in str(desk.failure)
        with pytest.raises(NotSent):
            await desk.broker.submit(desk.order())


async def test_a_broken_data_farm_keeps_orders_and_refuses_changes(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        await desk.send(order)
        desk.gateway.broadcast(2103)
        await desk.broker.statement()
        with pytest.raises(Declined, match="usfarm"):
            await desk.broker.replace(order.cl_ord_id, "tb1", Decimal(5), Decimal(499))
        await desk.send(desk.order(1))
        desk.gateway.broadcast(2104)
        await desk.broker.statement()
        await desk.broker.replace(order.cl_ord_id, "tb2", Decimal(5), Decimal(499))
        assert desk.failure is None


async def test_a_client_id_in_use_is_told_at_once(tmp_path: Path) -> None:
    settings = replace(QUICK, connect_timeout_s=9.0)
    async with a_desk(tmp_path, settings, connects=False) as desk:
        desk.gateway.occupied.add(1)
        began = asyncio.get_running_loop().time()
        with pytest.raises(NotSent, match="326") as raised:
            await desk.connect()
        assert raised.value.retry_after_s == 30
        assert asyncio.get_running_loop().time() - began < settings.connect_timeout_s / 2


@pytest.mark.parametrize("layout", [
    ByServer.OPEN_ORDERS_END, ByServer.COMPLETED_ORDERS_END, ByServer.EXECUTIONS_END,
    ByServer.POSITIONS_END, ByServer.ACCOUNT_SUMMARY_END,
], ids=lambda layout: str(layout.message_id))
async def test_a_list_without_an_end_is_no_connection(tmp_path: Path, layout: object) -> None:
    async with a_desk(tmp_path, replace(QUICK, answer_timeout_s=0.05), connects=False) as desk:
        desk.gateway.withheld.add(layout)  # type: ignore[arg-type]
        with pytest.raises(NotSent, match="no answer about"):
            await desk.connect()
        await until(lambda: not desk.gateway.sessions)


async def test_questions_of_one_kind_wait_for_each_other(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        statements = await asyncio.gather(*(desk.broker.statement() for _ in range(5)))
        found = await asyncio.gather(*(desk.broker.find(desk.order().cl_ord_id) for _ in range(5)))
        assert {s.cash for s in statements} == {Decimal(100_000)} and found == [None] * 5


async def test_no_second_has_more_messages_than_ib_bears_even_behind_a_loop_that_hung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty times as fast as in truth: a second is a thirtieth of one."""
    second_s, at = 1 / 30, list[float]()
    monkeypatch.setattr("tradebot.plugins.ibkr.connection.APART_S", APART_S * second_s)
    async with a_desk(tmp_path) as desk:
        assert desk.broker._session is not None
        connection, loop = desk.broker._session.connection, asyncio.get_running_loop()

        async def send() -> None:
            await connection.turn()
            at.append(loop.time())

        waiting = [asyncio.ensure_future(send()) for _ in range(100)]
        loop.call_later(second_s, time.sleep, second_s)
        await asyncio.gather(*waiting)
    most = max(sum(t <= u < t + second_s for u in at) for t in at)
    assert MESSAGES_MAX - BURST_MAX <= most <= MESSAGES_MAX + 1 < 50


async def test_a_mute_gateway_is_noticed_by_its_silence(tmp_path: Path) -> None:
    async with a_desk(tmp_path, replace(QUICK, heartbeat_s=0.02, answer_timeout_s=0.05)) as desk:
        desk.gateway.mute()
        await until(lambda: isinstance(desk.failure, ConnectionError))


async def test_what_cannot_be_read_is_never_passed_over(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        (session,) = desk.gateway.sessions
        session._frame_out(("11", "no execution"))
        await until(lambda: "could not be read" in str(desk.failure))


async def test_the_night_is_waited_for_and_survived(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.clock.at = datetime(2026, 11, 21, 4, 50, tzinfo=UTC)  # ten to midnight in New York
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        await desk.send(order)
        night = asyncio.create_task(desk.gateway.nightly_reset(refused_s=0.03))
        await until(lambda: desk.failure is not None)
        with pytest.raises(NotSent, match="until 00:45 in New York") as raised:
            await desk.broker.connect()
        assert raised.value.retry_after_s == 60
        await night
        await desk.connect()
        (working,) = (await desk.broker.statement()).working
        assert working.cl_ord_id == order.cl_ord_id


@pytest.mark.parametrize(("account", "wanted", "paper"), [
    ("U1234567", "", True), ("DU1234567", "", False), ("DU1234567", "DU7654321", True),
    ("XX1", "", True),
])
async def test_another_account_than_the_one_meant_is_refused(
    tmp_path: Path, account: str, wanted: str, paper: bool
) -> None:
    settings = replace(QUICK, account=wanted, paper=paper)
    async with a_desk(tmp_path, settings, connects=False, account=account) as desk:
        with pytest.raises(LoginRefused):
            await desk.connect()
        await until(lambda: not desk.gateway.sessions)


async def test_a_live_account_is_told_for_what_it_is(tmp_path: Path) -> None:
    async with a_desk(tmp_path, replace(QUICK, paper=False), account="U1234567") as desk:
        assert desk.broker.capabilities.real_money is True


async def test_a_gateway_that_takes_no_orders_is_refused(tmp_path: Path) -> None:
    async with a_desk(tmp_path, connects=False, is_read_only=True) as desk:
        with pytest.raises(LoginRefused, match="Read-Only"):
            await desk.connect()


async def test_a_message_without_an_answer_is_in_doubt(tmp_path: Path) -> None:
    async with a_desk(tmp_path, replace(QUICK, answer_timeout_s=0.1)) as desk:
        await desk.send(desk.order(1))
        desk.gateway.lose_link()
        desk.gateway.restore_link()
        await until(lambda: desk.failure is not None)
        await desk.broker.disconnect()
        await desk.connect()
        desk.gateway.is_linked = False  # nobody tells
        with pytest.raises(DeliveryUnknown):
            await desk.broker.submit(desk.order(1))


async def test_nothing_is_left_of_a_session(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        before = len(asyncio.all_tasks())
        await desk.disconnect()
        await until(lambda: not desk.gateway.sessions)
        assert len(asyncio.all_tasks()) <= before - 2  # who read, and who watched
        await desk.connect()
        await desk.send(desk.order(1))
        await desk.heard(E.TRADE)


async def test_orders_of_another_client_are_seen_and_left_alone(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        order = desk.order(10, "499.00")
        await desk.send(order)
        other = Desk(tmp_path / "other", replace(QUICK, client_id=2), venue=desk.venue)
        other.gateway = desk.gateway
        other.another()
        await other.connect()
        (working,) = (await other.broker.statement()).working
        assert working.cl_ord_id == order.cl_ord_id
        with pytest.raises(Declined) as raised:
            await other.broker.cancel(order.cl_ord_id, "tbcancel")
        assert raised.value.rej_reason is RejReason.NOT_PERMITTED
        await other.disconnect()
