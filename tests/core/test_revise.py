"""What becomes of a draft that a person changes? A new one in its place, and never an order."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.makers import ACCOUNT, Trader, an_intent, of, some_settings, the

from tradebot.core.model.commands import (
    ActivateSettings,
    Approve,
    FactArrived,
    Revise,
    SubmitIntent,
    Tick,
)
from tradebot.core.model.events import (
    ApprovalRefused,
    IntentHeld,
    IntentReceived,
    IntentRefused,
    OrderSubmitted,
)
from tradebot.core.model.ids import IntentId
from tradebot.core.model.intent import Source
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Mode, Promotion


def a_draft(**intent: Any) -> tuple[Trader, IntentId]:
    trader = Trader(some_settings(promotion=Promotion.MANUAL))
    return trader, the(trader.submit(**intent), IntentHeld).intent_id


def changed(draft: IntentId, **change: Any) -> Revise:
    return Revise(target=draft, by="alice", **change)


def digest(trader: Trader, draft: IntentId) -> str:
    return trader.book.intents.open[draft].body.digest()


def test_the_changed_draft_takes_the_place_of_the_old_one() -> None:
    trader, draft = a_draft()
    old = trader.book.intents.open[draft].body
    events = trader.tell(changed(draft, order_qty=Decimal(3), ttl_s=90))
    new = the(events, IntentReceived)
    assert (new.revises, new.intent.order_qty, new.intent.ttl_s) == (draft, 3, 90)
    assert new.intent == replace(
        old, order_qty=Decimal(3), ttl_s=90, user="alice", key=None, correlation_id=draft
    )
    assert the(events, IntentHeld).reason is Reason.POLICY_NEEDS_APPROVAL
    ended = the(events, IntentRefused)
    assert (ended.intent_id, ended.reason) == (draft, Reason.POLICY_SUPERSEDED)
    assert ended.detail == f"by alice: revised as {new.intent_id}"
    assert list(trader.book.intents.open) == [new.intent_id]


def test_a_change_that_a_gate_refuses_leaves_the_draft_as_it_is() -> None:
    trader, draft = a_draft()
    events = trader.tell(changed(draft, order_qty=Decimal(1_000_000)))
    refused = the(events, IntentRefused)
    assert refused.reason is Reason.RISK_ORDER_QUANTITY
    assert refused.intent_id != draft
    assert list(trader.book.intents.open) == [draft]
    yes = Approve(target=draft, digest=digest(trader, draft), by="bob")
    assert of(trader.tell(yes), OrderSubmitted)


@pytest.mark.fault(90)
def test_an_approval_of_the_old_draft_is_none_for_the_new_one() -> None:
    trader = Trader(some_settings(mode=Mode.STAGE))
    draft = the(trader.submit(), IntentHeld).intent_id
    trader.tell(Approve(target=draft, digest=digest(trader, draft), by="bob"))
    assert trader.book.intents.reserved[ACCOUNT] > 0
    new = the(trader.tell(changed(draft, order_qty=Decimal(2))), IntentReceived).intent_id
    assert (trader.book.intents.approvals, trader.book.intents.reserved) == (0, {})
    events = trader.tell(ActivateSettings(settings=some_settings(), version="paper"))
    assert not of(events, OrderSubmitted), "a revised draft went without a yes"
    assert trader.book.intents.open[new].held is not None
    yes = Approve(target=new, digest=digest(trader, new), by="bob")
    assert the(trader.tell(yes), OrderSubmitted).intent.order_qty == 2


def test_asking_twice_makes_one_draft() -> None:
    trader, draft = a_draft()
    trader.tell(changed(draft, order_qty=Decimal(3)))
    refused = the(trader.tell(changed(draft, order_qty=Decimal(3))), ApprovalRefused)
    assert refused.reason is Reason.POLICY_SUPERSEDED
    assert len(trader.book.intents.open) == 1


@pytest.mark.parametrize(("change", "reason"), [
    ({}, Reason.OMS_NOTHING_TO_CHANGE),
    ({"order_qty": Decimal("NaN")}, Reason.VALIDATION_MALFORMED),
])
def test_what_changes_nothing_or_is_nonsense_is_refused(
    change: dict[str, Any], reason: Reason
) -> None:
    trader, draft = a_draft()
    assert the(trader.tell(changed(draft, **change)), ApprovalRefused).reason is reason
    assert list(trader.book.intents.open) == [draft]


def test_a_strategys_draft_waits_long_enough_for_a_person() -> None:
    trader, draft = a_draft(ttl_s=60)
    state = trader.book.intents.open[draft]
    assert (state.expires - trader.now).total_seconds() == 23_400
    trader.seconds += 61
    trader.tell(Tick())
    assert draft in trader.book.intents.open
    trader.seconds += 23_400
    assert the(trader.tell(Tick()), IntentRefused).reason is Reason.POLICY_INTENT_EXPIRED


def test_what_people_ask_for_keeps_the_time_that_they_gave_it() -> None:
    trader, draft = a_draft(ttl_s=60, source=Source.CLI, user="alice")
    trader.seconds += 61
    assert the(trader.tell(Tick()), IntentRefused).intent_id == draft


def test_waiting_once_more_as_a_draft_gives_no_more_time() -> None:
    trader, draft = a_draft(ttl_s=60)
    ends = trader.book.intents.open[draft].expires
    quotes, trader.facts.quotes = trader.facts.quotes, {}
    trader.seconds += 120
    mode = ActivateSettings(settings=some_settings(promotion=Promotion.HYBRID), version="2")
    stale = the(trader.tell(mode), IntentHeld)
    assert stale.reason is Reason.RISK_STALE_DATA
    trader.facts.quotes = quotes
    held = the(trader.tell(FactArrived(needs=stale.needs)), IntentHeld)
    assert held.reason is Reason.POLICY_NEEDS_APPROVAL
    assert trader.book.intents.open[draft].expires == ends


def test_a_keyed_draft_keeps_its_key_for_the_old_one() -> None:
    trader = Trader(some_settings(promotion=Promotion.MANUAL))
    body = an_intent(key="once")
    draft = the(trader.tell(SubmitIntent(intent=body)), IntentHeld).intent_id
    trader.tell(changed(draft, order_qty=Decimal(3)))
    assert trader.tell(SubmitIntent(intent=body)) == []


def test_a_revised_draft_needs_a_yes_also_where_nobody_asks_any_more() -> None:
    trader, draft = a_draft()
    trader.tell(changed(draft, order_qty=Decimal(3)))
    nobody = ActivateSettings(settings=some_settings(), version="nobody asks")
    events = trader.tell(nobody)
    assert not of(events, OrderSubmitted)
    other, _ = a_draft()
    assert of(other.tell(nobody), OrderSubmitted), "what nobody revised goes on"
