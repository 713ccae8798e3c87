"""Can the ledger be followed and exported, with a writer beside the reader?"""

import csv
import io
import json
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from tests.cli.asked import Out, told
from tests.cli.test_offline_verbs import write
from tests.makers import an_intent
from tests.tiny_daemon import TinyDaemon

from tradebot.cli.main import main
from tradebot.cli.outcome import Exit, Stop
from tradebot.cli.reading import LedgerFile
from tradebot.core.model.commands import SetKillSwitch, SubmitIntent
from tradebot.core.model.intent import Source
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.follow import Follower
from tradebot.shell.journal.verify import Scan


def buy(daemon: TinyDaemon, key: str) -> None:
    daemon.decide(SubmitIntent(intent=an_intent(
        price=None, key=key, source=Source.CLI, strategy_id=None,
    )))


@pytest.fixture
def daemon() -> TinyDaemon:
    found = TinyDaemon()
    buy(found, "k1")
    found.fill(next(iter(found.book.orders.working)), "10", "500.01", "X1")
    return found


@pytest.fixture
def home(daemon: TinyDaemon, tmp_path: Path) -> Path:
    write(daemon, tmp_path)
    return tmp_path


def test_the_tail_is_one_sentence_a_line(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, "ledger", "tail", "-n", "2")
    assert code == 0
    assert [line.split("  ")[-1].split(" ")[0] for line in said.splitlines()] == ["booked", "order"]
    _, said, _ = told(capsys, home, "ledger", "tail", "-n", "1", "--json")
    assert json.loads(said)["event"] == "ReconRequested"
    assert told(capsys, home, "ledger", "tail", "-n", "0")[:2] == (0, "")


def a_follower(home: Path) -> Follower:
    scan = Scan.of(home / "journal")
    for _ in scan.bodies():
        pass
    return Follower(home / "journal", scan)


def an_open_journal(home: Path, segment_bytes: int = 64 << 20) -> Journal:
    return Journal.open(
        home / "journal", code="0.1.0", settings_hash="other", threaded=False,
        segment_bytes=segment_bytes, sync=False,
    )


def test_a_follower_sees_each_decision_once_across_segments(
    daemon: TinyDaemon, home: Path
) -> None:
    follower, seen = a_follower(home), []
    known = len(daemon.decisions)
    journal = an_open_journal(home, segment_bytes=2000)
    for number in range(20):
        buy(daemon, f"more{number}")
        journal.write(daemon.decisions[journal.last_seq:])
        seen += [decision.seq for decision in follower.news()]
        assert seen == [d.seq for d in daemon.decisions[known:]]
    journal.close()
    assert [*follower.news()] == []
    assert len([*(home / "journal").glob("*.jsonl")]) > 3


def test_a_record_that_is_half_written_is_not_there_yet(daemon: TinyDaemon, home: Path) -> None:
    follower = a_follower(home)
    last = sorted((home / "journal").glob("*.jsonl"))[-1]
    whole = last.read_bytes()
    last.write_bytes(whole + b'{"n":"00000300","h":"0123')
    assert [*follower.news()] == []
    assert len([*LedgerFile(home).decisions()]) == len(daemon.decisions)


def test_a_record_that_was_changed_behind_the_follower_is_damage(
    daemon: TinyDaemon, home: Path
) -> None:
    follower = a_follower(home)
    journal = an_open_journal(home)
    buy(daemon, "more")
    journal.write(daemon.decisions[journal.last_seq:])
    journal.close()
    last = sorted((home / "journal").glob("*.jsonl"))[-1]
    last.write_bytes(last.read_bytes().replace(b"more", b"less", 1))
    with pytest.raises(JournalDamaged, match="not what was written"):
        [*follower.news()]


def test_following_goes_on_with_what_another_thread_writes(
    daemon: TinyDaemon, home: Path
) -> None:
    ledger, known = LedgerFile(home), len(daemon.decisions)
    assert len([*ledger.decisions()]) == known
    journal = an_open_journal(home)

    def write_more() -> None:
        for number in range(50):
            buy(daemon, f"more{number}")
            journal.write(daemon.decisions[journal.last_seq:])

    thread = threading.Thread(target=write_more, name="writer")
    thread.start()
    seen = [d.seq for d in islice(_flat(ledger), 50)]
    thread.join(10)
    journal.close()
    assert seen == list(range(known + 1, known + 51))


def _flat(ledger: LedgerFile) -> Iterator[Decision]:
    for news in ledger.follow():
        yield from news


def test_fills_and_orders_are_exported_as_their_lists_show_them(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    for what, rows in (("fills", daemon.views.fills()), ("orders", daemon.views.orders())):
        code, said, _ = told(capsys, home, "ledger", "export", "--what", what)
        assert (code, [json.loads(line) for line in said.splitlines()]) == (0, rows)
        _, said, _ = told(capsys, home, "ledger", "export", "--what", what, "--format", "csv")
        found = [*csv.DictReader(io.StringIO(said))]
        assert [row["client_order_id"] for row in found] == [r["client_order_id"] for r in rows]
        assert set(found[0]) == set(rows[0])


def test_decisions_are_exported_whole_and_since_a_time(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    _, said, _ = told(capsys, home, "ledger", "export")
    found = [json.loads(line) for line in said.splitlines()]
    assert [row["seq"] for row in found] == [d.seq for d in daemon.decisions]
    assert [event["type"] for event in found[-1]["events"]] == [
        type(event).__name__ for event in daemon.decisions[-1].events
    ]
    assert found[-2]["command"]["intent"]["key"] == "k1"
    since = found[-1]["at"]
    _, said, _ = told(capsys, home, "ledger", "export", "--since", since, "--format", "csv")
    assert {row["seq"] for row in csv.DictReader(io.StringIO(said))} == {str(found[-1]["seq"])}


def test_a_file_is_written_whole_for_the_owner_alone(home: Path, capsys: Out) -> None:
    out = home / "rows.csv"
    words = ("ledger", "export", "--format", "csv", "--what", "fills", "--out", str(out))
    code, said, _ = told(capsys, home, *words, "--json")
    assert (code, json.loads(said)["rows"]) == (0, 1)
    assert out.stat().st_mode & 0o777 == 0o600
    assert not out.with_name("rows.csv.begun").exists()
    assert told(capsys, home, "ledger", "export", "--json")[0] == Exit.USAGE


def test_an_export_of_a_damaged_ledger_leaves_the_last_export_alone(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    out = home / "rows.jsonl"
    out.write_text("the last one\n")
    first = home / "journal" / "00000001.jsonl"
    first.write_bytes(first.read_bytes().replace(b"SPY", b"SPX", 1))
    code, _, error = told(capsys, home, "ledger", "export", "--out", str(out))
    assert (code, out.read_text()) == (Exit.LEDGER_BAD, "the last one\n")
    assert "damaged" in error


@pytest.mark.parametrize("words", [
    ("tail", "-n", "x"), ("tail", "-n", "-1"), ("export", "--format", "xml"),
    ("export", "--since", "soon"),
])
def test_bad_words_are_usage(words: tuple[str, ...], home: Path, capsys: Out) -> None:
    assert main(["ledger", *words, "--data-dir", str(home)]) == Exit.USAGE
    assert capsys.readouterr().out == ""


def test_no_journal_is_told(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no journal"):
        LedgerFile(tmp_path)


def test_a_kill_that_is_told_names_who_and_why(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    daemon.decide(SetKillSwitch(engaged=True, reason="enough", by="ann"))
    write(daemon, home)
    _, said, _ = told(capsys, home, "ledger", "tail", "-n", "3")
    assert "kill switch SET by ann: enough" in said
