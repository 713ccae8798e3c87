"""When does which fault happen? Exactly when a script says so; nothing is left to chance."""

from collections import Counter

from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.faults import AIMED, FAULTS, Faults


class Aim(Faults):
    """Faults by name: at the nth chance from now, or at every one until it is over."""

    def __init__(self) -> None:
        super().__init__(Chance(0))
        self._always: set[str] = set()
        self._due: set[tuple[str, int]] = set()
        self._chances: Counter[str] = Counter()
        self._asked: set[str] = set()

    @property
    def missed(self) -> set[str]:
        """Return what was asked for and never got its chance."""
        return {name for name in self._asked if not self.fired[name]}

    def at(self, name: str, nth: int) -> None:
        """Let it happen once, at the nth chance that it gets."""
        self._ask(name)
        self._due.add((name, self._chances[name] + nth))

    def begin(self, name: str) -> None:
        self._ask(name)
        self._always.add(name)

    def end(self, name: str) -> None:
        self._always.discard(name)

    def hit(self, name: str) -> bool:
        if not self.is_on:
            return False
        self._chances[name] += 1
        is_hit = name in self._always or (name, self._chances[name]) in self._due
        self.fired[name] += is_hit
        return is_hit

    def _ask(self, name: str) -> None:
        if name not in FAULTS and name not in AIMED:
            raise ValueError(f"expected a fault, got {name!r}")
        self._asked.add(name)
