"""How does the paper broker trade several legs as one? At a net price, never a leg alone."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Final

from tests.makers import CALL, HIGHER_CALL, some_instruments
from tests.plugins.paper.bench import Bench, a_combo, at_the_paper_broker, check_account

from tradebot.core.model.instrument import parse_occ
from tradebot.core.model.report import ExecType, Report
from tradebot.shell.sim_loop import SimLoop

SPREAD = (f"buy {CALL}", f"sell {HIGHER_CALL}")
SHORT_SPREAD = (f"sell {CALL}", f"buy {HIGHER_CALL}")


async def show_options(bench: Bench, size: int = 0) -> None:
    await bench.show("4.90", 5, size, symbol=CALL)
    await bench.show("2.00", "2.10", size, symbol=HIGHER_CALL)


def the_trade(bench: Bench, order: str) -> Report:
    (trade,) = [r for r in bench.about(order) if r.exec_type is ExecType.TRADE]
    return trade


@at_the_paper_broker()
async def test_a_combo_fills_whole_with_a_price_for_every_leg(bench: Bench) -> None:
    await show_options(bench)
    order = await bench.submit(a_combo(*SPREAD, qty=2, price="3.00"))
    assert bench.kinds(order) == ["new", "2@3"]
    trade = the_trade(bench, order)
    assert {leg.symbol: leg.last_px for leg in trade.legs} == {CALL: 5, HIGHER_CALL: 2}
    assert await bench.holdings() == {CALL: 2, HIGHER_CALL: -2}
    assert await bench.cash() == 100_000 - 600
    await check_account(bench)


@at_the_paper_broker()
async def test_a_debit_above_the_limit_waits(bench: Bench) -> None:
    await show_options(bench)
    order = await bench.submit(a_combo(*SPREAD, price="2.99"))
    assert bench.kinds(order) == ["new"]
    await bench.show("4.80", "4.90", symbol=CALL)
    assert bench.fills(order) == ["1@2.9"]
    await check_account(bench)


@at_the_paper_broker()
async def test_a_credit_is_a_negative_price_and_a_smaller_one_is_worse(bench: Bench) -> None:
    """The market pays 4.90 - 2.10 = 2.80 for it; who wants 2.81 waits."""
    await show_options(bench)
    waits = await bench.submit(a_combo(*SHORT_SPREAD, price="-2.81"))
    fills = await bench.submit(a_combo(*SHORT_SPREAD, price="-2.80"))
    assert bench.kinds(waits) == ["new"]
    assert bench.kinds(fills) == ["new", "1@-2.8"]
    assert await bench.cash() == 100_280
    await bench.show("4.95", "5.05", symbol=CALL)
    assert bench.fills(waits) == ["1@-2.85"]
    await check_account(bench)


@at_the_paper_broker()
async def test_too_little_of_one_leg_fills_fewer_of_all_of_them(bench: Bench) -> None:
    await bench.show("4.90", 5, 100, symbol=CALL)
    await bench.show("2.00", "2.10", 3, symbol=HIGHER_CALL)
    order = await bench.submit(a_combo(*SPREAD, qty=4, price=3))
    assert bench.kinds(order) == ["new", "3@3"]
    assert await bench.holdings() == {CALL: 3, HIGHER_CALL: -3}
    await bench.show("2.00", "2.10", 4, symbol=HIGHER_CALL)
    assert bench.fills(order) == ["3@3", "1@3"]
    await check_account(bench)


@at_the_paper_broker(commission_per_contract="0.65")
async def test_every_fill_pays_for_the_contracts_of_its_own(bench: Bench) -> None:
    await bench.show("4.90", 5, 100, symbol=CALL)
    await bench.show("2.00", "2.10", 3, symbol=HIGHER_CALL)
    order = await bench.submit(a_combo(*SPREAD, qty=4, price=3))
    await bench.show("2.00", "2.10", 4, symbol=HIGHER_CALL)
    fees = [r.fee for r in bench.about(order) if r.exec_type is ExecType.TRADE]
    assert fees == [Decimal("3.90"), Decimal("1.30")]
    await check_account(bench)


@at_the_paper_broker()
async def test_ratios_count_in_price_size_and_holdings(bench: Bench) -> None:
    await bench.show("4.90", 5, 100, symbol=CALL)
    await bench.show("2.00", "2.10", 5, symbol=HIGHER_CALL)
    legs = (f"sell {CALL}", f"buy {HIGHER_CALL} 2")
    order = await bench.submit(a_combo(*legs, qty=3))
    assert bench.fills(order) == ["2@-0.7"]  # three would take six
    assert await bench.holdings() == {CALL: -2, HIGHER_CALL: 4}
    assert bench.fills(await bench.buy(2, symbol=HIGHER_CALL)) == ["1@2.1"]  # the fifth
    await check_account(bench)


@at_the_paper_broker()
async def test_a_leg_without_a_quote_keeps_the_combo_waiting(bench: Bench) -> None:
    await bench.show("4.90", 5, symbol=CALL)
    order = await bench.submit(a_combo(*SPREAD, price=3))
    assert bench.kinds(order) == ["new"]
    await bench.show("2.00", "2.10", symbol=HIGHER_CALL)
    assert bench.fills(order) == ["1@3"]


@at_the_paper_broker()
async def test_a_leg_that_nobody_bids_for_is_given_away_in_a_combo_and_never_sold_alone(
    bench: Bench,
) -> None:
    await show_options(bench)
    assert bench.fills(await bench.submit(a_combo(*SPREAD, qty=2, price=3)))
    await bench.show("0.05", "0.06", symbol=CALL)
    await bench.show(0, "0.01", symbol=HIGHER_CALL)
    order = await bench.submit(a_combo(f"buy {HIGHER_CALL}", f"sell {CALL}", price="-0.04"))
    assert bench.fills(order) == ["1@-0.04"]
    await bench.show("0.01", "0.02", symbol=CALL)
    await bench.show(0, "0.01", symbol=CALL)
    alone = await bench.submit(a_combo(f"sell {CALL}", qty=1, price=None))
    assert bench.fills(alone) == []
    both = await bench.submit(a_combo(f"buy {HIGHER_CALL}", f"sell {CALL}", price="0.01"))
    assert bench.fills(both) == ["1@0.01"]
    assert {leg.symbol: leg.last_px for leg in the_trade(bench, both).legs}[CALL] == 0
    await check_account(bench)


@at_the_paper_broker()
async def test_a_combo_that_must_fill_at_once_is_canceled_where_it_cannot(bench: Bench) -> None:
    await show_options(bench, size=1)
    whole = await bench.submit(a_combo(*SPREAD, qty=2, price=3, tif="fok"))
    assert bench.kinds(whole) == ["new", "canceled"]
    part = await bench.submit(a_combo(*SPREAD, qty=2, price=3, tif="ioc"))
    assert bench.kinds(part) == ["new", "1@3", "canceled"]
    await show_options(bench, size=1)
    order = await bench.submit(a_combo(*SPREAD, qty=1, price=3, tif="fok"))
    assert bench.kinds(order) == ["new", "1@3"]


@at_the_paper_broker(slippage_bps=100)
async def test_a_market_combo_slips_on_every_leg(bench: Bench) -> None:
    await show_options(bench)
    order = await bench.submit(a_combo(*SPREAD))
    trade = the_trade(bench, order)
    prices = {leg.symbol: leg.last_px for leg in trade.legs}
    assert prices == {CALL: Decimal("5.05"), HIGHER_CALL: Decimal("1.98")}
    assert trade.last_px == Decimal("3.07")
    await check_account(bench)


@at_the_paper_broker()
async def test_a_spread_needs_only_what_it_can_lose(bench: Bench) -> None:
    """A credit of 2.80 on strikes ten apart can lose 7.20, times a hundred."""
    await show_options(bench)
    assert bench.filled(await bench.submit(a_combo(*SHORT_SPREAD, qty=138, price="-2.80"))) == 138
    assert "buying power" in bench.refusal(await bench.submit(a_combo(*SHORT_SPREAD, qty=10)))


@at_the_paper_broker()
async def test_a_combo_can_be_closed_again(bench: Bench) -> None:
    await show_options(bench)
    await bench.submit(a_combo(*SPREAD, qty=2))
    await bench.submit(a_combo(*SHORT_SPREAD, qty=2))
    assert await bench.holdings() == {}
    assert bench.broker.realized == -40
    assert await bench.cash() == 99_960
    await check_account(bench)


@at_the_paper_broker()
async def test_four_legs_are_one_order_and_five_are_none(bench: Bench) -> None:
    await show_options(bench)
    await bench.show("199.90", 200)
    await bench.show("99.90", 100, symbol="IBM")
    await bench.show("49990", 50000, symbol="BTC/USD")
    legs = ["buy SPY", "buy IBM", f"buy {CALL}", f"sell {HIGHER_CALL}"]
    four = await bench.submit(a_combo(*legs))
    assert bench.fills(four) == ["1@6"]
    assert bench.refusal(await bench.submit(a_combo(*legs, "buy BTC/USD")))
    await check_account(bench)


@at_the_paper_broker()
async def test_a_combo_can_be_canceled_and_replaced(bench: Bench) -> None:
    await show_options(bench)
    order = await bench.submit(a_combo(*SPREAD, price=2))
    await bench.replace(order, "R1", 3, "2.50")
    await bench.cancel("R1")
    assert bench.kinds("R1") == ["replaced", "canceled"]
    await bench.show("3.00", "3.10", symbol=CALL)
    assert await bench.holdings() == {}


@at_the_paper_broker()
async def test_a_pair_of_shares_needs_buying_power_for_both(bench: Bench) -> None:
    """Its net price is small; what it can lose is not."""
    await bench.show("199.90", 200)
    await bench.show("199.90", 200, symbol="IBM")
    pair = ("buy SPY", "sell IBM")
    assert "buying power" in bench.refusal(await bench.submit(a_combo(*pair, qty=251)))
    assert bench.filled(await bench.submit(a_combo(*pair, qty=250))) == 250


@at_the_paper_broker()
async def test_a_combo_whose_loss_has_no_bound_is_refused_though_it_costs_money(
    bench: Bench,
) -> None:
    await show_options(bench)
    ratio = (f"buy {CALL}", f"sell {HIGHER_CALL} 2")
    assert "no bound" in bench.refusal(await bench.submit(a_combo(*ratio, price=1)))
    strangle = (f"sell {CALL}", f"sell {HIGHER_CALL}")
    assert "no bound" in bench.refusal(await bench.submit(a_combo(*strangle)))


NEAR: Final = "SPY260828C00500000"  # ends three weeks before CALL


def test_what_is_bought_covers_only_what_ends_no_later(tmp_path: Path) -> None:
    """A calendar spread can lose its price; the other way round nothing bounds it."""
    async def whole() -> None:
        bench = Bench(tmp_path, instruments=(*some_instruments(), parse_occ(NEAR)))
        await bench.open()
        bench.market.show("2.90", 3, symbol=NEAR)
        bench.market.show("4.90", 5, symbol=CALL)
        wrong = await bench.submit(a_combo(f"sell {CALL}", f"buy {NEAR}", price=1))
        assert "no bound" in bench.refusal(wrong)
        right = await bench.submit(a_combo(f"buy {CALL}", f"sell {NEAR}", qty=476))
        assert bench.fills(right) == ["476@2.1"]  # 210 each: all the money there is
        await bench.close()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(whole())


@at_the_paper_broker()
async def test_a_hundred_shares_and_a_sold_call_have_a_price_a_share(bench: Bench) -> None:
    await bench.show("499.90", 500)
    await show_options(bench)
    covered = ("buy SPY 100", f"sell {CALL}")
    order = await bench.submit(a_combo(*covered, price="495.09"))
    assert bench.kinds(order) == ["new"]
    await bench.show("499.80", "499.90")
    assert bench.fills(order) == ["1@495"]
    assert await bench.holdings() == {"SPY": 100, CALL: -1}
    assert await bench.cash() == 100_000 - 49_500
    await check_account(bench)
