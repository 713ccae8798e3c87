"""Do the pages say what the code says, and do their links lead anywhere?"""

import re
from pathlib import Path

import pytest
from tools import docs

from tradebot.core.gates import REQUIRED
from tradebot.core.gates.desk import DESK

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "data" / "README.md"])
HEADINGS = ("Context", "Decision", "Why", "Cost", "When to revisit")


def test_every_reference_page_is_there_and_fresh() -> None:
    assert docs.stale() == [], "run: python tools/dev.py docs"


def test_every_gate_is_seen_to_fire_in_a_test() -> None:
    assert sorted(docs.shown_firing()) == sorted(gate.__name__ for gate in (*REQUIRED, *DESK))


@pytest.mark.parametrize("name", sorted(docs.pages()))
def test_a_page_that_lags_behind_is_noticed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page, text in docs.pages().items():
        (tmp_path / page).write_text(text)
    monkeypatch.setattr(docs, "REFERENCE", tmp_path)
    assert docs.stale() == []
    (tmp_path / name).write_text("yesterday's page")
    assert docs.stale() == [name]


def test_a_reason_without_an_explanation_cannot_be_written_down() -> None:
    told = docs.pages()["reasons.md"]
    assert "| `RISK_KILL_SWITCH` | The kill switch is set, until a person clears it. |" in told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    broken = [
        target for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not broken


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("docs/decisions/*.md")), ids=lambda page: page.stem
)
def test_every_decision_answers_the_five_questions(page: Path) -> None:
    assert tuple(re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)) == HEADINGS


def test_no_argument_and_no_setting_is_left_without_words() -> None:
    for page in ("verbs.md", "settings.md"):
        rows = [line for line in docs.pages()[page].splitlines() if line.startswith("| `")]
        assert rows
        assert [row for row in rows if row.endswith("|  |")] == []
