"""Is a snapshot what was saved, or else nothing at all?"""

import os
import stat
from pathlib import Path

import pytest
from tests import makers

from tradebot.core.model.settings import Settings
from tradebot.shell.journal import snapshot
from tradebot.shell.journal.place import NotOurFile

SEQ, HASH = 7, "ab" * 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    kept = tmp_path / "snapshots" / "book.json"
    snapshot.save(kept, makers.some_settings(), SEQ, HASH)
    return kept


def test_it_comes_back_with_its_line_and_hash(path: Path) -> None:
    assert snapshot.load(path, Settings) == (makers.some_settings(), SEQ, HASH)


def test_every_flipped_bit_and_every_truncation_makes_it_nothing(path: Path) -> None:
    data = path.read_bytes()
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            assert snapshot.load(path, Settings) is None
        path.write_bytes(data[:place])
        assert snapshot.load(path, Settings) is None
    path.write_bytes(data + b"\n")
    assert snapshot.load(path, Settings) is None


def test_what_is_missing_or_of_another_shape_is_nothing(path: Path) -> None:
    assert snapshot.load(path.with_name("other.json"), Settings) is None
    assert snapshot.load(path.parent, Settings) is None
    assert snapshot.load(path, list) is None
    snapshot.save(path, {"mode": "unheard of"}, SEQ, HASH)
    assert snapshot.load(path, Settings) is None


def test_a_crash_while_saving_leaves_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("the power went")

    steps: list[tuple[object, str]] = [(os, "pwrite"), (os, "fdatasync"), (Path, "replace")]
    for owner, name in steps:
        with monkeypatch.context() as broken:
            broken.setattr(owner, name, crash)
            with pytest.raises(OSError, match="power"):
                snapshot.save(path, makers.some_settings(intent_ttl_s=1), SEQ + 1, HASH)
        assert snapshot.load(path, Settings) == (makers.some_settings(), SEQ, HASH)
    snapshot.save(path, makers.some_settings(intent_ttl_s=1), SEQ + 1, HASH)
    assert snapshot.load(path, Settings) == (makers.some_settings(intent_ttl_s=1), SEQ + 1, HASH)


def test_only_its_owner_may_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_links_are_not_followed(path: Path, tmp_path: Path) -> None:
    moved = path.rename(tmp_path / "moved")
    path.symlink_to(moved)
    assert snapshot.load(path, Settings) is None
    data = moved.read_bytes()
    snapshot.save(path, makers.some_settings(), SEQ + 1, HASH)
    assert moved.read_bytes() == data
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotOurFile):
        snapshot.save(tmp_path / "linked" / "book.json", makers.some_settings(), SEQ, HASH)
