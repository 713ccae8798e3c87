"""Is the least that options pay bounded as it should be, over days and prices?"""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tradebot.core.model.instrument import Instrument, Right, occ_symbol, parse_occ
from tradebot.core.model.payoff import pays, worst_payoff

SOON, LATER = date(2026, 12, 18), date(2027, 1, 15)
STRIKES = range(480, 530, 10)

Lots = list[tuple[Instrument, Decimal]]


def lot(qty: int, right: Right, strike: int, day: date = SOON) -> tuple[Instrument, Decimal]:
    return parse_occ(occ_symbol("SPY", day, right, Decimal(strike))), Decimal(qty)


BUTTERFLY = [
    lot(1, Right.CALL, 490), lot(-2, Right.CALL, 500), lot(1, Right.CALL, 510),
]
PUT_SPREAD = [lot(-1, Right.PUT, 500, LATER), lot(1, Right.PUT, 490, LATER)]

lots = st.builds(lot, st.integers(-3, 3), st.sampled_from(Right), st.sampled_from(STRIKES))


def test_a_put_that_is_sold_for_a_later_day_takes_no_cover_from_calls() -> None:
    assert worst_payoff(BUTTERFLY) == 0
    assert worst_payoff(PUT_SPREAD) == -1_000
    assert worst_payoff([*BUTTERFLY, *PUT_SPREAD]) == -1_000


def test_a_call_that_is_sold_for_a_later_day_is_naked_behind_one_that_ends_before() -> None:
    assert worst_payoff([lot(1, Right.CALL, 500), lot(-1, Right.CALL, 510, LATER)]) is None
    covered = [lot(1, Right.CALL, 500), lot(-1, Right.CALL, 510, LATER)]
    assert worst_payoff(covered, Decimal(100)) == 0


def test_what_is_held_for_a_later_day_covers_what_ends_before() -> None:
    calendar = [lot(-1, Right.CALL, 500), lot(1, Right.CALL, 500, LATER)]
    assert worst_payoff(calendar) == 0


@given(st.lists(lots, min_size=1, max_size=5))
def test_on_one_day_it_is_the_least_on_a_grid_of_prices(held: Lots) -> None:
    grid = [Decimal(price) for price in range(0, 2_000, 5)]
    least = min(sum(qty * t.multiplier * pays(t, price) for t, qty in held) for price in grid)
    calls = sum(qty for t, qty in held if t.right is Right.CALL)
    assert worst_payoff(held) == (least if calls >= 0 else None)


@given(st.lists(lots, min_size=1, max_size=4), st.lists(lots, min_size=1, max_size=4))
def test_two_days_together_pay_no_less_than_each_by_itself(soon: Lots, then: Lots) -> None:
    later = [(parse_occ(occ_symbol("SPY", LATER, t.right, t.strike)), qty)  # type: ignore[arg-type]
             for t, qty in then]
    alone = worst_payoff(soon), worst_payoff(later)
    if None not in alone:
        together = worst_payoff([*soon, *later])
        assert together is not None and together >= sum(alone)  # type: ignore[arg-type]
