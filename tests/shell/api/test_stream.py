"""Does a page hear of every decision, come back to what it missed, and never hold anybody up?"""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.shell.api.over_tcp import Place, listening
from tests.shell.api.test_server import post
from tests.tiny_daemon import TinyDaemon

from tradebot.core.model.events import Event
from tradebot.shell.api import stream_routes
from tradebot.shell.views.topics import TOPICS


@pytest.fixture
def place(daemon: TinyDaemon, tmp_path: Path) -> Iterator[Place]:
    with listening(daemon, tmp_path) as found:
        yield found


def followed(place: Place, after: int | None = None, room: int | None = None) -> socket.socket:
    line = socket.socket()
    line.settimeout(10)
    if room is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    line.connect(("127.0.0.1", place.port))
    seen = f"Last-Event-ID: {after}\r\n" if after is not None else ""
    line.sendall((
        f"GET /api/v1/stream HTTP/1.1\r\nHost: {place.host}\r\n{seen}"
        f"Authorization: Bearer {place.token}\r\n\r\n"
    ).encode())
    return line


def events(line: socket.socket, until: int) -> list[dict[str, Any]]:
    """Read what is told, to the decision of this number."""
    heard, ends = bytearray(), f"id: {until}\n".encode()
    while heard.find(ends, max(0, len(heard) - 200_000)) < 0 or not heard.endswith(b"\n\n\r\n"):
        more = line.recv(65_536)
        assert more, bytes(heard[-200:])
        heard += more
    found = []
    for block in heard.decode().replace("\r\n", "\n").split("\n\n"):
        fields = dict(text.partition(": ")[::2] for text in block.splitlines() if ": " in text)
        if "event" in fields:
            found.append({
                "event": fields["event"], "id": fields.get("id"), **json.loads(fields["data"])
            })
    return found


def toggled(place: Place, times: int) -> None:
    """Have so many decisions made, a wide one each."""
    for number in range(times):
        control = "pause" if number % 2 == 0 else "resume"
        assert post(place.socket_path, f"/api/v1/{control}", {"reason": "x" * 200})[0] == 200


def test_every_event_names_what_it_touches() -> None:
    assert set(TOPICS) == set(get_args(Event))
    assert all(TOPICS.values())


def test_a_follower_hears_each_decision_with_its_rows_and_topics(
    daemon: TinyDaemon, place: Place
) -> None:
    with followed(place) as line:
        time.sleep(0.1)
        before = len(daemon.decisions)
        toggled(place, 2)
        hello, first, second = events(line, before + 2)
    assert (hello["event"], hello["seq"], hello["id"]) == ("hello", before, None)
    assert (first["event"], first["id"], first["seq"]) == (
        "decision", str(before + 1), before + 1
    )
    assert first["topics"] == ["controls"]
    assert first["rows"] == list(daemon.views.recent.rows())[-2:-1]
    assert second["seq"] == before + 2


def test_who_comes_back_hears_what_it_missed_or_that_it_did(
    daemon: TinyDaemon, place: Place
) -> None:
    last = len(daemon.decisions)
    toggled(place, 3)
    with followed(place, after=last + 1) as line:
        told = events(line, last + 3)
        assert [one["event"] for one in told] == ["hello", "decision", "decision"]
        assert [one["seq"] for one in told[1:]] == [last + 2, last + 3]
    for unknown in (10**9, 0):
        with followed(place, after=unknown) as line:
            time.sleep(0.1)
            toggled(place, 2)
            told = events(line, len(daemon.decisions))
            assert [one["event"] for one in told][:2] == ["hello", "lost"]


def test_who_falls_behind_is_told_so_and_goes_on(
    daemon: TinyDaemon, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_routes, "WAITING_MAX", 4)
    monkeypatch.setattr(stream_routes, "GATHER_S", 0.5)
    with followed(place) as line:
        time.sleep(0.1)
        toggled(place, 12)
        told = events(line, len(daemon.decisions))
    lost = [one for one in told if one["event"] == "lost"]
    heard = [one["seq"] for one in told if one["event"] == "decision"]
    assert lost
    assert sum(one["decisions"] for one in lost) + len(heard) == 12
    assert heard == sorted(set(heard))


def test_a_quiet_line_is_kept_open_and_more_than_there_is_room_for_come_later(
    daemon: TinyDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_routes, "QUIET_S", 0.05)
    with listening(daemon, tmp_path) as place, ExitStack() as lines:
        for _ in range(32):
            lines.enter_context(followed(place))
        time.sleep(0.3)
        assert place.as_owner("GET", "/api/v1/stream").status == 503
        line = lines.enter_context(followed(place))
        assert b"503" in line.recv(4_096)
    with listening(daemon, tmp_path) as place, followed(place) as line:
        time.sleep(0.3)
        assert b": quiet\n\n" in line.recv(65_536)


@pytest.mark.promise(20)
@pytest.mark.fault(92)
def test_twenty_follow_of_which_five_never_read_and_the_others_hear_all(
    daemon: TinyDaemon, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_routes, "WRITE_WITHIN_S", 0.5)
    monkeypatch.setattr(stream_routes, "told_rows", lambda told: ["x" * 20_000])
    first, heard = len(daemon.decisions), dict[int, list[dict[str, Any]]]()
    with ExitStack() as lines:
        deaf = [lines.enter_context(followed(place, room=16_384)) for _ in range(5)]
        alive = [lines.enter_context(followed(place)) for _ in range(15)]
        readers = [
            threading.Thread(target=lambda n=n: heard.update({n: events(alive[n], first + 100)}))
            for n in range(15)
        ]
        for reader in readers:
            reader.start()
        slowest = 0.0
        for _ in range(50):
            began = time.monotonic()
            toggled(place, 2)
            slowest = max(slowest, time.monotonic() - began)
        for reader in readers:
            reader.join(20)
        assert [sum(one["event"] == "decision" for one in told) for told in heard.values()] == (
            [100] * 15
        )
        assert slowest < 1.0
        time.sleep(0.8)
        for line in deaf:  # 2 MB were told; what they find is what the kernel kept, and an end
            assert len(drained(line)) < 1_000_000


def drained(line: socket.socket) -> bytes:
    found = b""
    line.settimeout(0.5)
    with suppress(ConnectionError, TimeoutError):
        while more := line.recv(1_000_000):
            found += more
    return found
