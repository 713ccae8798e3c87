"""What can be asked and done while no daemon runs? Everything that the journal knows."""

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.asked import Out, document, told
from tests.tiny_daemon import TinyDaemon

from tradebot.cli.main import main
from tradebot.core.model.commands import SetKillSwitch, SubmitIntent
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.core.model.money import parse_decimal
from tradebot.shell import recovery
from tradebot.shell.journal.file import Journal, replay
from tradebot.shell.journal.lock import DataDirLock

SUBMIT = ("submit", "--symbol", "SPY", "--side", "buy", "--qty", "10")


@pytest.fixture
def daemon() -> TinyDaemon:
    found = TinyDaemon()
    for number, qty in enumerate(("10", "101")):
        found.decide(SubmitIntent(intent=Intent(
            legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=parse_decimal(qty),
            key=f"k{number}", source=Source.CLI,
        )))
    found.fill(next(iter(found.book.orders.working)), "10", "500.01", "X1")
    return found


@pytest.fixture
def home(daemon: TinyDaemon, tmp_path: Path) -> Path:
    write(daemon, tmp_path)
    return tmp_path


def write(daemon: TinyDaemon, home: Path) -> None:
    journal = Journal.open(
        home / "journal", code="0.1.0", settings_hash="test", threaded=False, prewrite=False,
    )
    journal.write(daemon.decisions[journal.last_seq:])
    journal.close()


