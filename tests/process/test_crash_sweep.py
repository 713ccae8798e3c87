"""Does a sweep over the daemon's steps find nothing, and would it find something?"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.process import judge, sweep
from tests.process.saboteur import errors, ways

ROOT = Path(__file__).resolve().parents[2]
SWEEP = ROOT / "tools" / "crash_sweep.py"
needs_linux = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="the sweep needs Linux: it reads /proc"
)


def swept(*words: str) -> dict[str, Any]:
    found = subprocess.run(
        (sys.executable, str(SWEEP), "--json", *words), capture_output=True, text=True,
        timeout=850, check=False,
    )
    assert found.stdout, found.stderr
    return json.loads(found.stdout)  # type: ignore[no-any-return]


@needs_linux
@pytest.mark.timeout(900)
@pytest.mark.fault(1, 2, 3, 4, 5, 6, 13, 25)
@pytest.mark.promise(1, 2, 4, 9, 10, 18, 19)
def test_killed_at_three_hundred_points_nothing_is_lost_or_sent_twice_and_trading_goes_on() -> None:
    found = swept("--what", "kills", "--points", "325")
    assert found["violations"] == []
    assert found["struck"] >= 300, found
    assert found["again"] >= 100, "recoveries are killed, too"
    kinds = {kind.split()[1] for kind in found["kinds"]}
    assert kinds >= {"stage", "pwrite", "write", "fdatasync", "replace", "ftruncate"}


@needs_linux
@pytest.mark.timeout(900)
@pytest.mark.fault(29, 30, 31, 32, 33, 35)
def test_however_the_disk_fails_the_daemon_does_without_or_ends_and_stays_halted() -> None:
    found = swept("--what", "failures", "--points", "80")
    assert found["violations"] == []
    assert found["struck"] == 80
    assert set(found["ends"]) >= {"0", "70"}


def test_every_step_is_cut_off_before_it_and_every_write_half_way_and_after_it() -> None:
    points = sweep.points(["pwrite journal/00000001.jsonl", "stage RISK"], ways)
    assert [str(point) for point in points] == [
        "before at step 1, pwrite journal/00000001.jsonl",
        "half at step 1, pwrite journal/00000001.jsonl",
        "after at step 1, pwrite journal/00000001.jsonl",
        "power at step 1, pwrite journal/00000001.jsonl",
        "before at step 2, stage RISK", "power at step 2, stage RISK",
    ]
    assert errors("stage RISK") == ()


def test_a_choice_takes_of_every_kind_before_it_takes_a_second_one() -> None:
    steps = ["pwrite journal/HEAD"] * 50 + ["fsync telemetry"] + ["stage RISK"] * 50
    found = sweep.chosen(sweep.points(steps, ways), 8, seed=1)
    assert {point.step for point in found} == set(steps)
    assert found == sweep.chosen(sweep.points(steps, ways), 8, seed=1)


def test_an_order_at_the_broker_that_no_decision_names_is_a_violation(tmp_path: Path) -> None:
    book = tmp_path / "brokers" / "paper" / "book.jsonl"
    book.parent.mkdir(parents=True)
    book.write_text('["OrderSubmitted",{"cl_ord_id":"tb1","intent":{}}]\n["OrderSubmitted",{"cl')
    assert list(judge.at_rest(tmp_path)) == ["sent, and not in the journal: tb1"]
    book.write_text('["OrderSubmitted",{"cl_ord_id":"tb1","intent":{}}]\n' * 2)
    assert "sent twice: tb1" in judge.at_rest(tmp_path)
