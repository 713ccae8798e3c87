"""Can versions be listed, compared, brought back and let in, by a daemon and without one?"""

import json
from pathlib import Path
from typing import Any

import pytest

from tradebot.cli.main import main
from tradebot.cli.outcome import Exit

Out = pytest.CaptureFixture[str]

TIGHT = "# mine\nmode: paper\npolicy: {order_qty_max: 50}\n"
LOOSE = "# mine\nmode: paper\npolicy: {order_qty_max: 80}\ntelemetry: {log_level: debug}\n"


class Desk:
    """Somebody at a terminal, beside a daemon whose file he writes."""

    def __init__(self, home: Path, out: Out) -> None:
        self._home, self._out = home, out

    def types(self, *words: str, code: int = 0) -> str:
        assert main([*words, "--data-dir", str(self._home)]) == code
        said = self._out.readouterr()
        return said.err if code else said.out

    def asks(self, *words: str, code: int = 0) -> dict[str, Any]:
        assert main([*words, "--json", "--data-dir", str(self._home)]) == code
        found: dict[str, Any] = json.loads(self._out.readouterr().out)
        return found

    def write(self, text: str) -> None:
        (self._home / "config.yaml").write_text(text)


@pytest.fixture
def desk(home: Path, capsys: Out) -> Desk:
    """Two versions were accepted; what the second loosens waits."""
    found = Desk(home, capsys)
    for text in (TIGHT, LOOSE):
        found.write(text)
        found.types("config", "reload")
    return found


def test_history_names_each_version_and_status_what_waits(desk: Desk) -> None:
    rows = desk.asks("config", "history")["versions"]
    assert [(row["number"], row["in_force"]) for row in rows] == [(2, False), (1, True)]
    assert "policy.order_qty_max, telemetry.log_level" in desk.types("config", "history")
    told = desk.types("status")
    assert ", configuration 2, not all of it in force" in told
    assert "looser settings wait for an approval: policy.order_qty_max 50 -> 80" in told


def test_a_version_is_shown_as_it_was_written(desk: Desk) -> None:
    assert TIGHT in desk.types("config", "show", "1")
    assert desk.asks("config", "show", "1")["is_kept"] is True
    assert "no version of this number" in desk.types("config", "show", "9", code=Exit.FAILED)
    assert main(["config", "show", "nine"]) == Exit.USAGE


def test_a_difference_has_a_direction(desk: Desk) -> None:
    told = desk.types("config", "diff", "1", "2")
    assert [line.split() for line in told.splitlines() if "order_qty" in line or "log" in line] == [
        ["policy.order_qty_max", "50", "80", "looser"],
        ["telemetry.log_level", "info", "debug", "at", "the", "next", "start"],
    ]
    assert "no setting differs" in desk.types("config", "diff")
    desk.write(TIGHT)
    found = desk.asks("config", "diff")
    assert (found["from"], found["to"], found["changes"][0]["direction"]) == (2, None, "tighter")


def test_what_waits_is_let_in_or_kept_out_by_its_digest(desk: Desk) -> None:
    digest = desk.asks("status")["configuration"]["pending"]["digest"]
    desk.types("config", "approve", "ABCDEF", code=Exit.REFUSED)
    desk.types("config", "reject", digest, "--reason", "no")
    assert desk.asks("status")["configuration"]["pending"] is None
    desk.write(LOOSE.replace("80", "81"))
    assert "looser and waiting for an approval" in desk.types("config", "reload")
    digest = desk.asks("status")["configuration"]["pending"]["digest"]
    told = desk.types("config", "approve", digest)
    assert told in ("in force\n", "approved; it waits for the market's close\n")
    assert main(["config", "reject", digest]) == Exit.USAGE  # a reason is asked for


def test_a_broken_file_ends_with_line_and_key_and_changes_nothing(desk: Desk) -> None:
    desk.write("mode: paper\npolcy: {}\n")
    told = desk.types("config", "reload", code=Exit.CONFIG)
    assert "config.yaml:2: polcy: expected one of" in told
    found = desk.asks("config", "reload", code=Exit.CONFIG)
    assert "polcy" in found["problems"][0]
    assert desk.asks("config", "history")["versions"][0]["number"] == 2


def test_a_version_comes_back(desk: Desk, home: Path) -> None:
    assert "version 3" in desk.types("config", "rollback", "1", "--reason", "too loose")
    assert (home / "config.yaml").read_text() == TIGHT
    assert "not kept" in desk.types("config", "rollback", "9", "--reason", "x", code=Exit.FAILED)
    assert main(["config", "rollback", "1"]) == Exit.USAGE


def test_without_a_daemon_nothing_is_reloaded(tmp_path: Path, capsys: Out) -> None:
    stopped = Desk(tmp_path, capsys)
    for words in (("reload",), ("rollback", "1", "--reason", "x"), ("approve", "D"),
                  ("reject", "D", "--reason", "x")):
        told = stopped.types("config", *words, code=Exit.NOT_RUNNING)
        assert "no daemon runs" in told
