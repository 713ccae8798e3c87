"""What does a broker take? What its table lacks is refused before anybody asks it."""

from decimal import Decimal

import pytest
from tests.makers import Trader, a_route, capabilities, of, some_settings, the

from tradebot.core.model.capabilities import takes_all
from tradebot.core.model.events import IntentRefused, OrderSubmitted
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import OrdType, TimeInForce


def a_trader(**able: object) -> Trader:
    trader = Trader(some_settings(policy={"order_notional_max_usd": Decimal(10**6)}))
    trader.tell(a_route(capabilities=capabilities(**able)))
    return trader


def coins(trader: Trader, qty: str) -> list[object]:
    return trader.submit("buy", qty, symbol="BTC/USD", price="60000")


@pytest.mark.parametrize(("fractional", "qty", "is_taken"), [
    ((), "1", True), ((), "0.5", False), ((), "1.0001", False),
    ((AssetClass.EQUITY,), "0.5", False), ((AssetClass.CRYPTO,), "0.5", True),
])
def test_parts_of_a_unit_go_only_where_they_are_taken(
    fractional: tuple[AssetClass, ...], qty: str, is_taken: bool
) -> None:
    told = coins(a_trader(fractional=fractional), qty)
    assert bool(of(told, OrderSubmitted)) is is_taken
    if not is_taken:
        assert the(told, IntentRefused).reason == "VALIDATION_NOT_SUPPORTED"


def test_a_type_and_its_time_are_looked_up_together() -> None:
    both = (OrdType.LIMIT, OrdType.MARKET)
    takes = takes_all([AssetClass.EQUITY], both[:1], [TimeInForce.GTC]) + takes_all(
        [AssetClass.EQUITY], both[1:], [TimeInForce.DAY]
    )
    trader = a_trader(takes=takes)
    assert of(trader.submit(price=None), OrderSubmitted)
    assert of(trader.submit(time_in_force=TimeInForce.GTC), OrderSubmitted)
    assert of(trader.submit(time_in_force=TimeInForce.DAY), IntentRefused)
    assert of(trader.submit(price=None, time_in_force=TimeInForce.GTC), IntentRefused)
