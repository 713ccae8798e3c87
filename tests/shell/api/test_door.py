"""Is somebody who asks always heard, however many are there who do not?"""

import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.tiny_daemon import TinyDaemon, served

from tradebot.shell.api import door

ASKS = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def connected(path: Path, entered: ExitStack) -> socket.socket:
    found = entered.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
    found.settimeout(10)
    found.connect(str(path))
    return found


def heard(guest: socket.socket) -> bytes:
    """Return what comes next; nothing where the door was shut."""
    try:
        return guest.recv(4096)
    except ConnectionError:
        return b""


@pytest.mark.promise(20)
@pytest.mark.fault(15, 92)
def test_more_than_there_is_room_for_are_turned_away_and_those_inside_are_served(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(door, "CONNECTIONS_MAX", 5)
    with served(TinyDaemon(), tmp_path) as path, ExitStack() as entered:
        inside = [connected(path, entered) for _ in range(5)]
        for guest in inside:
            guest.sendall(ASKS)
            assert b"200 OK" in heard(guest)
        assert heard(connected(path, entered)) == b""
        inside[0].sendall(ASKS)
        assert b"200 OK" in heard(inside[0])
        inside[1].close()
        time.sleep(0.1)
        late = connected(path, entered)
        late.sendall(ASKS)
        assert b"200 OK" in heard(late)


@pytest.mark.promise(20)
@pytest.mark.fault(92)
@pytest.mark.parametrize("said", [b"", b"GET /heal", ASKS])
def test_who_asks_nothing_is_seen_off_and_who_asks_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: bytes
) -> None:
    monkeypatch.setattr(door, "SILENT_S", 0.2)
    with served(TinyDaemon(), tmp_path) as path, ExitStack() as entered:
        silent, lively = (connected(path, entered) for _ in range(2))
        silent.sendall(said)
        if said == ASKS:
            assert b"200 OK" in heard(silent)
        for _ in range(8):
            lively.sendall(ASKS)
            assert b"200 OK" in heard(lively)
            time.sleep(0.1)
        assert heard(silent) == b""
