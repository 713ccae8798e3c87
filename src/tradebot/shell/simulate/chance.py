"""What happens by chance? A pure function of seed, name and count: no draw moves another."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

T = TypeVar("T")
_WHOLE: Final = float(1 << 64)


class Chance:
    """Draws for one seed. Each name has a sequence of its own."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._drawn: defaultdict[str, int] = defaultdict(int)

    def bits(self, name: str) -> int:
        """Return 64 bits."""
        count = self._drawn[name]
        self._drawn[name] = count + 1
        text = f"{self.seed}/{name}/{count}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest())

    def frac(self, name: str) -> float:
        """Return a number from 0 up to 1."""
        return self.bits(name) / _WHOLE

    def between(self, name: str, low: float, high: float) -> float:
        return low + (high - low) * self.frac(name)

    def below(self, name: str, limit: int) -> int:
        return self.bits(name) % limit

    def pick(self, name: str, options: Sequence[T]) -> T:
        return options[self.below(name, len(options))]

    def happens(self, name: str, frac: float) -> bool:
        return self.frac(name) < frac
