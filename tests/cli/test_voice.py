"""Does talking with the desk end in a draft, an approval or a kill, and in nothing else?"""

import io
import json
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest
from tests.cli.asked import Out, document, told
from tests.tiny_daemon import TinyDaemon

from tradebot.core.model.fact import fact
from tradebot.core.model.intent import Source
from tradebot.shell.settings import plugins


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda *lines: monkeypatch.setattr(
        sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines))
    )


def voice_log(home: Path) -> list[dict[str, Any]]:
    lines = (home / "telemetry" / "voice_log.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_typed_request_is_read_back_and_approved(
    home: Path, daemon: TinyDaemon, capsys: Out, types: Any
) -> None:
    types("SPY condor, risk at most $500", "approve", "stop")
    code, found = document(capsys, home, "voice", "--text")
    assert code == 0
    read_back, approved, outcome, _ = found["said"]
    assert read_back == (
        "Approve SPY iron condor, maximum loss three hundred seventy two dollars?"
    )
    assert (approved, outcome) == ("Approved.", "It goes on through the gates.")
    (draft,) = document(capsys, home, "drafts", "list")[1]["drafts"]
    assert draft["approved_by"]
    assert daemon.book.orders.working or daemon.book.intents.open


def test_a_rejected_draft_is_closed_and_silence_leaves_one(
    home: Path, daemon: TinyDaemon, capsys: Out, types: Any
) -> None:
    types("SPY condor, risk at most $500", "reject")
    assert document(capsys, home, "voice", "--text")[1]["said"][-1] == "The draft is closed."
    types("SPY condor, risk at most $500", "what?")
    document(capsys, home, "voice", "--text")
    statuses = [row["status"] for row in document(capsys, home, "drafts", "list")[1]["drafts"]]
    assert sorted(statuses) == ["rejected", "waiting"]


def test_what_the_desk_asks_is_said(home: Path, capsys: Out, types: Any) -> None:
    types("SPY put spread")
    code, text, _ = told(capsys, home, "voice", "--text")
    assert code == 0
    assert "> SPY put spread\nWhich one: put_credit_spread or put_debit_spread?" in text


def test_kill_needs_no_confirmation_and_status_tells_of_it(
    home: Path, daemon: TinyDaemon, capsys: Out, types: Any
) -> None:
    types("kill", "status", "clear-kill", "resume")
    _, found = document(capsys, home, "voice", "--text")
    assert found["said"][:2] == ["Killing.", "Killed. Nothing more is sent."]
    assert "The kill switch is set." in found["said"][2]
    assert daemon.book.kill_reason is not None


def test_without_a_daemon_a_kill_leaves_the_flag_file(
    tmp_path: Path, capsys: Out, types: Any
) -> None:
    types("kill")
    _, found = document(capsys, tmp_path, "voice", "--text")
    assert "kills whatever runs there" in found["said"][-1]
    assert (tmp_path / "KILL").exists()


def test_all_that_is_heard_said_and_done_is_in_the_log(
    home: Path, capsys: Out, types: Any
) -> None:
    types("status", "stop")
    told(capsys, home, "voice", "--text")
    lines = voice_log(home)
    assert [line["kind"] for line in lines] == ["heard", "did", "said", "heard", "said"]
    assert lines[0]["text"] == "status"
    assert lines[0]["channel"] == "typed"
    assert lines[0]["accepted"] is True
    assert all(line["took_ms"] >= 0 for line in lines)
    assert len({line["session"] for line in lines}) == 1


def test_what_is_typed_reaches_the_journal_as_typed(
    home: Path, daemon: TinyDaemon, capsys: Out, types: Any
) -> None:
    types("SPY condor, risk at most $500")
    told(capsys, home, "voice", "--text")
    (state,) = daemon.book.intents.open.values()
    assert state.body.source is Source.DESK
    assert state.body.asked is not None
    assert state.body.asked.channel == "typed"


def test_where_the_library_is_missing_one_line_names_the_extra_and_typing_goes_on(
    tmp_path: Path, capsys: Out, types: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {
        "tradebot.recognizers": "pocketsphinx = tests.cli.test_voice:Silent",
        "tradebot.synthesizers": "espeak = tests.cli.test_voice:Silent",
    }

    def found(group: str) -> EntryPoints:
        name, _, target = entries[group].partition(" = ")
        return EntryPoints([EntryPoint(name, target, group)])

    monkeypatch.setattr(plugins, "entry_points", found)
    types("help", "stop")
    code, text, trouble = told(capsys, tmp_path, "voice")
    assert code == 0
    assert "Say what to trade" in text
    assert trouble.splitlines() == [
        "espeak: not available without pip install 'tradebot[voice]'; so nothing is spoken, and"
        " a voice approves nothing",
        "pocketsphinx: not available without pip install 'tradebot[voice]'; go on by typing,"
        " stop ends it",
    ]


@fact
class NothingToSet:
    """It has no settings."""


class Silent:
    """A plugin whose library nobody has installed."""

    settings_type = NothingToSet
    needs = {"voice": "a_library_that_nobody_has"}  # noqa: RUF012

    def knows(self) -> None: ...

    hear = speak = rate = knows
