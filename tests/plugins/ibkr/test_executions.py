"""Is money booked once, at its price and with its fee, in whatever order IB tells of it?"""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.fakes.venue_facts import REST
from tests.plugins.ibkr.desk import TRADING, a_desk, until

from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType as E
from tradebot.core.model.report import Report
from tradebot.plugins.ibkr.executions import Executions
from tradebot.plugins.ibkr.outbox import Outbox


def an_execution(exec_id: str = "0000e0d5.1.01.01", **more: Any) -> tuple[Any, ...]:
    """Return what IB tells of an execution, as its library hands it over."""
    contract = SimpleNamespace(secType="STK", symbol="SPY", localSymbol="SPY", currency="USD")
    return (-1, contract, SimpleNamespace(**{
        "execId": exec_id, "acctNumber": "DU1", "orderRef": "tb1", "permId": 7, "shares": 10.0,
        "price": 500.02, "side": "BOT", "time": TRADING, **more,
    }))


def a_commission(exec_id: str, fee: float) -> Any:
    return SimpleNamespace(execId=exec_id, commission=fee)


async def taken(outbox: Outbox) -> Report:
    async with asyncio.timeout(1):
        return await outbox.take()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(lambda is_paused: None, wait_s=0.01)


@pytest.fixture
def executions(outbox: Outbox) -> Executions:
    made = Executions("ib", outbox, lambda told: ClOrdID(told.orderRef))
    made.account = "DU1"
    return made


async def test_a_commission_that_comes_in_time_is_part_of_the_execution(
    executions: Executions, outbox: Outbox
) -> None:
    executions.heard(*an_execution())
    executions.commission(a_commission("0000e0d5.1.01.01", 0.35))
    assert (await taken(outbox)).fee == Decimal("0.35")


async def test_a_commission_that_comes_late_corrects_the_execution(
    executions: Executions, outbox: Outbox
) -> None:
    executions.heard(*an_execution())
    first = await taken(outbox)
    assert first.fee == 0
    executions.commission(a_commission("0000e0d5.1.01.01", 1.7976931348623157e308))
    for _ in range(2):
        executions.commission(a_commission("0000e0d5.1.01.01", 0.35))
    second = await taken(outbox)
    assert (second.exec_type, second.exec_ref_id) == (E.TRADE_CORRECT, first.exec_id)
    assert (second.last_qty, second.last_px, second.fee) == (10, first.last_px, Decimal("0.35"))
    executions.heard(*an_execution("0000e0d5.1.01.02", shares=8.0))
    third = await taken(outbox)
    assert third.exec_ref_id == second.exec_id, "the last one that stands"


async def test_a_correction_of_what_nobody_told_brings_that_along(
    executions: Executions,
) -> None:
    told = list(executions.reports([an_execution("0000e0d5.1.01.02", price=499.5)]))
    assert [(r.exec_type, r.exec_id, r.exec_ref_id) for r in told] == [
        (E.TRADE, "0000e0d5.1.01.01", None),
        (E.TRADE_CORRECT, "0000e0d5.1.01.02", "0000e0d5.1.01.01"),
    ]
    assert told[0].last_px == told[1].last_px == Decimal("499.5")


async def test_another_accounts_trades_and_whole_bags_are_no_money_of_ours(
    executions: Executions, outbox: Outbox
) -> None:
    executions.heard(*an_execution(acctNumber="DU2"))
    bag = an_execution("0000e0d5.2.01.01")
    bag[1].secType = "BAG"
    executions.heard(*bag)
    executions.heard(*an_execution("0000e0d5.3.01.01"))
    assert (await taken(outbox)).exec_id == "0000e0d5.3.01.01"


async def test_an_execution_waits_in_its_place_and_no_longer_than_it_may(
    executions: Executions, outbox: Outbox
) -> None:
    executions.heard(*an_execution())
    executions.heard(*an_execution("0000e0d5.2.01.01"))
    executions.commission(a_commission("0000e0d5.2.01.01", 0.35))
    outbox.end(ConnectionError("gone"))
    with pytest.raises(ConnectionError):
        await taken(outbox)
    outbox.begin()
    both = [await taken(outbox), await taken(outbox)]
    assert [r.exec_id for r in both] == ["0000e0d5.1.01.01", "0000e0d5.2.01.01"]
    assert [r.fee for r in both] == [0, Decimal("0.35")]


async def test_a_correction_takes_the_place_of_what_it_corrects(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.plan(REST)
        there = await desk.send(desk.order(10, "499.00"))
        (made,) = desk.venue.fill(there, 10, "499.00")
        await desk.heard(E.TRADE)
        corrected = desk.venue.correct(made, Decimal(8), Decimal("498.50"))
        await desk.heard(E.TRADE_CORRECT)
        first, second = desk.told[-2:]
        assert second.exec_ref_id == first.exec_id
        assert (second.last_qty, second.last_px) == (8, Decimal("498.50"))
        desk.venue.bust(corrected)
        await desk.heard(E.TRADE_CANCEL)
        assert desk.told[-1].exec_ref_id == second.exec_id
        told = [(r.exec_type, r.exec_id) for r in desk.told if r.exec_id]
        later = await desk.broker.fills_since(desk.clock.at)
        assert [(r.exec_type, r.exec_id) for r in later] == told


async def test_executions_of_others_are_found_where_positions_move(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.venue.place_external("SPY", 3, side="sell")
        await desk.heard(E.TRADE)
        told = desk.told[-1]
        assert (told.symbol, told.is_sell, told.last_qty) == ("SPY", True, 3)
        assert told.cl_ord_id.startswith("ib")
        await desk.broker.statement()
        assert desk.kinds() == [E.TRADE]


async def test_an_execution_is_found_again_under_the_same_id(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        order = desk.order(10, "500.02")
        await desk.send(order)
        await desk.heard(E.TRADE)
        told = desk.told[-1]
        await desk.disconnect()
        desk.another()
        await desk.connect()
        (later,) = await desk.broker.fills_since(desk.clock.at)
        assert replace(later, transact_time=None) == replace(told, transact_time=None)
        await until(lambda: desk.kinds() == [E.NEW, E.TRADE] or desk.kinds() == [E.TRADE])
