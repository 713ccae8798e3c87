"""When is a person's yes worth nothing? For other content, after its time, and a second time."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.makers import (
    ACCOUNT,
    Trader,
    a_quote,
    a_report,
    a_route,
    a_trade,
    of,
    some_settings,
    the,
)

from tradebot.core.model.commands import (
    ActivateSettings,
    Approve,
    Control,
    Delivery,
    DisconnectRoute,
    Reject,
    ReportDelivery,
    Revise,
    SetControl,
)
from tradebot.core.model.events import (
    ApprovalLapsed,
    ApprovalRefused,
    IntentApproved,
    IntentHeld,
    IntentRefused,
    OrderSubmitted,
)
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Mode, Promotion


def a_draft(**settings: Any) -> tuple[Trader, IntentId]:
    trader = Trader(some_settings(promotion=Promotion.MANUAL, **settings))
    held = the(trader.submit(), IntentHeld)
    assert held.reason is Reason.POLICY_NEEDS_APPROVAL
    return trader, held.intent_id


def yes(trader: Trader, draft: IntentId) -> Approve:
    digest = trader.book.intents.open[draft].body.digest()
    return Approve(target=draft, digest=digest, by="alice")


def approved_without_a_route(**settings: Any) -> tuple[Trader, IntentId]:
    """Approve while the route is down: the intent holds, with its yes and its reservation."""
    trader, draft = a_draft(**settings)
    trader.tell(DisconnectRoute(route="paper", reason="gone"))
    events = trader.tell(yes(trader, draft))
    reserved = the(events, IntentApproved).reserved
    assert reserved > 0
    assert trader.book.intents.reserved == {ACCOUNT: reserved}
    assert not of(events, OrderSubmitted)
    return trader, draft


def test_a_yes_sends_one_order_and_its_reservation_becomes_the_orders() -> None:
    trader, draft = a_draft()
    events = trader.tell(yes(trader, draft))
    assert the(events, IntentApproved).reserved == the(events, OrderSubmitted).reserved
    assert trader.book.intents.reserved == {}


def test_an_order_that_never_left_needs_another_yes() -> None:
    trader, draft = a_draft()
    sent = the(trader.tell(yes(trader, draft)), OrderSubmitted)
    events = trader.tell(ReportDelivery(cl_ord_id=sent.cl_ord_id, delivery=Delivery.NEVER_LEFT))
    assert the(events, IntentHeld).reason is Reason.POLICY_NEEDS_APPROVAL
    assert the(trader.tell(yes(trader, draft)), OrderSubmitted).attempt == 2


def test_a_yes_waits_for_what_is_missing() -> None:
    trader, _ = approved_without_a_route()
    assert of(trader.tell(a_route()), OrderSubmitted)


@pytest.mark.fault(48, 90)
def test_a_yes_is_void_after_its_time_even_before_a_tick_says_so() -> None:
    trader, draft = approved_without_a_route(approval_ttl_s=5)
    trader.seconds += 10
    events = trader.tell(a_route())
    assert the(events, ApprovalLapsed).reason is Reason.POLICY_APPROVAL_EXPIRED
    assert not of(events, OrderSubmitted)
    assert trader.book.intents.open[draft].held is not None
    assert the(trader.tell(yes(trader, draft)), OrderSubmitted)


@pytest.mark.promise(23)
@pytest.mark.fault(90)
def test_a_yes_is_void_for_other_content() -> None:
    trader, draft = approved_without_a_route()
    given = trader.book.intents.open[draft].approval
    assert given is not None
    trader.book.apply(replace(given, digest="of something else"))
    events = trader.tell(a_route())
    assert the(events, ApprovalLapsed).reason is Reason.POLICY_OTHER_DIGEST
    assert not of(events, OrderSubmitted)


def test_a_yes_to_other_content_is_none() -> None:
    trader, draft = a_draft()
    events = trader.tell(replace(yes(trader, draft), digest="of what was there before"))
    assert [event.reason for event in of(events, ApprovalRefused)] == [Reason.POLICY_OTHER_DIGEST]
    assert trader.book.intents.open[draft].approval is None


def test_a_yes_without_a_quote_is_refused_as_its_risk_is_unknown() -> None:
    trader, draft = a_draft()
    trader.facts.quotes.clear()
    refused = the(trader.tell(yes(trader, draft)), ApprovalRefused)
    assert refused.reason is Reason.RISK_STALE_DATA
    assert trader.book.intents.open[draft].approval is None


def test_what_outlived_its_time_can_neither_be_approved_nor_rejected() -> None:
    trader, draft = a_draft(intent_ttl_s=5, draft_ttl_s=5)
    trader.seconds += 10
    for command in (yes(trader, draft), Reject(target=draft, reason="no", by="bob")):
        refused = the(trader.tell(command), ApprovalRefused)
        assert refused.reason is Reason.POLICY_INTENT_EXPIRED


@pytest.mark.fault(90)
def test_saying_yes_again_renews_it_and_reserves_once() -> None:
    trader, draft = approved_without_a_route(approval_ttl_s=60)
    first = trader.book.intents.reserved[ACCOUNT]
    again = the(trader.tell(yes(trader, draft)), IntentApproved)
    assert trader.book.intents.reserved == {ACCOUNT: first}
    approval = trader.book.intents.open[draft].approval
    assert approval is not None
    assert approval.until == again.until


def test_a_no_ends_it_and_frees_what_a_yes_reserved() -> None:
    trader, draft = approved_without_a_route()
    refused = the(trader.tell(Reject(target=draft, reason="no", by="bob")), IntentRefused)
    assert (refused.reason, refused.detail) == (Reason.POLICY_REJECTED, "by bob: no")
    assert trader.book.intents.reserved == {}


def test_what_is_approved_counts_as_an_open_order_but_never_against_itself() -> None:
    one = {"open_orders_max": 1}
    trader = Trader(some_settings(mode=Mode.STAGE, policy=one))
    draft = the(trader.submit(), IntentHeld).intent_id
    trader.tell(yes(trader, draft))
    assert the(trader.submit(), IntentRefused).reason is Reason.RISK_MAX_OPEN_ORDERS
    assert trader.book.intents.at_risk[ACCOUNT] > 0
    paper = ActivateSettings(settings=some_settings(policy=one), version="paper")
    assert of(trader.tell(paper), OrderSubmitted)
    assert (trader.book.intents.approvals, trader.book.intents.at_risk) == (0, {})


@pytest.mark.promise(24)
@pytest.mark.fault(48)
def test_a_yes_is_void_once_the_clock_was_set_and_the_draft_waits_for_another() -> None:
    trader, draft = approved_without_a_route()
    was_set = SetControl(control=Control.CLOCK_SET, engaged=True, reason="by -3600 s", by="clock")
    void = the(trader.tell(was_set), ApprovalLapsed)
    assert (void.intent_id, void.reason) == (draft, Reason.RISK_CLOCK_SET)
    assert trader.book.intents.reserved == {}
    trader.tell(replace(was_set, engaged=False))
    assert not of(trader.tell(a_route()), OrderSubmitted)
    assert of(trader.tell(yes(trader, draft)), OrderSubmitted), "and it goes by a new one"


# What has changed since


def quoted(trader: Trader, price: str) -> None:
    trader.facts.quotes["SPY"] = a_quote(bid=price, ask=price)


@pytest.mark.parametrize(("price", "holds"), [
    ("550", True), ("550.01", False), ("450", True), ("449.99", False),
])
def test_a_yes_is_void_once_the_market_is_further_away_than_a_tenth(
    price: str, holds: bool
) -> None:
    limits = {"price_collar_frac": Decimal(1), "quote_jump_max_frac": Decimal(1)}
    trader, draft = approved_without_a_route(policy=limits)
    quoted(trader, price)
    events = trader.tell(a_route())
    assert bool(of(events, OrderSubmitted)) is holds
    if not holds:
        void, held = the(events, ApprovalLapsed), the(events, IntentHeld)
        assert void.reason is Reason.POLICY_OTHER_PRICE
        assert void.detail == f"the market's price is {price}, and was 500"
        assert held.detail == f"the approval by alice is void, POLICY_OTHER_PRICE: {void.detail}"
        assert trader.book.intents.reserved == {}
        assert of(trader.tell(yes(trader, draft)), OrderSubmitted), "a new one is for this price"


@pytest.mark.parametrize(("price", "holds"), [("550", True), ("550.01", False)])
def test_a_yes_is_void_once_a_tenth_more_could_be_lost_than_was_approved(
    price: str, holds: bool
) -> None:
    wide = {name: Decimal(1) for name in (
        "price_collar_frac", "quote_jump_max_frac", "approval_price_drift_frac",
    )}
    trader, _ = a_draft(policy=wide)
    market = trader.submit(price=None)
    draft = the(market, IntentHeld).intent_id
    quoted(trader, "500")
    trader.tell(DisconnectRoute(route="paper", reason="gone"))
    trader.tell(yes(trader, draft))
    quoted(trader, price)
    events = trader.tell(a_route())
    assert bool(of(events, OrderSubmitted)) is holds
    if not holds:
        assert the(events, ApprovalLapsed).reason is Reason.POLICY_OTHER_RISK


def test_a_yes_is_for_one_account() -> None:
    trader, draft = approved_without_a_route()
    given = trader.book.intents.open[draft].approval
    assert given is not None
    trader.book.apply(replace(given, account="PAPER-2"))
    void = the(trader.tell(a_route()), ApprovalLapsed)
    assert (void.reason, void.detail) == (
        Reason.POLICY_OTHER_ACCOUNT, "it names PAPER-2, not PAPER-1"
    )


@pytest.mark.parametrize(("changes", "holds"), [
    ({"mode": Mode.PAPER, "intent_ttl_s": 77}, True),
    ({"policy": {"order_qty_max": Decimal(9_999)}}, False),
])
def test_other_limits_void_every_yes_at_once_and_other_settings_do_not(
    changes: dict[str, Any], holds: bool
) -> None:
    trader, draft = approved_without_a_route()
    other = some_settings(promotion=Promotion.MANUAL, **changes)
    voids = of(trader.tell(ActivateSettings(settings=other, version="2")), ApprovalLapsed)
    assert [(void.intent_id, void.reason) for void in voids] == (
        [] if holds else [(draft, Reason.POLICY_OTHER_SETTINGS)]
    )
    assert bool(of(trader.tell(a_route()), OrderSubmitted)) is holds


# Why a yes is refused


@pytest.mark.parametrize(("named", "reason"), [
    ({"digest": "of something else"}, Reason.POLICY_OTHER_DIGEST),
    ({"account": "LIVE-7"}, Reason.POLICY_OTHER_ACCOUNT),
    ({"settings_version": "before"}, Reason.POLICY_OTHER_SETTINGS),
    ({"max_loss": Decimal(200)}, Reason.POLICY_OTHER_RISK),
    ({"account": ACCOUNT, "settings_version": "test", "max_loss": Decimal(250)}, None),
])
def test_a_yes_to_something_else_is_refused_by_name(
    named: dict[str, Any], reason: Reason | None
) -> None:
    trader, draft = a_draft()
    events = trader.tell(replace(yes(trader, draft), **named))
    assert [refused.reason for refused in of(events, ApprovalRefused)] == (
        [] if reason is None else [reason]
    )
    assert bool(of(events, OrderSubmitted)) is (reason is None)


def test_a_yes_said_twice_says_that_it_was_used() -> None:
    trader, draft = a_draft()
    command = yes(trader, draft)
    sent = the(trader.tell(command), OrderSubmitted)
    for _ in ("while it works", "and when it is done"):
        again = the(trader.tell(command), ApprovalRefused)
        assert again.reason is Reason.POLICY_APPROVAL_USED
        trader.tell(a_report("new", sent.cl_ord_id))
        trader.tell(a_trade("E1", 10, 500, sent.cl_ord_id))
    assert draft not in trader.book.intents.open


def test_a_yes_to_what_ended_says_how_it_ended() -> None:
    for ends, reason in (
        (lambda draft: Reject(target=draft, reason="no", by="bob"), Reason.POLICY_REJECTED),
        (lambda draft: Revise(target=draft, order_qty=Decimal(3), by="bob"),
         Reason.POLICY_SUPERSEDED),
    ):
        trader, draft = a_draft()
        command = yes(trader, draft)
        trader.tell(ends(draft))
        assert the(trader.tell(command), ApprovalRefused).reason is reason


# Where one is not enough


def test_two_people_of_different_names_must_say_yes() -> None:
    trader, draft = a_draft(approvers_min=2)
    events = trader.tell(yes(trader, draft))
    assert the(events, IntentApproved).names == ("alice",)
    assert not of(events, OrderSubmitted)
    again = the(trader.tell(yes(trader, draft)), ApprovalRefused)
    assert again.reason is Reason.POLICY_SAME_APPROVER
    events = trader.tell(replace(yes(trader, draft), by="bob"))
    assert the(events, IntentApproved).names == ("alice", "bob")
    assert of(events, OrderSubmitted)


def test_who_says_yes_twice_is_still_one_person() -> None:
    trader, draft = approved_without_a_route()
    trader.tell(yes(trader, draft))
    stricter = some_settings(promotion=Promotion.MANUAL, approvers_min=2)
    trader.tell(ActivateSettings(settings=stricter, version="2"))
    assert not of(trader.tell(a_route()), OrderSubmitted)
    assert of(trader.tell(replace(yes(trader, draft), by="bob")), OrderSubmitted)


def test_the_second_yes_does_not_prolong_the_first() -> None:
    trader, draft = a_draft(approvers_min=2, approval_ttl_s=60)
    first = the(trader.tell(yes(trader, draft)), IntentApproved)
    trader.tell(DisconnectRoute(route="paper", reason="gone"))
    second = the(trader.tell(replace(yes(trader, draft), by="bob")), IntentApproved)
    assert second.until == first.until


def test_a_first_yes_that_became_void_is_none_of_two() -> None:
    wide = {"price_collar_frac": Decimal(1), "quote_jump_max_frac": Decimal(1)}
    trader, draft = a_draft(approvers_min=2, policy=wide)
    trader.tell(yes(trader, draft))
    quoted(trader, "600")
    events = trader.tell(replace(yes(trader, draft), by="bob"))
    assert the(events, ApprovalLapsed).reason is Reason.POLICY_OTHER_PRICE
    assert the(events, IntentApproved).names == ("bob",)
    assert not of(events, OrderSubmitted)
