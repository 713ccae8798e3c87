"""Does nothing go to a live account but what a person armed, and does everything end that?"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.makers import (
    ACCOUNT,
    Trader,
    a_report,
    a_route,
    a_statement,
    a_trade,
    at,
    of,
    some_settings,
    the,
)

from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.commands import (
    ActivateSettings,
    ArmLive,
    Command,
    DisarmLive,
    RequestReplace,
    SetKillSwitch,
    Tick,
)
from tradebot.core.model.events import (
    IntentHeld,
    IntentRefused,
    OrderSubmitted,
    ReplaceRefused,
    ReplaceRequested,
)
from tradebot.core.model.reason import Reason, Stage
from tradebot.core.model.settings import Mode, Promotion, RouteKind

LIVE = some_settings(mode=Mode.LIVE)


def an_arming(**changes: Any) -> ArmLive:
    return ArmLive(**{
        "account": ACCOUNT, "for_s": 600, "orders_max": 3, "notional_max_usd": Decimal(20_000),
        "reason": "test", "by": "ann", **changes,
    })


def a_live_trader(*arming: Command, **changes: Any) -> Trader:
    trader = Trader(replace(LIVE, **changes))
    trader.tell(a_route(kind=RouteKind.LIVE))
    for command in arming:
        trader.tell(command)
    return trader


@pytest.mark.promise(11)
@pytest.mark.fault(89)
def test_live_is_refused_until_a_person_arms_it() -> None:
    trader = a_live_trader()
    refused = the(trader.submit(), IntentRefused)
    assert (refused.stage, refused.reason) == (Stage.RISK, Reason.POLICY_LIVE_NOT_ENABLED)
    armed = the(trader.tell(an_arming()), LiveArmed)
    assert (armed.account, armed.until, armed.by) == (ACCOUNT, at(trader.seconds + 600), "ann")
    assert the(trader.submit(), OrderSubmitted).armed_by == armed.token


def test_what_is_not_armed_becomes_no_draft() -> None:
    trader = a_live_trader(promotion=Promotion.MANUAL)
    assert the(trader.submit(), IntentRefused).reason is Reason.POLICY_LIVE_NOT_ENABLED
    trader.tell(an_arming())
    assert the(trader.submit(), IntentHeld).reason is Reason.POLICY_NEEDS_APPROVAL


def test_an_armed_account_takes_as_many_orders_as_were_said() -> None:
    trader = a_live_trader(an_arming(orders_max=2))
    assert of(trader.submit(), OrderSubmitted)
    assert of(trader.submit(), OrderSubmitted)
    gates = {gate.gate: gate for gate in the(trader.submit(), IntentRefused).gates}
    assert (gates["armed"].actual, gates["armed"].limit) == (3, 2)


@pytest.mark.parametrize(("notional", "goes"), [("5000.1", True), ("5000.09", False)])
def test_an_armed_account_takes_as_much_worth_as_was_said(notional: str, goes: bool) -> None:
    trader = a_live_trader(an_arming(notional_max_usd=Decimal(notional)))
    assert bool(of(trader.submit(price="500.01"), OrderSubmitted)) is goes


def test_worth_adds_up_over_orders_and_changes() -> None:
    trader = a_live_trader(an_arming(notional_max_usd=Decimal("6000.12")))
    order = the(trader.submit(price="500.01"), OrderSubmitted)
    trader.tell(a_report("new", order.cl_ord_id))
    larger = RequestReplace(target=order.cl_ord_id, by="ann", order_qty=Decimal(13))
    assert the(trader.tell(larger), ReplaceRefused).reason is Reason.POLICY_LIVE_NOT_ENABLED
    assert of(trader.tell(replace(larger, order_qty=Decimal(12))), ReplaceRequested)
    assert of(trader.submit(qty=1, price="500.01"), IntentRefused)


def test_a_change_of_an_order_is_no_further_order() -> None:
    trader = a_live_trader(an_arming(orders_max=2))
    orders = [the(trader.submit(), OrderSubmitted).cl_ord_id for _ in range(2)]
    trader.tell(a_report("new", orders[0]))
    smaller = RequestReplace(target=orders[0], by="ann", order_qty=Decimal(9))
    assert of(trader.tell(smaller), ReplaceRequested)


def test_it_ends_with_its_time() -> None:
    trader = a_live_trader(an_arming())
    ends = trader.seconds + 600
    assert trader.book.next_due() == at(ends)
    trader.seconds = ends - 2
    assert of(trader.submit(), OrderSubmitted)
    assert of(trader.submit(), IntentRefused)
    assert the(trader.tell(Tick()), LiveDisarmed).by == "clock"
    assert trader.book.arming is None


def test_it_ends_when_its_limits_are_used_up_and_the_broker_has_answered() -> None:
    trader = a_live_trader(an_arming(orders_max=2))
    first, second = (the(trader.submit(), OrderSubmitted) for _ in range(2))
    assert not of(trader.tell(a_report("new", first.cl_ord_id)), LiveDisarmed)
    ended = the(trader.tell(a_trade("E1", 10, 500, second.cl_ord_id)), LiveDisarmed)
    assert (ended.by, ended.reason) == ("limits", "its limits are used up: 2 of 2 orders")


@pytest.mark.promise(11)
@pytest.mark.fault(89)
@pytest.mark.parametrize(("command", "by"), [
    (DisarmLive(reason="enough", by="ann"), "ann"),
    (DisarmLive(reason="every start begins disarmed", by="start"), "start"),
    (SetKillSwitch(engaged=True, reason="test", by="bob"), "bob"),
    (ActivateSettings(settings=replace(LIVE, send_within_s=60), version="2"), "settings"),
    (a_route(kind=RouteKind.LIVE, statement=a_statement(account="OTHER")), "broker"),
])
def test_it_is_ended_by(command: Command, by: str) -> None:
    trader = a_live_trader(an_arming())
    token = trader.book.arming.given.token if trader.book.arming else ""
    ended = the(trader.tell(command), LiveDisarmed)
    assert (ended.by, ended.token) == (by, token)
    assert trader.book.arming is None


def test_nothing_is_said_of_what_was_not_armed() -> None:
    assert not a_live_trader().tell(DisarmLive(reason="start", by="start"))


def test_arming_again_replaces_what_was_armed() -> None:
    trader = a_live_trader(an_arming(orders_max=1))
    first = the(trader.submit(), OrderSubmitted)
    trader.tell(an_arming(orders_max=1))
    second = the(trader.submit(), OrderSubmitted)
    assert second.armed_by != first.armed_by


@pytest.mark.parametrize(("changes", "told"), [
    ({"account": "U1"}, "no live route is up with this account; there are: PAPER-1"),
    ({"for_s": 0}, "the time is 1 to 28800 seconds"),
    ({"for_s": 28_801}, "the time is 1 to 28800 seconds"),
    ({"orders_max": 0}, "both limits are above zero"),
    ({"notional_max_usd": Decimal(0)}, "both limits are above zero"),
    ({"notional_max_usd": Decimal("NaN")}, "notional_max_usd: expected a finite number, got NaN"),
])
def test_what_cannot_be_armed_is_refused_with_the_reason(
    changes: dict[str, Any], told: str
) -> None:
    trader = a_live_trader()
    assert the(trader.tell(an_arming(**changes)), ArmingRefused).detail == told
    assert trader.book.arming is None


def test_no_other_mode_can_be_armed() -> None:
    trader = Trader()
    assert the(trader.tell(an_arming()), ArmingRefused).detail == "mode is paper"


def test_nothing_is_armed_while_the_kill_switch_is_set() -> None:
    trader = a_live_trader(SetKillSwitch(engaged=True, reason="test", by="bob"))
    assert the(trader.tell(an_arming()), ArmingRefused).detail == "the kill switch is set"
    trader.tell(SetKillSwitch(engaged=False, reason="test", by="bob"))
    trader.facts.latched = "flag file"
    assert the(trader.tell(an_arming()), ArmingRefused).detail == "the kill switch is set"


def test_another_live_account_stays_shut() -> None:
    trader = a_live_trader(an_arming(), routes=("paper", "other"))
    other = a_statement(account="OTHER")
    trader.tell(a_route("other", RouteKind.LIVE, statement=other))
    assert the(trader.submit(route="other"), IntentRefused).reason is Reason.POLICY_LIVE_NOT_ENABLED
    assert of(trader.submit(route="paper"), OrderSubmitted)
