"""What came of many days? Played beside each other, one seed after the other, added up."""

import gc
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tradebot.shell.simulate.day import DayResult, play
from tradebot.shell.simulate.faults import FAULTS

_PIECE: Final = 20  # days that one worker plays before it tells
_MEMORY: Final = Path("/dev/shm")  # a day's kill flags are synced, which takes a disk longest


class Tally:
    """Sums over days; the first violation of each day that had one."""

    def __init__(self) -> None:
        self.days = 0
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter({name: 0 for name in FAULTS})
        self.violations: list[dict[str, Any]] = []

    def add(self, day: DayResult) -> None:
        self.days += 1
        self.counts.update(day.counts)
        self.faults.update(day.faults)
        for first in day.violations[:1]:
            self.violations.append({
                "seed": day.seed, "invariant": first.invariant, "at_s": first.at_s,
                "text": first.text, "replay": f"tradebot simulate --days 1 --seed {day.seed}",
            })

    def document(self, seconds: float) -> dict[str, Any]:
        """Return the report: what happened, what went wrong, what was broken."""
        return {
            "days": self.days, "violations": self.violations,
            "decisions": self.counts["decisions"], "orders": self.counts["orders"],
            "fills": self.counts["fills"], "starts": self.counts["starts"],
            "crashes": self.counts["crashes"], "faults_injected": self.faults.total(),
            "faults": dict(sorted(self.faults.items())), "seconds": round(seconds, 1),
            "days_per_minute": round(self.days / seconds * 60) if seconds else 0,
        }


def play_all(
    seeds: Iterable[int], jobs: int, tell: Callable[[int], None], *, stop_at: int = 10,
    is_enough: Callable[[int], bool] = lambda days: False,
) -> Tally:
    """Play a day for each seed, on so many processors; end early after so many violations.

    `is_enough` is asked after every few days how many there were: seeds may go on for ever.
    """
    tally = Tally()
    for days in _played(iter(seeds), jobs):
        for day in days:
            tally.add(day)
        tell(tally.days)
        if len(tally.violations) >= stop_at or is_enough(tally.days):
            break
    return tally


def _played(seeds: Iterator[int], jobs: int) -> Iterator[list[DayResult]]:
    pieces = iter(lambda: list(islice(seeds, _PIECE)), [])
    if jobs == 1:
        yield from map(_play_some, pieces)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        ahead = deque[Future[list[DayResult]]]()
        try:
            for piece in pieces:
                ahead.append(pool.submit(_play_some, piece))
                if len(ahead) > jobs:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _play_some(seeds: list[int]) -> list[DayResult]:
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="tradebot-", dir=place) as home:
        days = [play(seed, Path(home)) for seed in seeds]
    gc.unfreeze()  # a day looks for no garbage, for speed; what it left is taken up here
    gc.collect()
    return days
