"""Which route does an order take on a day when one is down, and until when may it go out?"""

from dataclasses import replace
from decimal import Decimal

from tests.makers import (
    Trader,
    a_route,
    a_session,
    a_statement,
    at,
    capabilities,
    of,
    some_settings,
    the,
)

from tradebot.core.model.commands import DisconnectRoute, Phase
from tradebot.core.model.events import IntentHeld, IntentRefused, OrderSubmitted
from tradebot.core.model.settings import RouteKind

TWO = some_settings(routes=("paper", "second"))
RICH = a_route("second", statement=replace(a_statement(), account="PAPER-2"))
POOR = a_route("paper", statement=replace(a_statement(), cash=Decimal(100)))


def a_day_with_two_routes() -> Trader:
    """Return a day whose first route is down and has no cash; the second has both."""
    trader = Trader(TWO)
    trader.book.ledger.accounts.clear()
    trader.tell(POOR)
    trader.tell(RICH)
    trader.tell(DisconnectRoute(route="paper", reason="test"))
    return trader


def test_buying_power_is_that_of_the_route_which_is_up() -> None:
    sent = the(a_day_with_two_routes().submit(), OrderSubmitted)
    assert (sent.route, sent.account) == ("second", "PAPER-2")


def test_buying_power_is_that_of_the_route_which_the_mode_allows() -> None:
    trader = Trader(TWO)
    trader.book.ledger.accounts.clear()
    real = capabilities(real_money=True)
    trader.tell(replace(POOR, kind=RouteKind.LIVE, capabilities=real))
    trader.tell(RICH)
    assert the(trader.submit(), OrderSubmitted).account == "PAPER-2"


def test_an_intent_that_names_a_route_is_measured_by_it_and_sent_on_it() -> None:
    trader = a_day_with_two_routes()
    trader.tell(POOR)
    assert the(trader.submit(route="second"), OrderSubmitted).account == "PAPER-2"
    assert the(trader.submit(route="paper"), IntentRefused).reason == "RISK_BUYING_POWER"


def test_a_named_route_that_is_down_is_waited_for() -> None:
    held = the(a_day_with_two_routes().submit(route="paper"), IntentHeld)
    assert held.needs == ("route:paper",)


def test_nothing_goes_out_at_the_close_though_the_phase_lags_behind() -> None:
    trader = Trader()
    trader.tell(replace(a_session(), closes=at(100)))
    trader.seconds = 98
    assert of(trader.submit(), OrderSubmitted)
    assert the(trader.submit(), IntentHeld).needs == ("session:XNYS",)


def test_a_market_that_may_trade_outside_its_hours_has_no_such_end() -> None:
    trader = Trader(some_settings(policy={"trade_outside_hours": ("XNYS",)}))
    trader.tell(replace(a_session(Phase.POST_MARKET), closes=at(1)))
    assert of(trader.submit(), OrderSubmitted)
