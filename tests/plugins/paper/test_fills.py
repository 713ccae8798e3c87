"""When does the paper broker fill, how much, and at what price?"""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.makers import at
from tests.plugins.paper.bench import Bench, an_order, at_the_paper_broker, check_account


@at_the_paper_broker()
async def test_a_market_buy_pays_the_ask_and_a_market_sale_gets_the_bid(bench: Bench) -> None:
    await bench.show("199.90", "200")
    assert bench.kinds(await bench.buy(10)) == ["new", "10@200"]
    assert bench.kinds(await bench.sell(4)) == ["new", "4@199.9"]
    await check_account(bench)


@at_the_paper_broker(slippage_bps=5)
async def test_slippage_makes_market_orders_worse_by_its_basis_points(bench: Bench) -> None:
    await bench.show(200, 200)
    assert bench.fills(await bench.buy()) == ["10@200.1"]
    assert bench.fills(await bench.sell()) == ["10@199.9"]


@at_the_paper_broker(slippage_bps=5)
async def test_slippage_off_the_tick_is_never_to_the_customers_advantage(bench: Bench) -> None:
    await bench.show("99.99", "100.01")
    (bought,) = bench.fills(await bench.buy(1))
    (sold,) = bench.fills(await bench.sell(1))
    assert Decimal(bought[2:]) >= Decimal("100.01") * Decimal("1.0005")
    assert Decimal(sold[2:]) <= Decimal("99.99") * Decimal("0.9995")


@at_the_paper_broker(slippage_bps=50)
async def test_a_limit_order_does_not_slip(bench: Bench) -> None:
    await bench.show("199.90", 200)
    assert bench.fills(await bench.buy(10, 201)) == ["10@200"]


