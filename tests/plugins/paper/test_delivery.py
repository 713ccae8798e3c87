"""How do messages travel to and from the paper broker? In time, in order, and none is lost."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from tests.makers import at
from tests.plugins.paper.bench import Bench, an_order, at_the_paper_broker, play
from tests.plugins.paper.test_restart import a_busy_morning

from tradebot.core.model.report import ExecType
from tradebot.plugins.brokers.paper.settings import PaperSettings
from tradebot.ports import NotSent

FAST = {"latency_ms_min": 0, "latency_ms_max": 0}


@at_the_paper_broker(latency_ms_min=10, latency_ms_max=50)
async def test_latency_lies_between_its_bounds_and_varies(bench: Bench) -> None:
    await bench.show("199.90", 200)
    seen = set()
    for _ in range(30):
        sent = bench.clock.now()
        order = await bench.buy(1)
        stamp = bench.about(order)[0].transact_time
        assert stamp is not None
        assert timedelta(milliseconds=9.9) <= stamp - sent <= timedelta(milliseconds=50.1)
        seen.add(stamp - sent)
    assert len(seen) > 10


@at_the_paper_broker(latency_ms_min=100, latency_ms_max=100)
async def test_nothing_is_said_before_the_order_has_arrived(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.send(an_order("buy", 10))
    await bench.settle(0.09)
    assert bench.kinds(order) == []
    await bench.settle(0.02)
    assert bench.kinds(order) == ["new", "10@200"]


@at_the_paper_broker(**FAST)
async def test_without_latency_an_order_is_answered_without_any_wait(bench: Bench) -> None:
    await bench.show("199.90", 200)
    loop = asyncio.get_running_loop()
    before = loop.time()
    order = await bench.send(an_order("buy", 10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert bench.kinds(order) == ["new", "10@200"]
    assert loop.time() == before


@at_the_paper_broker(**FAST)
async def test_reports_are_news_not_answers(bench: Bench) -> None:
    """Nobody hears of a fill inside the call that sent the order."""
    await bench.show("199.90", 200)
    order = bench.order(an_order("buy", 10))
    call = bench.broker.submit(order)
    with pytest.raises(StopIteration):
        call.send(None)
    assert bench.kinds(order.cl_ord_id) == []
    await bench.settle()
    assert bench.kinds(order.cl_ord_id) == ["new", "10@200"]


@at_the_paper_broker(**FAST)
async def test_reports_wait_for_whoever_reads_late(bench: Bench) -> None:
    await bench.close()
    await bench.show("199.90", 200)
    for _ in range(500):
        await bench.send(an_order("buy", 1))
    assert bench.told == []
    bench.read()
    await bench.settle()
    assert len(bench.told) == 1000
    assert [report.exec_type for report in bench.told[:2]] == [ExecType.NEW, ExecType.TRADE]


@at_the_paper_broker(**FAST)
async def test_a_reader_that_comes_back_goes_on_where_it_stopped(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.buy(1)
    await bench.close()
    await bench.send(an_order("buy", 2))
    bench.read()
    await bench.settle()
    assert bench.kinds("T1") == ["new", "1@200"]
    assert bench.kinds("T2") == ["new", "2@200"]


@at_the_paper_broker(**FAST)
async def test_a_broker_that_nobody_reads_stops_trading_and_drops_nothing(bench: Bench) -> None:
    await bench.close()
    await bench.show("199.90", 200)
    resting = await bench.send(an_order("buy", 1, 150))
    accepted = 1
    with pytest.raises(NotSent):
        while accepted < 20_000:
            await bench.send(an_order("buy", 0))  # refused: a report each
            accepted += 1
    bench.market.show("149.00", "149.10")
    bench.read()
    await bench.settle()
    assert len(bench.told) == accepted
    assert bench.filled(resting) == 0
    await bench.show("149.00", "149.10")
    assert bench.filled(resting) == 1


@at_the_paper_broker()
async def test_connecting_and_disconnecting_twice_is_once(bench: Bench) -> None:
    await bench.broker.connect()
    await bench.show("199.90", 200)
    order = await bench.buy(10)
    await bench.broker.disconnect()
    await bench.broker.disconnect()
    await bench.broker.connect()
    await bench.broker.connect()
    assert bench.kinds(order) == ["new", "10@200"]
    assert await bench.holdings() == {"SPY": 10}
    assert bench.fills(await bench.sell(10)) == ["10@199.9"]


@at_the_paper_broker()
async def test_an_order_rests_while_nobody_is_connected(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.broker.disconnect()
    await bench.settle(5)
    await bench.broker.connect()
    await bench.show("149.00", "149.10")
    assert bench.filled(order) == 10


@at_the_paper_broker(latency_ms_min=500, latency_ms_max=500)
async def test_what_is_on_the_wire_at_a_disconnect_is_not_forgotten(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.send(an_order("buy", 10, 150))
    await bench.broker.disconnect()
    await bench.settle(5)
    await bench.broker.connect()
    await bench.settle(5)
    assert bench.kinds(order) == ["new"]


def test_the_same_seed_tells_the_same_story(tmp_path: Path) -> None:
    costs = {"commission_bps": 10, "slippage_bps": 5, "seed": 7, "fill_probability": "0.5"}
    one = play(tmp_path / "one", a_busy_morning, **costs)
    two = play(tmp_path / "two", a_busy_morning, **costs)
    assert one.told == two.told
    books = [next((tmp_path / name).glob("*")).read_bytes() for name in ("one", "two")]
    assert books[0] == books[1]


def test_another_seed_draws_other_latencies_and_luck(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        for _ in range(20):
            await bench.buy(1, 150)
        await bench.show("149.90", 150)

    lucky = []
    for seed in (1, 2):
        bench = play(tmp_path / str(seed), story, seed=seed, fill_probability="0.5")
        lucky.append([order for order in bench.intents if bench.fills(order)])
        stamps = [report.transact_time for report in bench.told]
        lucky[-1].append(stamps[0])
    assert lucky[0][:-1] != lucky[1][:-1]
    assert lucky[0][-1] != lucky[1][-1]


@at_the_paper_broker()
async def test_order_ids_do_not_depend_on_what_came_between(bench: Bench) -> None:
    """Luck is drawn from the order's own name: another order before it changes nothing."""
    await bench.show("199.90", 200)
    await bench.buy(1, 150)
    first = bench.told[0].order_id
    await bench.buy(1, 150)
    assert first is not None
    assert bench.told[-1].order_id != first


