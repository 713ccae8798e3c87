"""Can a person see what could not be delivered, try it again, or give it up for a reason?"""

from pathlib import Path

import pytest
from tests.cli.asked import Out, document, told
from tests.tiny_daemon import TinyDaemon, served

from tradebot.core.model.commands import BreakerState, Delivery, ReportDelivery, SetBreaker
from tradebot.core.model.ids import ClOrdID
from tradebot.shell.journal.file import Journal

SUBMIT = ("submit", "--symbol", "SPY", "--side", "buy", "--qty", "2", "--limit", "500.00")
WHY = "try 1: refused; try 2: refused"


def a_dead_letter(daemon: TinyDaemon, out: Out, home: Path) -> str:
    """Submit an order that the wire cannot deliver; return its intent's id."""
    _, found = document(out, home, *SUBMIT)
    undelivered(daemon, found["client_order_id"])
    intent_id: str = found["intent_id"]
    return intent_id


def undelivered(daemon: TinyDaemon, cl_ord_id: str) -> None:
    daemon.decide(ReportDelivery(
        cl_ord_id=ClOrdID(cl_ord_id), delivery=Delivery.UNDELIVERED, detail=WHY
    ))


def test_a_dead_letter_is_listed_and_shown_with_its_whole_history(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    assert "no dead letters" in told(capsys, home, "dead-letters", "list")[1]
    intent_id = a_dead_letter(daemon, capsys, home)
    _, found = document(capsys, home, "dead-letters", "list")
    (row,) = found["dead_letters"]
    assert (row["intent_id"], row["status"], row["detail"]) == (intent_id, "pending", WHY)
    assert WHY in told(capsys, home, "dead-letters", "list")[1]
    _, shown = document(capsys, home, "dead-letters", "show", intent_id[:10])
    events = [line["event"] for line in shown["history"]]
    assert events[0] == "IntentReceived"
    assert events[-2:] == ["OrderNeverLeft", "IntentRefused"]
    assert WHY in told(capsys, home, "dead-letters", "show", intent_id)[1]
    _, status = document(capsys, home, "status")
    assert status["counts"]["dead_letters"] == 1
    assert "dead letters" in told(capsys, home, "status")[1]


@pytest.mark.fault(69)
def test_one_that_is_tried_again_walks_anew_and_only_once(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    intent_id = a_dead_letter(daemon, capsys, home)
    code, found = document(capsys, home, "dead-letters", "retry", intent_id, "--ttl", "60")
    assert (code, found["dead_letter"]["status"]) == (0, "retried")
    again = found["result"]["client_order_id"]
    assert found["result"]["order"]["attempt"] == 2
    code, _, said = told(capsys, home, "dead-letters", "retry", intent_id)
    assert (code, "tried again or discarded before" in said) == (6, True)
    undelivered(daemon, again)
    _, found = document(capsys, home, "dead-letters", "list", "--status", "pending")
    assert [row["deaths"] for row in found["dead_letters"]] == [2]
    code, said, _ = told(capsys, home, "dead-letters", "retry", intent_id)
    assert (code, "walked again to stage" in said) == (0, True)


@pytest.mark.fault(69)
def test_a_retry_that_a_gate_refuses_says_so(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    intent_id = a_dead_letter(daemon, capsys, home)
    told(capsys, home, "kill", "--reason", "test")
    code, said, _ = told(capsys, home, "dead-letters", "retry", intent_id)
    assert (code, "RISK_KILL_SWITCH" in said) == (6, True)
    assert document(capsys, home, "status")[1]["counts"]["dead_letters"] == 0


def test_one_that_is_discarded_keeps_who_and_why(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    intent_id = a_dead_letter(daemon, capsys, home)
    assert told(capsys, home, "dead-letters", "discard", intent_id)[0] == 2
    code, said, _ = told(capsys, home, "dead-letters", "discard", intent_id, "--reason", "too late")
    assert (code, f"{intent_id} is discarded" in said) == (0, True)
    (row,) = document(capsys, home, "dead-letters", "list")[1]["dead_letters"]
    assert (row["status"], row["note"]) == ("discarded", "too late")


def test_what_is_no_dead_letter_cannot_be_tried_again(home: Path, capsys: Out) -> None:
    for words in (("retry", "X"), ("discard", "X", "--reason", "none")):
        code, _, said = told(capsys, home, "dead-letters", *words)
        assert (code, "no dead letter" in said) == (1, True)
    code, _, said = told(capsys, home, "dead-letters", "retry", "X", "--ttl", "soon")
    assert (code, "ttl: expected whole seconds" in said) == (2, True)


def test_without_a_daemon_they_are_read_from_the_journal_and_not_changed(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    with served(daemon, tmp_path):
        intent_id = a_dead_letter(daemon, capsys, tmp_path)
        _, online = document(capsys, tmp_path, "dead-letters", "list")
    journal = Journal.open(
        tmp_path / "journal", code="0.1.0", settings_hash="test", threaded=False, prewrite=False
    )
    journal.write(daemon.decisions)
    journal.close()
    assert document(capsys, tmp_path, "dead-letters", "list") == (0, online)
    assert WHY in told(capsys, tmp_path, "dead-letters", "show", intent_id)[1]
    assert told(capsys, tmp_path, "dead-letters", "retry", intent_id)[0] == 3


def test_status_says_that_a_breaker_is_open(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    daemon.decide(SetBreaker(route="paper", state=BreakerState.OPEN, reason="reset"))
    assert document(capsys, home, "status")[1]["routes"][0]["breaker"] == "OPEN"
    assert "breaker OPEN" in told(capsys, home, "status")[1]
