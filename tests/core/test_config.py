"""Does a looser configuration wait for people, while what is tighter of it decides at once?"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests import makers
from tests.makers import Trader, of, the

from tradebot.core.model.commands import (
    AcceptConfig,
    ActivateSettings,
    ApproveSettings,
    Phase,
    RejectSettings,
)
from tradebot.core.model.config import (
    ConfigAccepted,
    SettingsActivated,
    SettingsApproved,
    SettingsDropped,
    SettingsProposed,
)
from tradebot.core.model.events import ApprovalRefused, Event, IntentRefused, OrderSubmitted
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Loosen, Settings

NOW = makers.some_settings(policy={"order_qty_max": Decimal(50)})


class Owner(Trader):
    """Someone who writes configurations while the market trades."""

    def __init__(self, settings: Settings = NOW) -> None:
        super().__init__(settings)
        self.files = 0

    def write(self, settings: Settings, **changes: Any) -> list[Event]:
        self.files += 1
        return self.tell(AcceptConfig(**{
            "settings": settings, "version": f"v{self.files}", "hash": f"h{self.files}",
            "by": "owner", "source": "file", **changes,
        }))

    def approve(self, by: str = "owner") -> list[Event]:
        proposal = self.book.config.proposal
        assert proposal is not None
        return self.tell(ApproveSettings(target=proposal.digest, by=by))

    def close(self) -> list[Event]:
        return self.tell(makers.a_session(Phase.CLOSED))


def limits(settings: Settings = NOW, **policy: Any) -> Settings:
    return replace(settings, policy=replace(settings.policy, **policy))


LOOSER = limits(order_qty_max=Decimal(80))
TIGHTER = limits(order_qty_max=Decimal(20))
MIXED = limits(order_qty_max=Decimal(80), order_notional_max_usd=Decimal(1_000))


def test_a_tighter_limit_refuses_the_next_order() -> None:
    owner = Owner()
    events = owner.write(TIGHTER)
    assert [type(event) for event in events] == [ConfigAccepted, SettingsActivated]
    assert (owner.book.settings, owner.book.settings_version) == (TIGHTER, "v1")
    assert the(owner.submit(qty=21), IntentRefused).reason is Reason.RISK_ORDER_QUANTITY


def test_a_looser_limit_waits_for_a_person_and_for_the_close() -> None:
    owner = Owner()
    proposed = the(owner.write(LOOSER), SettingsProposed)
    (change,) = proposed.changes
    assert (change.key, change.before, change.after) == ("policy.order_qty_max", "50", "80")
    assert of(owner.submit(qty=51), IntentRefused)
    assert [type(event) for event in owner.approve()] == [SettingsApproved]
    assert of(owner.submit(qty=51, price="500.01"), IntentRefused)
    activated = the(owner.close(), SettingsActivated)
    assert (activated.settings, activated.proposal) == (LOOSER, proposed.digest)
    assert owner.book.config.proposal is None


def test_a_market_that_never_closes_ends_its_sessions_all_the_same() -> None:
    owner = Owner(replace(NOW, primary_calendar="24/7"))
    owner.write(replace(LOOSER, primary_calendar="24/7"))
    assert not of(owner.approve(), SettingsActivated)
    again = makers.a_session(calendar="24/7")
    assert not of(owner.tell(replace(again, opens=makers.at(0))), SettingsActivated)
    the(owner.tell(replace(again, session="2026-08-25")), SettingsActivated)


def test_where_settings_say_so_an_approval_is_enough() -> None:
    owner = Owner(replace(NOW, loosen=Loosen.APPROVED))
    owner.write(replace(LOOSER, loosen=Loosen.APPROVED))
    the(owner.approve(), SettingsActivated)
    assert of(owner.submit(qty=51), OrderSubmitted)


def test_a_looser_file_cannot_let_itself_in() -> None:
    """That it may come in by day, and by one person, are looser settings themselves."""
    owner = Owner(replace(NOW, approvers_min=2))
    owner.write(replace(LOOSER, loosen=Loosen.APPROVED, approvers_min=1))
    owner.approve("one")
    assert owner.book.settings.approvers_min == 2
    owner.approve("another")
    assert owner.book.settings.policy == NOW.policy
    the(owner.close(), SettingsActivated)


def test_what_is_tighter_of_a_mixed_file_decides_at_once() -> None:
    owner = Owner()
    events = owner.write(MIXED)
    activated = the(events, SettingsActivated)
    assert activated.settings == limits(order_notional_max_usd=Decimal(1_000))
    assert activated.version not in ("v1", "test")
    assert [c.key for c in the(events, SettingsProposed).changes] == ["policy.order_qty_max"]
    owner.approve()
    owner.close()
    assert (owner.book.settings, owner.book.settings_version) == (MIXED, "v1")


@pytest.mark.parametrize("again", [LOOSER, MIXED])
def test_the_same_file_again_changes_nothing(again: Settings) -> None:
    """A restart reads the same file: what waits goes on waiting, and who approved has approved."""
    owner = Owner()
    owner.write(again)
    owner.approve()
    before = owner.book.config.proposal
    assert not owner.write(again, version="v1", hash="h1")
    assert owner.book.config.proposal == before
    assert owner.book.config.approved_by == ("owner",)


def test_a_newer_file_takes_the_place_of_a_proposal() -> None:
    owner = Owner()
    first = the(owner.write(LOOSER), SettingsProposed)
    events = owner.write(limits(order_qty_max=Decimal(90)))
    dropped = the(events, SettingsDropped)
    assert (dropped.digest, dropped.reason) == (first.digest, Reason.POLICY_SUPERSEDED)
    assert the(events, SettingsProposed).digest != first.digest
    refused = the(owner.tell(ApproveSettings(target=first.digest, by="owner")), ApprovalRefused)
    assert refused.reason is Reason.POLICY_NO_PROPOSAL


def test_the_old_file_again_ends_a_proposal() -> None:
    owner = Owner()
    owner.write(LOOSER)
    events = owner.write(NOW, version="test")
    assert [type(event) for event in events] == [ConfigAccepted, SettingsDropped]
    assert owner.book.config.proposal is None


def test_a_person_may_say_no() -> None:
    owner = Owner()
    digest = the(owner.write(LOOSER), SettingsProposed).digest
    dropped = the(
        owner.tell(RejectSettings(target=digest, reason="too much", by="owner")), SettingsDropped
    )
    assert (dropped.reason, dropped.by, dropped.detail) == (
        Reason.POLICY_REJECTED, "owner", "too much"
    )
    owner.close()
    assert owner.book.settings == NOW


@pytest.mark.parametrize("answer", [
    ApproveSettings(target="other", by="owner"),
    RejectSettings(target="other", by="owner", reason="no"),
])
def test_an_answer_names_the_very_changes(answer: Any) -> None:
    owner = Owner()
    owner.write(LOOSER)
    assert the(owner.tell(answer), ApprovalRefused).reason is Reason.POLICY_NO_PROPOSAL
    assert owner.book.config.proposal is not None


def test_nobody_approves_twice() -> None:
    owner = Owner(replace(NOW, approvers_min=2, loosen=Loosen.APPROVED))
    owner.write(replace(LOOSER, approvers_min=2, loosen=Loosen.APPROVED))
    owner.approve("one")
    assert the(owner.approve("one"), ApprovalRefused).reason is Reason.POLICY_SAME_APPROVER
    assert of(owner.approve("another"), SettingsActivated)


def test_the_first_configuration_of_all_just_decides() -> None:
    owner = Trader.__new__(Owner)
    owner.__dict__.update(seconds=0, facts=makers.some_facts(), events=[], files=0)
    owner.book = makers.Book()
    owner.write(LOOSER)
    assert (owner.book.settings, owner.book.config.number) == (LOOSER, 1)
    assert owner.book.config.proposal is None


def test_an_unknown_market_is_no_closed_one() -> None:
    owner = Owner()
    owner.write(LOOSER)
    owner.book.markets.clear()
    owner.approve()
    assert owner.book.settings == NOW


def test_activating_settings_ends_what_waited() -> None:
    owner = Owner()
    owner.write(LOOSER)
    events = owner.tell(ActivateSettings(settings=TIGHTER, version="2"))
    assert [type(event) for event in events] == [SettingsDropped, SettingsActivated]
