"""Does the desk's policy, and its calendar of events, reach the core as it was written?"""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.config_texts import a_config, at_home, problems

from tradebot.core.model.desk_policy import (
    DeskEvent,
    DeskEvents,
    EventKind,
    Excess,
    StructureRule,
)
from tradebot.core.model.strategy_type import StrategyType

__all__ = ["at_home"]
pytestmark = pytest.mark.usefixtures("at_home")

CALENDAR = """\
known_until: 2027-03-31
dates:
  - {at: 2027-01-27T14:00:00-05:00}
  - {at: 2027-01-21T21:05:00Z, kind: earnings, symbols: [IBM], hours_before: 48}
"""
KNOWN = DeskEvents(known_until=date(2027, 3, 31), dates=(
    DeskEvent(at=datetime(2027, 1, 27, 19, tzinfo=UTC)),
    DeskEvent(
        at=datetime(2027, 1, 21, 21, 5, tzinfo=UTC), kind=EventKind.EARNINGS, symbols=("IBM",),
        hours_before=48,
    ),
))


def test_events_stand_in_a_file_beside_the_policy_wherever_that_is() -> None:
    Path("limits").mkdir()
    Path("limits/policy.yaml").write_text("desk: {events: days.yaml}\n")
    Path("limits/days.yaml").write_text(CALENDAR)
    assert a_config("policy: limits/policy.yaml\n").decisive().desk.events == KNOWN
    Path("days.yaml").write_text(CALENDAR)
    assert a_config("policy: {desk: {events: days.yaml}}\n").decisive().desk.events == KNOWN
    inline = CALENDAR.replace("\n", "\n      ")
    assert a_config(f"policy:\n  desk:\n    events:\n      {inline}\n").policy.desk.events == KNOWN


def test_another_day_is_another_policy() -> None:
    Path("days.yaml").write_text(CALENDAR)
    before = a_config("policy: {desk: {events: days.yaml}}\n").settings_hash
    Path("days.yaml").write_text(CALENDAR.replace("01-27", "01-28"))
    assert a_config("policy: {desk: {events: days.yaml}}\n").settings_hash != before


def test_rules_that_are_named_are_the_only_ones() -> None:
    rule = "{strategy: iron_condor, iv_rank_min: 0.4}"
    desk = a_config(f"policy: {{desk: {{structures: [{rule}]}}}}\n").policy.desk
    known = StructureRule(strategy=StrategyType.IRON_CONDOR, iv_rank_min=Decimal("0.4"))
    assert desk.structures == (known,)
    assert desk.rule_for(StrategyType.LONG_CALL) is None


def test_a_limit_on_greeks_may_be_none_and_an_excess_may_warn() -> None:
    greeks = a_config("policy: {desk: {greeks: {excess: warn, vega_max_frac: null}}}\n")
    assert greeks.policy.desk.greeks.vega_max_frac is None
    assert greeks.policy.desk.greeks.excess is Excess.WARN


@pytest.mark.parametrize(("text", "expected"), [
    ("dates: [{at: 2027-01-27}]\n", "days.yaml:1: policy.desk.events.dates[0].at: expected a time "
     "with its offset such as 2026-11-27T14:30:00Z, got '2027-01-27'"),
    ("known_until: soon\n",
     "days.yaml:1: policy.desk.events.known_until: expected a day such as 2026-11-27, got 'soon'"),
    ("dates:\n  - {at: 2027-01-27T19:00:00Z, kind: earnings}\n",
     "days.yaml:2: policy.desk.events.dates[0].symbols: expected the company whose earnings these "
     "are, got none"),
    ("dates:\n  - {at: 2027-01-27T19:00:00Z, symbols: [ibm]}\n",
     "days.yaml:2: policy.desk.events.dates[0].symbols[0]: expected a symbol in capitals such as "
     "SPY, got 'ibm'"),
    ("dates:\n\n  - {at: 2027-01-27T19:00:00Z, hours_after: -1}\n",
     "days.yaml:3: policy.desk.events.dates[0].hours_after: expected at least 0, got '-1'"),
])
def test_a_mistake_in_the_calendar_is_told_with_its_line(text: str, expected: str) -> None:
    Path("days.yaml").write_text(text)
    assert problems("policy: {desk: {events: days.yaml}}\n") == [expected]


@pytest.mark.parametrize(("desk", "expected"), [
    ("{events: gone.yaml}", "c.yaml:1: policy.desk.events: expected a file (looked for gone.yaml) "
     "or a section of dates, got 'gone.yaml'"),
    ("{spread_max_frac: 5}",
     "c.yaml:1: policy.desk.spread_max_frac: expected a fraction from 0 to 1, got '5'"),
    ("{greeks: {delta_max_frac: -1}}",
     "c.yaml:1: policy.desk.greeks.delta_max_frac: expected a fraction from 0 to 1, got '-1'"),
    ("{structures: [{strategy: collar}, {strategy: collar}]}",
     "c.yaml:1: policy.desk.structures[0].strategy: expected one rule a structure, got 'collar'"),
    ("{structures: [{strategy: collar, iv_rank_min: 30}]}",
     "c.yaml:1: policy.desk.structures[0].iv_rank_min: expected a fraction from 0 to 1, got '30'"),
    ("{structures: [{strategy: collar, days_min: 40, days_max: 30}]}",
     "c.yaml:1: policy.desk.structures[0].days_max: expected at least days_min, 40, got '30'"),
    ("{structures: [{strategy: collar, quantity_max: 0}]}",
     "c.yaml:1: policy.desk.structures[0].quantity_max: expected more than 0, got '0'"),
])
def test_a_rule_that_nobody_can_mean_is_told(desk: str, expected: str) -> None:
    assert expected in problems(f"policy: {{desk: {desk}}}\n")
