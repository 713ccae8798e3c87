"""When is a person's yes worth nothing? For other content, after its time, and a second time."""

from dataclasses import replace
from typing import Any

import pytest
from tests.makers import ACCOUNT, Trader, a_route, of, some_settings, the

from tradebot.core.model.commands import (
    ActivateSettings,
    Approve,
    Control,
    Delivery,
    DisconnectRoute,
    Reject,
    ReportDelivery,
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
    assert not of(events, OrderSubmitted, ApprovalLapsed)
    assert trader.book.intents.open[draft].held is not None
    assert the(trader.tell(yes(trader, draft)), OrderSubmitted)


@pytest.mark.promise(23)
@pytest.mark.fault(90)
def test_a_yes_is_void_for_other_content() -> None:
    trader, draft = approved_without_a_route()
    given = trader.book.intents.open[draft].approval
    assert given is not None
    trader.book.apply(replace(given, digest="of something else"))
    assert not of(trader.tell(a_route()), OrderSubmitted)


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
        assert refused.reason is Reason.POLICY_NOT_A_DRAFT


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
    assert the(trader.tell(was_set), ApprovalLapsed).intent_id == draft
    assert trader.book.intents.reserved == {}
    trader.tell(replace(was_set, engaged=False))
    assert not of(trader.tell(a_route()), OrderSubmitted)
    assert of(trader.tell(yes(trader, draft)), OrderSubmitted), "and it goes by a new one"
