"""Is there room for a halt on a full disk? Set aside at the start, free when it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tradebot.shell import reserve

_FULL = """
import resource, sys
from pathlib import Path
from tradebot.shell import reserve
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
print(reserve.keep(Path(sys.argv[1])))
"""


@pytest.mark.fault(29)
def test_room_is_set_aside_once_and_given_up_whole(tmp_path: Path) -> None:
    assert reserve.keep(tmp_path) == reserve.keep(tmp_path) == ""
    kept = (tmp_path / "RESERVE").stat()
    assert kept.st_size == kept.st_blocks * 512 == 16 << 20, "blocks, not a hole"
    assert oct(kept.st_mode & 0o777) == "0o600"
    reserve.give_up(tmp_path)
    assert not [*tmp_path.iterdir()]
    reserve.give_up(tmp_path)


def test_where_there_is_no_room_that_is_said_and_nothing_is_left_behind(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert "no room kept aside" in told
    assert not [*tmp_path.iterdir()]
