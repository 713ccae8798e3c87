"""Does a person hear the same right words of a structure every time?"""

from collections.abc import Sequence
from decimal import Decimal

from tests.core.options.making import some_legs, under

from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.explain import explain
from tradebot.core.options.structures import PricedStructure, cost_of, weigh

S = StrategyType


def told(
    strategy: StrategyType, strikes: Sequence[int], prices: Sequence[str], qty: int = 1
) -> list[str]:
    legs = some_legs(strategy, strikes, prices)
    cost = cost_of(legs)
    structure = PricedStructure(
        strategy=strategy, legs=tuple(legs), net_price=cost / 100, spot=Decimal(100),
        prospects=weigh(legs, cost, under(), Decimal("0.2")),
    )
    words = explain(structure, Decimal(qty))
    assert words == explain(structure, Decimal(qty))
    return words.splitlines()


def test_a_condor_in_words() -> None:
    assert told(S.IRON_CONDOR, (85, 95, 105, 110), ("0.40", "1.90", "1.80", "0.60"), qty=2) == [
        "2 x SPY iron condor: buy 2026-12-18 85 put, sell 2026-12-18 95 put, "
        "sell 2026-12-18 105 call, buy 2026-12-18 110 call.",
        "It brings $540 (2.70 a unit).",
        "You can lose at most $1,460, if SPY closes below 92.30 or above 107.70 on 2026-12-18.",
        "You can win at most $540, if it closes between 92.30 and 107.70.",
        "The market's own odds of a profit: 82 %.",
        "Now a day brings $8.28, SPY up by 1.00 brings $4.31, a point more of volatility -$24.85.",
        "It ties up $1,460.",
    ]


def test_shares_in_words() -> None:
    covered = told(S.COVERED_CALL, (105,), ("100", "1.80"))
    assert covered[:4] == [
        "1 x SPY covered call: buy 100 SPY at 100.00, sell 2026-12-18 105 call.",
        "It costs $9,820 (98.20 a unit).",
        "You can lose at most $9,820, if SPY closes below 98.20 on 2026-12-18.",
        "You can win at most $680, if it closes above 98.20.",
    ]


def test_more_of_one_leg_in_words() -> None:
    butterfly = told(S.BUTTERFLY, (95, 100, 105), ("6", "3", "1.20"))
    assert "sell 2 2026-12-18 100 call" in butterfly[0]


def test_a_gain_without_end_in_words() -> None:
    straddle = told(S.LONG_STRADDLE, (100,), ("3.20", "3.60"), qty=3)
    assert straddle[2:4] == [
        "You can lose at most $2,040, if SPY closes between 93.20 and 106.80 on 2026-12-18.",
        "You win if it closes below 93.20 or above 106.80, the more the further.",
    ]


def test_what_a_model_says_is_told_as_about() -> None:
    calendar = told(S.CALENDAR, (100,), ("2.30", "3.30"))
    assert calendar[2].startswith("You can lose at most $100, if SPY closes below")
    assert calendar[3].startswith("You can win at most about $128.72, if it closes between")


def test_what_wins_nowhere_says_so() -> None:
    hopeless = told(S.CALL_DEBIT_SPREAD, (100, 105), ("7.00", "1.00"))
    assert hopeless[2:4] == [
        "You can lose at most $600, if SPY closes anywhere on 2026-12-18.",
        "It wins nothing at any price.",
    ]
