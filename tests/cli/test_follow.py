"""Does a list that is followed tell each change once it is durable, and end at Ctrl-C?"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.asked import Out, told
from tests.cli.test_offline_verbs import write
from tests.cli.test_tail_and_export import buy
from tests.tiny_daemon import TinyDaemon

from tradebot.shell.journal.file import Journal


def _hear_ctrl_c() -> None:
    """Undo what a shell does to jobs in its background: they would ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Followed:
    """A verb that follows a journal, and the daemon that writes on."""

    def __init__(self, home: Path, *words: str) -> None:
        self.daemon = TinyDaemon()
        buy(self.daemon, "k1")
        write(self.daemon, home)
        self.home, self.written = home, len(self.daemon.decisions)
        self.process = subprocess.Popen(
            (sys.executable, "-m", "tradebot.cli.main", *words, "--follow", "--data-dir",
             str(home)),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
            preexec_fn=_hear_ctrl_c,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip()

    def row(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.line())
        return found

    def write_on(self) -> None:
        journal = Journal.open(
            self.home / "journal", code="0.1.0", settings_hash="test", threaded=False,
            prewrite=False,
        )
        journal.write(self.daemon.decisions[self.written:])
        journal.close()
        self.written = len(self.daemon.decisions)

    def interrupt(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGINT)
        said, trouble = self.process.communicate(timeout=10)
        return self.process.returncode, said, trouble


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Followed]:
    found = Followed(tmp_path, "orders", "--json")
    yield found
    found.process.kill()
    found.process.communicate()


def test_each_change_of_an_order_is_a_line(followed: Followed) -> None:
    order = next(iter(followed.daemon.book.orders.working))
    assert (followed.row()["client_order_id"], order) == (order, order)
    followed.daemon.fill(order, "4", "500.01", "X1")
    followed.daemon.fill(order, "6", "500.02", "X2")
    followed.write_on()
    rows = [followed.row(), followed.row()]
    assert [(row["ord_status"], row["cum_qty"]) for row in rows] == [
        ("partially_filled", "4"), ("filled", "10")
    ]
    buy(followed.daemon, "k2")
    followed.write_on()
    assert followed.row()["cum_qty"] == "0"
    assert followed.interrupt() == (130, "", "")


def test_intents_are_told_to_people_as_lines(tmp_path: Path) -> None:
    followed = Followed(tmp_path, "intents", "--status", "open")
    assert "sent" in followed.line()
    order = next(iter(followed.daemon.book.orders.working))
    followed.daemon.fill(order, "10", "500.01", "X1")  # finished: no open one any more
    buy(followed.daemon, "k2")
    followed.write_on()
    assert "buy 10 SPY market" in followed.line()
    assert followed.interrupt() == (130, "", "")


def test_there_must_be_a_journal_to_follow(tmp_path: Path, capsys: Out) -> None:
    code, said, trouble = told(capsys, tmp_path, "orders", "--follow")
    assert (code, said) == (3, "")
    assert "no journal to read" in trouble
