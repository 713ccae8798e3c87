"""Does `reconcile` tell a person and a script how book and broker stand, and what to do?"""

from decimal import Decimal
from pathlib import Path

from tests.cli.asked import Out, document, told
from tests.tiny_daemon import TinyDaemon


def test_where_all_agrees_it_says_so_and_ends_well(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, "reconcile")
    assert code == 0
    assert said.startswith("paper (PAPER-1): clean")
    _, found = document(capsys, home, "reconcile")
    assert (found["clean"], found["breaks"], found["running"]) == (True, [], True)


def test_a_break_is_exit_7_with_both_numbers_its_severity_and_the_way_out(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    daemon.stated_cash = Decimal(99_000)
    code, found = document(capsys, home, "reconcile")
    assert code == 7
    row, = found["breaks"]
    assert (row["break"], row["kind"], row["severity"]) == ("PAPER-1/cash", "cash", "critical")
    assert (row["book"], row["statement"]) == ("100000", "99000")
    code, said, _ = told(capsys, home, "reconcile")
    assert code == 7
    assert "tradebot reconcile --accept BREAK --reason TEXT" in said
    _, found = document(capsys, home, "status")
    assert [halt["symbol"] for halt in found["halted"]] == ["*"]
    assert not found["reconciliation"]["clean"]
    _, said, _ = told(capsys, home, "status")
    assert "break: PAPER-1/cash book 100000, broker 99000" in said


def test_accepting_a_break_makes_the_book_follow_and_trading_go_on(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    daemon.stated_cash = Decimal(99_000)
    told(capsys, home, "reconcile")
    code, found = document(
        capsys, home, "reconcile", "--accept", "cash", "--reason", "a withdrawal"
    )
    assert (code, found["clean"]) == (0, True)
    assert daemon.book.ledger.accounts["PAPER-1"].cash == 99_000
    assert not daemon.book.halted


def test_accepting_what_is_no_break_names_those_that_are(home: Path, capsys: Out) -> None:
    code, _, trouble = told(capsys, home, "reconcile", "--accept", "SPY", "--reason", "why not")
    assert code == 1
    assert "no break 'SPY'; there are: none" in trouble


def test_nobody_accepts_without_a_reason(home: Path, capsys: Out) -> None:
    code, _, trouble = told(capsys, home, "reconcile", "--accept", "cash")
    assert code == 2
    assert "--reason" in trouble


def test_a_route_that_could_not_be_compared_is_no_success(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    daemon.failures["paper"] = "the broker is away"
    code, said, _ = told(capsys, home, "reconcile")
    assert code == 1
    assert "unverified, the broker is away" in said
