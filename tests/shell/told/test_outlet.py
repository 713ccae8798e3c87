"""Can a log that is slow, full or gone stop trading? It loses lines, counts them, and no more."""

import io
import os
import time
from collections.abc import Sequence
from errno import ENOSPC
from pathlib import Path
from threading import Event

import pytest

from tradebot.core.model.secret import HIDDEN, Secret
from tradebot.shell.told.outlet import Outlet, instead_of, to_file, to_stream
from tradebot.shell.told.redact import hiding


def same(text: str) -> str:
    return text


def test_what_is_written_comes_out_in_order() -> None:
    out = io.StringIO()
    outlet = Outlet("test", to_stream(out, same))
    for number in range(1000):
        outlet.write(f"{number}\n")
    outlet.close()
    assert out.getvalue().split() == [str(number) for number in range(1000)]
    assert outlet.lost == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_lines_after_one_that_cannot_be_made_are_counted_as_lost_and_told() -> None:
    outlet = Outlet("test", to_stream(io.StringIO(), same))
    outlet.later(lambda: str(1 // 0))
    until = time.monotonic() + 5
    while not outlet.trouble and time.monotonic() < until:
        time.sleep(0.01)
        outlet.write("a line\n")
    assert (outlet.lost > 0, outlet.trouble) == (True, "its thread has ended")
    outlet.close()


@pytest.mark.promise(20)
@pytest.mark.fault(92, 94)
def test_a_reader_that_stands_still_holds_nobody_up_and_costs_bounded_memory() -> None:
    reading = Event()

    def stuck(texts: Sequence[str]) -> None:
        reading.wait(10)

    outlet = Outlet("test", stuck, waiting_max=100)
    began = time.perf_counter()
    for _ in range(5000):
        outlet.write("x\n")
    assert time.perf_counter() - began < 1
    assert outlet.waiting <= 100
    assert outlet.lost >= 4500
    reading.set()
    outlet.close()


@pytest.mark.fault(12, 94)
def test_a_pipe_that_nobody_reads_fills_up_and_trading_goes_on() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as pipe:
        outlet = Outlet("test", to_stream(pipe, same), waiting_max=10)
        for _ in range(200):
            outlet.write("x" * 10_000 + "\n")
        assert outlet.waiting <= 10
        while os.read(reader, 1 << 20) and outlet.waiting:
            continue
        os.set_blocking(reader, False)
        outlet.close()
    os.close(reader)
    assert outlet.lost > 0


@pytest.mark.fault(12)
def test_a_pipe_that_was_closed_is_told_as_trouble_and_raises_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(os.dup(writer), "wb", buffering=0) as pipe:
        outlet = Outlet("test", lambda texts: pipe.write("".join(texts).encode()) and None)
        outlet.write("into the void\n")
        outlet.close()
    os.close(writer)
    assert outlet.lost == 1
    assert "pipe" in outlet.trouble.lower()


@pytest.mark.fault(94)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_loses_the_line_and_the_next_one_is_tried() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        outlet = Outlet("test", lambda texts: full.write("".join(texts).encode()) and None)
        outlet.write("no room\n")
        outlet.close()
    assert (outlet.lost, "space" in outlet.trouble) == (1, True)


def test_lines_come_again_when_the_disk_has_room_again(tmp_path: Path) -> None:
    path = tmp_path / "telemetry" / "log.jsonl"
    is_full = True
    inner = to_file(path, bytes_max=1_000, files_max=2)

    def disk(texts: Sequence[str]) -> None:
        if is_full:
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        inner(texts)

    outlet = Outlet("test", disk)
    outlet.write("lost\n")
    while not outlet.lost:
        time.sleep(0.001)
    is_full = False
    outlet.write("kept\n")
    outlet.close()
    assert path.read_text() == "kept\n"
    assert (outlet.lost, outlet.trouble) == (1, "")


def test_a_line_that_was_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"at": "2026-')
    to_file(path, bytes_max=1_000, files_max=2)(['{"at": 1}\n', '{"at": 2}\n'])
    assert path.read_text().splitlines() == ['{"at": "2026-', '{"at": 1}', '{"at": 2}']


def test_a_file_that_is_replaced_is_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "telemetry" / "health.json"
    write = instead_of(path)
    write(["old"])
    write(["one", "two"])
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["health.json"]


def test_a_rehearsal_waits_for_its_reader_and_loses_nothing() -> None:
    out: list[str] = []

    def slow(texts: Sequence[str]) -> None:
        time.sleep(0.01)
        out.extend(texts)

    outlet = Outlet("test", slow, waiting_max=5, patience_s=5.0)
    for number in range(40):
        outlet.write(f"{number}")
    outlet.close()
    assert (outlet.lost, len(out)) == (0, 40)


def test_an_event_costs_its_caller_microseconds() -> None:
    outlet = Outlet("test", lambda texts: None, waiting_max=100_000)
    best = min(_seconds_for_1000(outlet) for _ in range(20))
    outlet.close()
    assert best / 1000 < 5e-6


def _seconds_for_1000(outlet: Outlet) -> float:
    began = time.perf_counter()
    for _ in range(1000):
        outlet.later(str)
    return time.perf_counter() - began


@pytest.mark.promise(22)
@pytest.mark.fault(104)
@pytest.mark.parametrize(
    "text",
    ["Authorization: Bearer abc.def-123", "api_key=abc.def-123", '{"token": "abc.def-123"}',
     "login with abc.def-123 failed", "password: abc.def-123"],
)
def test_no_secret_reaches_a_reader(text: str) -> None:
    hidden = hiding([Secret("abc.def-123")])(text)
    assert "abc.def-123" not in hidden
    assert HIDDEN in hidden
    if "login" not in text:
        assert "abc.def-123" not in hiding([])(text)


def test_innocent_text_is_left_alone() -> None:
    text = '{"event": "TradeBooked", "text": "booked SPY +10 @ 501.15 for sma_cross: cash -5011"}'
    assert hiding([Secret(""), Secret("SPY")])(text) == text


def test_a_full_file_is_set_aside_and_only_so_many_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write = to_file(path, bytes_max=30, files_max=3)
    for number in range(100):
        write([f"line {number:04}\n"])
    kept = [path.with_name("log.jsonl.2"), path.with_name("log.jsonl.1"), path]
    assert sorted(tmp_path.iterdir()) == sorted(kept)
    assert max(file.stat().st_size for file in kept) <= 30
    told = "".join(file.read_text() for file in kept).split("\n")[:-1]
    assert told == [f"line {number:04}" for number in range(100 - len(told), 100)]


def test_one_file_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write = to_file(path, bytes_max=10, files_max=1)
    for number in range(3):
        write([f"line {number:04}\n"])
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_text() == "line 0002\n"
