"""Does `audit verify` say whether all traces back, to people and to programs?"""

from pathlib import Path

import pytest
from tests.cli.asked import Out, document, told
from tests.shell.audit.session import play


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play(tmp_path_factory.mktemp("session"), 20)


def test_a_sound_trail_is_told_and_exits_0(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, "audit", "verify")
    assert code == 0
    assert "18: 10 let go by windows, 8 by people, 0 by the settings" in said
    assert "every order traces back to one intent, one gate run and one consent" in said
    code, found = document(capsys, home, "audit", "verify")
    assert (code, found["good"], found["orders"], found["findings"]) == (0, True, 18, [])


def test_a_break_is_told_by_name_and_exits_8(home: Path, capsys: Out) -> None:
    (path,) = (home / "promotions").glob("*.jsonl")
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[1:]) + "\n")
    code, said, _ = told(capsys, home, "audit", "verify")
    assert (code, "1 x RECORD_MISSING: a record for auditors is not there" in said) == (8, True)
    code, found = document(capsys, home, "audit", "verify")
    assert (code, found["good"]) == (8, False)
    assert [row["finding"] for row in found["findings"]] == ["RECORD_MISSING"]
    path.write_text("\n".join(lines) + "\n")


def test_without_a_journal_there_is_nothing_to_follow(tmp_path: Path, capsys: Out) -> None:
    code, _, said = told(capsys, tmp_path, "audit", "verify")
    assert (code, "there is no journal" in said) == (1, True)


def test_a_damaged_journal_is_told_first(home: Path, capsys: Out, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.mkdir()
    data = next(iter((home / "journal").glob("*.jsonl"))).read_bytes()
    (journal / "00000001.jsonl").write_bytes(data.replace(b"SPY", b"QQQ", 1))
    code, _, said = told(capsys, tmp_path, "audit", "verify")
    assert (code, "the journal is damaged" in said) == (8, True)
