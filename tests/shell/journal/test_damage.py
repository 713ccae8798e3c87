"""Can anything be changed in a closed ledger without being noticed, by us or by an auditor?"""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from tests.shell.journal import ledgers
from tests.shell.journal.ledgers import Found, Ledger, opened, written

from tradebot.shell.journal import chain
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.file import replay
from tradebot.shell.journal.verify import verify

RECORDS = 50
SEGMENTS = (1, 2, 3)
SEED = 4


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Fifty records in three segments, closed in order."""
    directory = written(tmp_path_factory.mktemp("journal"), RECORDS - 3, segment_bytes=4500)
    made = Ledger.of(directory)
    assert tuple(made.segments) == SEGMENTS
    return made


@pytest.fixture(params=ledgers.VERIFIERS)
def look(request: pytest.FixtureRequest) -> Callable[[Ledger], Found]:
    return ledgers.VERIFIERS[request.param]


Look = Callable[[Ledger], Found]


def flips(data: bytes) -> Iterator[bytes]:
    """Yield the data with one bit changed, for every bit."""
    changed = bytearray(data)
    for place, byte in enumerate(data):
        for bit in range(8):
            changed[place] = byte ^ (1 << bit)
            yield bytes(changed)
        changed[place] = byte


def assert_bad(look: Look, damaged: Ledger) -> None:
    assert not look(damaged).is_good


def test_what_was_written_is_good(look: Look, ledger: Ledger) -> None:
    assert look(ledger) == Found(True, RECORDS, RECORDS - 3)


@pytest.mark.promise(9)
@pytest.mark.fault(27)
@pytest.mark.parametrize("number", SEGMENTS)
def test_every_flipped_bit_of_a_record_is_noticed(
    look: Look, ledger: Ledger, number: int
) -> None:
    assert not [
        place for place, data in enumerate(flips(ledger.segments[number]))
        if look(ledger.having(number, data)).is_good
    ]


@pytest.mark.fault(27)
def test_every_flipped_bit_of_the_anchor_is_noticed(look: Look, ledger: Ledger) -> None:
    assert ledger.head is not None
    for head in flips(ledger.head):
        assert_bad(look, Ledger(head, ledger.segments))


@pytest.mark.promise(9)
@pytest.mark.fault(27, 28)
@pytest.mark.parametrize("number", SEGMENTS)
def test_every_truncation_is_noticed(look: Look, ledger: Ledger, number: int) -> None:
    data = ledger.segments[number]
    for size in range(len(data)):
        assert_bad(look, ledger.having(number, data[:size]))


def test_every_truncation_of_the_anchor_is_noticed(look: Look, ledger: Ledger) -> None:
    assert ledger.head is not None
    for size in range(len(ledger.head)):
        assert_bad(look, Ledger(ledger.head[:size], ledger.segments))
    assert_bad(look, Ledger(ledger.head + b"\n", ledger.segments))
    assert_bad(look, Ledger(None, ledger.segments))


@pytest.mark.promise(9)
@pytest.mark.fault(28)
@pytest.mark.parametrize("number", SEGMENTS)
def test_every_swap_is_noticed(look: Look, ledger: Ledger, number: int) -> None:
    records = ledger.records(number)
    for one, other in combinations(range(len(records)), 2):
        swapped = list(records)
        swapped[one], swapped[other] = records[other], records[one]
        assert_bad(look, ledger.having(number, b"".join(swapped)))


@pytest.mark.fault(28)
@pytest.mark.parametrize("number", SEGMENTS)
def test_every_deletion_is_noticed(look: Look, ledger: Ledger, number: int) -> None:
    records = ledger.records(number)
    for first, last in combinations(range(len(records) + 1), 2):
        assert_bad(look, ledger.having(number, b"".join(records[:first] + records[last:])))


@pytest.mark.fault(28)
@pytest.mark.parametrize("number", SEGMENTS)
def test_every_duplication_is_noticed(look: Look, ledger: Ledger, number: int) -> None:
    records = ledger.records(number)
    for which, record in enumerate(records):
        for place in {which, len(records)}:
            again = [*records[:place], record, *records[place:]]
            assert_bad(look, ledger.having(number, b"".join(again)))


@pytest.mark.fault(28)
def test_lost_and_exchanged_segments_are_noticed(look: Look, ledger: Ledger) -> None:
    for number in SEGMENTS:
        left = {n: data for n, data in ledger.segments.items() if n != number}
        assert_bad(look, Ledger(ledger.head, left))
    for one, other in pairwise(SEGMENTS):
        exchanged = ledger.having(one, ledger.segments[other])
        assert_bad(look, exchanged.having(other, ledger.segments[one]))
    assert_bad(look, Ledger(ledger.head, {}))
    assert_bad(look, ledger.having(4, ledger.segments[3]))
    assert_bad(look, ledger.having(5, b""))


@pytest.mark.parametrize("number", SEGMENTS)
def test_bytes_behind_the_last_record_are_noticed(
    look: Look, ledger: Ledger, number: int
) -> None:
    for junk in (b"\n", b" ", b"junk", b"\0\0\0x", b"\xff" * 600, b"junk" + bytes(600)):
        assert_bad(look, ledger.having(number, ledger.segments[number] + junk))


def test_only_the_last_segment_may_end_in_zeros(look: Look, ledger: Ledger) -> None:
    for zeros in (1, 100, 1000):
        for number in SEGMENTS[:-1]:
            assert_bad(look, ledger.having(number, ledger.segments[number] + bytes(zeros)))
        assert look(ledger.having(3, ledger.segments[3] + bytes(zeros))).is_good


def hashed_anew(ledger: Ledger, old: bytes, new: bytes) -> Ledger:
    """Forge a ledger: one text replaced, all hashes and the anchor made to fit."""
    forged, before, end = dict(ledger.segments), chain.GENESIS, 0
    for number in SEGMENTS:
        lines = []
        for record in ledger.records(number):
            body = record[chain.PREFIX_BYTES : -len(chain.SUFFIX)]
            line, before = chain.frame(before, body.replace(old, new))
            lines.append(line)
        forged[number] = b"".join(lines)
        end = len(forged[number])
    assert forged != ledger.segments
    anchor = chain.Anchor(RECORDS - 3, before.decode(), SEGMENTS[-1], end)
    return Ledger(anchor.encode(), forged)


def test_a_ledger_hashed_anew_is_noticed_by_its_anchor(look: Look, ledger: Ledger) -> None:
    """Whoever rewrites the past and all hashes after it must rewrite the anchor too."""
    forged = hashed_anew(ledger, b'"X7"', b'"Y7"')
    assert look(forged).is_good
    assert_bad(look, Ledger(ledger.head, forged.segments))


@pytest.mark.parametrize(("old", "new"), [
    (b'{"seq":7,', b'{"seq":8,'), (b'{"seq":7,', b'{"seq":6,'), (b'{"seq":7,', b'{"sEq":7,'),
    (b'{"segment":2,', b'{"segment":3,'), (b'"format":1', b'"format":2'),
    (b'"cafe","seq":1}', b'"cafe","seq":2}'), (b'"cafe","seq":1}', b'"cafe"}'),
])
def test_records_that_fit_the_chain_but_not_the_count_are_noticed(
    look: Look, ledger: Ledger, old: bytes, new: bytes
) -> None:
    assert_bad(look, hashed_anew(ledger, old, new))


def test_both_verifiers_say_the_same_of_random_damage(ledger: Ledger) -> None:
    chance = random.Random(SEED)
    for _ in range(3000):
        number = chance.choice(SEGMENTS)
        data = ledger.segments[number]
        start, end = sorted(chance.choices(range(len(data) + 1), k=2))
        junk = chance.choice((b"", bytes(end - start), chance.randbytes(3), data[:200]))
        damaged = ledger.having(number, data[:start] + junk + data[end:])
        assert ledgers.ours(damaged) == ledgers.theirs(damaged)


def some_damage(ledger: Ledger) -> dict[str, tuple[Ledger, str]]:
    """Return damaged ledgers, and what must be said of them."""
    first, head = ledger.segments[1], ledger.head or b""
    place = first.index(b'"X7"')
    return {
        "flip": (ledger.having(1, first.replace(b'"X7"', b'"X8"')), "segment 1, record 8, byte "),
        "hole": (ledger.having(1, first[:place] + bytes(600) + first[place + 600:]), "record 8"),
        "gap": (ledger.having(2, b""), "segment 2, record 1, byte 0"),
        "end": (ledger.having(3, ledger.segments[3][:-1]), "segment 3"),
        "lost": (Ledger(head, {1: first, 2: ledger.segments[2]}), "acknowledged records are lost"),
        "anchor": (Ledger(head.replace(b'"seq"', b'"sEq"'), ledger.segments), "the anchor is"),
        "no anchor": (Ledger(None, ledger.segments), "the anchor is missing"),
    }


KINDS = ("flip", "hole", "gap", "end", "lost", "anchor", "no anchor")


@pytest.mark.fault(27)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_ledger_is_not_opened_and_not_touched(
    ledger: Ledger, kind: str, tmp_path: Path
) -> None:
    damaged, told = some_damage(ledger)[kind]
    damaged.put(tmp_path)
    for use in (opened, lambda directory: list(replay(directory))):
        with pytest.raises(JournalDamaged) as raised:
            use(tmp_path)
        assert told in str(raised.value)
    assert not verify(tmp_path).is_good
    assert Ledger.of(tmp_path) == damaged
    assert len(list(tmp_path.iterdir())) == len(damaged.segments) + (damaged.head is not None)


def the_tool(directory: Path) -> tuple[int, str]:
    done = subprocess.run(
        (sys.executable, "-I", ledgers.TOOL, directory), capture_output=True, text=True,
        timeout=30, check=False,
    )
    return done.returncode, done.stdout


def test_the_auditors_tool_tells_good_from_bad(ledger: Ledger, tmp_path: Path) -> None:
    directory = ledger.put(tmp_path / "journal")
    assert the_tool(directory) == (0, f"good: {RECORDS} records, {RECORDS - 3} decisions\n")
    assert the_tool(tmp_path)[0] == 0
    damaged, told = some_damage(ledger)["flip"]
    damaged.put(directory)
    code, said = the_tool(directory)
    assert code == 8
    assert told in said


def test_the_auditors_tool_imports_nothing_of_ours() -> None:
    assert "tradebot" not in {
        line.split()[1].partition(".")[0]
        for line in ledgers.TOOL.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    }
