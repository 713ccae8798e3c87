"""Is what a backup gives back a daemon that goes on, whenever it was taken?"""

import json
import random
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.daemon.rehearsal import Rehearsal
from tools.verify_books import audited

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.report import Report
from tradebot.shell.copies import keep
from tradebot.shell.copies.restore import restore
from tradebot.shell.journal.file import replay
from tradebot.shell.replay.redecide import redecide
from tradebot.shell.views.views import Views

AT = datetime(2026, 11, 24, tzinfo=UTC)
MOMENTS = 20
RUN_ON = 2
MORNING = ("--start", "2026-11-24T14:29:00Z", "--until", "2026-11-24T16:00:00Z")


def known(home: Path) -> tuple[set[str], set[str | None]]:
    """Return the orders and the executions that a journal knows."""
    orders, executions = set(), set()
    for decision in replay(home):
        orders |= {e.cl_ord_id for e in decision.events if isinstance(e, OrderSubmitted)}
        if isinstance(decision.command, Report):
            executions.add(decision.command.exec_id)
    return set(orders), executions - {None}


def told(home: Path) -> tuple[set[str], set[str]]:
    """Return the orders and the executions that the broker knows; a torn line tells nothing."""
    orders, executions = set(), set()
    for line in (home / "brokers" / "paper" / "book.jsonl").read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            kind, body = json.loads(line)
            if kind == "OrderSubmitted":
                orders.add(body["cl_ord_id"])
            elif kind == "Said":
                executions.add(body["report"].get("exec_id"))
    return orders, executions - {None}


def test_backups_of_any_moment_verify_and_the_daemon_goes_on_from_them(tmp_path: Path) -> None:
    place, kept = tmp_path / "busy", tmp_path / "kept"
    place.mkdir()
    kept.mkdir()
    rehearsal = Rehearsal(place)
    chance = random.Random(8)
    process = rehearsal.start(*MORNING, "--speed", "600", told=subprocess.DEVNULL)
    made = []
    try:
        while not (rehearsal.home / "brokers" / "paper" / "book.jsonl").exists():
            time.sleep(0.01)
        while len(made) < MOMENTS and process.poll() is None:
            time.sleep(chance.uniform(0, 0.1))
            path, manifest = keep.make(rehearsal.home, kept / f"{len(made)}.tar.gz", AT)
            made.append((path, manifest.seq))
    finally:
        process.kill()
        process.wait()
    assert len(made) == MOMENTS and len({seq for _, seq in made}) > 5, "nothing happened meanwhile"
    assert [path.name for path in kept.iterdir() if path.suffix != ".gz"] == []
    for number, (path, seq) in enumerate(made):
        there = tmp_path / str(number)
        there.mkdir()
        again = Rehearsal(there)
        assert restore(path, again.home).seq == seq  # and all of it was verified
        (orders, executions), (sent, done) = known(again.home), told(again.home)
        assert sent <= orders, "the broker knows an order that nobody decided"
        assert executions <= done, "the journal has an execution that the broker never told"
    for number in chance.sample(range(MOMENTS // 2, MOMENTS), RUN_ON):
        there = tmp_path / str(number)
        again = Rehearsal(there)
        again.run(*MORNING[2:], "--speed", "max", "--continue")
        _, wrong = audited(again.home)
        assert not wrong
        assert redecide(again.home / "journal", lambda _: None).is_same
        views = Views()
        for decision in replay(again.home):
            views.apply(decision)
        assert not views.book.recon.breaks and not views.book.halted


def test_a_backup_that_is_killed_leaves_no_half_file_under_its_name(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path)
    rehearsal.run(*MORNING, "--speed", "max")
    segment = next(rehearsal.home.glob("journal/0*.jsonl"))
    for number in range(30):  # enough told files that writing takes a while
        gates = rehearsal.home / "gates"
        gates.mkdir(exist_ok=True)
        shutil.copy(segment, gates / f"{number}.jsonl")
    kept = tmp_path / "kept"
    kept.mkdir()
    script = (
        "import sys, pathlib, datetime, tradebot.shell.copies.keep as keep;"
        "keep.make(*map(pathlib.Path, sys.argv[1:]), datetime.datetime.now(datetime.UTC))"
    )
    chance, halves = random.Random(9), 0
    for number in range(4):
        target = kept / f"{number}.tar.gz"
        half = target.with_name(f"{target.name}.begun")
        process = subprocess.Popen((sys.executable, "-c", script, rehearsal.home, target))
        while not half.exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(number * chance.uniform(0, 0.05))  # the first at once
        process.kill()
        process.wait()
        halves += half.exists()
        if target.exists():
            keep.check(target)
    assert halves, "never killed in the middle"
