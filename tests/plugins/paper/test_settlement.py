"""What becomes of options at the paper broker when they end? What their terms say, once."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from tests.makers import CALL, HIGHER_CALL, some_instruments
from tests.plugins.paper.bench import (
    EPOCH,
    Bench,
    a_combo,
    an_order,
    at_the_paper_broker,
    check_account,
    play,
)

from tradebot.core.model.instrument import ExerciseStyle, parse_occ
from tradebot.core.model.report import ExecType, Report
from tradebot.shell.sim_loop import SimLoop

PUT: Final = CALL.replace("C005", "P005")
LOWER_PUT: Final = PUT.replace("P00500", "P00490")
LAST_DAY: Final = datetime(2026, 9, 18, 19, tzinfo=UTC)  # a Friday, an hour before the close
CLOSE: Final = datetime(2026, 9, 18, 20, tzinfo=UTC)
AFTER: Final = datetime(2026, 9, 18, 20, 0, 5, tzinfo=UTC)

# What is held, at what the market closes, what then is held, and how much cash that brings.
GOLDEN: Final = (
    # alone
    ({CALL: 2}, "512.30", {"SPY": 200}, -100_000),
    ({CALL: 2}, "500", {}, 0),
    ({CALL: 2}, "487", {}, 0),
    ({CALL: -1}, "512.30", {"SPY": -100}, 50_000),
    ({CALL: -1}, "500", {}, 0),
    ({CALL: -1}, "487", {}, 0),
    ({PUT: 2}, "487", {"SPY": -200}, 100_000),
    ({PUT: 2}, "500", {}, 0),
    ({PUT: 2}, "512.30", {}, 0),
    ({PUT: -1}, "487", {"SPY": 100}, -50_000),
    ({PUT: -1}, "500", {}, 0),
    ({PUT: -1}, "512.30", {}, 0),
    ({CALL: 1}, "500.01", {"SPY": 100}, -50_000),  # by a cent
    ({PUT: -1}, "499.99", {"SPY": 100}, -50_000),
    # in a spread
    ({CALL: 1, HIGHER_CALL: -1}, "520", {}, 1_000),  # only cash differs
    ({CALL: 1, HIGHER_CALL: -1}, "505", {"SPY": 100}, -50_000),
    ({CALL: 1, HIGHER_CALL: -1}, "500", {}, 0),
    ({CALL: -3, HIGHER_CALL: 3}, "520", {}, -3_000),
    ({LOWER_PUT: 1, PUT: -1}, "480", {}, -1_000),
    ({LOWER_PUT: 1, PUT: -1}, "495", {"SPY": 100}, -50_000),
    ({LOWER_PUT: 1, PUT: -1}, "500", {}, 0),
    ({LOWER_PUT: 1, PUT: -1, CALL: -1, HIGHER_CALL: 1}, "505", {"SPY": -100}, 50_000),
    ({LOWER_PUT: 1, PUT: -1, CALL: -1, HIGHER_CALL: 1}, "500", {}, 0),
    ({LOWER_PUT: 1, PUT: -1, CALL: -1, HIGHER_CALL: 1}, "470", {}, -1_000),
    # with shares
    ({"SPY": 100, CALL: -1}, "512.30", {}, 50_000),
    ({"SPY": 100, CALL: -1}, "500", {"SPY": 100}, 0),
    ({"SPY": 100, CALL: -1}, "487", {"SPY": 100}, 0),
    ({"SPY": 100, PUT: 1}, "487", {}, 50_000),
    ({"SPY": 100, PUT: 1}, "500", {"SPY": 100}, 0),
    ({"SPY": 100, PUT: 1}, "512.30", {"SPY": 100}, 0),
    ({"SPY": 100, LOWER_PUT: 1, HIGHER_CALL: -1}, "480", {}, 49_000),
    ({"SPY": 100, LOWER_PUT: 1, HIGHER_CALL: -1}, "520", {}, 51_000),
    ({"SPY": 100, CALL: 1}, "512.30", {"SPY": 200}, -50_000),
)


async def show_all(bench: Bench, spot: str = "500") -> None:
    for symbol, px in ((CALL, "3.00"), (HIGHER_CALL, "0.50"), (PUT, "2.00"), (LOWER_PUT, "0.40")):
        await bench.show(px, px, symbol=symbol)
    await bench.show(spot, spot)


async def hold(bench: Bench, wanted: dict[str, int]) -> None:
    await show_all(bench)
    for symbol, qty in sorted(wanted.items(), key=lambda one: -one[1]):  # what covers comes first
        side = "buy" if qty > 0 else "sell"
        assert bench.filled(await bench.submit(an_order(side, abs(qty), symbol=symbol))) == abs(qty)
    assert await bench.holdings() == wanted


def settled(bench: Bench) -> list[Report]:
    return [report for report in bench.told if report.exec_type is ExecType.SETTLEMENT]


@pytest.mark.parametrize(("held", "closes_at", "then", "brings"), GOLDEN)
def test_what_is_held_comes_to_what_the_terms_say(
    tmp_path: Path, held: dict[str, int], closes_at: str, then: dict[str, int], brings: int
) -> None:
    async def story(bench: Bench) -> None:
        await hold(bench, held)
        before = await bench.cash()
        await bench.until(CLOSE - timedelta(seconds=1))
        await bench.show(closes_at, closes_at)
        assert not settled(bench)
        bench.market.print_bar(f"{closes_at} {closes_at} {closes_at} {closes_at}")
        await bench.until(AFTER)
        assert await bench.holdings() == then
        assert await bench.cash() == before + brings
        assert {r.symbol for r in settled(bench)} == held.keys() - {"SPY"}
        worth = sum((qty * Decimal(closes_at) for qty in then.values()), await bench.cash())
        assert bench.broker.equity() == worth
        assert bench.broker.realized + bench.broker.unrealized == worth - 500_000
        await check_account(bench)

    play(
        tmp_path, story, LAST_DAY, initial_balance=500_000, naked_options_allowed=True,
        short_allowed=True,
    )


def test_what_closed_while_no_daemon_ran_is_settled_at_that_close(tmp_path: Path) -> None:
    """The next life asks the market for the price of then, not of now."""
    async def first(bench: Bench) -> None:
        await hold(bench, {CALL: 1})

    async def second(bench: Bench) -> None:
        bench.names = "U"
        assert not settled(bench)  # nobody tells yet how the market closed
        minute = {"start": CLOSE.replace(hour=19, minute=59), "end": CLOSE}
        bench.market.print_bar("510 510 510 510", **minute)
        bench.market.print_bar("530 530 530 530")
        await bench.settle(70)
        (report,) = settled(bench)
        assert (report.last_px, report.legs[0].last_px) == (10, 510)
        assert await bench.holdings() == {"SPY": 100}

    async def third(bench: Bench) -> None:
        assert not settled(bench)
        assert await bench.holdings() == {"SPY": 100}
        kinds = [fill.exec_type for fill in await bench.broker.fills_since(EPOCH)]
        assert kinds == [ExecType.TRADE, ExecType.SETTLEMENT]

    play(tmp_path, first, LAST_DAY)
    play(tmp_path, second, datetime(2026, 9, 21, 15, tzinfo=UTC))
    play(tmp_path, third, datetime(2026, 9, 22, 15, tzinfo=UTC))


def test_an_early_close_ends_them_early(tmp_path: Path) -> None:
    """The day after Thanksgiving closes at one."""
    option = "SPY261127C00500000"

    async def story(bench: Bench) -> None:
        await bench.show("510", "510")
        await bench.show("10", "10", symbol=option)
        await bench.buy(1, symbol=option)
        await bench.until(datetime(2026, 11, 27, 18, 0, 5, tzinfo=UTC))
        assert await bench.holdings() == {"SPY": 100}

    play(tmp_path, story, datetime(2026, 11, 27, 17, tzinfo=UTC))


def test_a_european_option_pays_in_cash(tmp_path: Path) -> None:
    style = replace(parse_occ(CALL), exercise_style=ExerciseStyle.EUROPEAN)

    async def whole() -> None:
        listed = [known for known in some_instruments() if known.symbol != CALL]
        bench = Bench(tmp_path, start=LAST_DAY, instruments=(*listed, style))
        await bench.open()
        await show_all(bench, "512.30")
        await bench.buy(2, symbol=CALL)
        before = await bench.cash()
        await bench.until(AFTER)
        (report,) = settled(bench)
        assert (report.last_px, report.legs) == (Decimal("12.30"), ())
        assert await bench.holdings() == {}
        assert await bench.cash() == before + 2_460
        await bench.close()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(whole())


def test_an_option_of_a_saturday_ends_on_the_friday(tmp_path: Path) -> None:
    option = "SPY260919C00500000"
    assert date(2026, 9, 19).weekday() == 5

    async def story(bench: Bench) -> None:
        await bench.show("510", "510")
        await bench.show("10", "10", symbol=option)
        await bench.buy(1, symbol=option)
        await bench.until(AFTER)
        assert await bench.holdings() == {"SPY": 100}

    play(tmp_path, story, LAST_DAY)


def test_an_order_that_rests_ends_with_its_option(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await show_all(bench)
        order = await bench.buy(1, "0.10", symbol=CALL, tif="gtc")
        other = await bench.buy(1, "400", tif="gtc")
        combo = await bench.submit(a_combo(f"buy {CALL}", f"sell {PUT}", price="-9", tif="gtc"))
        await bench.until(AFTER)
        assert bench.kinds(order) == bench.kinds(combo) == ["new", "expired"]
        assert bench.kinds(other) == ["new"]

    play(tmp_path, story, LAST_DAY)


@at_the_paper_broker(initial_balance=500_000)
async def test_an_option_can_be_exercised_early_by_hand(bench: Bench) -> None:
    await show_all(bench, "490")
    await bench.sell(3, symbol=PUT)
    bench.broker.assign(PUT, Decimal(2))
    await bench.settle()
    assert await bench.holdings() == {PUT: -1, "SPY": 200}
    with pytest.raises(ValueError, match="2 of -1"):
        bench.broker.assign(PUT, Decimal(2))
    await check_account(bench)
