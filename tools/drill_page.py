"""What does the reference say of the drills? Each with its script, as it is played."""

import inspect
from collections.abc import Iterator

from tradebot.shell.drills import player
from tradebot.shell.drills.drill import Drill
from tradebot.shell.drills.real import REAL
from tradebot.shell.drills.scripts import DRILLS
from tradebot.shell.simulate.faults import AIMED, FAULTS

ABOUT = """
    `tradebot drill run NAME` (or `all`) lives through other people's worst days with your own
    configuration: your limits, your calendar, your patience and, where it says so, your strategies
    meet a broker, a disk, a network and a clock that fail when the script says so. The daemon is
    the real one; your data directory and your brokers are not touched. After each script nothing
    goes wrong any more, and within a minute book and broker must agree; all promises are watched
    throughout. A fault that never struck fails its drill; one that your own limits do not let begin
    is skipped, and says so.
"""


def write() -> Iterator[str]:
    yield "# Drills"
    yield f"\n{inspect.cleandoc(ABOUT)}"
    for drill in DRILLS.values():
        yield from _one(drill)
    for real in REAL:
        yield f"\n## {real.name}\n\n{real.shows}\n\nOn a process of its own."
    yield "\n## The words of a script"
    yield f"\n{inspect.cleandoc(player.__doc__ or '').partition(chr(10))[2].strip()}"
    yield "\n## Faults that a script may name\n"
    for fault in (*FAULTS.values(), *AIMED.values()):
        yield f"- `{fault.name}`: {fault.what}"


def _one(drill: Drill) -> Iterator[str]:
    rows = ", ".join(map(str, drill.rows))
    yield f"\n## {drill.name}\n\n{drill.shows} (Rows {rows} of the fault catalogue.)\n"
    if drill.sweeps:
        faults = ", ".join(f"`{fault}`" for fault in drill.sweeps)
        yield f"Played once for every chance that each of these gets: {faults}.\n"
    if drill.begins != "open":
        yield f"Begins on the day of your calendar's next {drill.begins}.\n"
    if drill.has_strategies:
        yield "Your strategies trade in it.\n"
    yield f"```text\n{inspect.cleandoc(drill.script)}\n```"
