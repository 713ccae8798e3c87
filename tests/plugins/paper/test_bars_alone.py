"""How does the paper broker fill where the feed has bars and no quotes?"""

from decimal import Decimal

from tests.makers import at
from tests.plugins.paper.bench import Bench, at_the_paper_broker, check_account


@at_the_paper_broker(slippage_bps=5)
async def test_a_market_order_fills_at_the_open_of_the_next_bar(bench: Bench) -> None:
    await bench.bar("199 201 198 200")
    order = await bench.buy(10)
    await bench.until(at(179))
    bench.market.print_bar("150 151 149 150", start=at(120))  # it began before the order came
    await bench.settle()
    assert bench.kinds(order) == ["new"]
    await bench.until(at(180))
    await bench.bar("200 205 199 204")
    assert bench.fills(order) == ["10@200.1"]
    await check_account(bench)


@at_the_paper_broker()
async def test_a_limit_fills_when_a_bar_trades_through_it(bench: Bench) -> None:
    await bench.bar("199 201 198 200")
    order = await bench.buy(10, 190)
    await bench.until(at(180))
    await bench.bar("195 196 190.01 195")
    assert bench.kinds(order) == ["new"]
    await bench.bar("195 196 189 195")
    assert bench.fills(order) == ["10@190"]


@at_the_paper_broker()
async def test_a_bar_that_opens_past_a_limit_fills_at_its_open(bench: Bench) -> None:
    await bench.bar("199 201 198 200")
    bought, sold = await bench.buy(10, 190), await bench.sell(10, 210)
    await bench.until(at(180))
    await bench.bar("185 188 184 186")
    await bench.bar("215 218 214 216")
    assert bench.fills(bought) == ["10@185"]
    assert bench.fills(sold) == ["10@215"]


@at_the_paper_broker()
async def test_a_stop_inside_a_bar_fills_at_the_stop(bench: Bench) -> None:
    await bench.bar("199 201 198 200")
    bought, sold = await bench.buy(10, stop=202), await bench.sell(10, stop=196)
    await bench.until(at(180))
    await bench.bar("200 203 195 199")
    assert bench.fills(bought) == ["10@202"]
    assert bench.fills(sold) == ["10@196"]


@at_the_paper_broker()
async def test_a_bar_that_opens_past_a_stop_fills_at_its_worse_open(bench: Bench) -> None:
    await bench.bar("199 201 198 200")
    bought, sold = await bench.buy(10, stop=202), await bench.sell(10, stop=196)
    await bench.until(at(180))
    await bench.bar("190 191 189 190")
    await bench.bar("210 212 209 210")
    assert bench.fills(sold) == ["10@190"]
    assert bench.fills(bought) == ["10@210"]
    await check_account(bench)


@at_the_paper_broker()
async def test_a_bar_fills_no_more_than_traded_in_it(bench: Bench) -> None:
    await bench.bar("199 201 198 200")
    order = await bench.buy(10, 190)
    await bench.until(at(180))
    await bench.bar("195 196 189 195", volume=4)
    assert bench.fills(order) == ["4@190"]


@at_the_paper_broker()
async def test_two_orders_do_not_both_get_what_traded_in_one_bar(bench: Bench) -> None:
    await bench.bar("199 201 198 200")
    first, second = await bench.buy(10, 190), await bench.buy(10, 190)
    await bench.until(at(180))
    await bench.bar("195 196 189 195", volume=12)
    assert bench.filled(first) + bench.filled(second) == 12


@at_the_paper_broker()
async def test_holdings_are_worth_the_last_close(bench: Bench) -> None:
    await bench.bar("199 201 198 200")
    await bench.buy(10, 205)
    await bench.until(at(180))
    await bench.bar("200 203 199 203")
    assert bench.broker.equity() - bench.broker.unrealized == Decimal(100_000)
    assert bench.broker.unrealized == 30
