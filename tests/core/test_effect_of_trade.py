"""Is profit what average cost says, whichever way a position is built and turned?"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebot.core.book.ledger import Share, effect_of_trade

DUST = Decimal("1e-15")
trades = st.lists(
    st.tuples(st.integers(-50, 50).filter(bool), st.integers(1, 60_000)), min_size=1, max_size=30
)


@given(trades, st.sampled_from([1, 100]))
def test_profit_is_that_of_average_cost(steps: list[tuple[int, int]], multiplier: int) -> None:
    """Keep position, average and profit as fractions, one unit at a time."""
    held, realized = Share(), Decimal(0)
    qty, average, profit = 0, Fraction(0), Fraction(0)
    for signed, cents in steps:
        px = Decimal(cents) / 100
        cost, gain = effect_of_trade(held, Decimal(signed), px, Decimal(multiplier))
        held = Share(qty=held.qty + signed, cost=held.cost + cost)
        realized += gain
        for _ in range(abs(signed)):
            one = 1 if signed > 0 else -1
            if qty * one >= 0:
                average = (average * abs(qty) + Fraction(cents, 100)) / (abs(qty) + 1)
            else:
                profit -= one * (Fraction(cents, 100) - average) * multiplier
            qty += one
        assert held.qty == qty
        assert abs(Fraction(held.cost) - qty * average * multiplier) < DUST
        assert abs(Fraction(realized) - profit) < DUST


@pytest.mark.parametrize(("held", "trade", "effect"), [
    (("0", "0"), ("10", "5"), ("50", "0")),
    (("10", "50"), ("-4", "6"), ("-20", "4")),
    (("10", "50"), ("-10", "4"), ("-50", "-10")),
    (("10", "50"), ("-15", "6"), ("-80", "10")),
    (("-10", "-50"), ("4", "4"), ("20", "4")),
    (("-10", "-50"), ("25", "4"), ("110", "10")),
])
def test_closing_takes_its_share_of_the_cost(
    held: tuple[str, str], trade: tuple[str, str], effect: tuple[str, str]
) -> None:
    before = Share(qty=Decimal(held[0]), cost=Decimal(held[1]))
    assert effect_of_trade(before, Decimal(trade[0]), Decimal(trade[1]), Decimal(1)) == (
        Decimal(effect[0]), Decimal(effect[1])
    )
