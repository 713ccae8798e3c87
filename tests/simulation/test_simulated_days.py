"""Does every promise hold on days on which everything goes wrong, and is every day repeatable?"""

import asyncio
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from tradebot.cli.simulate import kept_seeds
from tradebot.shell.journal.segment import Segment
from tradebot.shell.simulate.day import play
from tradebot.shell.simulate.loop import ShuffledLoop
from tradebot.shell.simulate.report import play_all

SEEDS = Path(__file__).with_name("seeds.txt")
PRINT_A_DAY = """
import sys, hashlib
from pathlib import Path
from tradebot.shell.simulate.day import play
day = play(int(sys.argv[1]), Path(sys.argv[2]))
print(hashlib.sha256(day.journal).hexdigest(), day.faults, day.counts)
"""


@pytest.mark.parametrize("seed", kept_seeds(SEEDS))
def test_a_day_that_once_broke_a_promise_breaks_none(seed: int, tmp_path: Path) -> None:
    assert play(seed, tmp_path).violations == ()


def test_no_promise_breaks_on_days_full_of_faults() -> None:
    tally = play_all(range(1, 41), 1, lambda done: None)
    assert tally.violations == []
    assert tally.counts["orders"] > 200
    assert tally.faults.total() > 1000


def test_no_day_throws_a_task_away_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[asyncio.Task[object]] = []
    close = ShuffledLoop.close

    def closing(loop: ShuffledLoop) -> None:
        left.extend(asyncio.all_tasks(loop))
        close(loop)

    monkeypatch.setattr(ShuffledLoop, "close", closing)
    play_all(range(1, 21), 1, lambda done: None)
    assert not left


@pytest.mark.promise(28)
@pytest.mark.fault(23)
@pytest.mark.parametrize("seed", [3, 14])
def test_a_seed_is_the_same_day_in_every_process(seed: int, tmp_path: Path) -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", PRINT_A_DAY, str(seed), str(tmp_path)],
            env={
                "PYTHONHASHSEED": hashing, "PYTHONOPTIMIZE": without_asserts,
                "PYTHONPATH": ":".join(sys.path),
            },
            check=True, capture_output=True, text=True,
        ).stdout
        for hashing, without_asserts in (("1", ""), ("2", ""), ("77", "1"))
    }
    assert len(told) == 1


@pytest.mark.fault(33)
def test_a_journal_that_skips_its_sync_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Segment, "sync", lambda segment: None)
    tally = play_all(range(1, 21), 1, lambda done: None, stop_at=1)
    assert tally.violations


def test_days_go_on_while_there_is_time_and_are_never_fewer_than_asked_for() -> None:
    tally = play_all(count(1), 1, lambda days: None, is_enough=lambda days: days >= 30)
    assert tally.days == 40, "it is asked after every twenty"
    short = play_all(range(1, 4), 2, lambda days: None)
    assert short.days == 3
