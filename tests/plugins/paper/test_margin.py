"""What does the paper broker let options tie up? What they can lose by their terms, no less."""

from decimal import Decimal

from tests.makers import CALL, HIGHER_CALL
from tests.plugins.paper.bench import Bench, a_combo, at_the_paper_broker, check_account

PUT = CALL.replace("C005", "P005")
LOWER_PUT = PUT.replace("P00500", "P00490")


async def show_all(bench: Bench) -> None:
    await bench.show("499.90", "500.10")
    await bench.show("4.90", "5.10", symbol=CALL)
    await bench.show("2.00", "2.20", symbol=HIGHER_CALL)
    await bench.show("5.90", "6.10", symbol=PUT)
    await bench.show("3.00", "3.20", symbol=LOWER_PUT)


def free(bench: Bench) -> Decimal:
    return bench.broker.buying_power()


@at_the_paper_broker()
async def test_a_credit_spread_ties_up_its_width(bench: Bench) -> None:
    """Ten wide, 270 received: the market may take 730 of it; 30 of that is the spread paid."""
    await show_all(bench)
    await bench.submit(a_combo(f"sell {CALL}", f"buy {HIGHER_CALL}"))
    assert await bench.cash() == 100_270
    assert free(bench) == 100_270 - 1000


@at_the_paper_broker()
async def test_a_condor_can_lose_on_one_side_only(bench: Bench) -> None:
    await show_all(bench)
    condor = (f"buy {LOWER_PUT}", f"sell {PUT}", f"sell {CALL}", f"buy {HIGHER_CALL}")
    order = await bench.submit(a_combo(*condor, qty=10, price="-5.40"))
    assert bench.fills(order) == ["10@-5.4"]
    assert free(bench) == 100_000 + 5_400 - 10_000
    await check_account(bench)


@at_the_paper_broker()
async def test_a_long_structure_ties_up_its_price(bench: Bench) -> None:
    await show_all(bench)
    order = await bench.submit(a_combo(f"buy {CALL}", f"buy {PUT}", qty=2))
    assert bench.fills(order) == ["2@11.2"]
    assert free(bench) == 100_000 - 2_240


@at_the_paper_broker()
async def test_a_sold_put_takes_its_strike_in_cash(bench: Bench) -> None:
    await show_all(bench)
    first = await bench.sell(2, "5.90", symbol=PUT)
    assert bench.fills(first) == ["2@5.9"]
    assert free(bench) == 100_000 + 1_180 - 100_000
    assert "buying power" in bench.refusal(await bench.sell(1, "5.90", symbol=PUT))
    assert bench.fills(await bench.buy(1, symbol=PUT)) == ["1@6.1"]  # a way out is never shut


@at_the_paper_broker()
async def test_shares_cover_a_call_once(bench: Bench) -> None:
    await show_all(bench)
    assert "nothing covers 100" in bench.refusal(await bench.sell(1, "4.90", symbol=CALL))
    await bench.buy(150)
    rests = await bench.sell(1, 6, symbol=CALL)
    assert bench.kinds(rests) == ["new"]
    assert "nothing covers 50" in bench.refusal(await bench.sell(1, "4.90", symbol=CALL))
    await bench.cancel(rests)
    assert bench.fills(await bench.sell(1, "4.90", symbol=CALL)) == ["1@4.9"]
    await check_account(bench)


@at_the_paper_broker()
async def test_a_covered_call_bought_as_one_ties_up_what_it_costs(bench: Bench) -> None:
    await show_all(bench)
    order = await bench.submit(a_combo("buy SPY 100", f"sell {CALL}", price="495.20"))
    assert bench.fills(order) == ["1@495.2"]
    assert free(bench) == await bench.cash() == 100_000 - 49_520


@at_the_paper_broker()
async def test_a_protective_put_lends_nothing_against_the_shares(bench: Bench) -> None:
    await show_all(bench)
    order = await bench.submit(a_combo("buy SPY 100", f"buy {PUT}"))
    assert bench.fills(order) == ["1@506.2"]
    assert free(bench) == await bench.cash() == 100_000 - 50_620


@at_the_paper_broker()
async def test_a_collar_fills_in_one_piece(bench: Bench) -> None:
    await show_all(bench)
    collar = ("buy SPY 100", f"buy {LOWER_PUT}", f"sell {HIGHER_CALL}")
    order = await bench.submit(a_combo(*collar, price="501.30"))
    assert bench.fills(order) == ["1@501.3"]
    assert await bench.holdings() == {"SPY": 100, LOWER_PUT: 1, HIGHER_CALL: -1}
    await check_account(bench)


@at_the_paper_broker()
async def test_shares_that_cover_a_call_leave_only_with_it(bench: Bench) -> None:
    await show_all(bench)
    await bench.submit(a_combo("buy SPY 100", f"sell {CALL}"))
    swap = a_combo("sell SPY 100", f"buy {PUT}")
    assert "nothing covers 100" in bench.refusal(await bench.submit(swap))
    out = await bench.submit(a_combo("sell SPY 100", f"buy {CALL}"))
    assert bench.fills(out) == ["1@-494.8"]


@at_the_paper_broker(initial_balance=200_000, naked_options_allowed=True)
async def test_a_naked_call_where_it_is_allowed_ties_up_its_shares(bench: Bench) -> None:
    await show_all(bench)
    assert bench.fills(await bench.sell(3, "4.90", symbol=CALL)) == ["3@4.9"]
    assert free(bench) == 200_000 + 1_470 - 1_500 - 150_000
    assert "buying power" in bench.refusal(await bench.sell(1, "4.90", symbol=CALL))


@at_the_paper_broker(short_allowed=False)
async def test_a_broker_without_short_sales_still_sells_what_is_covered(bench: Bench) -> None:
    await show_all(bench)
    await bench.buy(100)
    assert bench.fills(await bench.sell(1, "4.90", symbol=CALL)) == ["1@4.9"]
