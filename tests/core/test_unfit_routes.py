"""May orders take a route whose broker is not what its kind says, or cannot name our orders?"""

import pytest
from tests.makers import Trader, a_route, a_statement, capabilities, of, the

from tradebot.core.model.commands import RefuseRoute
from tradebot.core.model.events import IntentHeld, RouteConnected, RouteRefused
from tradebot.core.model.ids import (
    derive_cl_ord_id,
    keyed_intent_id,
    ours_fit,
    unrecorded_cancel_id,
)
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import RouteKind


@pytest.mark.parametrize("kind", RouteKind)
@pytest.mark.parametrize("is_real", [True, False, None])
def test_only_a_live_route_trades_real_money_and_it_trades_nothing_else(
    kind: RouteKind, is_real: bool | None
) -> None:
    told = Trader().tell(a_route("other", kind, capabilities=capabilities(real_money=is_real)))
    is_fit = is_real is not None and is_real == (kind is RouteKind.LIVE)
    assert bool(of(told, RouteConnected)) is is_fit
    assert [event.reason for event in of(told, RouteRefused)] == (
        [] if is_fit else [Reason.ADAPTER_OTHER_MONEY]
    )


def test_a_refused_route_takes_no_orders_and_is_no_longer_refused_once_it_fits() -> None:
    trader = Trader()
    trader.tell(a_route(capabilities=capabilities(real_money=None)))
    assert not trader.book.routes["paper"].is_up
    assert the(trader.submit(), IntentHeld).reason is Reason.ADAPTER_UNAVAILABLE
    trader.tell(a_route())
    assert trader.book.routes["paper"].is_up
    assert trader.book.refused == {}


def test_a_refused_login_is_kept_until_the_route_is_up() -> None:
    trader = Trader()
    told = trader.tell(RefuseRoute(route="other", kind=RouteKind.PAPER, detail="401"))
    assert the(told, RouteRefused).reason is Reason.ADAPTER_LOGIN_REFUSED
    assert trader.book.refused["other"].detail == "401"
    trader.tell(a_route("other", statement=a_statement(account="PAPER-2")))
    assert trader.book.refused == {}


@pytest.mark.parametrize(("pattern", "length_max", "fits"), [
    ("[0-9A-Za-z]+", 28, True), ("[0-9A-Za-z]+", 27, False), ("[A-Za-z]+", 99, False),
    ("[0-9]+", 99, False), ("[0-9A-Y]+", 99, False), ("[0-9A-Za-z_-]{1,36}", 36, True),
    ("tb[0-9A-HJKMNP-TV-Z]{26}", 28, True), ("(", 28, False), ("", 28, False),
])
def test_a_broker_that_cannot_name_our_orders_is_refused(
    pattern: str, length_max: int, fits: bool
) -> None:
    can = capabilities(id_pattern=pattern, id_length_max=length_max)
    told = Trader().tell(a_route(capabilities=can))
    assert [event.reason for event in of(told, RouteRefused)] == (
        [] if fits else [Reason.ADAPTER_OTHER_IDS]
    )


def test_what_fits_takes_the_ids_that_we_derive() -> None:
    for number in range(200):
        ours = derive_cl_ord_id(keyed_intent_id(f"{number}"), "paper", "P")
        assert ours_fit("tb[0-9A-HJKMNP-TV-Z]+", len(ours))


def test_a_cancel_that_no_journal_holds_has_an_id_of_our_form_too() -> None:
    order = derive_cl_ord_id(keyed_intent_id("1"), "paper", "P")
    ours = unrecorded_cancel_id(order)
    assert (len(ours), ours.isalnum(), ours == order) == (len(order), True, False)
