"""Is every acknowledged decision there after the process was killed, whenever that was?"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.shell.journal import appender, ledgers
from tests.shell.journal.ledgers import Ledger, decisions

from tradebot.shell.journal.file import replay
from tradebot.shell.journal.verify import verify

KILLS = 20
SEED = 20
ROOT = Path(appender.__file__).parents[3]


def killed(directory: Path, after_s: float) -> int:
    """Append for so long after the first acknowledgement, kill, return the last acknowledged."""
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.shell.journal.appender", directory), cwd=ROOT,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(after_s)
    process.kill()
    told = (first + process.stdout.read()).splitlines(keepends=True)
    process.stdout.close()
    assert process.wait(timeout=10) == -9
    return int([line for line in told if line.endswith(b"\n")][-1])


@pytest.mark.promise(10)
@pytest.mark.fault(1, 4)
def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    acknowledged = []
    for _ in range(KILLS):
        last = killed(tmp_path, chance.uniform(0, 0.08))
        assert last > (acknowledged or [0])[-1]
        acknowledged.append(last)
        verdict = verify(tmp_path)
        assert verdict.is_good, verdict.sentence
        assert verdict.seq >= last
        found = ledgers.theirs(Ledger.of(tmp_path))
        assert (found.is_good, found.seq) == (True, verdict.seq)
    journal = ledgers.opened(tmp_path)
    assert list(replay(tmp_path)) == decisions(journal.last_seq)
    journal.close()
    assert len(Ledger.of(tmp_path).segments) > 1
