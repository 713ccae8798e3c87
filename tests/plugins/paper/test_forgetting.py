"""What does the paper broker still know of orders that finished long ago? Their ids, no more."""

import pytest
from tests.makers import at
from tests.plugins.paper.bench import Bench, at_the_paper_broker

from tradebot.core.model.ids import ClOrdID
from tradebot.plugins.brokers.paper import house
from tradebot.ports import DeliveryUnknown


@pytest.fixture(autouse=True)
def a_short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "FINISHED_MAX", 3)


async def five_orders(bench: Bench) -> list[ClOrdID]:
    await bench.show(200, 200)
    return [await bench.buy(1) for _ in range(5)]


@at_the_paper_broker()
async def test_an_old_order_is_neither_found_nor_denied(bench: Bench) -> None:
    orders = await five_orders(bench)
    for forgotten in orders[:2]:
        with pytest.raises(DeliveryUnknown, match="finished long ago"):
            await bench.broker.find(forgotten)
    for kept in orders[2:]:
        assert await bench.broker.find(kept) is not None
    assert await bench.broker.find(ClOrdID("never")) is None


@at_the_paper_broker()
async def test_an_old_id_is_not_taken_twice(bench: Bench) -> None:
    orders = await five_orders(bench)
    intent = bench.intents[orders[0]]
    await bench.submit(intent, orders[0])
    assert bench.kinds(orders[0])[-1] == "rejected"
    assert (await bench.holdings())["SPY"] == 5


@at_the_paper_broker()
async def test_fills_are_told_whole_or_not_at_all(bench: Bench) -> None:
    orders = await five_orders(bench)
    with pytest.raises(DeliveryUnknown, match="book's file"):
        await bench.broker.fills_since(at(0))
    recent = bench.about(orders[2])[-1].transact_time
    assert recent is not None
    fills = await bench.broker.fills_since(recent)
    assert [fill.cl_ord_id for fill in fills] == orders[2:]