def test_luck_does_not_depend_on_what_others_do(tmp_path: Path) -> None:
    async def alone(bench: Bench) -> None:
        await bench.show("199.90", 200)
        for number in range(20):
            await bench.submit(an_order("buy", 1, 150), name=f"SAME{number}")
        await bench.show("149.90", 150)

    async def among_others(bench: Bench) -> None:
        await bench.show("199.90", 200)
        for number in range(20):
            await bench.submit(an_order("buy", 1, 150), name=f"OTHER{number}")
            await bench.submit(an_order("buy", 1, 150), name=f"SAME{number}")
        await bench.show("149.90", 150)

    luck = []
    for number, story in enumerate((alone, among_others)):
        bench = play(tmp_path / str(number), story, fill_probability="0.5")
        luck.append({
            order for order in bench.intents if order.startswith("SAME") and bench.fills(order)
        })
    assert luck[0] == luck[1]
    assert 0 < len(luck[0]) < 20


@pytest.mark.parametrize("wrong", [
    {"latency_ms_min": "60"}, {"latency_ms_min": "-1"}, {"fill_probability": "1.5"},
    {"initial_balance": "-1"}, {"slippage_bps": "-5"}, {"commission_bps": "-1"},
    {"buying_power_multiple": "0"}, {"account": ""},
])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises((ValidationError, TypeError)):
        TypeAdapter(PaperSettings).validate_python(wrong)


def test_the_defaults_are_those_of_the_documents() -> None:
    settings = PaperSettings()
    assert settings.account == "PAPER-1"
    assert settings.initial_balance == 100_000
    assert (settings.latency_ms_min, settings.latency_ms_max) == (10, 50)
    assert settings.slippage_bps == 5
    assert settings.fill_probability == Decimal("0.95")
    assert settings.short_allowed
    assert settings.buying_power_multiple == 1


@at_the_paper_broker(start=at(6.5 * 3600 - 0.2), latency_ms_min=500, latency_ms_max=500)
async def test_an_order_that_arrives_after_the_close_is_refused(bench: Bench) -> None:
    bench.market.show("199.90", 200)
    order = await bench.send(an_order("buy", 10))
    await bench.settle(1)
    assert "closed" in bench.refusal(order)
