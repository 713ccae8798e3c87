"""Does a data directory stay its owner's, whatever it was like before?"""

import os
import stat
from pathlib import Path

import pytest

from tradebot.shell.own_directory import NotOurs, own


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_for_its_user_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert own(tmp_path / "data") == ""
    finally:
        os.umask(before)
    assert mode(tmp_path / "data") == 0o700


@pytest.mark.fault(105)
@pytest.mark.parametrize("wide", [0o755, 0o770, 0o701, 0o777])
def test_one_that_was_open_to_others_is_closed_and_that_is_told(tmp_path: Path, wide: int) -> None:
    tmp_path.chmod(wide)
    assert f"open to others ({wide:o})" in own(tmp_path)
    assert mode(tmp_path) == 0o700
    assert own(tmp_path) == "", "told once"


@pytest.mark.fault(105)
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a directory away")
def test_another_users_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(NotOurs, match="of user 65534"):
        own(tmp_path)
    assert mode(tmp_path) == 0o750


def test_what_is_no_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(NotOurs, match="expected a directory to write to"):
        own(tmp_path / "data")
