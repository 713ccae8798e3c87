"""How long does an order live at the paper broker?"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tests.makers import at, some_instruments, working_ids
from tests.plugins.fake_market import FakeMarket
from tests.plugins.paper.bench import (
    CALENDARS,
    Bench,
    an_order,
    at_the_paper_broker,
    check_account,
    paper_settings,
)

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.plugins.brokers.paper.broker import PaperBroker

CLOSE = at(6.5 * 3600)
DAY = timedelta(days=1)
EARLY = datetime(2026, 11, 27, 14, 40, tzinfo=UTC)  # the day after Thanksgiving: until 13:00


@at_the_paper_broker()
async def test_immediate_or_cancel_takes_what_is_there_and_cancels_the_rest(bench: Bench) -> None:
    await bench.show("199.90", 200, size=4)
    order = await bench.buy(10, 200, tif="ioc")
    assert bench.kinds(order) == ["new", "4@200", "canceled"]
    await bench.show("199.90", 200, size=100)
    assert bench.filled(order) == 4
    await check_account(bench)


@at_the_paper_broker()
async def test_immediate_or_cancel_out_of_reach_is_canceled(bench: Bench) -> None:
    await bench.show("199.90", 200)
    assert bench.kinds(await bench.buy(10, 199, tif="ioc")) == ["new", "canceled"]


@at_the_paper_broker()
async def test_immediate_or_cancel_that_fills_whole_is_not_canceled(bench: Bench) -> None:
    await bench.show("199.90", 200)
    assert bench.kinds(await bench.buy(10, tif="ioc")) == ["new", "10@200"]


@at_the_paper_broker()
async def test_fill_or_kill_is_whole_or_not_at_all(bench: Bench) -> None:
    await bench.show("199.90", 200, size=9)
    assert bench.kinds(await bench.buy(10, 200, tif="fok")) == ["new", "canceled"]
    assert bench.kinds(await bench.buy(10, tif="fok")) == ["new", "canceled"]
    await bench.show("199.90", 200, size=10)
    assert bench.kinds(await bench.buy(10, 200, tif="fok")) == ["new", "10@200"]
    assert (await bench.broker.statement()).working == ()


@at_the_paper_broker()
async def test_a_day_order_expires_at_the_close_though_nothing_moves(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.until(CLOSE - timedelta(seconds=1))
    assert bench.kinds(order) == ["new"]
    await bench.until(CLOSE + timedelta(seconds=1))
    assert bench.kinds(order) == ["new", "expired"]
    assert (await bench.broker.statement()).working == ()


@at_the_paper_broker()
async def test_what_is_left_of_a_day_order_expires(bench: Bench) -> None:
    await bench.show("199.90", 200, size=3)
    order = await bench.buy(10, 200)
    await bench.until(CLOSE + timedelta(seconds=1))
    assert bench.kinds(order) == ["new", "3@200", "expired"]
    assert await bench.holdings() == {"SPY": 3}


@at_the_paper_broker()
async def test_an_expired_order_never_fills(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.until(CLOSE + DAY)
    await bench.show("99.90", 100)
    assert bench.filled(order) == 0


@at_the_paper_broker()
async def test_nothing_fills_after_the_close_until_the_next_open(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150, tif="gtc")
    await bench.until(CLOSE + timedelta(minutes=5))
    await bench.show("99.90", 100)
    assert bench.kinds(order) == ["new"]
    await bench.until(at(60) + DAY)
    assert bench.kinds(order) == ["new"]  # yesterday's quote is no market
    await bench.show("99.90", 100)
    assert bench.fills(order) == ["10@100"]


@at_the_paper_broker()
async def test_a_gtc_order_rests_over_night(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150, tif="gtc")
    await bench.until(at(60) + 3 * DAY)
    assert bench.kinds(order) == ["new"]
    assert working_ids(await bench.broker.statement()) == (order,)
    await bench.show("148.90", 149)
    assert bench.filled(order) == 10


@at_the_paper_broker(start=EARLY)
async def test_a_day_order_expires_at_an_early_close(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.until(EARLY.replace(hour=17, minute=59))
    assert bench.kinds(order) == ["new"]
    await bench.until(EARLY.replace(hour=18, minute=1))
    assert bench.kinds(order) == ["new", "expired"]


@at_the_paper_broker()
async def test_each_order_expires_by_the_calendar_of_its_own_market(bench: Bench) -> None:
    await bench.show("49990", 50000, symbol="BTC/USD")
    await bench.show("199.90", 200)
    coins = await bench.buy("0.5", 40000, symbol="BTC/USD")
    shares = await bench.buy(10, 150)
    await bench.until(CLOSE + timedelta(seconds=1))
    assert bench.kinds(shares) == ["new", "expired"]
    assert bench.kinds(coins) == ["new"]
    await bench.until(at(0).replace(hour=0, minute=0) + DAY + timedelta(seconds=1))
    assert bench.kinds(coins) == ["new", "expired"]


@at_the_paper_broker()
async def test_day_orders_of_the_next_day_expire_too(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.buy(10, 150)
    await bench.until(at(60) + DAY)
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.until(CLOSE + DAY + timedelta(seconds=1))
    assert bench.kinds(order) == ["new", "expired"]


@at_the_paper_broker()
async def test_a_rest_of_a_market_order_expires_too(bench: Bench) -> None:
    await bench.show("199.90", 200, size=3)
    order = await bench.buy(10)
    await bench.until(CLOSE + timedelta(seconds=1))
    assert bench.kinds(order) == ["new", "3@200", "expired"]


@at_the_paper_broker()
async def test_a_quote_of_yesterday_is_no_market_today(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.until(at(60) + DAY)
    order = await bench.buy(10, 250)
    assert bench.kinds(order) == ["new"]
    await bench.show("209.90", 210)
    assert bench.fills(order) == ["10@210"]


class SuspendedClock:
    """A clock that goes on while the loop's timers stand still, as when a machine sleeps."""

    longest_sleep_s = 60.0

    def __init__(self) -> None:
        self.time = at(60)

    def now(self) -> datetime:
        return self.time


async def test_a_day_order_expires_though_the_machine_slept_over_the_close(tmp_path: Path) -> None:
    clock = SuspendedClock()
    market = FakeMarket(clock, some_instruments())
    broker = PaperBroker(
        paper_settings(latency_ms_min=0, latency_ms_max=0), route="paper", clock=clock,
        market=market, state_dir=tmp_path, calendars=CALENDARS,
    )
    await broker.connect()
    market.show("199.90", 200)
    await broker.submit(OrderSubmitted(
        cl_ord_id=ClOrdID("T1"), intent_id=IntentId("T1"), intent=an_order("buy", 10, 150),
        route="paper", account="PAPER-1", send_by=at(3600), reserved=Decimal(0),
    ))
    clock.time = at(60) + DAY
    market.show("99.90", 100)
    found = await broker.find(ClOrdID("T1"))
    assert found is not None
    assert [report.exec_type.value for report in found.reports] == ["new", "expired"]
    await broker.disconnect()
