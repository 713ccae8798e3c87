"""What does an order cost at the paper broker, what does it earn, and what can be afforded?"""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.makers import CALL, HIGHER_CALL
from tests.plugins.paper.bench import Bench, a_combo, at_the_paper_broker, check_account

from tradebot.core.model.report import ExecType


def fees(bench: Bench) -> list[Decimal]:
    return [report.fee for report in bench.told if report.exec_type is ExecType.TRADE]


@at_the_paper_broker(commission_bps=10)
async def test_a_fee_in_basis_points_is_of_what_was_traded(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.buy(10)
    assert fees(bench) == [2]
    assert await bench.cash() == 100_000 - 2000 - 2


@at_the_paper_broker(commission_per_share="0.005")
async def test_a_fee_a_share_is_of_each_fill(bench: Bench) -> None:
    await bench.show("199.90", 200, size=200)
    await bench.buy(300, 200)
    await bench.show("199.90", 200, size=200)
    assert fees(bench) == [1, Decimal("0.5")]
    await check_account(bench)


@at_the_paper_broker(commission_per_contract="0.65", commission_bps=10)
async def test_options_pay_by_the_contract_and_count_a_hundredfold(bench: Bench) -> None:
    await bench.show("4.90", 5, symbol=CALL)
    assert bench.fills(await bench.buy(3, symbol=CALL)) == ["3@5"]
    assert fees(bench) == [Decimal("1.95")]
    assert await bench.cash() == Decimal("100000") - 1500 - Decimal("1.95")
    await check_account(bench)


@at_the_paper_broker(commission_per_contract="0.65")
async def test_a_combo_pays_for_every_leg(bench: Bench) -> None:
    await bench.show("4.90", 5, symbol=CALL)
    await bench.show("199.90", 200)
    await bench.submit(a_combo("buy SPY 100", f"sell {CALL}", qty=2))
    assert fees(bench) == [Decimal("1.30")]  # a contract each; the shares are free here
    await check_account(bench)


@at_the_paper_broker(commission_per_contract="0.65")
async def test_a_combo_pays_for_every_contract_of_a_ratio(bench: Bench) -> None:
    await bench.show("4.90", 5, symbol=CALL)
    await bench.show("1.90", 2, symbol=HIGHER_CALL)
    await bench.submit(a_combo(f"sell {CALL}", f"buy {HIGHER_CALL} 2", qty=3))
    assert fees(bench) == [Decimal("5.85")]


@at_the_paper_broker()
async def test_a_short_sale_earns_when_the_price_falls(bench: Bench) -> None:
    await bench.show(200, "200.10")
    await bench.sell(10)
    assert await bench.holdings() == {"SPY": -10}
    assert await bench.cash() == 102_000
    await bench.show("189.90", "190")
    await bench.buy(10)
    assert await bench.holdings() == {}
    assert bench.broker.realized == 100
    assert await bench.cash() == 100_100
    await check_account(bench)


@at_the_paper_broker()
async def test_a_flip_closes_first_and_opens_the_rest_at_the_new_price(bench: Bench) -> None:
    await bench.show("99.90", 100)
    await bench.buy(10)
    await bench.show(110, "110.10")
    await bench.sell(25)
    (held,) = (await bench.broker.statement()).holdings
    assert (held.qty, held.avg_px) == (-15, 110)
    assert bench.broker.realized == 100
    await bench.show("104.90", "105")
    await bench.buy(20)
    (held,) = (await bench.broker.statement()).holdings
    assert (held.qty, held.avg_px) == (5, 105)
    assert bench.broker.realized == 175
    await check_account(bench)


@at_the_paper_broker()
async def test_the_average_cost_moves_with_what_opens_and_stays_with_what_closes(
    bench: Bench,
) -> None:
    await bench.show("99.90", 100)
    await bench.buy(10)
    await bench.show("109.90", 110)
    await bench.buy(10)
    await bench.show(120, "120.10")
    await bench.sell(5)
    (held,) = (await bench.broker.statement()).holdings
    assert (held.qty, held.avg_px) == (15, 105)
    assert bench.broker.realized == 75
    await check_account(bench)


@at_the_paper_broker(commission_bps=10)
async def test_equity_is_cash_and_holdings_at_the_market(bench: Bench) -> None:
    assert bench.broker.equity() == 100_000
    await bench.show(100, 100)
    await bench.buy(10)
    assert bench.broker.equity() == 99_999  # the fee is gone
    await bench.show(110, 110)
    assert bench.broker.unrealized == 100
    assert bench.broker.realized == 0
    assert bench.broker.equity() == 100_099
    await bench.sell(20)
    await bench.show(90, 90)
    assert bench.broker.realized == 100
    assert bench.broker.unrealized == 200
    assert bench.broker.equity() == Decimal("100300") - sum(fees(bench))


@at_the_paper_broker(short_allowed=False)
async def test_where_shorts_are_not_allowed_nobody_sells_more_than_is_held(bench: Bench) -> None:
    await bench.show("199.90", 200)
    assert bench.refusal(await bench.sell(1))
    await bench.buy(10)
    assert bench.refusal(await bench.sell(11))
    assert bench.kinds(await bench.sell(6, 300)) == ["new"]
    assert bench.refusal(await bench.sell(5))  # six of the ten are already for sale
    assert bench.kinds(await bench.sell(4)) == ["new", "4@199.9"]


@at_the_paper_broker(short_allowed=False)
async def test_a_combo_cannot_sell_short_where_shorts_are_not_allowed(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.show("99.90", 100, symbol="IBM")
    order = await bench.submit(a_combo("buy SPY", "sell IBM"))
    assert bench.refusal(order)


@at_the_paper_broker()
async def test_resting_orders_use_up_buying_power(bench: Bench) -> None:
    await bench.show("199.90", 200)
    first = await bench.buy(400, 150)
    assert "buying power" in bench.refusal(await bench.buy(300, 150))
    await bench.cancel(first)
    assert bench.kinds(await bench.buy(300, 150)) == ["new"]


@at_the_paper_broker()
async def test_buying_power_comes_back_when_a_holding_is_sold(bench: Bench) -> None:
    await bench.show(200, 200)
    await bench.buy(500)
    assert "buying power" in bench.refusal(await bench.buy(1))
    await bench.sell(500)
    assert bench.fills(await bench.buy(500)) == ["500@200"]


@at_the_paper_broker()
async def test_the_way_out_needs_no_buying_power(bench: Bench) -> None:
    await bench.show(200, 200)
    await bench.buy(500)
    await bench.show(100, 100)
    assert bench.fills(await bench.sell(500)) == ["500@100"]


@pytest.mark.parametrize(("multiple", "qty_max"), [(1, 500), (2, 1000), (4, 2000)])
def test_a_multiple_lends_buying_power(tmp_path: Path, multiple: int, qty_max: int) -> None:
    @at_the_paper_broker(buying_power_multiple=multiple)
    async def story(bench: Bench) -> None:
        await bench.show(200, 200)
        assert bench.refusal(await bench.buy(qty_max + 1))
        assert bench.filled(await bench.buy(qty_max)) == qty_max

    story(tmp_path)


@at_the_paper_broker()
async def test_a_replace_beyond_the_buying_power_is_refused(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(400, 150)
    await bench.replace(order, "R1", 700, 150)
    assert bench.kinds("R1") == ["cancel_rejected"]
    await bench.replace(order, "R2", 600, 150)
    assert bench.kinds("R2") == ["replaced"]


@at_the_paper_broker(commission_bps=10, slippage_bps=5)
async def test_what_all_the_money_buys_leaves_room_for_fee_and_slippage(bench: Bench) -> None:
    """An order of exactly the cash there is cannot be paid for."""
    await bench.show(200, 200)
    assert "buying power" in bench.refusal(await bench.buy(500))
    assert "buying power" in bench.refusal(await bench.buy(500, 200))
    await bench.buy(499, 200)
    assert await bench.cash() >= 0


@at_the_paper_broker()
async def test_coins_are_bought_in_fractions(bench: Bench) -> None:
    await bench.show("49990", 50000, symbol="BTC/USD")
    assert bench.fills(await bench.buy("0.0125", symbol="BTC/USD")) == ["0.0125@50000"]
    assert await bench.cash() == 100_000 - 625
    assert "lot" in bench.refusal(await bench.buy("0.00001", symbol="BTC/USD"))
