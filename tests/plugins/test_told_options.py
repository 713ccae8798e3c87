"""Are simulated options told like everything else, from when somebody asks until they end?"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from tests.plugins.playing import Heard, play
from tests.plugins.test_simulated_market import MINUTE, OPEN, a_market
from tests.plugins.test_simulated_options import NEAR_MONEY, NOON

from tradebot.core.model.facts import Quote
from tradebot.ports import MarketEvent, OptionData
from tradebot.shell.clock import LoopClock

FRIDAY_CLOSE: Final = datetime(2026, 11, 27, 18, tzinfo=UTC)  # the day after Thanksgiving


def heard_of(symbol: str, start: datetime, span: timedelta, late: int = 0) -> Heard:
    return played_with(symbol, start, span, late)[1]


def played_with(
    symbol: str, start: datetime, span: timedelta, late: int = 0
) -> tuple[OptionData, Heard]:
    """Hear SPY, and after so many of its events an option too."""
    option = Heard()

    def build(clock: LoopClock) -> OptionData:
        market = a_market(clock, start + span)

        def once(event: MarketEvent) -> None:
            seen.append(event)
            if len(seen) == late + 1:
                market.subscribe((symbol,), lambda e: option.told.append((clock.now(), e)))

        seen: list[MarketEvent] = []
        market.subscribe(("SPY",), once)
        return market

    return play(build, start)[0], option


def test_an_option_joins_a_market_that_runs() -> None:
    early, late = (heard_of(NEAR_MONEY, OPEN, 4 * MINUTE, wait) for wait in (0, 9))
    assert (len(early.quotes), len(early.bars)) == (25, 5)  # with both instants
    assert late.told == early.told[-len(late.told) :]
    assert len(late.told) == len(early.told) - 9  # nine events of SPY came before
    assert all(now == event.as_of for now, event in late.told if isinstance(event, Quote))


def test_its_history_and_its_last_quote_are_what_was_told() -> None:
    heard, market = heard_of(NEAR_MONEY, OPEN, 5 * MINUTE), a_market(OPEN + 5 * MINUTE)
    assert list(market.history(NEAR_MONEY, 5)) == heard.bars[-5:]
    assert market.last(NEAR_MONEY) == a_market(OPEN + 5 * MINUTE).last(NEAR_MONEY)
    assert sum(bar.volume for bar in market.history(NEAR_MONEY, 100)) > 0


def test_an_option_that_ended_has_no_quote_but_a_history() -> None:
    symbol = "SPY261127C00650000"
    assert a_market(FRIDAY_CLOSE - MINUTE).last(symbol) is not None
    over = a_market(FRIDAY_CLOSE)
    assert over.last(symbol) is None
    assert over.history(symbol, 1)[0].end == FRIDAY_CLOSE
    market, heard = played_with(symbol, FRIDAY_CLOSE - 2 * MINUTE, 10 * MINUTE)
    assert market.last(symbol) is None
    assert market.last("SPY") is not None
    assert heard.told[-1][0] == FRIDAY_CLOSE
    assert [quote.as_of for quote in heard.quotes][-1] < FRIDAY_CLOSE


def test_a_history_ends_where_the_option_was_first_listed() -> None:
    symbol = "SPY270108C00650000"  # a week, listed since the Saturday seven weeks before
    bars = a_market(OPEN).history(symbol, 3000)
    assert len(bars) == 960 + 330
    assert bars[0].start.date() == date(2026, 11, 23)


@pytest.mark.parametrize("symbol", [
    "SPY261218C00656000",  # no such strike
    "SPY261217C00655000",  # no such day
    "SPY261225C00655000",  # a holiday
    "SPY270122C00655000",  # a week that is not listed yet
    "SPY261120C00655000",  # ended
    "SPY261218C09995000",  # beyond anything
    "QQQ261218C00655000",  # another share, which this market has not
])
def test_what_is_not_listed_has_no_quote(symbol: str) -> None:
    market = a_market(NOON)
    assert market.last(symbol) is None
    market.subscribe((symbol,), lambda event: None)
    assert not [e for _, e in heard_of(symbol, NOON, MINUTE).told if e.symbol == symbol]
