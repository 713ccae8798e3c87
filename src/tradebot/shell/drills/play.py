"""What came of a drill? Its script, then calm; the referee's promises, and what was expected."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tradebot.shell.checks.checks import Word
from tradebot.shell.clock import stopwatch
from tradebot.shell.drills.aim import Aim
from tradebot.shell.drills.drill import SWEEP_MAX, Drill, Outcome, Unsuited
from tradebot.shell.drills.player import Player
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.day import Day
from tradebot.shell.simulate.loop import ShuffledLoop
from tradebot.shell.simulate.people import People
from tradebot.shell.simulate.world import Scene, surround

_SEED = 1


def play(drill: Drill, scene: Callable[[Drill], Scene], home: Path) -> Outcome:
    """Play a drill, all its variants where it sweeps, up to the first that fails."""
    began, sums = stopwatch(), Counter[str]()
    word, says = Word.PASS, ""
    try:
        for script, told in _variants(drill, scene(drill), home, sums):
            if told is not None:
                word, says = Word.FAIL, f"{told} (with {script})" if script else told
                break
    except Unsuited as unsuited:
        word, says = Word.SKIP, str(unsuited)
    return Outcome(
        drill=drill.name, word=word, says=says or _summary(sums), plays=sums["plays"],
        checks=sums["checks"], orders=sums["orders"], fills=sums["fills"], starts=sums["starts"],
        faults=sums["faults"], took_s=round(stopwatch() - began, 2),
    )


def _variants(
    drill: Drill, scene: Scene, home: Path, sums: Counter[str]
) -> Iterator[tuple[str, str | None]]:
    """Yield what was aimed, and what was broken, of each time that the script is played."""
    if not drill.sweeps:
        yield "", _once(drill, scene, home, sums, "")
    for fault in drill.sweeps:
        for nth in range(1, SWEEP_MAX + 1):
            before, first = sums[fault], f"next {fault} {nth}"
            yield first, _once(drill, scene, home, sums, first)
            if sums[fault] == before:
                if nth == 1:
                    yield first, "it never struck"
                break


def _once(
    drill: Drill, scene: Scene, home: Path, sums: Counter[str], first: str
) -> str | None:
    """Play the script once, on a machine that is new; return what was broken."""
    for left in home.iterdir():
        left.unlink()
    chance, aim = Chance(_SEED), Aim()
    world = surround(
        scene, chance, aim, ShuffledLoop(chance), home=home,
        proves_absence=drill.proves_absence, segment_bytes=60_000,
    )
    world.venue.fills_alone = False
    people = People(world)
    player = Player(world, people, aim)
    day, referee = Day(world, people), world.referee
    try:
        day.live(player.play(f"{first}\n{drill.script}"))
    finally:
        day.close()
    referee.redecide()
    sums.update(aim.fired)
    sums.update({
        "plays": 1, "checks": player.checks, "orders": referee.count["orders"],
        "fills": len(world.venue.history), "starts": referee.count["starts"],
        "faults": aim.fired.total(),
    })
    if player.unsuited is not None:
        raise Unsuited(player.unsuited)
    for broken in referee.violations:
        return f"promise {broken.invariant} broken at {broken.at_s} s: {broken.text}"
    if player.unmet is None and aim.missed and not aim.missed & {*drill.sweeps}:
        return f"never struck: {', '.join(sorted(aim.missed))}"
    return player.unmet


def _summary(sums: Counter[str]) -> str:
    times = f"played {sums['plays']} times, " if sums["plays"] > 1 else ""
    return f"{times}{sums['checks']} checks, {sums['orders']} orders, {sums['starts']} starts"
