"""Which promises does every broker keep? A case is a sentence: the name of a function.

It says by words what it needs of a broker; a broker that lacks one, or a bench that tells why it
cannot, is declared "not supported", and never skipped in silence.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from tests.conformance.bench import Bench
from tests.conformance.desk import Desk
from tests.conformance.port import Port
from tests.fakes.faults import ALL

from tradebot.core.model.capabilities import Capabilities, FillsSince, IdMemory, ReplaceKind

MORNING: Final = datetime(2026, 8, 24, 14, 30, tzinfo=UTC)  # a Monday, half past ten in New York
EARLY: Final = MORNING - timedelta(hours=2)  # an hour before the open

Play: TypeAlias = Callable[[Any], Awaitable[None]]

ABILITIES: Final[Mapping[str, tuple[Callable[[Capabilities], bool], str]]] = {
    "changes": (lambda can: can.replaces is not ReplaceKind.NONE, "it changes no order"),
    "combos": (lambda can: can.legs_max > 1, "it takes single orders only"),
    "fractions": (lambda can: bool(can.fractional), "it takes whole units only"),
    "early and late": (lambda can: bool(can.outside_hours), "it trades in regular hours only"),
    "id memory": (
        lambda can: can.id_memory is not IdMemory.NONE, "it takes two orders under one id"
    ),
    "fills since": (
        lambda can: can.fills_since is not FillsSince.NONE, "it tells no past executions"
    ),
}
BESIDE: Final = frozenset({"restart", "late fill"})  # what else a bench may tell that it cannot


@dataclass(frozen=True)
class Case:
    """One promise of every broker; it needs abilities, verbs of the bench, kinds of fault."""

    name: str
    play: Play
    stage: type[Port] | type[Desk]
    needs: tuple[str, ...]
    begins: datetime

    @property
    def sentence(self) -> str:
        return self.name.replace("_", " ")


CASES: Final[dict[str, Case]] = {}


def at_the_port(*needs: str, begins: datetime = MORNING) -> Callable[[Play], Play]:
    """Make a case of what an adapter does by itself."""
    return _a_case(Port, needs, begins)


def through_the_wire(*needs: str) -> Callable[[Play], Play]:
    """Make a case of what the daemon comes to with it: core, journal, link and reconciling."""
    return _a_case(Desk, needs, MORNING)


def _a_case(
    stage: type[Port] | type[Desk], needs: tuple[str, ...], begins: datetime
) -> Callable[[Play], Play]:
    def keep(play: Play) -> Play:
        name = play.__name__
        assert name not in CASES, f"two cases say that {name}"
        CASES[name] = Case(name, play, stage, needs, begins)
        return play

    return keep


def why_not(case: Case, bench: Bench, can: Capabilities) -> str | None:
    """Tell why a case cannot hold there; None where it must."""
    for word in (case.name, *case.needs):
        if word in bench.cannot:
            return bench.cannot[word]
        if word in ABILITIES and not ABILITIES[word][0](can):
            return ABILITIES[word][1]
        if word in ALL and word not in bench.faults.can:
            return f"its wire knows no {word.replace('_', ' ')}"
    return None
