"""Does a start from a snapshot know the very same as one that read everything?"""

import os
import pickle
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.golden.test_golden import decisions_of
from tests.properties.walk import a_day
from tests.shell.journal.ledgers import opened
from tests.shell.journal.test_snapshot import FullDisk

from tradebot.core.book.book import Book
from tradebot.shell import recovery
from tradebot.shell.journal import snapshot
from tradebot.shell.journal.chain import Stand
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal, Take
from tradebot.shell.journal.snapshot import Unusable
from tradebot.shell.preserve import copied, preserved, restored
from tradebot.shell.recovery import SNAPSHOT, Past
from tradebot.shell.views.views import Views

STEPS = 150


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    return decisions_of(a_day(11, STEPS))


def folded(decisions: list[Decision]) -> Views:
    views = Views()
    for decision in decisions:
        views.apply(decision)
    return views


def everything(views: Views) -> object:
    """All that can be asked of views; `why` too, which looks deepest."""
    ids = [row["intent_id"] for row in views.intents()]
    whole = [views.pipeline_result(name) for name in ids], [views.why(name) for name in ids]
    rows = views.intents(), views.orders(), views.fills(), views.positions(), views.account()
    due = views.book.next_due(), views.book.now
    told = views.status(), views.drafts.rows(), views.equity.document(views.last)
    return views.book, due, rows, whole, told


@pytest.mark.promise(9)
@pytest.mark.fault(1, 40)
def test_at_every_cut_a_preserved_state_goes_on_as_if_nothing_had_been(
    decisions: list[Decision],
) -> None:
    views = Views()
    whole = everything(folded(decisions))
    for cut, decision in enumerate(decisions, 1):
        views.apply(decision)
        back = restored(preserved(views), Views)
        assert back.book == views.book
        if cut % 10 == 0 or cut == len(decisions):
            assert everything(back) == everything(views)
            for later in decisions[cut:]:
                back.apply(later)
            assert everything(back) == whole