@at_the_paper_broker(latency_ms_min=500, latency_ms_max=500)
async def test_a_market_order_trades_at_the_quote_that_holds_when_it_arrives(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.send(an_order("buy"))
    bench.market.show(210, "210.10")
    await bench.settle(1)
    assert bench.kinds(order) == ["new", "10@210.1"]


@at_the_paper_broker()
async def test_a_market_order_fills_by_displayed_size_and_goes_on(bench: Bench) -> None:
    await bench.show("199.90", 200, size=6)
    order = await bench.buy(10)
    assert bench.kinds(order) == ["new", "6@200"]
    await bench.show("200.90", 201, size=3)
    await bench.show("201.90", 202, size=30)
    assert bench.kinds(order) == ["new", "6@200", "3@201", "1@202"]
    await check_account(bench)


@at_the_paper_broker()
async def test_a_size_of_zero_is_unknown_and_limits_nothing(bench: Bench) -> None:
    await bench.show("199.90", 200, size=0)
    assert bench.fills(await bench.buy(400)) == ["400@200"]


@at_the_paper_broker()
async def test_two_orders_do_not_get_the_same_displayed_shares(bench: Bench) -> None:
    await bench.show("199.90", 200, size=100)
    first, second = await bench.buy(80), await bench.buy(80)
    assert bench.fills(first) == ["80@200"]
    assert bench.fills(second) == ["20@200"]
    await bench.show("199.90", 200, size=100)
    assert bench.fills(second) == ["20@200", "60@200"]


@at_the_paper_broker()
async def test_each_side_of_the_quote_has_its_own_size(bench: Bench) -> None:
    await bench.show("199.90", 200, size=10)
    assert bench.fills(await bench.buy(10)) == ["10@200"]
    assert bench.fills(await bench.sell(10)) == ["10@199.9"]


@at_the_paper_broker()
async def test_partial_fills_are_whole_lots(bench: Bench) -> None:
    await bench.show("199.90", 200, size="2.5")
    assert bench.fills(await bench.buy(10)) == ["2@200"]


@at_the_paper_broker()
async def test_a_marketable_limit_fills_at_the_better_quote(bench: Bench) -> None:
    await bench.show("199.90", 200)
    assert bench.fills(await bench.buy(10, 205)) == ["10@200"]
    assert bench.fills(await bench.sell(10, 195)) == ["10@199.9"]


@at_the_paper_broker(fill_probability=0)
async def test_a_limit_at_the_quote_on_arrival_is_marketable_not_a_touch(bench: Bench) -> None:
    await bench.show("199.90", 200)
    assert bench.fills(await bench.buy(10, 200)) == ["10@200"]
    assert bench.fills(await bench.sell(10, "199.90")) == ["10@199.9"]


@pytest.mark.parametrize(("side", "limit", "crossing"), [
    ("buy", "199", ("198.90", "198.95")), ("sell", "201", ("201.05", "201.10")),
])
def test_a_resting_limit_waits_until_a_quote_crosses_it(
    tmp_path: Path, side: str, limit: str, crossing: tuple[str, str]
) -> None:
    @at_the_paper_broker(fill_probability=0)
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        order = await (bench.buy if side == "buy" else bench.sell)(10, limit)
        await bench.show("199.50", "200.50")
        assert bench.kinds(order) == ["new"]
        await bench.show(*crossing)
        (fill,) = bench.fills(order)
        px = Decimal(fill.removeprefix("10@"))
        assert px <= 199 if side == "buy" else px >= 201
        await check_account(bench)

    story(tmp_path)


@pytest.mark.parametrize(("probability", "fills"), [(0, []), (1, ["10@199"])])
def test_chance_decides_on_a_resting_limit_that_a_quote_only_touches(
    tmp_path: Path, probability: int, fills: list[str]
) -> None:
    @at_the_paper_broker(fill_probability=probability)
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        order = await bench.buy(10, 199)
        await bench.show("198.90", 199)
        assert bench.fills(order) == fills

    story(tmp_path)


@at_the_paper_broker(fill_probability="0.5")
async def test_a_touch_is_drawn_once_an_order_and_level(bench: Bench) -> None:
    """Who had no luck at a level has none there however often it is touched."""
    await bench.show("199.90", 200)
    orders = [await bench.buy(1, 199) for _ in range(40)]
    await bench.show("198.90", 199)
    lucky = {order for order in orders if bench.fills(order)}
    assert 5 < len(lucky) < 35
    for _ in range(20):
        await bench.show("199.90", 200)
        await bench.show("198.90", 199)
    assert {order for order in orders if bench.fills(order)} == lucky
    await bench.show("198.90", "198.99")
    assert all(bench.fills(order) for order in orders)


@at_the_paper_broker(fill_probability="0.5")
async def test_a_new_level_is_a_new_draw(bench: Bench) -> None:
    await bench.show("199.90", 200)
    orders = [await bench.buy(1, 199) for _ in range(40)]
    await bench.show("198.90", 199)
    unlucky = [order for order in orders if not bench.fills(order)]
    await bench.show("199.90", 200)
    for number, order in enumerate(unlucky):
        await bench.replace(order, f"R{number}", 1, "198.50")
    await bench.show("198.40", "198.50")
    now_lucky = [n for n, _ in enumerate(unlucky) if bench.fills(f"R{n}")]
    assert 0 < len(now_lucky) < len(unlucky)


@at_the_paper_broker(fill_probability=0)
async def test_a_bar_that_trades_through_a_limit_fills_it_at_the_limit(bench: Bench) -> None:
    await bench.show("199.90", 200)
    bought, sold = await bench.buy(10, 199), await bench.sell(10, 201)
    await bench.bar("200 200.99 199.01 200")
    assert bench.kinds(bought) == bench.kinds(sold) == ["new"]
    await bench.until(at(180))
    await bench.bar("200 201.01 198.99 200")
    assert bench.fills(bought) == ["10@199"]
    assert bench.fills(sold) == ["10@201"]


@at_the_paper_broker(fill_probability=0)
async def test_a_bar_that_opens_past_a_limit_fills_at_its_better_open(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 199)
    await bench.until(at(120))
    await bench.bar("198 198.50 197 198")
    assert bench.fills(order) == ["10@198"]


@pytest.mark.parametrize(("probability", "fills"), [(0, []), (1, ["10@199"])])
def test_chance_decides_on_a_limit_that_a_bar_only_touches(
    tmp_path: Path, probability: int, fills: list[str]
) -> None:
    @at_the_paper_broker(fill_probability=probability)
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        order = await bench.buy(10, 199)
        await bench.until(at(120))
        await bench.bar("200 200.50 199 200")
        assert bench.fills(order) == fills

    story(tmp_path)


@at_the_paper_broker()
async def test_an_order_that_arrives_inside_a_bar_fills_from_the_next_bar(bench: Bench) -> None:
    """What traded before the order was there cannot have traded with it."""
    await bench.show("199.90", 200)
    order = await bench.buy(10, 199)
    await bench.until(at(119))
    bench.market.print_bar("200 200 150 200", start=at(60))
    await bench.settle()
    assert bench.kinds(order) == ["new"]
    await bench.bar("200 200 150 200", start=at(120))
    assert bench.fills(order) == ["10@199"]


@at_the_paper_broker()
async def test_a_stop_is_not_triggered_by_a_bar_older_than_itself(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.sell(10, stop=195)
    await bench.until(at(119))
    bench.market.print_bar("200 200 150 200", start=at(60))
    await bench.settle()
    assert bench.kinds(order) == ["new"]


@at_the_paper_broker()
async def test_an_order_without_a_market_waits_for_its_first_quote(bench: Bench) -> None:
    order = await bench.buy(10, 201)
    assert bench.kinds(order) == ["new"]
    await bench.show("199.90", 200)
    assert bench.fills(order) == ["10@200"]


@at_the_paper_broker()
async def test_a_quote_that_makes_no_sense_fills_nothing(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.show(0, 0)
    await bench.show(0, 140)
    await bench.show(160, 140)
    assert bench.kinds(order) == ["new"]


@at_the_paper_broker()
async def test_prices_can_be_moved_by_hand(bench: Bench) -> None:
    bench.broker.set_price("SPY", Decimal("99.90"), Decimal(100))
    order = await bench.buy(10, 99)
    bench.broker.set_price("SPY", Decimal("98.40"), Decimal("98.50"))
    await bench.settle()
    assert bench.kinds(order)[0] == "new"
    assert bench.filled(order) == 10


@at_the_paper_broker()
async def test_the_market_in_one_symbol_fills_no_order_in_another(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.show("299.90", 300, symbol="IBM")
    order = await bench.buy(10, 199)
    await bench.show("100", "100.10", symbol="IBM")
    assert bench.kinds(order) == ["new"]
