"""What does a combo cost, whatever it is made of?"""

from decimal import Decimal

import pytest
from tests.makers import CALL, HIGHER_CALL

from tradebot.core.model.combo import cost_of, net_price, unit_of
from tradebot.core.model.instrument import option_of
from tradebot.core.model.intent import Leg, Side


def multiplier(symbol: str) -> Decimal:
    option = option_of(symbol)
    return option.multiplier if option else Decimal(1)


def a_leg(text: str) -> Leg:
    side, symbol, count = text.split()
    return Leg(symbol=symbol, side=Side(side), ratio_qty=Decimal(count))


@pytest.mark.parametrize(("legs", "prices", "unit", "cost", "price"), [
    (["buy SPY 1"], ["500"], 1, 500, "500"),
    (["sell SPY 1"], ["500"], 1, -500, "-500"),
    ([f"buy {CALL} 1"], ["5"], 100, 500, "5"),
    ([f"buy {CALL} 1", f"sell {HIGHER_CALL} 1"], ["5", "2"], 100, 300, "3"),
    ([f"sell {CALL} 1", f"buy {HIGHER_CALL} 2"], ["5", "2.10"], 100, -80, "-0.8"),
    (["buy SPY 100", f"sell {CALL} 1"], ["500", "5"], 100, 49_500, "495"),
    (["buy SPY 50", f"sell {CALL} 1"], ["500", "5"], 100, 24_500, "245"),
    (["buy SPY 1", "sell IBM 2"], ["500", "200"], 1, 100, "100"),
])
def test_the_price_is_the_cost_a_unit_of_the_largest_multiplier(
    legs: list[str], prices: list[str], unit: int, cost: int, price: str,
) -> None:
    made, paid = [a_leg(leg) for leg in legs], [Decimal(px) for px in prices]
    assert unit_of(made, multiplier) == unit
    assert cost_of(made, paid, multiplier) == cost
    assert net_price(made, paid, multiplier) == Decimal(price)