def test_a_copied_book_changes_apart(decisions: list[Decision]) -> None:
    views = folded(decisions[: len(decisions) // 2])
    before = preserved(views.book)
    book = copied(views.book)
    assert book == views.book
    for decision in decisions[len(decisions) // 2 :]:
        book.fold(decision.at, decision.events)
    assert preserved(views.book) == before
    assert book == folded(decisions).book


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("made-by-a-snapshot",)


@pytest.mark.parametrize("state", [
    Evil(), Path.exists, pickle.loads, recovery.keep, {"a": Evil()}, subprocess.Popen,
])
def test_nothing_but_values_and_our_records_is_made(
    state: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unusable):
        restored(pickle.dumps(state), Views)
    assert not list(tmp_path.iterdir())


def test_a_state_of_another_kind_is_refused() -> None:
    with pytest.raises(Unusable):
        restored(preserved(Book()), Views)


@pytest.fixture
def home(tmp_path: Path, decisions: list[Decision]) -> Path:
    """A data directory with a journal of several segments, and a snapshot in the middle of it."""
    write(tmp_path, decisions[:60])
    assert recovery.keep(tmp_path) == 60
    write(tmp_path, decisions[60:])
    assert len(list((tmp_path / "journal").glob("*.jsonl"))) > 3
    return tmp_path


def write(home: Path, decisions: list[Decision]) -> None:
    journal = opened(home / "journal", segment_bytes=9000)
    for decision in decisions:
        journal.write([decision])
    journal.close()


def recovered(home: Path) -> Past:
    def over(take: Take, since: Stand | None) -> Journal:
        return opened(home / "journal", take=take, since=since)

    journal, past = recovery.recover(home, over)
    assert past.views.last is not None
    assert journal.last_seq == past.views.last.seq
    journal.close()
    return past


@pytest.mark.fault(39)
def test_a_start_reads_only_what_follows_the_snapshot(
    home: Path, decisions: list[Decision]
) -> None:
    past = recovered(home)
    assert (past.since, past.note) == (60, "")
    assert everything(past.views) == everything(folded(decisions))
    assert past.book() == past.views.book
    assert past.book() is not past.views.book


def test_a_start_from_a_snapshot_at_the_very_end_writes_on(
    home: Path, decisions: list[Decision]
) -> None:
    assert recovery.keep(home) == len(decisions)
    assert recovered(home).since == len(decisions)
    opened(home / "journal", settings_hash="other").close()  # begins another segment
    assert recovered(home).since == len(decisions)
    assert recovery.keep(home) == len(decisions)


def alter(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.fault(40)
def test_a_torn_damaged_or_empty_snapshot_is_passed_over(
    home: Path, decisions: list[Decision]
) -> None:
    data = (home / SNAPSHOT).read_bytes()
    for cut in (0, 1, 40, 41, 300, len(data) // 2, len(data) - 1):
        (home / SNAPSHOT).write_bytes(data[:cut])
        assert is_passed_over(home, decisions, "it is damaged")
    for place in (0, 50, len(data) // 2):
        (home / SNAPSHOT).write_bytes(data)
        alter(home / SNAPSHOT, place)
        assert is_passed_over(home, decisions, "it is damaged")


def is_passed_over(home: Path, decisions: list[Decision], why: str) -> bool:
    past = recovered(home)
    assert past.views.book == folded(decisions).book
    return past.since == 0 and past.note.startswith(f"the snapshot is passed over: {why}")


def test_a_snapshot_that_other_code_made_is_passed_over(
    home: Path, decisions: list[Decision]
) -> None:
    found = snapshot.load(home / SNAPSHOT)
    assert found is not None
    older = snapshot.Snapshot(found.stand, "ab" * 20, found.state)
    snapshot.save(home / SNAPSHOT, older)
    assert is_passed_over(home, decisions, "other code")


@pytest.mark.fault(40)
def test_a_snapshot_of_another_journal_is_passed_over(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other, foreign = tmp_path_factory.mktemp("other"), decisions_of(a_day(12, STEPS))
    write(other, foreign)
    (other / SNAPSHOT).parent.mkdir()
    (home / SNAPSHOT).rename(other / SNAPSHOT)
    assert is_passed_over(other, foreign, "segment")


@pytest.mark.fault(28, 40)
def test_a_snapshot_ahead_of_a_journal_that_was_set_back_is_passed_over(
    home: Path, decisions: list[Decision], tmp_path_factory: pytest.TempPathFactory
) -> None:
    back = tmp_path_factory.mktemp("back")
    write(back, decisions[:40])
    (back / SNAPSHOT).parent.mkdir()
    (home / SNAPSHOT).rename(back / SNAPSHOT)
    assert is_passed_over(back, decisions[:40], "segment")


def test_a_snapshot_of_another_line_than_the_last_is_passed_over(
    tmp_path: Path, decisions: list[Decision]
) -> None:
    """No line behind it and an anchor that lags: only the line itself can tell."""
    write(tmp_path, decisions[:40])
    head = (tmp_path / "journal" / "HEAD").read_bytes()
    write(tmp_path, decisions[40:60])
    recovery.keep(tmp_path)
    found = snapshot.load(tmp_path / SNAPSHOT)
    assert found is not None
    (tmp_path / "journal" / "HEAD").write_bytes(head)
    anchor = replace(found.stand.anchor, h="ab" * 20)
    snapshot.save(tmp_path / SNAPSHOT, replace(found, stand=replace(found.stand, anchor=anchor)))
    assert is_passed_over(tmp_path, decisions[:60], "segment")


def test_damage_behind_the_snapshot_stops_the_start(home: Path) -> None:
    last = sorted((home / "journal").glob("*.jsonl"))[-1]
    alter(last, 400)
    with pytest.raises(JournalDamaged):
        recovered(home)


@pytest.mark.fault(27, 39)
def test_damage_before_the_snapshot_is_found_by_the_keeper(home: Path) -> None:
    alter(home / "journal" / "00000001.jsonl", 400)
    assert recovered(home).since == 60  # a start does not read it
    with pytest.raises(JournalDamaged, match="segment 1"):
        recovery.keep(home)
    beside = subprocess.run(kept(home), capture_output=True, check=False)
    assert beside.returncode == 8


def test_what_is_not_acknowledged_is_not_kept(tmp_path: Path, decisions: list[Decision]) -> None:
    """The anchor says what is durable; a snapshot that knew more could outlive its journal."""
    write(tmp_path, decisions[:60])
    head = (tmp_path / "journal" / "HEAD").read_bytes()
    write(tmp_path, decisions[60:])
    (tmp_path / "journal" / "HEAD").write_bytes(head)
    assert recovery.keep(tmp_path) == 60
    assert everything(recovered(tmp_path).views) == everything(folded(decisions))


def test_a_full_disk_costs_the_snapshot_and_nothing_else(
    home: Path, decisions: list[Decision]
) -> None:
    kept = snapshot.load(home / SNAPSHOT)
    assert kept is not None
    with pytest.raises(OSError, match="no space"):
        snapshot.save(home / SNAPSHOT, kept, FullDisk(1000))
    past = recovered(home)
    assert past.since == 60
    assert past.views.book == folded(decisions).book


def kept(home: Path) -> tuple[str, ...]:
    """Return the command of a keeper, which says when it begins: it lowers its own priority."""
    ready = "import sys; from tradebot.shell import keeper; print(flush=True);"
    return (sys.executable, "-c", f"{ready} sys.exit(keeper.main(sys.argv[1:]))", str(home))


@pytest.mark.fault(5, 6)
def test_a_keeper_that_is_killed_leaves_a_snapshot_that_fits(
    home: Path, decisions: list[Decision]
) -> None:
    whole = everything(folded(decisions))
    for after_s in (0.0, 0.02, 0.05, 0.1, 0.2):
        process = subprocess.Popen(kept(home), stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after_s)
        process.kill()
        process.wait(timeout=10)
        process.stdout.close()
        past = recovered(home)
        assert past.note == ""
        assert everything(past.views) == whole
