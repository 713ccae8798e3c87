"""What happens to the record that a crash cut off? It is cut, reported, and nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.shell.journal import ledgers
from tests.shell.journal.ledgers import Found, Ledger, decisions, opened, written

from tradebot.shell.journal.chain import Anchor
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.file import replay
from tradebot.shell.journal.verify import verify

KEPT = 8
SECTOR = 512


@pytest.fixture(scope="module")
def lagging(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Eight records that the anchor names the last of, and one more that it does not know."""
    directory = written(tmp_path_factory.mktemp("journal"), KEPT)
    head = (directory / "HEAD").read_bytes()
    written(directory, 1)
    return Ledger(head, Ledger.of(directory).segments)


@pytest.fixture(params=ledgers.VERIFIERS)
def look(request: pytest.FixtureRequest) -> Callable[[Ledger], Found]:
    return ledgers.VERIFIERS[request.param]


def bounds(ledger: Ledger) -> tuple[bytes, int, int]:
    """Return the segment, and where its last record lies."""
    data = ledger.segments[1]
    return data, len(data) - len(ledger.records(1)[-1]), len(data)


WHOLE = Found(True, KEPT + 2, KEPT + 1)
CUT = Found(True, KEPT + 1, KEPT, True)
BAD = Found(False)
Look = Callable[[Ledger], Found]


def test_a_whole_record_behind_the_anchor_is_good(look: Look, lagging: Ledger) -> None:
    assert look(lagging) == WHOLE


@pytest.mark.fault(4, 26)
def test_a_record_cut_off_at_any_byte_is_told(look: Look, lagging: Ledger) -> None:
    data, start, end = bounds(lagging)
    for size in range(start + 1, end):
        assert look(lagging.having(1, data[:size])) == CUT, size
    assert look(lagging.having(1, data[:start])) == Found(True, KEPT + 1, KEPT)


def test_a_record_cut_off_in_zeros_at_any_byte_is_told(look: Look, lagging: Ledger) -> None:
    data, start, end = bounds(lagging)
    for size in range(start + 1, end):
        assert look(lagging.having(1, data[:size] + bytes(4096))) == CUT, size
    for zeros in (1, SECTOR, 5000):
        assert look(lagging.having(1, data + bytes(zeros))) == WHOLE
        ahead = lagging.having(1, data[:start] + bytes(zeros))
        assert look(ahead) == Found(True, KEPT + 1, KEPT)


def test_a_cut_before_the_anchor_is_damage(look: Look, lagging: Ledger) -> None:
    data, start, _ = bounds(lagging)
    for size in range(start):
        assert look(lagging.having(1, data[:size])) == BAD
        assert look(lagging.having(1, data[:size] + bytes(4096))) == BAD


def test_a_flip_behind_the_anchor_never_passes_for_good(lagging: Ledger) -> None:
    """Nobody was told of this record: at worst it is cut, but it is never read."""
    data, start, end = bounds(lagging)
    for place in range(start, end):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            damaged = lagging.having(1, bytes(flipped))
            found = ledgers.ours(damaged)
            assert found in (CUT, BAD)
            assert found == ledgers.theirs(damaged)


def test_a_record_lost_between_two_is_damage(look: Look, lagging: Ledger, tmp_path: Path) -> None:
    """Two records that the anchor does not know; the first is not what was written."""
    written(lagging.put(tmp_path), 1)
    more = Ledger(lagging.head, Ledger.of(tmp_path).segments)
    assert look(more) == Found(True, KEPT + 3, KEPT + 2)
    records = more.records(1)
    middle = records[-2].replace(b'"X', b'"Y')
    assert look(more.having(1, b"".join([*records[:-2], middle, records[-1]]))) == BAD
    assert look(more.having(1, b"".join([*records[:-2], records[-1]]))) == BAD


@pytest.mark.fault(4, 26)
@pytest.mark.parametrize("zeros", [0, 4096])
def test_the_next_start_cuts_it_reports_it_and_goes_on(
    lagging: Ledger, tmp_path: Path, zeros: int
) -> None:
    data, start, end = bounds(lagging)
    for size in range(start + 1, end):
        directory = lagging.having(1, data[:size] + bytes(zeros)).put(tmp_path / str(size))
        assert "not written to its end" in str(verify(directory).torn)
        assert [decision.seq for decision in replay(directory)] == [*range(1, KEPT + 1)]
        journal = opened(directory)
        assert journal.torn is not None
        assert journal.torn.startswith(f"segment 1, record {KEPT + 2}, byte {start}: ")
        assert journal.last_seq == KEPT
        assert Ledger.of(directory).segments[1] == data[:start]  # a second crash finds no rest
        journal.write(decisions(2, KEPT + 1))
        journal.close()
        assert list(replay(directory)) == decisions(KEPT + 2)
        again = opened(directory)
        assert again.torn is None
        again.close()


def test_looking_cuts_nothing(lagging: Ledger, tmp_path: Path) -> None:
    data, _, end = bounds(lagging)
    torn = lagging.having(1, data[: end - 5])
    verify(torn.put(tmp_path))
    list(replay(tmp_path))
    assert Ledger.of(tmp_path) == torn


@pytest.mark.fault(6)
def test_a_new_segment_without_a_whole_header_has_no_name_yet(tmp_path: Path) -> None:
    """A crash while a segment begins leaves a file that nobody reads."""
    directory = written(tmp_path, KEPT)
    (directory / "00000002.jsonl.begun").write_bytes(b'{"n":"0000')
    assert verify(directory).is_good
    written(directory, 1, settings_hash="other")
    assert list(replay(directory)) == decisions(KEPT + 1)
    assert not list(directory.glob("*.begun"))


@pytest.mark.fault(6)
def test_a_first_start_that_died_early_starts_again(tmp_path: Path) -> None:
    """The anchor comes first, so that its absence beside records always means a loss."""
    opened(tmp_path).close()
    (tmp_path / "00000001.jsonl").unlink()
    with pytest.raises(JournalDamaged):
        opened(tmp_path)
    (tmp_path / "HEAD").unlink()
    written(tmp_path, 1)
    assert list(replay(tmp_path)) == decisions(1)


def test_an_anchor_alone_is_an_empty_journal(tmp_path: Path) -> None:
    (tmp_path / "HEAD").write_bytes(Anchor().encode())
    written(tmp_path, 1)
    assert list(replay(tmp_path)) == decisions(1)
