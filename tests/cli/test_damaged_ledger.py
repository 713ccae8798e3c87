"""What do the verbs say of a damaged ledger, and does the daemon keep its hands off it?"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.daemon.rehearsal import CONFIG
from tests.shell.journal import ledgers
from tests.shell.journal.ledgers import Ledger, written

KEPT = 12
WHERE = "segment 1, record 8, byte "
Tell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    (tmp_path / "c.yaml").write_text(CONFIG, encoding="utf-8")

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            (sys.executable, "-m", "tradebot.cli.main", *words, "--config", "c.yaml"),
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )

    return run


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal of twelve decisions, of which one is not what was written."""
    directory = written(tmp_path / "data" / "journal", KEPT, code="0.0.1")
    whole = Ledger.of(directory)
    whole.having(1, whole.segments[1].replace(b'"X7"', b'"Y7"')).put(directory)
    return directory


@pytest.mark.fault(27)
def test_verify_names_the_record_and_exits_8(tell: Tell, journal: Path) -> None:
    done = tell("ledger", "verify")
    assert done.returncode == 8
    assert done.stdout.startswith(f"BAD: {WHERE}")
    assert "Traceback" not in done.stderr
    offset = sum(map(len, Ledger.of(journal).records(1)[:7]))
    done = tell("ledger", "verify", "--json")
    assert done.returncode == 8
    found = json.loads(done.stdout)
    assert (found["good"], found["records"], found["seq"]) == (False, 7, 6)
    assert found["damage"] == {
        "segment": 1, "record": 8, "byte": offset,
        "sentence": "the record is not what was written here",
    }


def test_verify_takes_a_path(tell: Tell, journal: Path, tmp_path: Path) -> None:
    good = written(tmp_path / "elsewhere" / "journal", KEPT)
    for path in (good, good.parent):
        done = tell("ledger", "verify", str(path))
        assert (done.returncode, done.stdout[:5]) == (0, "good:")
    assert tell("ledger", "verify", str(journal)).returncode == 8


def test_a_damaged_anchor_is_no_record(tell: Tell, journal: Path) -> None:
    (journal / "HEAD").write_bytes(b"{}\n")
    done = tell("ledger", "verify")
    assert (done.returncode, done.stdout) == (8, "BAD: the anchor is damaged\n")


@pytest.mark.parametrize("words", [("replay",), ("orders",), ("run",)])
def test_nothing_is_read_from_a_damaged_ledger_and_nothing_is_started(
    tell: Tell, journal: Path, words: tuple[str, ...]
) -> None:
    before = Ledger.of(journal)
    done = tell(*words)
    assert done.returncode == 8, done.stderr
    assert WHERE in done.stderr
    assert "Traceback" not in done.stderr
    assert Ledger.of(journal) == before
    assert len(list(journal.iterdir())) == 2


def test_a_rehearsal_does_not_go_on_with_a_damaged_ledger(tell: Tell, journal: Path) -> None:
    (journal.parent / "rehearsal").mkdir()
    rehearsed = journal.rename(journal.parent / "rehearsal" / "journal")
    before = Ledger.of(rehearsed)
    done = tell("run", "--rehearse", "--continue", "--speed", "max")
    assert done.returncode == 8, done.stderr
    assert WHERE in done.stderr
    assert Ledger.of(rehearsed) == before


@pytest.mark.fault(35)
def test_a_journal_that_cannot_be_written_stops_the_start(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "journal").write_text("a file stands in its place")
    done = tell("run")
    assert done.returncode == 70, done.stderr
    assert "the journal cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_auditors_tool_agrees(journal: Path) -> None:
    done = subprocess.run(
        (sys.executable, "-I", ledgers.TOOL, journal.parent), capture_output=True, text=True,
        timeout=30, check=False,
    )
    assert done.returncode == 8
    assert done.stdout.startswith(f"BAD: {WHERE}")
