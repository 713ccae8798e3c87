"""Does the crossing of two averages make the right intent, once, and the same after a restart?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.playing import CALENDARS, FixedClock, a_site

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.intent import Intent, OrdType, Side, TimeInForce
from tradebot.plugins.market_data.simulated import SimulatedMarket, SimulatedSettings
from tradebot.plugins.strategies.sma_cross import SmaCross, SmaCrossSettings
from tradebot.ports import Position, TimedStrategy

CONFIG = Path(__file__).resolve().parents[2] / "config" / "config.paper.yaml"
OPEN = datetime(2026, 8, 24, 13, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Number = int | str | Decimal


class ADesk:
    """What the strategy may see; the test says what is so, and fills what is asked for."""

    strategy_id = "cross"

    def __init__(self) -> None:
        self.bars: dict[str, list[Bar]] = {}
        self.held: dict[str, Decimal] = {}
        self.open = 0
        self.trades_now = True

    def is_open(self, symbol: str) -> bool:
        return self.trades_now

    def now(self) -> datetime:
        return OPEN

    def position(self, symbol: str) -> Position:
        return Position(symbol=symbol, qty=self.held.get(symbol, Decimal(0)), avg_px=Decimal(0))

    def working(self, symbol: str) -> int:
        return self.open

    def quote(self, symbol: str) -> Quote | None:
        return None

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return self.bars.get(symbol, [])[-count:]

    def close_at(self, price: Number, symbol: str = "SPY") -> Bar:
        """Let a minute end at a price."""
        bars = self.bars.setdefault(symbol, [])
        start, px = OPEN + len(bars) * MINUTE, Decimal(price)
        bar = Bar(
            symbol=symbol, start=start, end=start + MINUTE, open=px, high=px, low=px, close=px,
            volume=Decimal(1),
        )
        bars.append(bar)
        return bar


class Floor:
    """A strategy at its desk."""

    def __init__(self, *symbols: str, **changes: Any) -> None:
        settings = SmaCrossSettings(**{"fast": 1, "slow": 3, **changes})
        self.desk = ADesk()
        self.strategy = SmaCross(settings, strategy_id="cross", symbols=symbols or ("SPY",))

    def start(self) -> "Floor":
        assert list(self.strategy.on_start(self.desk)) == []
        return self

    def see(self, *prices: Number, symbol: str = "SPY", fill: bool = True) -> list[str]:
        """Show closes one after another; return what was asked for, as told."""
        told = []
        for price in prices:
            bar = self.desk.close_at(price, symbol)
            for intent in self.strategy.on_bar(bar, self.desk):
                (leg,) = intent.legs
                sign = 1 if leg.side is Side.BUY else -1
                if fill:
                    held = self.desk.position(leg.symbol).qty
                    self.desk.held[leg.symbol] = held + sign * intent.order_qty
                told.append(f"{leg.side.value} {intent.order_qty} {leg.symbol}")
        return told


def test_it_buys_when_the_fast_average_rises_above_the_slow_one_and_sells_below() -> None:
    floor = Floor().start()
    assert floor.see(10, 9, 8, 7) == []
    assert floor.see(11) == ["buy 10 SPY"]
    assert floor.see(12, 13) == []
    assert floor.see(5) == ["sell 10 SPY"]
    assert floor.see(4, 3) == []


def test_the_first_side_is_no_crossing() -> None:
    assert Floor().start().see(1, 2, 3, 4, 5) == []


def test_averages_that_touch_have_not_crossed() -> None:
    floor = Floor(fast=1, slow=2).start()
    assert floor.see(10, 9, 9, 9) == []
    assert floor.see(10) == ["buy 10 SPY"]
    assert floor.see(10, 10) == []
    assert floor.see(11) == []


def test_without_a_holding_there_is_nothing_to_sell() -> None:
    assert Floor().start().see(1, 2, 3, 1) == []


def test_with_short_sales_it_turns_through_zero() -> None:
    floor = Floor(allow_short=True, order_qty=Decimal(7)).start()
    assert floor.see(1, 2, 3, 1) == ["sell 7 SPY"]
    assert floor.see(9) == ["buy 14 SPY"]
    assert floor.see(1) == ["sell 14 SPY"]


def test_it_asks_for_what_is_missing() -> None:
    floor = Floor().start()
    floor.desk.held["SPY"] = Decimal(4)
    assert floor.see(10, 9, 8, 11) == ["buy 6 SPY"]
    floor.desk.held["SPY"] = Decimal("2.5")
    assert floor.see(1) == ["sell 2.5 SPY"]


def test_a_crossing_waits_for_the_order_that_still_works() -> None:
    floor = Floor().start()
    assert floor.see(10, 9, 8, 11) == ["buy 10 SPY"]
    floor.desk.open = 1
    assert floor.see(1, 1) == []
    floor.desk.open = 0
    assert floor.see(1) == ["sell 10 SPY"]
    assert floor.see(1) == []


def test_a_crossing_that_was_undone_meanwhile_is_forgotten() -> None:
    floor = Floor().start()
    assert floor.see(10, 9, 8, 11) == ["buy 10 SPY"]
    floor.desk.open = 1
    assert floor.see(1, 20) == []
    floor.desk.open = 0
    assert floor.see(21, 22) == []


def test_what_was_refused_is_not_asked_again_until_the_next_crossing() -> None:
    floor = Floor().start()
    assert floor.see(10, 9, 8, 11, 12, 13, fill=False) == ["buy 10 SPY"]
    assert floor.see(1, fill=False) == []
    assert floor.see(20, fill=False) == ["buy 10 SPY"]


def test_each_symbol_has_its_own_averages() -> None:
    floor = Floor("SPY", "IBM").start()
    assert floor.see(10, 9, 8) == floor.see(1, 2, 3, symbol="IBM") == []
    assert floor.see(11) == ["buy 10 SPY"]
    assert floor.see(4, symbol="IBM") == []
    assert floor.see(1, 9, symbol="IBM") == ["buy 10 IBM"]


def test_the_intent_is_a_market_order_of_the_day_in_the_strategys_name() -> None:
    floor = Floor().start()
    for price in (10, 9, 8):
        floor.see(price)
    intents = list(floor.strategy.on_bar(floor.desk.close_at(11), floor.desk))
    (intent,) = intents
    assert isinstance(intent, Intent)
    assert (intent.ord_type, intent.time_in_force) == (OrdType.MARKET, TimeInForce.DAY)
    assert (intent.strategy_id, intent.ttl_s, intent.source.value) == ("cross", 60, "strategy")


def test_quotes_and_fills_make_no_intent_and_there_is_no_timer() -> None:
    floor = Floor().start()
    strategy, desk, ten = floor.strategy, floor.desk, Decimal(10)
    quote = Quote(symbol="SPY", bid=ten, ask=ten, as_of=OPEN)
    asked = (strategy.on_quote(quote, desk), strategy.on_fill("SPY", ten, ten, desk))
    assert not any(map(list, asked))
    assert not isinstance(strategy, TimedStrategy)


# History


def test_with_a_history_the_first_bar_may_cross() -> None:
    floor = Floor()
    for price in (10, 9, 8):
        floor.desk.close_at(price)
    assert floor.start().see(11) == ["buy 10 SPY"]


def test_a_bar_that_history_held_counts_once() -> None:
    floor = Floor(fast=1, slow=2)
    for price in (10, 9, 8):
        floor.desk.close_at(price)
    floor.start()
    for bar in list(floor.desk.bars["SPY"]):
        assert list(floor.strategy.on_bar(bar, floor.desk)) == []
    assert floor.see("8.5") == ["buy 10 SPY"]


@given(
    prices=st.lists(st.decimals("1", "500", places=4), min_size=8, max_size=60),
    cut=st.integers(4, 60), fast=st.integers(1, 2), slow=st.integers(3, 4),
)
def test_a_restart_changes_nothing_but_a_tie_that_history_no_longer_tells(
    prices: list[Decimal], cut: int, fast: int, slow: int
) -> None:
    whole, later = (Floor(fast=fast, slow=slow) for _ in range(2))
    before, after = prices[:cut], prices[cut:]
    whole.start().see(*before)
    for price in before:
        later.desk.close_at(price)
    later.desk.held = dict(whole.desk.held)
    fast_sum, slow_sum = sum(before[-fast:]), sum(before[-slow:])
    if len(before) >= slow and fast_sum * slow != slow_sum * fast:
        assert later.start().see(*after) == whole.see(*after)


@given(st.lists(st.decimals("0.0001", "99999", places=4), min_size=7, max_size=50))
def test_running_sums_say_what_averages_would(prices: list[Decimal]) -> None:
    floor, held, side = Floor(fast=2, slow=5).start(), False, None
    for count, price in enumerate(prices, 1):
        told = floor.see(price)
        past = prices[:count]
        gap = sum(past[-2:]) * 5 - sum(past[-5:]) * 2 if count >= 5 else Decimal(0)
        was, side = side, (gap > 0 if gap else side)
        wanted = bool(side) if was is not None and was is not side else held
        assert bool(told) is (wanted is not held)
        held = wanted


# Settings


@pytest.mark.parametrize(("fast", "slow"), [(3, 3), (5, 2)])
def test_the_slow_average_must_be_longer(fast: int, slow: int) -> None:
    with pytest.raises(ValueError, match="slow: expected more bars than fast"):
        SmaCrossSettings(fast=fast, slow=slow)


DAYS = (
    "2026-11-23", "2026-11-24", "2026-11-25", "2026-12-01", "2026-12-08", "2027-01-05",
    "2027-02-10", "2027-03-16", "2027-06-02", "2027-08-17",
)
SHOWN_WITHIN = timedelta(minutes=40)  # 45 after a rehearsal's start, so 45 s at its usual speed


@pytest.mark.parametrize("day", DAYS)
def test_a_first_rehearsal_shows_a_trade_within_a_minute(day: str) -> None:
    config = yaml.safe_load(CONFIG.read_text())
    (section,) = config["strategies"]
    session = CALENDARS["XNYS"].session_on(date.fromisoformat(day))
    assert session is not None
    clock = FixedClock(session.opens + SHOWN_WITHIN)
    symbols = tuple(config["market_data"]["symbols"])
    market = SimulatedMarket(
        SimulatedSettings(symbols=symbols, seed=config["seed"]), a_site(clock)
    )
    terms = section["parameters"]
    shown = []
    for symbol in symbols:
        floor = Floor(symbol, fast=terms["fast"], slow=terms["slow"])
        bars = market.history(symbol, SHOWN_WITHIN // MINUTE + 5 + terms["slow"] + 1)
        floor.desk.bars[symbol] = list(bars[: terms["slow"] + 1])
        floor.start()
        shown += [
            bar.end for bar in bars if list(floor.strategy.on_bar(bar, floor.desk))
            and bar.end > session.opens
        ]
    assert shown


def test_a_crossing_before_the_open_waits_for_it_and_is_forgotten_where_undone() -> None:
    floor = Floor().start()
    floor.desk.trades_now = False
    for price in (10, 10, 10, 9, 12):
        assert list(floor.strategy.on_bar(floor.desk.close_at(price), floor.desk)) == []
    floor.desk.trades_now = True
    (bought,) = floor.strategy.on_bar(floor.desk.close_at(13), floor.desk)
    assert isinstance(bought, Intent)
    assert bought.side is Side.BUY
