"""What does a daemon do when a system call on its files fails, and does any go unheard?

The calls are made to fail from outside, by strace: the daemon knows nothing of it. Some of them are
chosen here; `--every-call` fails each of a session's, one after the other.
"""

import itertools
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.daemon.test_signals import Running
from tests.process import judge
from tests.process.outside import alive, answers, goes_on, submit

from tradebot.cli.outcome import Stop

CALLS: Final = {"fdatasync": (3, 14), "pwrite64": (17, 24)}
SEEN: Final = ("-D", "-f", "--seccomp-bpf")  # the process that is started is the daemon itself
CALLS_LEAST: Final = 20  # that a session makes of each
ORDERS: Final = 3
FAILED: Final = 70
SYNCED: Final = re.compile(r"fdatasync.* = 0")  # from its line, or resumed
SLOWLY: Final = 30_000  # microseconds: time enough for whatever does not wait for the disk


def injecting(strace: str, directory: Path, what: str) -> tuple[str, ...]:
    """Return the words that spoil a call on the journal: its first segment, or its anchor."""
    journal = directory / "data" / "journal"
    paths = ("-P", str(journal / "00000001.jsonl"), "-P", str(journal / "HEAD"))
    return (strace, *SEEN, "-o", os.devnull, *paths, "-e", f"inject={what}")


def session(directory: Path, daemon: Running) -> Iterator[str]:
    """Trade a little, and end; yield the orders that the daemon said it took."""
    try:
        answers(directory, daemon, "TRADING")
        for number in range(ORDERS):
            answer = submit(directory, f"order {number}")
            if answer.get("client_order_id"):  # the first waits for a quote
                yield answer["client_order_id"]
            daemon.until("booked")
    except (AssertionError, Stop):  # it ended meanwhile
        daemon.process.wait(20)
    else:
        daemon.end(signal.SIGTERM, within_s=20)


def outlives(directory: Path, before: tuple[str, ...]) -> int:
    """Live one session under `before` and a second one undisturbed; return how the first ended."""
    directory.mkdir()
    home = directory / "data"
    with alive(directory, *before) as daemon:
        told = list(session(directory, daemon))
        code = daemon.process.returncode
        daemon.told.extend(daemon.process.stdout or ())
        has_begun = any("-> STARTING" in line for line in daemon.told)
    assert "Traceback" not in "".join(daemon.told)
    assert list(judge.at_rest(home)) == []
    assert set(told) <= set(judge.orders_in(judge.past_of(home))), "told, and not in the journal"
    goes_on(directory, is_halted=code == FAILED and has_begun)
    return code


@pytest.mark.timeout(3600)
@pytest.mark.fault(29, 31, 32)
@pytest.mark.promise(1, 2, 10)
@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_fails_once_ends_the_daemon_and_halts_the_next_one(
    tmp_path: Path, strace: str, call: str, request: pytest.FixtureRequest
) -> None:
    is_every = request.config.getoption("--every-call")
    for number in itertools.count(1) if is_every else CALLS[call]:
        error = "ENOSPC" if number % 4 == 0 else "EIO"
        how = f"{call}:error={error}:delay_enter={SLOWLY}:when={number}"
        code = outlives(tmp_path / str(number), injecting(strace, tmp_path / str(number), how))
        if is_every and code == 0:
            assert number > CALLS_LEAST
            return
        assert code == FAILED, f"{how}: {code}"


@pytest.mark.fault(31)
@pytest.mark.promise(10)
def test_a_journal_that_cannot_be_closed_is_a_failure_like_any_other(
    tmp_path: Path, strace: str
) -> None:
    place = tmp_path / "home"
    assert outlives(place, injecting(strace, place, "ftruncate:error=EIO:when=1")) == FAILED


@pytest.mark.fault(2, 34)
@pytest.mark.promise(2, 10)
def test_nothing_is_sent_or_told_before_a_sync_has_returned_behind_its_line(
    tmp_path: Path, strace: str
) -> None:
    trace, slowly = tmp_path / "trace", f"inject=fdatasync:delay_exit={SLOWLY}"
    calls = "trace=fdatasync,pwrite64,write,writev,sendto,sendmsg"
    with alive(
        tmp_path, strace, *SEEN, "-o", str(trace), "-s", "20000", "-e", calls, "-e", slowly
    ) as daemon:
        orders = list(session(tmp_path, daemon))
    assert len(orders) >= ORDERS - 1
    seen = trace.read_text().splitlines()
    for order in orders:
        written, left, *_ = (place for place, line in enumerate(seen) if order in line)
        assert "pwrite64(" in seen[written]
        writer = seen[written].split()[0]
        synced = (
            place for place, line in enumerate(seen[:left])
            if place > written and line.startswith(writer) and SYNCED.search(line)
        )
        assert any(synced), seen[written:left + 1]
