"""Does what the ratchet calls tighter let no order pass that was refused before? By brute force.

Many situations are drawn: what is held, quoted, sent, approved and known. In each an order walks
all stages under settings that differ in one field, and under mixtures of many fields.
"""

from dataclasses import dataclass
from functools import cache
from itertools import permutations
from random import Random
from typing import Any

import pytest
from tests.properties.setting_values import BESIDE, ELSEWHERE, VALUES
from tests.properties.situations import Situation, a_situation, leaves, put

from tradebot.core import ratchet
from tradebot.core.model.settings import (
    Settings,
)

SITUATIONS = 60


@cache
def situations() -> tuple[Situation, ...]:
    """Draw those in which something passes: what is refused by all has nothing to tell."""
    found: list[Situation] = []
    rng = Random(8)
    while len(found) < SITUATIONS:
        drawn = a_situation(rng)
        if drawn.passes(drawn.base):
            found.append(drawn)
    return tuple(found)


@dataclass(frozen=True)
class Sides:
    """Which of two values of a field let an order pass that the other refused."""

    before: Any
    after: Any
    base: Settings


@cache
def seen(path: str) -> tuple[Sides, ...]:
    """Find, by walking, all pairs of values of which the second passed what the first refused."""
    found = []
    for situation in situations():
        base = situation.base
        for other, value in BESIDE.get(path, {}).items():
            base = put(base, other, value)
        passed = [(value, situation.passes(put(base, path, value))) for value in VALUES[path]]
        found += [
            Sides(one, other, base)
            for (one, first), (other, second) in permutations(passed, 2) if second and not first
        ]
    return tuple(found)


def wrong(path: str, rules: ratchet.Rule = ratchet.RULES) -> list[Sides]:
    """Return what the walks and the ratchet do not agree about: it lets something in."""
    return [
        sides for sides in seen(path)
        if rules.tightest(
            put(sides.base, path, sides.before), put(sides.base, path, sides.after)
        ) == put(sides.base, path, sides.after)
    ]


def test_every_setting_is_walked_or_known_to_be_no_gates() -> None:
    ladder = {path for path in leaves(Settings()) if path.startswith("ladder.live")}
    assert {*leaves(Settings())} - ladder == VALUES.keys() | ELSEWHERE.keys()


@pytest.mark.fault(88)
@pytest.mark.parametrize("path", VALUES)
def test_no_change_that_takes_effect_at_once_lets_pass_what_was_refused(path: str) -> None:
    assert seen(path), "no situation tells its values apart: this test could not fail"
    assert not wrong(path)


class Planted:
    """A rule that takes the looser of two values for the tighter."""

    def __init__(self, rule: ratchet.Rule) -> None:
        self.rule = rule

    def tightest(self, before: Any, after: Any) -> Any:
        return after if self.rule.tightest(before, after) == before else before


def with_planted(rules: Any, path: str) -> ratchet.Rule:
    name, _, rest = path.partition(".")
    rule = rules.rules[name]
    planted = with_planted(rule, rest) if rest else Planted(rule)
    return type(rules)({**rules.rules, name: planted})  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", VALUES)
def test_a_wrong_side_is_found_out(path: str) -> None:
    assert wrong(path, with_planted(ratchet.RULES, path))


def test_no_mixture_lets_pass_what_was_refused() -> None:
    """What is tighter of many changes at once decides at once: also together it lets nothing in."""
    rng = Random(88)
    tightened = 0
    for situation in situations() * 6:
        before = after = situation.base
        for path in rng.sample(list(VALUES), rng.choice([2, 5, 20])):
            before = put(before, path, rng.choice(VALUES[path]))
            after = put(after, path, rng.choice(VALUES[path]))
        now = ratchet.tightest(before, after)
        was, goes = situation.passes(before), situation.passes(now)
        assert was or not goes, ratchet.changes(before, now)
        tightened += was and not goes
    assert tightened > 20