def files(home: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def test_read_verbs_answer_from_the_journal_as_the_views_would(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    before = files(home)
    views = daemon.views
    assert document(capsys, home, "orders") == (0, {"orders": views.orders()})
    assert document(capsys, home, "intents") == (0, {"intents": views.intents()})
    assert document(capsys, home, "fills") == (0, {"fills": views.fills()})
    assert document(capsys, home, "positions") == (0, views.held())
    assert document(capsys, home, "account") == (0, views.account())
    assert files(home) == before


def test_a_snapshot_spares_the_past_and_changes_no_answer(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    assert recovery.keep(home) == len(daemon.decisions)
    test_read_verbs_answer_from_the_journal_as_the_views_would(daemon, home, capsys)
    segment = home / "journal" / "00000001.jsonl"
    segment.write_bytes(segment.read_bytes().replace(b"SubmitIntent", b"submitIntent", 1))
    test_read_verbs_answer_from_the_journal_as_the_views_would(daemon, home, capsys)
    (home / recovery.SNAPSHOT).unlink()
    assert told(capsys, home, "orders")[0] == 8


def test_text_says_on_the_side_that_it_comes_from_the_journal(home: Path, capsys: Out) -> None:
    code, said, error = told(capsys, home, "orders", "--symbol", "SPY")
    assert code == 0
    assert "filled" in said
    assert "no daemon runs; from the journal" in error


def test_status_exits_3_and_still_tells_the_last_state(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, "status")
    assert code == 3
    assert "not running" in said
    assert "market XNYS" in said
    code, found = document(capsys, home, "status")
    assert (code, found["running"], found["state"], found["mode"]) == (
        3, False, "STOPPED", "paper"
    )


def test_a_rehearsals_journal_is_read_with_its_flag(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    write(daemon, tmp_path / "rehearsal")
    assert document(capsys, tmp_path, "fills", "--rehearsal")[1]["fills"] != []
    assert told(capsys, tmp_path, "fills")[0] == 3
    assert document(capsys, tmp_path / "rehearsal", "fills")[1]["fills"] != []


def test_nothing_to_read_exits_3_and_says_how_to_start(tmp_path: Path, capsys: Out) -> None:
    for home in (tmp_path, tmp_path / "nowhere"):
        for verb in ("status", "orders", "intents", "account"):
            code, said, error = told(capsys, home, verb)
            assert (code, said) == (3, ""), verb
            assert "tradebot run" in error
        code, found = document(capsys, home, "status")
        assert (code, found["running"], found["state"]) == (3, False, "STOPPED")
        assert "no journal" in found["detail"]


@pytest.mark.parametrize("words", [SUBMIT, ("cancel", "x")])
def test_what_needs_the_daemon_exits_3(home: Path, capsys: Out, words: tuple[str, ...]) -> None:
    code, said, error = told(capsys, home, *words)
    assert (code, said) == (3, "")
    assert "tradebot run" in error


@pytest.mark.fault(84, 85)
def test_kill_without_a_daemon_drops_the_flag_file(tmp_path: Path, capsys: Out) -> None:
    home = tmp_path / "never" / "ran"
    code, said, _ = told(capsys, home, "kill", "--reason", "smoke")
    assert code == 0
    assert "no daemon is running" in said
    assert (home / "KILL").read_text() == "smoke\n"
    assert (home / "KILL").stat().st_mode & 0o777 == 0o600
    code, found = document(capsys, home, "kill")
    assert (code, found["by_file"]) == (0, str(home / "KILL"))


@pytest.mark.fault(38)
def test_kill_follows_no_link(tmp_path: Path, capsys: Out) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "KILL").symlink_to(victim)
    assert told(capsys, tmp_path, "kill")[0] == 1
    assert victim.read_text() == "mine"


def test_clear_kill_without_a_daemon_writes_its_decision(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    daemon.decide(SetKillSwitch(engaged=True, reason="drill", by="alice"))
    write(daemon, tmp_path)
    (tmp_path / "KILL").write_text("drill\n")
    assert document(capsys, tmp_path, "status")[1]["kill"]["engaged"] is True
    code, said, _ = told(capsys, tmp_path, "clear-kill", "--reason", "drill over")
    assert code == 0
    assert "cleared" in said
    assert not (tmp_path / "KILL").exists()
    kill = document(capsys, tmp_path, "status")[1]["kill"]
    assert kill == {"engaged": False, "reason": None, "to_flatten": []}
    last = list(replay(tmp_path / "journal"))[-1]
    assert isinstance(last.command, SetKillSwitch)
    assert (last.seq, last.command.reason) == (len(daemon.decisions) + 1, "drill over")
    assert told(capsys, tmp_path, "ledger", "verify")[0] == 0
    assert told(capsys, tmp_path, "replay")[0] == 0
    assert "was not set" in told(capsys, tmp_path, "clear-kill", "--reason", "again")[1]


def _hold(home: Path, held: Any, done: Any) -> None:
    with DataDirLock(home):
        held.set()
        done.wait(20)


def test_clear_kill_leaves_a_directory_in_use_alone(home: Path, capsys: Out) -> None:
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(home, held, done))
    other.start()
    try:
        assert held.wait(20)
        code, _, error = told(capsys, home, "clear-kill", "--reason", "over")
        assert code == 73
        assert str(other.pid) in error
    finally:
        done.set()
        other.join(20)


def test_a_whole_ledger_verifies_and_replays(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, "ledger", "verify")
    assert (code, said.startswith("good: ")) == (0, True)
    for path in (home, home / "journal"):
        assert main(["ledger", "verify", str(path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["good"] is True
    code, said, _ = told(capsys, home, "replay")
    assert code == 0
    assert "no difference" in said
    code, found = document(capsys, home, "replay")
    assert (code, found["same"], found["difference"], found["books"]) == (0, True, None, None)


def test_a_damaged_ledger_exits_8_and_names_the_record(home: Path, capsys: Out) -> None:
    segment = home / "journal" / "00000001.jsonl"
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    code, said, _ = told(capsys, home, "ledger", "verify")
    assert code == 8
    assert "segment 1, record" in said
    code, found = document(capsys, home, "ledger", "verify")
    assert (code, found["good"]) == (8, False)
    assert found["damage"]["record"] > 0
    for verb in ("replay", "status", "orders", "clear-kill"):
        words = (verb, "--reason", "x") if verb == "clear-kill" else (verb,)
        code, _, error = told(capsys, home, *words)
        assert code == 8, verb
        assert "damaged" in error


def test_a_missing_ledger_is_a_failure_not_a_verdict(tmp_path: Path, capsys: Out) -> None:
    code, said, error = told(capsys, tmp_path, "ledger", "verify")
    assert (code, said) == (1, "")
    assert "no journal" in error


def test_a_past_decided_otherwise_exits_1_and_shows_where(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    daemon.decisions = [
        decision for decision in daemon.decisions
        if not (isinstance(decision.command, SubmitIntent) and decision.command.intent.key == "k1")
    ]
    forged = daemon.decisions[:-1]
    last = daemon.decisions[-1]
    forged.append(type(last)(
        seq=len(forged) + 1, at=last.at, command=last.command, events=last.events[:1],
    ))
    daemon.decisions = forged
    write(daemon, tmp_path)
    code, said, _ = told(capsys, tmp_path, "replay")
    assert code == 1
    assert "differs at events" in said
    code, found = document(capsys, tmp_path, "replay")
    assert (code, found["same"], found["difference"]["command"]) == (1, False, "Report")


def test_reconcile_without_a_daemon_compares_nothing_and_says_so(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, "reconcile")
    assert code == 3
    assert "nothing was compared" in said
