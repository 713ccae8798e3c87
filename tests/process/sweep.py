"""What becomes of a daemon that is cut off, or whose disk fails, at each of its steps?

Every point is a story of several lives: one that is hit, recoveries that are hit as well, and one
that nobody disturbs. After each death, and in the end, the judge looks at what is there.
"""

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.process import judge
from tests.process.lives import Ended, Place
from tests.process.saboteur import Blow, errors, ways

from tradebot.shell.journal.damage import JournalDamaged

UNTIL, UNTIL_THE_END = "14:35:50", "14:40:50"  # the last life has minutes of its own to trade
RECOVERY_STEPS: Final = 40  # so far into a life the next blows fall
EXIT_FAILED: Final = 70
MAY_END_WITH: Final = {0, 1, 4, EXIT_FAILED}
IS_TRADING, IS_HALTED = "-> TRADING", "-> HALTED"


@dataclass(frozen=True)
class Point:
    """One blow, and the step that it fell on when nobody disturbed."""

    step: str
    blow: Blow

    def __str__(self) -> str:
        return f"{self.blow.how} at step {self.blow.at}, {self.step}"


@dataclass
class Outcome:
    """What a sweep found, summed up."""

    struck: int = 0  # points at which a life was hit
    again: int = 0  # recoveries that were hit
    missed: int = 0  # points that a life never came to
    ends: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def rehearsed(directory: Path, seed: int) -> Sequence[str]:
    """Live once without a blow, and return the steps."""
    place = Place(directory, seed)
    ended = place.live(UNTIL)
    assert ended.code == 0, place.told()
    wrong = list(judge.in_the_end(place.home))
    assert not wrong, wrong
    shutil.rmtree(directory)
    return ended.steps


def points(steps: Sequence[str], hows: Callable[[str], Sequence[str]]) -> list[Point]:
    """List every way in which each step can be hit."""
    return [
        Point(step, Blow(number, how))
        for number, step in enumerate(steps, 1) for how in hows(step)
    ]


def chosen(found: Sequence[Point], count: int, seed: int) -> list[Point]:
    """Take so many: of every kind of step and blow first one, then another, as long as it lasts."""
    seen: Counter[tuple[str, str]] = Counter()
    ranked = []
    for point in sorted(found, key=lambda point: _chance(seed, str(point))):
        kind = (_kind(point.step), point.blow.how)
        seen[kind] += 1
        ranked.append((seen[kind], _chance(seed, str(point)), point))
    return [point for _, _, point in sorted(ranked, key=lambda ranked: ranked[:2])[:count]]


def kills(directory: Path, todo: Sequence[Point], seed: int, stop_at: float) -> Outcome:
    """Kill at each point, and see that the next life goes on."""
    outcome = Outcome()
    for point in todo:
        if time.monotonic() >= stop_at:
            break
        place = Place(directory, seed)
        _note(outcome, place, point, _killed(place, point, seed, outcome))
    return outcome


def failures(directory: Path, todo: Sequence[Point], seed: int, stop_at: float) -> Outcome:
    """Let the disk fail at each point, and see that the daemon stops, or does without."""
    outcome = Outcome()
    for point in todo:
        if time.monotonic() >= stop_at:
            break
        place = Place(directory, seed)
        _note(outcome, place, point, _failed(place, point, outcome))
    return outcome


def _killed(place: Place, point: Point, seed: int, outcome: Outcome) -> Iterator[str]:
    ended = place.live(UNTIL, point.blow)
    if not ended.was_killed:
        outcome.missed += 1
        yield from _unless_done(place, ended)
        return
    outcome.struck += 1
    outcome.kinds[f"{point.blow.how}: {_kind(point.step)}"] += 1
    yield from judge.at_rest(place.home)
    for number in range(_chance(seed, str(point)) % 2):
        at = 1 + _chance(seed, f"{point}, again {number}") % RECOVERY_STEPS
        ended = place.live(UNTIL, Blow(at, "before"), again=True)
        outcome.again += ended.was_killed
        yield from judge.at_rest(place.home)
    yield from _goes_on(place)


def _goes_on(place: Place) -> Iterator[str]:
    before = len(judge.past_of(place.home))
    yield from _unless_done(place, place.live(UNTIL_THE_END, again=True))
    yield from judge.in_the_end(place.home)
    if not judge.orders_in(judge.past_of(place.home), before):
        yield "it does not trade any more"


def _failed(place: Place, point: Point, outcome: Outcome) -> Iterator[str]:
    ended = place.live(UNTIL, point.blow)
    outcome.struck += 1
    outcome.kinds[f"{point.blow.how}: {_kind(point.step)}"] += 1
    outcome.ends[str(ended.code)] += 1
    if ended.code not in MAY_END_WITH:
        yield f"ended with {ended.code}: {place.told()[-600:]}"
    if "Traceback" in place.told():
        yield f"a traceback: {place.told()[-900:]}"
    yield from judge.at_rest(place.home)
    must_halt = ended.code == EXIT_FAILED and IS_TRADING in place.told()
    before = len(judge.past_of(place.home))
    yield from _unless_done(place, place.live(UNTIL_THE_END, again=True))
    yield from judge.in_the_end(place.home)
    is_halted, sent = IS_HALTED in place.told(), judge.orders_in(judge.past_of(place.home), before)
    if must_halt and not is_halted:
        yield "it is not halted after a failure, though nobody has said that it may go on"
    if is_halted == bool(sent):
        yield f"it is halted: {is_halted}, and sent: {sent}"


def _unless_done(place: Place, ended: Ended) -> Iterator[str]:
    if ended.code != 0:
        yield f"a life that nobody disturbed ended with {ended.code}: {place.told()[-600:]}"


def _note(outcome: Outcome, place: Place, point: Point, story: Iterator[str]) -> None:
    """Play a story, and keep the directory of one that goes wrong."""
    wrong = []
    try:
        wrong.extend(story)
    except JournalDamaged as error:
        wrong.append(f"the journal is damaged: {error}")
    outcome.violations.extend(f"{point}: {text}" for text in wrong)
    if wrong:
        kept = place.directory.with_name(f"step-{point.blow.at}-{point.blow.how}")
        place.directory.rename(kept)
    else:
        shutil.rmtree(place.directory)


def _kind(step: str) -> str:
    """Say what a step is about, whichever segment it is."""
    return step.replace("00000001", "N").replace("00000002", "N").replace("00000003", "N")


def _chance(seed: int, what: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed} {what}".encode(), digest_size=6).digest())


KILLING: Final = (kills, ways)
FAILING: Final = (failures, errors)
