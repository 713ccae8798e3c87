"""When does which fault happen? Exactly when a script says so; nothing is left to chance."""

from collections import Counter, defaultdict

from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.faults import AIMED, FAULTS, Faults


class Aim(Faults):
    """Faults by name: at the nth chance from now, or at every one until it is over."""

    def __init__(self) -> None:
        super().__init__(Chance(0))
        self._always: set[str] = set()
        self._due: defaultdict[str, set[int]] = defaultdict(set)
        self._chances: Counter[str] = Counter()

    def at(self, name: str, nth: int) -> None:
        """Let it happen once, at the nth chance that it gets."""
        self._due[known(name)].add(self._chances[name] + nth)

    def begin(self, name: str) -> None:
        self._always.add(known(name))

    def end(self, name: str) -> None:
        self._always.discard(known(name))

    def hit(self, name: str) -> bool:
        if not self.is_on:
            return False
        self._chances[name] += 1
        is_hit = name in self._always or self._chances[name] in self._due[name]
        self.fired[name] += is_hit
        return is_hit


def known(name: str) -> str:
    """Return the name of a fault that there is."""
    if name not in FAULTS and name not in AIMED:
        raise ValueError(f"expected a fault, got {name!r}")
    return name
