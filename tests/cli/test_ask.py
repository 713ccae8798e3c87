"""Does a person who asks in words get a draft, a question or a reason, and nothing else?"""

from pathlib import Path

import pytest
from tests.cli.asked import Out, document, told
from tests.tiny_daemon import TinyDaemon

from tradebot.core.model.commands import SubmitIntent
from tradebot.core.model.intent import Source

REQUEST = {
    "symbol", "outlook", "strategy_type", "horizon_days", "expiry", "delta", "strikes", "width",
    "quantity", "max_loss", "max_loss_pct", "risk_level", "confidence", "source", "model",
    "fallback", "unresolved",
}


def submitted(daemon: TinyDaemon) -> list[SubmitIntent]:
    return [d.command for d in daemon.decisions if isinstance(d.command, SubmitIntent)]


def test_a_request_becomes_a_draft_that_waits_for_a_person(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    code, found = document(capsys, home, "ask", "SPY neutral strategy with low risk")
    assert code == 0
    assert set(found) >= {"request", "structure", "draft_id", "draft_path", "questions"}
    assert set(found["request"]) >= REQUEST
    assert found["request"]["outlook"] == "neutral"
    assert found["structure"]["strategy_type"] == "iron_condor"
    assert found["questions"] == []
    intent = daemon.book.intents.open[found["draft_id"]]
    assert intent.held is not None
    assert intent.held.reason == "POLICY_NEEDS_APPROVAL"
    assert intent.body.source is Source.DESK
    assert intent.body.asked is not None
    assert intent.body.asked.text == "SPY neutral strategy with low risk"
    assert daemon.views.drafts.get(found["draft_id"]) is not None


def test_people_read_what_was_assumed_and_how_to_approve(home: Path, capsys: Out) -> None:
    code, text, _ = told(capsys, home, "ask", "SPY", "condor,", "risk", "at", "most", "$500")
    assert code == 0
    assert "understood: action open, symbol SPY, strategy type iron_condor, max loss 500" in text
    assert "assumed: 1 of it\n" in text
    assert "You can lose at most $372, if SPY closes below 468.72 or above 531.28" in text
    assert "tradebot drafts approve" in text
    assert "assumed: a budget" not in text


def test_a_dry_run_stages_nothing(home: Path, daemon: TinyDaemon, capsys: Out) -> None:
    before = len(daemon.decisions)
    code, found = document(capsys, home, "ask", "--dry-run", "SPY iron condor")
    assert code == 0
    assert found["structure"]["quantity"] == "10"
    assert found["draft_id"] is None
    assert len(daemon.decisions) == before


def test_what_is_missing_is_asked_and_stages_nothing(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    code, found = document(capsys, home, "ask", "SPY put spread")
    assert code == 6
    assert [question["about"] for question in found["questions"]] == ["strategy_type"]
    assert found["structure"] is None
    code, text, _ = told(capsys, home, "ask", "SPY put spread")
    assert code == 6
    assert "question: Which one: put_credit_spread or put_debit_spread?" in text
    assert not submitted(daemon)


def test_what_does_not_fit_is_told_with_its_numbers(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    code, found = document(capsys, home, "ask", "SPY iron condor, risk at most $100")
    assert code == 6
    assert found["why"] == "iron_condor does not fit: 1 can lose 372, the budget is 100"
    assert not submitted(daemon)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "x" * 10_001])
def test_no_words_or_too_many_are_a_usage_error(text: str, home: Path, capsys: Out) -> None:
    code, said, trouble = told(capsys, home, "ask", text)
    assert (code, said) == (2, "")
    assert trouble == f"tradebot: TEXT: expected 1 to 10000 characters of words, got {len(text)}\n"


def test_without_a_daemon_nobody_is_there_to_ask(tmp_path: Path, capsys: Out) -> None:
    assert told(capsys, tmp_path, "ask", "SPY condor")[0] == 3
