"""What becomes of IB's ticks? A quote of now, of a quarter of an hour ago, or none."""

import pytest
from tests.core.options.making import MONDAY

from tradebot.core.model.facts import Quote
from tradebot.plugins.ibkr.ticks import DELAY, DELAYED, DELAYED_FROZEN, FROZEN, Ticks

PUT = "SPY261218P00490000"
BID, ASK, LATE_BID, LATE_ASK = 1, 2, 66, 67


def told(symbol: str, bid: float, ask: float, kind: int = 1) -> Ticks:
    ticks = Ticks(symbol, 1, kind=kind)
    ticks.price(BID, bid, 100)
    ticks.price(ASK, ask, 200)
    return ticks


def quote(ticks: Ticks, *, allow_delayed: bool = False) -> Quote | None:
    return ticks.quote(MONDAY, allow_delayed=allow_delayed)


def test_both_sides_make_a_quote_of_now() -> None:
    ticks = Ticks("SPY", 1)
    ticks.price(BID, 500.1, 100)
    assert quote(ticks) is None
    ticks.price(ASK, 500.13, 200)
    found = quote(ticks)
    assert found is not None and found.as_of == MONDAY
    assert [str(n) for n in (found.bid, found.ask, found.bid_size)] == ["500.1", "500.13", "100"]


def test_a_side_that_nobody_takes_is_none_but_an_option_needs_no_bid() -> None:
    assert quote(told("SPY", -1.0, 500)) is None
    assert quote(told("SPY", 0.0, 500)) is None
    assert quote(told(PUT, 1, -1.0)) is None
    found = quote(told(PUT, -1.0, 0.05))
    assert found is not None and found.bid == 0


@pytest.mark.parametrize("kind", [FROZEN, DELAYED_FROZEN])
def test_what_was_frozen_is_of_the_past(kind: int) -> None:
    assert quote(told("SPY", 500, 501, kind), allow_delayed=True) is None


def test_what_is_late_is_taken_only_where_that_is_allowed_and_as_late() -> None:
    assert quote(told("SPY", 500, 501, DELAYED)) is None
    found = quote(told("SPY", 500, 501, DELAYED), allow_delayed=True)
    assert found is not None and found.as_of == MONDAY - DELAY


def test_late_ticks_are_late_whatever_kind_was_told() -> None:
    ticks = Ticks("SPY", 1)
    ticks.price(LATE_BID, 500, 1)
    ticks.price(LATE_ASK, 501, 1)
    assert quote(ticks) is None and ticks.is_whole


def test_a_volatility_that_is_none_is_left_out() -> None:
    ticks = Ticks(PUT, 1)
    for implied in (-1.0, float("nan"), 0.0, 1.7976931348623157e308):
        ticks.model(13, implied)
    assert ticks.implied is None
    ticks.model(13, 0.18)
    assert str(ticks.implied) == "0.18"
