"""Who gets one of the vendor's few lines, and who is asked for in turn?"""

from collections.abc import Callable, Iterable
from typing import Final

WANTED_MAX: Final = 400  # beside what the settings name
IDLE_S: Final = 900.0  # nobody asked for so long: it is wanted no more
SETTLED_S: Final = 60.0  # so that a line does not go from hand to hand


class Lines:
    """Shares out lines: those first that the settings name, then whoever was asked for.

    A line goes back when nobody wants its symbol any more, or when another symbol is wanted and
    this one was asked for longest ago.
    """

    def __init__(
        self, named: Iterable[str], lines_max: int, now: Callable[[], float]
    ) -> None:
        names = list(dict.fromkeys(named))
        self._named, self._queued = names[:lines_max], names[lines_max:]
        self._free_max = lines_max - len(self._named)
        self._now = now
        self._asked: dict[str, float] = {}  # when last, longest ago first
        self._held: dict[str, None] = {}

    def want(self, symbol: str) -> None:
        """Say that somebody asked for a symbol, now."""
        if symbol in self._named or symbol in self._queued:
            return
        self._asked.pop(symbol, None)
        self._asked[symbol] = self._now()
        if len(self._asked) > WANTED_MAX:
            self._forget(next(iter(self._asked)))
        if symbol not in self._held:
            self._make_room()
            if len(self._held) < self._free_max:
                self._held[symbol] = None

    @property
    def held(self) -> list[str]:
        """Return who has a line now."""
        self._settle()
        return [*self._named, *self._held]

    @property
    def polled(self) -> list[str]:
        """Return who is wanted and has none."""
        self._settle()
        return [*self._queued, *(symbol for symbol in self._asked if symbol not in self._held)]

    def _settle(self) -> None:
        """Forget who is wanted no more, and give what is free to who was asked for last."""
        idle = [symbol for symbol, at in self._asked.items() if self._now() - at >= IDLE_S]
        for symbol in idle:
            self._forget(symbol)
        for symbol in reversed(self._asked):
            if len(self._held) >= self._free_max:
                return
            self._held.setdefault(symbol, None)

    def _make_room(self) -> None:
        if len(self._held) < self._free_max or not self._held:
            return
        oldest = min(self._held, key=self._asked.__getitem__)
        if self._now() - self._asked[oldest] >= SETTLED_S:
            del self._held[oldest]

    def _forget(self, symbol: str) -> None:
        del self._asked[symbol]
        self._held.pop(symbol, None)
