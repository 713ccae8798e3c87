"""What does a broker take? What its table lacks is refused before anybody asks it."""

from decimal import Decimal

import pytest
from tests.makers import (
    Trader,
    a_route,
    a_session,
    a_statement,
    capabilities,
    of,
    some_settings,
    the,
)

from tradebot.core.model.capabilities import Takes, takes_all
from tradebot.core.model.commands import Phase
from tradebot.core.model.events import IntentHeld, IntentRefused, OrderSubmitted
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


@pytest.mark.parametrize(("takes", "legs_max", "told"), [
    (takes_all([AssetClass.FX, AssetClass.CRYPTO]), 4, "equity: it takes crypto, fx"),
    (
        takes_all(ord_types=[OrdType.MARKET, OrdType.STOP]), 4,
        "equity limit: it takes market, stop",
    ),
    (
        takes_all(times_in_force=[TimeInForce.IOC, TimeInForce.GTC]), 4,
        "equity limit day: it takes gtc, ioc",
    ),
    (takes_all(), 0, "1 legs: it takes 0 at most"),
    ((), 4, "equity: it takes nothing"),
])
def test_a_refusal_names_what_is_taken_instead(
    takes: tuple[Takes, ...], legs_max: int, told: str
) -> None:
    refused = the(a_trader(takes=takes, legs_max=legs_max).submit(), IntentRefused)
    assert refused.detail == f"paper: {told}"


def test_of_several_routes_the_first_that_takes_such_an_order_gets_it() -> None:
    trader = Trader(some_settings(routes=("paper", "second")))
    trader.tell(a_route(capabilities=capabilities(takes=takes_all([AssetClass.CRYPTO]))))
    trader.tell(a_route("second", statement=a_statement(account="PAPER-2")))
    assert the(trader.submit(), OrderSubmitted).account == "PAPER-2"
    assert the(coins(trader, "0.5"), OrderSubmitted).account == "PAPER-1"


@pytest.mark.parametrize("phase", [Phase.PRE_MARKET, Phase.POST_MARKET])
def test_what_works_in_market_hours_alone_waits_for_them(phase: Phase) -> None:
    trader = Trader(some_settings(policy={"trade_outside_hours": ("XNYS",)}))
    trader.tell(a_route(capabilities=capabilities(outside_hours=(OrdType.LIMIT,))))
    trader.tell(a_session(phase))
    assert the(trader.submit(), OrderSubmitted).outside_hours is True
    held = the(trader.submit(price=None), IntentHeld)
    assert (held.reason, held.needs) == ("POLICY_MARKET_CLOSED", ("session:XNYS",))
    sent = the(trader.tell(a_session()), OrderSubmitted)
    assert (sent.intent.ord_type, sent.outside_hours) == (OrdType.MARKET, False)


def test_a_market_without_end_is_never_outside_its_hours() -> None:
    trader = Trader(some_settings(policy={
        "trade_outside_hours": ("24/7",), "order_notional_max_usd": Decimal(10**6),
    }))
    trader.tell(a_route(capabilities=capabilities(outside_hours=())))
    assert the(coins(trader, "0.5"), OrderSubmitted).outside_hours is False
