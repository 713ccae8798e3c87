"""What can no simulation show? A real process killed, refused its disk, or started twice."""

import resource
from collections.abc import Callable, Sequence
from subprocess import TimeoutExpired
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.shell.checks.checks import Word
from tradebot.shell.clock import stopwatch
from tradebot.shell.drills.child import Broken, Child
from tradebot.shell.drills.drill import Outcome, Unsuited
from tradebot.shell.settings.config import Config

_STRIKES: Final = (3, 9, 14, 20, 27)  # decisions from a start to a kill: within it and after it
_SOME: Final = 20
_QUICK: Final = "600"  # times as fast as a real day
_SLOW: Final = "60"
_ON_PAPER: Final = frozenset({"paper", "mock"})
_OFFLINE: Final = frozenset({"simulated", "recorded"})
_AT_ONCE_S: Final = 10.0  # with all that a start imports, on a busy machine
_STOPPED_BY_FAILURE: Final = 70
_DATA_DIR_IN_USE: Final = 73


@fact
class RealDrill:
    """A drill on a child process; what it does raises Broken where something is not as it says."""

    name: str
    shows: str
    act: Callable[[Child], None]
    rows: tuple[int, ...] = ()


def play(drill: RealDrill, config: Config, child: Child) -> Outcome:
    """Play it on a daemon of the user's own configuration, if that touches nobody else."""
    began, word, says = stopwatch(), Word.PASS, ""
    try:
        _must_suit(config)
        drill.act(child)
    except Unsuited as unsuited:
        word, says = Word.SKIP, str(unsuited)
    except (Broken, TimeoutExpired) as broken:
        word, says = Word.FAIL, str(broken)
    finally:
        child.leave()
    return Outcome(
        drill=drill.name, word=word, says=says or f"{child.starts} processes",
        starts=child.starts, took_s=round(stopwatch() - began, 2),
    )


def _must_suit(config: Config) -> None:
    outside = {route.adapter for route in config.brokers.values()} - _ON_PAPER
    if outside:
        raise Unsuited(f"a child process would speak to {', '.join(sorted(outside))}")
    if config.market_data.provider not in _OFFLINE:
        raise Unsuited(f"a rehearsal cannot play {config.market_data.provider}")


def _kill(child: Child) -> None:
    for decisions in _STRIKES:
        process = child.begin(_QUICK)
        child.strike_after(process, decisions)
        process.kill()
        child.ended(process)
    _goes_on(child)


def _disk_full(child: Child) -> None:
    if not hasattr(resource, "prlimit"):
        raise Unsuited("this system does not let us limit another process")
    process = child.begin(_QUICK)
    child.strike_after(process, _SOME)
    child.fill_disk(process)
    _must(child.ended(process) == _STOPPED_BY_FAILURE, "a daemon without disk did not exit 70")
    _goes_on(child)
    status = child.ask("status")
    _must(status["kill"]["engaged"], "the next life was not halted")
    _must(not status["counts"]["orders_working"], "orders work after the halt")


def _started_twice(child: Child) -> None:
    process = child.begin(_SLOW)
    child.strike_after(process, _STRIKES[1])
    second = child.begin(_SLOW)
    _must(child.ended(second, _AT_ONCE_S) == _DATA_DIR_IN_USE, "a second daemon did not exit 73")
    _must(process.poll() is None, "the first daemon did not outlive the second")
    process.terminate()
    _must(child.ended(process) == 0, "the first daemon did not end in order")
    _goes_on(child)


def _goes_on(child: Child) -> None:
    """Let it live its day to the end: everything is whole, decided alike, and as at the broker."""
    _must(child.ended(child.begin("max")) == 0, "the daemon did not come to its end")
    _must(child.ask("ledger", "verify")["good"], "the journal is damaged")
    _must(child.ask("replay")["same"], "decided again, the journal says something else")
    _must(child.ask("status")["reconciliation"]["clean"], "book and broker differ")


def _must(is_so: object, text: str) -> None:
    if not is_so:
        raise Broken(text)


REAL: Final[Sequence[RealDrill]] = (
    RealDrill(
        name="real-kill", rows=(1, 5), act=_kill,
        shows="A real daemon is killed five times, in its start and after it. It goes on where it"
        " was, its ledger is whole, and book and broker agree at the end of the day.",
    ),
    RealDrill(
        name="real-disk-full", rows=(29, 37), act=_disk_full,
        shows="A real daemon may write no more. It exits 70, and the next one is halted until you"
        " clear it.",
    ),
    RealDrill(
        name="started-twice", rows=(19,), act=_started_twice,
        shows="A second daemon on the same data directory ends at once with exit code 73; the first"
        " trades on.",
    ),
)
