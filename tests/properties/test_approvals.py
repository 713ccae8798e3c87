"""Is no order sent without the yes that it needs? Long random days with people who answer."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

import pytest
from tests import makers
from tests.properties.broker_truth import BrokerTruth
from tests.properties.checks import (
    deciding_again_gives_the_same_events,
    refold_gives_the_same_book,
    the_money_is_what_the_broker_moved,
)
from tests.properties.walk import Day

from tradebot.core.model import commands as c
from tradebot.core.model import events as e
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Mode, Policy, Promotion, Settings
from tradebot.shell.audit.trail import Trails
from tradebot.shell.journal.decision import Decision

SEEDS: Final = range(24)
STEPS: Final = 500


class Answered(Day):
    """A day in which people answer drafts, rightly and wrongly, and the mode changes."""

    def _command(self) -> c.Command | None:
        dice = self.rng.random()
        held = [s for s in self.book.intents.open.values() if s.held is not None]
        if dice < 0.2 and held:
            state = self.rng.choice(held)
            digest = state.body.digest() if self.rng.random() < 0.8 else "another"
            return c.Approve(target=state.intent_id, digest=digest, by="walk")
        if dice < 0.22 and held:
            return c.Reject(target=self.rng.choice(held).intent_id, reason="dice", by="walk")
        if dice < 0.26 and held:
            qty = Decimal(self.rng.randint(1, 40))
            return c.Revise(target=self.rng.choice(held).intent_id, order_qty=qty, by="walk")
        return super()._command()

    def _settings(self) -> c.ActivateSettings:
        command = super()._settings()
        settings = replace(
            command.settings, mode=self.rng.choice([Mode.STAGE, Mode.PAPER]),
            promotion=self.rng.choice(
                [Promotion.MANUAL, Promotion.MANUAL, Promotion.HYBRID, Promotion.DISABLED]
            ),
            approval_ttl_s=self.rng.choice([2, 20, 3_600]),
            draft_ttl_s=self.rng.choice([1, 60, 3_600]), staging=self.rng.random() < 0.95,
        )
        return replace(command, settings=settings)


def an_answered_day(seed: int) -> Answered:
    rng = Random(seed)
    multipliers = {i.symbol: i.multiplier for i in makers.some_instruments()}
    day = Answered(rng, BrokerTruth(rng, multipliers))
    settings = makers.some_settings(
        promotion=Promotion.MANUAL, policy={"order_notional_max_usd": Decimal(90_000)}
    )
    for command in makers.a_morning(settings)[:-1]:
        day.decide(command)
    day.decide(makers.a_route(statement=makers.a_statement(1_000_000)))
    for _ in range(STEPS):
        day.step()
    return day


def account_for(day: Day) -> Counter[str]:
    """Follow every yes on its own: what it was for, until when, and the one order that used it."""
    settings, staged, seen = Settings(), set[str](), Counter[str]()
    standing: dict[str, e.IntentApproved] = {}
    limits: dict[str, Policy] = {}
    for line in day.journal:
        for event in line.events:
            match event:
                case e.SettingsActivated():
                    settings = event.settings
                case e.IntentHeld(reason=Reason.POLICY_STAGED):
                    staged.add(event.intent_id)
                case e.IntentReceived(revises=str(old)):
                    staged.add(event.intent_id)
                    superseded = {
                        later.intent_id for later in line.events
                        if isinstance(later, e.IntentRefused)
                        and later.reason is Reason.POLICY_SUPERSEDED
                    }
                    stands = event.intent_id in {
                        later.intent_id for later in line.events if isinstance(later, e.IntentHeld)
                    }
                    assert superseded == ({old} if stands else set())
                    seen["revised"] += stands
                case e.IntentApproved():
                    assert line.at < event.until
                    standing[event.intent_id], limits[event.intent_id] = event, settings.policy
                    seen["approved"] += 1
                case e.ApprovalLapsed():
                    given = standing.pop(event.intent_id)
                    is_over, is_other = given.until <= line.at, (
                        limits[event.intent_id] != settings.policy
                    )
                    assert is_over == (event.reason is Reason.POLICY_APPROVAL_EXPIRED) or is_other
                    assert is_other == (event.reason is Reason.POLICY_OTHER_SETTINGS)
                    seen[event.reason] += 1
                case e.IntentRefused():
                    seen["refused"] += standing.pop(event.intent_id, None) is not None
                case e.OrderSubmitted():
                    assert settings.mode is not Mode.STAGE
                    given = standing.pop(event.intent_id, None)
                    if settings.promotion is not Promotion.DISABLED or event.intent_id in staged:
                        assert given is not None, "sent without a yes"
                        assert given.digest == event.intent.digest()
                        assert line.at < given.until
                        assert limits[event.intent_id] == settings.policy
                        seen["used"] += 1
    reserved = sum((given.reserved for given in standing.values()), Decimal(0))
    at_risk = sum((given.risk for given in standing.values()), Decimal(0))
    assert day.book.intents.reserved.get(makers.ACCOUNT, Decimal(0)) == reserved
    assert day.book.intents.at_risk.get(makers.ACCOUNT, Decimal(0)) == at_risk
    assert day.book.intents.approvals == len(standing)
    return seen


def an_auditor_finds_nothing(day: Day) -> None:
    trails = Trails()
    for seq, line in enumerate(day.journal, 1):
        trails.take(Decision(seq, line.at, line.command, tuple(line.events)))
    assert not trails.findings


@pytest.mark.promise(23)
@pytest.mark.fault(90)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_order_that_needs_a_yes_has_one_of_its_own(seed: int) -> None:
    day = an_answered_day(seed)
    account_for(day)
    an_auditor_finds_nothing(day)
    refold_gives_the_same_book(day)
    deciding_again_gives_the_same_events(day)
    the_money_is_what_the_broker_moved(day)


def test_the_days_hold_what_the_check_looks_for() -> None:
    seen = sum((account_for(an_answered_day(seed)) for seed in range(12)), Counter())
    assert min(seen[what] for what in (
        "approved", "used", "refused", "revised", Reason.POLICY_APPROVAL_EXPIRED,
        Reason.POLICY_OTHER_SETTINGS, Reason.POLICY_OTHER_PRICE,
    )) >= 3, seen
