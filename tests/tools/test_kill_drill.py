"""Does a small kill drill show what the long one is to show?"""

import subprocess
import sys
from pathlib import Path

import pytest

DRILL = Path(__file__).resolve().parents[2] / "tools" / "kill_drill.py"


def drilled(trials: str) -> dict[str, str]:
    found = subprocess.run(
        (sys.executable, str(DRILL), "--trials", trials), capture_output=True, text=True,
        timeout=60, check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return dict(line.split(maxsplit=1) for line in found.stdout.splitlines())


@pytest.mark.promise(6)
@pytest.mark.fault(84)
def test_after_an_acknowledged_kill_no_order_is_sent_and_all_are_cancelled() -> None:
    told = drilled("18")
    assert (told["trials"], told["sent_after_acknowledgement"]) == ("18", "0")
    assert "worst" in told["confirmed_ms"]


def test_a_drill_of_two_trials_tells_what_it_can() -> None:
    told = drilled("2")
    assert (told["trials"], told["latch_ms_by_file"]) == ("2", "{}")
