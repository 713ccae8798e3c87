"""Does a flag stop trading whatever it is, and hold up nobody who looks?"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tradebot.shell.kill_flag import (
    KILL_FILE,
    SPARE_FILE,
    FlagWatch,
    Latch,
    drop,
    lay_spare,
    reason_in,
)

WITHIN_S = 5.0
FLAGS: dict[str, Callable[[Path], object]] = {
    "empty": Path.touch,
    "a directory": Path.mkdir,
    "a pipe": os.mkfifo,
    "a link to nowhere": lambda path: path.symlink_to("/nowhere"),
    "no text": lambda path: path.write_bytes(b"\xff\0\n" * 100_000),
}


@pytest.mark.promise(6)
@pytest.mark.fault(84)
@pytest.mark.parametrize("lay", FLAGS.values(), ids=FLAGS)
def test_whatever_has_the_name_of_the_flag_sets_the_latch(
    tmp_path: Path, lay: Callable[[Path], object]
) -> None:
    latch, heard = Latch(), threading.Event()
    latch.heard.append(heard.set)
    with FlagWatch(tmp_path, latch):
        lay(tmp_path / KILL_FILE)
        assert heard.wait(WITHIN_S)
    assert latch.reason


def test_a_kill_behind_a_kill_is_counted_and_heard_and_the_first_reason_stands() -> None:
    latch, heard = Latch(), list[int]()
    latch.heard.append(lambda: heard.append(latch.sets))
    for reason in ("first", "second"):
        latch.set(reason, "alice")
    assert (heard, latch.reason) == ([1, 2], "first")


@pytest.mark.fault(84)
def test_a_kill_is_dropped_even_where_pipes_have_its_names(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / KILL_FILE)
    os.mkfifo(tmp_path / SPARE_FILE)
    lay_spare(tmp_path)
    assert reason_in(drop(tmp_path, "enough")) is not None
