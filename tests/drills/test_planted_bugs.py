"""Does every drill fail where the bug that it is about is planted in the source?"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tools import mutants

from tradebot.shell.drills.real import REAL
from tradebot.shell.drills.scripts import DRILLS

ROOT = Path(__file__).parents[2]
BUGS = {
    bug.name: bug
    for path in (mutants.LIST, Path(__file__).with_name("planted.txt"))
    for bug in mutants.mutants(path.read_text())
}
NOTICES = {
    "crash-sweep": "who presses twice orders twice",
    "restart-replays-fills": "an execution is booked as often as it is told",
    "reload-crash": "the anchor runs ahead of its record",
    "power-cut": "a batch is not synced",
    "disk-full": "a failed write is tried again",
    "sync-that-lies": "pages of a failed sync are trusted",
    "frozen-process": "a clearance has no end",
    "timeout-is-no-reject": "a timeout counts as never left",
    "no-blind-retry": "what nobody knows of is sent again",
    "broker-unreachable": "what could not be delivered is forgotten",
    "fills-while-disconnected": "what was missed is not asked for at a connection",
    "dead-connection-unseen": "the book is compared at the start only",
    "overfill-after-cancel": "too much filled alarms nobody",
    "duplicate-fill": "another number under a known execution alarms nobody",
    "partial-fill-and-exit": "a fill after a cancel is dropped",
    "reject-loop": "rejections are not counted",
    "kill-that-kills": "a cancel is asked for once",
    "kill-under-load": "the kill switch is no gate",
    "manual-trade": "a fill of nobody is dropped",
    "stale-feed": "an old quote will do",
    "half-day": "a closed market takes orders",
    "clock-change": "a closed market takes orders",
    "midnight-reset": "the day's orders count for ever",
    "clock-step": "a clock that is set holds nothing",
    "real-kill": "the book remembers what no event tells",
    "real-disk-full": "a failed write is tried again",
    "started-twice": "a locked directory is taken all the same",
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("planted") / "src"
    shutil.copytree(ROOT / "src", source)
    return source


def test_every_drill_has_a_bug_that_it_is_about() -> None:
    assert NOTICES.keys() == {*DRILLS, *(drill.name for drill in REAL)}


@pytest.mark.parametrize("name", NOTICES)
def test_the_drill_notices(name: str, copied: Path) -> None:
    bug = BUGS[NOTICES[name]]
    path = copied / "tradebot" / bug.path
    before = path.read_text()
    mutants.planted(bug, copied)
    try:
        code, document = drilled(name, copied)
    finally:
        path.write_text(before)
    assert (code, document["drills"][0]["verdict"]) == (1, "fail")


def drilled(name: str, source: Path) -> tuple[int, dict[str, list[dict[str, str]]]]:
    played = subprocess.run(
        [sys.executable, "-m", "tradebot.cli.main", "drill", "run", name, "--json",
         "--config", str(ROOT / "config" / "config.paper.yaml")],
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=source, capture_output=True, text=True, check=False, timeout=60,
    )
    return played.returncode, json.loads(played.stdout)
