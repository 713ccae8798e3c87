"""What is a drill? A bad day as a script, what it shows, and what came of it."""

from typing import Final, Literal

from tradebot.core.model.fact import fact
from tradebot.shell.checks.checks import Word

Moment = Literal["open", "close", "early close", "clock change"]
SWEEP_MAX: Final = 40  # places in which one fault strikes, at most


class Unsuited(Exception):
    """The user's own configuration does not let a drill begin; the text says why."""


@fact
class Drill:
    """One incident as it befell real trading programs, and the script that repeats it.

    `shows` tells a trader what holds if it passes; `rows` are those of the fault catalogue. The
    script has a step a line, in the words of `Player`. For each fault in `sweeps` it is played
    again and again, with the fault at its first chance, its second, until it gets no more.
    """

    name: str
    shows: str
    script: str
    rows: tuple[int, ...] = ()
    begins: Moment = "open"
    sweeps: tuple[str, ...] = ()
    has_strategies: bool = False
    proves_absence: bool = True


@fact
class Outcome:
    """How one drill ended. Every number is counted, none is planned."""

    drill: str
    word: Word
    says: str
    plays: int = 0
    checks: int = 0
    orders: int = 0
    fills: int = 0
    starts: int = 0
    faults: int = 0
    took_s: float = 0.0
