"""How long did something take, over and over? Counts by fixed classes, in a few hundred bytes.

One thread adds while others read: they may see the newest one counted and not yet summed.
"""

from bisect import bisect_left
from typing import Final

BOUNDS_S: Final = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0, 30.0, 60.0, 300.0,
)


class Durations:
    """`counts` are of what took at most each bound, and more than the one before it."""

    __slots__ = ("counts", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)  # the last: longer than any bound
        self.sum_s = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.sum_s += seconds

    def quantile(self, share: float) -> float | None:
        """Return a time that so large a share did not exceed; None where nobody knows one."""
        left = sum(self.counts) * share
        if not left:
            return None
        for count, bound in zip(self.counts, BOUNDS_S, strict=False):
            left -= count
            if left <= 0:
                return bound
        return None
