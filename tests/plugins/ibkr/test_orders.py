"""Does an order reach IB once, exactly as it was meant, and is everything heard of it?"""

from decimal import Decimal
from pathlib import Path

from tests.fakes.venue_facts import REST
from tests.plugins.ibkr.desk import a_desk

from tradebot.core.model.report import ExecType as E


async def test_an_order_that_crosses_is_told_once_with_its_fee(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        order = desk.order(10, "500.02")
        await desk.send(order)
        await desk.heard(E.TRADE)
        trade = desk.told[-1]
        assert (trade.last_qty, trade.last_px, trade.fee) == (10, Decimal("500.02"), 1)
        assert trade.cl_ord_id == order.cl_ord_id and trade.symbol == "SPY"
        assert desk.broker.capabilities.real_money is False


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
