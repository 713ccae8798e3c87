"""Does the desk find its structures on the simulated chains? On busy shares all, in any session."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
from tests.plugins.playing import FixedClock
from tests.plugins.test_simulated_market import DAY, MINUTE, OPEN, XNYS, a_market

from tradebot.core.options.page import Bounds
from tradebot.core.options.request import Request, StrategyType
from tradebot.core.options.select import NoneFits, select


def thirty_sessions() -> Iterator[datetime]:
    """Tell a time in the trading hours of every fifth day or so, each at another hour."""
    days = (date(2026, 11, 23) + n * DAY for n in range(0, 250, 5))
    sessions = [session for day in days if (session := XNYS.session_on(day))]
    return (session.opens + (5 + 6 * n) * MINUTE for n, session in enumerate(sessions[:30]))


def found(symbol: str) -> Counter[StrategyType]:
    counts: Counter[StrategyType] = Counter()
    clock = FixedClock(OPEN)
    market = a_market(clock, symbols=(symbol,), interval_s=Decimal(60))
    for clock.at in thirty_sessions():
        chain = market.chain(symbol)
        assert chain is not None
        for strategy in StrategyType:
            told = select(chain, strategy, Request(symbol=symbol), Bounds())
            counts[strategy] += not isinstance(told, NoneFits)
    return counts


@pytest.mark.parametrize("symbol", ["SPY", "QQQ"])
def test_every_structure_is_found_on_a_busy_share_in_every_session(symbol: str) -> None:
    assert found(symbol) == dict.fromkeys(StrategyType, 30)


def test_on_a_thin_share_some_structures_are_not_to_be_had() -> None:
    counts: Sequence[int] = sorted(found("MSFT").values())
    assert counts[0] < 15
    assert counts[-1] == 30
