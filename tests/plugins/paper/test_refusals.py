"""Which orders does the paper broker refuse, and in which words?"""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.makers import at, working_ids
from tests.plugins.fake_market import Number
from tests.plugins.paper.bench import (
    Bench,
    a_combo,
    an_order,
    at_the_paper_broker,
)

from tradebot.core.model.intent import Intent
from tradebot.core.model.report import ExecType, RejReason
from tradebot.ports import Declined

SHUT = at(-12 * 3600)  # a Sunday evening in New York


@pytest.mark.parametrize(("order", "word"), [
    (an_order("buy", 10, 100, symbol="NOPE"), "NOPE"),
    (an_order("buy", 10, symbol="NOPE"), "NOPE"),
    (an_order("buy", 10, "100.005"), "tick"),
    (an_order("sell", 10, "200.001", stop="200"), "tick"),
    (an_order("sell", 10, stop="100.001"), "tick"),
    (an_order("buy", 0, 100), "qty"),
    (an_order("buy", -5, 100), "qty"),
    (an_order("buy", "1.5", 100), "lot"),
    (an_order("buy", 10, 0), "price"),
    (an_order("buy", 10, -3), "price"),
    (an_order("buy", 10, "NaN"), "price"),
    (an_order("buy", 501, 200), "buying power"),
    (an_order("buy", 501), "buying power"),
    (an_order("sell", 501), "buying power"),
    (an_order("sell", 501, stop=150), "buying power"),
    (an_order("buy", 1, stop=100_001), "buying power"),
    (replace(an_order("buy", 10, 100), price=None), "price"),
    (replace(an_order("buy", 10, stop=100), stop_px=None), "stop"),
])
def test_an_order_is_refused_in_so_many_words(
    tmp_path: Path, order: Intent, word: str
) -> None:
    @at_the_paper_broker()
    async def story(bench: Bench) -> None:
        await bench.show(200, 200)
        refused = await bench.submit(order)
        assert word in bench.refusal(refused)
        (report,) = bench.about(refused)
        assert report.rej_reason not in (None, RejReason.OTHER)
        assert await bench.cash() == 100_000
        assert (await bench.broker.statement()).working == ()

    story(tmp_path)


@pytest.mark.parametrize(("qty", "price"), [(500, 200), (500, None), (1, "0.0001")])
def test_what_the_rules_just_allow_is_accepted(
    tmp_path: Path, qty: Number, price: Number | None
) -> None:
    @at_the_paper_broker()
    async def story(bench: Bench) -> None:
        await bench.show(200, 200)
        assert bench.kinds(await bench.buy(qty, price))[0] == "new"

    story(tmp_path)


@at_the_paper_broker()
async def test_a_quantity_that_is_no_number_is_declined_and_harms_nothing(bench: Bench) -> None:
    await bench.show("199.90", 200)
    with pytest.raises(Declined):
        await bench.submit(an_order("buy", "NaN", 100))
    assert bench.fills(await bench.buy(10)) == ["10@200"]


@at_the_paper_broker(start=SHUT)
async def test_a_closed_market_refuses_orders_for_the_day(bench: Bench) -> None:
    bench.market.show("199.90", 200)
    assert "closed" in bench.refusal(await bench.buy(10))
    assert "closed" in bench.refusal(await bench.buy(10, 150))
    assert "closed" in bench.refusal(await bench.buy(10, 150, tif="ioc"))


@at_the_paper_broker(start=SHUT)
async def test_a_market_that_never_closes_takes_orders_on_a_sunday(bench: Bench) -> None:
    bench.market.show("49990", 50000, symbol="BTC/USD")
    assert bench.kinds(await bench.buy("0.5", symbol="BTC/USD")) == ["new", "0.5@50000"]


@at_the_paper_broker()
async def test_a_second_order_under_a_living_id_is_refused_without_harm(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.submit(an_order("buy", 10, 150), name=order)
    first, second = bench.about(order)
    assert first.exec_type is ExecType.NEW
    assert second.exec_type is ExecType.REJECTED
    assert second.is_duplicate_order
    assert working_ids(await bench.broker.statement()) == (order,)
    await bench.show("99.90", 100)
    assert bench.filled(order) == 10


@at_the_paper_broker()
async def test_a_second_order_under_a_finished_id_is_refused_too(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10)
    await bench.submit(an_order("buy", 10), name=order)
    assert bench.kinds(order) == ["new", "10@200", "rejected"]
    assert bench.about(order)[-1].is_duplicate_order
    assert await bench.holdings() == {"SPY": 10}


@at_the_paper_broker(latency_ms_min=500, latency_ms_max=500)
async def test_the_same_order_twice_on_the_wire_is_one_order(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.send(an_order("buy", 10), name="TWIN")
    await bench.send(an_order("buy", 10), name="TWIN")
    await bench.settle(2)
    assert sorted(bench.kinds("TWIN")) == ["10@200", "new", "rejected"]
    assert await bench.holdings() == {"SPY": 10}


@at_the_paper_broker()
async def test_combos_cannot_be_stops_or_have_a_leg_that_nobody_knows(bench: Bench) -> None:
    await bench.show("199.90", 200)
    unknown = await bench.submit(a_combo("buy SPY", "sell NOPE"))
    assert "NOPE" in bench.refusal(unknown)
    same = await bench.submit(a_combo("buy SPY", "sell SPY"))
    assert bench.refusal(same)
