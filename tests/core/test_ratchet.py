"""Does every setting have a side that is safe, and is its table complete?"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests import makers

from tradebot.core import ratchet
from tradebot.core.model.config import Direction
from tradebot.core.model.desk_policy import (
    DeskEvent,
    DeskEvents,
    DeskPolicy,
    Excess,
    GreekLimits,
    StructureRule,
)
from tradebot.core.model.settings import (
    Correlated,
    Loosen,
    Mode,
    Policy,
    Promotion,
    PromotionCap,
    Sector,
    Settings,
)
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.model.trust import Trust, TrustLadder, TrustStep
from tradebot.core.model.window import PromotionWindow, Weekday

CONDOR = StructureRule(strategy=StrategyType.IRON_CONDOR, days_min=30, iv_rank_max=None)
CALL = StructureRule(strategy=StrategyType.COVERED_CALL)
MORNING = PromotionWindow(name="morning", orders_max=3)
EVENING = PromotionWindow(name="evening")
EARNINGS = DeskEvent(at=datetime(2026, 9, 1, tzinfo=UTC), symbols=("IBM",))


def with_policy(**changes: Any) -> Settings:
    return Settings(policy=Policy(**changes))


def with_desk(**changes: Any) -> Settings:
    return with_policy(desk=DeskPolicy(**changes))


def unnamed(rule: ratchet.Rule, kind: type, path: str = "") -> Iterator[str]:
    """Name every field that its table does not, and every row that names none."""
    if isinstance(rule, ratchet.Named):
        rule = rule.each
    if not isinstance(rule, ratchet.FieldsOf):
        return
    known = {field.name: field for field in fields(kind)}
    yield from (f"{path}.{name}" for name in known.keys() ^ rule.rules.keys())
    for name, inner in rule.rules.items():
        default = getattr(kind(), name) if name in known and not MADE.get(name) else None
        made = MADE.get(name) or (type(default) if is_dataclass(default) else None)
        if made is not None:
            yield from unnamed(inner, made, f"{path}.{name}")


class _Window(PromotionWindow):
    def __init__(self) -> None:
        super().__init__(name="")


class _Cap(PromotionCap):
    def __init__(self) -> None:
        super().__init__(name="", order_qty_max=Decimal(1))


class _Structure(StructureRule):
    def __init__(self) -> None:
        super().__init__(strategy=StrategyType.IRON_CONDOR)


MADE: dict[str, type] = {"windows": _Window, "caps": _Cap, "structures": _Structure}


def test_every_setting_has_a_side() -> None:
    assert not list(unnamed(ratchet.RULES, Settings))


def test_a_setting_that_nobody_thought_of_waits() -> None:
    empty = ratchet.FieldsOf({})
    after = replace(Settings(), order_timeout_s=1)
    assert empty.tightest(Settings(), after) == Settings()
    (change,) = empty.changes("", Settings(), after)
    assert change.direction is Direction.LOOSER


EITHER_WAY: list[tuple[Settings, Settings]] = [  # the second one is the tighter
    (with_policy(), with_policy(order_qty_max=Decimal(1))),
    (with_policy(), with_policy(linear_shock_frac=Decimal("0.5"))),
    (with_policy(), with_policy(blackout_symbols=("SPY",))),
    (with_policy(trade_outside_hours=("XNYS", "XETR")), with_policy(trade_outside_hours=("XETR",))),
    (with_desk(naked_puts=True), with_desk()),
    (with_desk(earnings_known=False), with_desk()),
    (with_desk(structures=(CONDOR, CALL)), with_desk(structures=(CONDOR,))),
    (with_desk(structures=(CONDOR,), unlisted=True),
     with_desk(structures=(CONDOR, CALL), unlisted=True)),
    (with_desk(structures=(CONDOR,)), with_desk(structures=(replace(CONDOR, days_min=31),))),
    (with_desk(structures=(CONDOR,)),
     with_desk(structures=(replace(CONDOR, iv_rank_max=Decimal("0.5")),))),
    (with_desk(events=DeskEvents(known_until=date(2026, 9, 9))), with_desk(events=DeskEvents())),
    (with_desk(), with_desk(events=DeskEvents(dates=(EARNINGS,)))),
    (with_desk(events=DeskEvents(dates=(EARNINGS,))),
     with_desk(events=DeskEvents(dates=(replace(EARNINGS, symbols=(), hours_before=48),)))),
    (with_desk(greeks=GreekLimits(excess=Excess.WARN)), with_desk()),
    (with_desk(greeks=GreekLimits(vega_max_frac=None)), with_desk()),
    (Settings(mode=Mode.PAPER), Settings(mode=Mode.STAGE)),
    (Settings(promotion=Promotion.HYBRID), Settings(promotion=Promotion.AUTO_WINDOW)),
    (Settings(promotion=Promotion.DISABLED), Settings(promotion=Promotion.MANUAL)),
    (Settings(eligible=("sma", "rsi")), Settings(eligible=("rsi",))),
    (Settings(), Settings(caps=(PromotionCap(name="sma", order_qty_max=Decimal(1)),))),
    (Settings(windows=(MORNING, EVENING)), Settings(windows=(EVENING,))),
    (Settings(windows=(MORNING,)), Settings(windows=(replace(MORNING, orders_max=2),))),
    (Settings(windows=(EVENING,)), Settings(windows=(replace(EVENING, enabled=False),))),
    (Settings(windows=(EVENING,)), Settings(windows=(replace(EVENING, strategies=("sma",)),))),
    (Settings(windows=(EVENING,)), Settings(windows=(replace(EVENING, weekdays=(Weekday.MON,)),))),
    (Settings(approvers_min=1), Settings(approvers_min=2)),
    (Settings(staging=True), Settings(staging=False)),
    (Settings(trust=Trust.OFF), Settings(trust=Trust.REQUIRED)),
    (Settings(), Settings(ladder=TrustLadder(paper=TrustStep(orders_min=21)))),
    (Settings(loosen=Loosen.APPROVED), Settings()),
]


@pytest.mark.parametrize(("loose", "tight"), EITHER_WAY)
def test_the_tight_side_decides_at_once_and_the_other_waits(
    loose: Settings, tight: Settings
) -> None:
    assert ratchet.tightest(loose, tight) == tight
    assert ratchet.tightest(tight, loose) == tight
    (tighter,), (looser,) = ratchet.changes(loose, tight), ratchet.changes(tight, loose)
    assert (tighter.direction, looser.direction) == (Direction.TIGHTER, Direction.LOOSER)
    assert (tighter.key, tighter.before, tighter.after) == (looser.key, looser.after, looser.before)


BOTH_WAYS: list[tuple[Settings, Settings]] = [
    (Settings(), Settings(record_all=True)),
    (with_policy(), with_policy(drawdown_warn_frac=Decimal("0.01"))),
    (Settings(eligible=("sma", "rsi")), Settings(eligible=("rsi", "sma"))),
    (Settings(mode=Mode.LIVE_BLOCKED), Settings(mode=Mode.STAGE)),
]


@pytest.mark.parametrize(("one", "other"), BOTH_WAYS)
def test_what_lets_no_order_pass_is_neutral(one: Settings, other: Settings) -> None:
    for before, after in ((one, other), (other, one)):
        assert ratchet.tightest(before, after) == after
        assert {c.direction for c in ratchet.changes(before, after)} == {Direction.NEUTRAL}


NEITHER_WAY: list[tuple[Settings, Settings]] = [
    (Settings(mode=Mode.PAPER), Settings(mode=Mode.MOCK)),
    (Settings(promotion=Promotion.DISABLED), Settings(promotion=Promotion.HYBRID)),
    (Settings(promotion=Promotion.MANUAL), Settings(promotion=Promotion.AUTO_WINDOW)),
    (Settings(routes=("paper",)), Settings(routes=("mock",))),
    (with_policy(), with_policy(sectors=(Sector(name="tech", symbols=("IBM",)),))),
    (with_policy(), with_policy(correlated=(
        Correlated(symbols=("IBM", "SPY"), correlation_frac=Decimal("0.9")),
    ))),
    (Settings(windows=(MORNING,)), Settings(windows=(replace(MORNING, starts="open+5m"),))),
    (Settings(windows=(replace(MORNING, strategies=("sma",)),)),
     Settings(windows=(replace(MORNING, strategies=("rsi",)),))),
]


@pytest.mark.parametrize(("one", "other"), NEITHER_WAY)
def test_what_lets_other_orders_pass_waits_either_way(one: Settings, other: Settings) -> None:
    for before, after in ((one, other), (other, one)):
        assert ratchet.tightest(before, after) == before
        assert {c.direction for c in ratchet.changes(before, after)} == {Direction.LOOSER}


def test_of_a_mixed_change_only_the_tighter_half_is_taken() -> None:
    before = with_desk(structures=(CONDOR, CALL), naked_puts=True)
    after = with_desk(structures=(replace(CONDOR, days_min=40, days_max=None, quantity_max=20),))
    assert ratchet.tightest(before, after) == with_desk(
        structures=(replace(CONDOR, days_min=40),)
    )
    told = {change.key.removeprefix("policy.desk."): change.direction.value
            for change in ratchet.changes(before, after)}
    assert told == {
        "structures.iron_condor.days_min": "tighter", "structures.covered_call": "tighter",
        "structures.iron_condor.quantity_max": "looser", "naked_puts": "tighter",
    }


def test_two_windows_of_a_name_wait_for_someone_who_knows_which() -> None:
    twice = Settings(windows=(MORNING, MORNING))
    assert ratchet.tightest(twice, Settings()) == twice


def test_an_event_that_is_moved_holds_at_both_times_until_someone_looked() -> None:
    later = replace(EARNINGS, at=EARNINGS.at + timedelta(days=30))
    before, after = (with_desk(events=DeskEvents(dates=(day,))) for day in (EARNINGS, later))
    found = ratchet.tightest(before, after).desk.events.dates
    assert found == (later, EARNINGS)


def test_values_are_told_in_words() -> None:
    before = makers.some_settings()
    changes = ratchet.changes(before, replace(
        before, windows=(MORNING,), policy=replace(before.policy, order_qty_max=Decimal("5.50")),
    ))
    assert {(c.key, c.before, c.after) for c in changes} == {
        ("policy.order_qty_max", "10000", "5.5"), ("windows.morning", "none",
         "name=morning orders_max=3"),
    }
