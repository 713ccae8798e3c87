"""When does a stop become an order, and what does it then get?"""

from pathlib import Path

import pytest
from tests.makers import at
from tests.plugins.paper.bench import Bench, at_the_paper_broker, check_account


def trades_of(bench: Bench, order: str) -> list[str]:
    """List what was said, without the word that a stop was triggered: not every broker says it."""
    return [kind for kind in bench.kinds(order) if kind != "triggered"]


@at_the_paper_broker()
async def test_a_buy_stop_waits_for_the_ask(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, stop=202)
    await bench.show("201.90", "201.99")
    assert trades_of(bench, order) == ["new"]
    await bench.show("201.95", 202)
    assert trades_of(bench, order) == ["new", "10@202"]


@at_the_paper_broker()
async def test_a_sell_stop_waits_for_the_bid(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.buy(10)
    order = await bench.sell(10, stop=198)
    await bench.show("198.01", "198.05")
    assert trades_of(bench, order) == ["new"]
    await bench.show(198, "198.05")
    assert trades_of(bench, order) == ["new", "10@198"]
    await check_account(bench)


@at_the_paper_broker()
async def test_a_gap_past_a_stop_fills_at_the_market_not_at_the_stop(bench: Bench) -> None:
    await bench.show("199.90", 200)
    bought, sold = await bench.buy(10, stop=202), await bench.sell(10, stop=198)
    await bench.show(150, "150.10")
    assert trades_of(bench, sold) == ["new", "10@150"]
    await bench.show(250, "250.10")
    assert trades_of(bench, bought) == ["new", "10@250.1"]


@at_the_paper_broker(slippage_bps=5)
async def test_a_triggered_stop_slips_like_a_market_order(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, stop=210)
    await bench.show(220, 220)
    assert trades_of(bench, order) == ["new", "10@220.11"]


@pytest.mark.parametrize(("side", "stop"), [("buy", "202"), ("sell", "198")])
def test_a_stop_is_triggered_by_what_a_bar_traded(tmp_path: Path, side: str, stop: str) -> None:
    @at_the_paper_broker()
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        order = await (bench.buy if side == "buy" else bench.sell)(10, stop=stop)
        await bench.until(at(120))
        await bench.bar("200 201.99 198.01 200")
        assert trades_of(bench, order) == ["new"]
        await bench.bar("200 202 198 200")
        await bench.show("199.90", 200)
        assert bench.filled(order) == 10

    story(tmp_path)


@at_the_paper_broker()
async def test_a_stop_already_reached_on_arrival_trades_at_once(bench: Bench) -> None:
    await bench.show("199.90", 200)
    assert trades_of(bench, await bench.buy(10, stop=199)) == ["new", "10@200"]


@at_the_paper_broker(fill_probability=0)
async def test_a_stop_limit_becomes_a_limit(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 203, stop=202)
    await bench.show("190.10", "190.20")
    assert trades_of(bench, order) == ["new"]  # below the limit, and yet not triggered
    await bench.show("204.90", 205)
    assert trades_of(bench, order) == ["new"]  # triggered, above the limit
    await bench.show("200.90", 201)
    assert trades_of(bench, order) == ["new", "10@201"]


@at_the_paper_broker()
async def test_a_stop_limit_in_reach_fills_no_worse_than_its_limit(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.sell(10, 197, stop=198)
    await bench.show("197.50", "197.60")
    assert trades_of(bench, order) == ["new", "10@197.5"]


@at_the_paper_broker()
async def test_a_triggered_stop_stays_triggered(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, stop=202)
    await bench.show("201.90", 202, size=4)
    await bench.show("199.90", 200, size=4)
    await bench.show("199.90", 200)
    assert trades_of(bench, order) == ["new", "4@202", "4@200", "2@200"]


@at_the_paper_broker()
async def test_a_stop_can_be_canceled(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.sell(10, stop=198)
    await bench.cancel(order)
    await bench.show("190.00", "190.10")
    assert bench.kinds(order) == ["new", "canceled"]
