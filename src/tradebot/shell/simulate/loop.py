"""Who runs next? Any task that could: the seed chooses among them, and time only jumps."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.simulate.chance import Chance

_TURNS_MAX: Final = 500_000  # of a day; the busiest have a tenth of it


class Stuck(Exception):
    """Everybody waits for somebody, for ever; or somebody never rests, and no time passes."""


class ShuffledLoop(SimLoop):
    """A jumping loop without sockets that permutes whatever is ready, by the seed."""

    def __init__(self, chance: Chance) -> None:
        super().__init__()
        self.turns = 0
        self.before_turn: Callable[[int], None] = lambda turn: None
        self._chance = chance

    def freeze(self, seconds: float) -> None:
        """Let time pass without running anybody: everything that was due is late."""
        self._paced.jumped += seconds

    def _run_once(self) -> None:
        self.turns += 1
        self.before_turn(self.turns)
        ready = self._ready
        if len(ready) > 1:
            self._shuffle(ready)
        if self.turns > _TURNS_MAX:
            raise Stuck(f"at {self.time():.3f} s it still goes on, and comes to no end")
        if not ready and not self._scheduled:
            raise Stuck(f"at {self.time():.3f} s everybody waits for somebody")
        super()._run_once()  # type: ignore[misc]  # asyncio's own, named in no stub

    def _shuffle(self, ready: "deque[asyncio.Handle]") -> None:
        bits, left = self._chance.bits("turn"), list(ready)
        ready.clear()
        while left:
            bits, place = divmod(bits, len(left)) if bits else (0, 0)
            ready.append(left.pop(place))
