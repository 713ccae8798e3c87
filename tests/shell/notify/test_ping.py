"""Does the outside hear that we live as long as we do, and only then?"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.makers import OPEN
from tests.shell.notify.desk import Desk, played

from tradebot.core.model.secret import Secret
from tradebot.core.session import State
from tradebot.shell.notify.ping import Ping
from tradebot.shell.state import ASKED_TO_STOP, StateChanged

WELL: dict[str, Any] = {
    "components": {name: {"status": "healthy"} for name in ("loop", "brokers", "orchestrator")},
    "last_decision": {"seq": 7}, "queues": {"unpublished": 0},
}


@contextmanager
def heard() -> Iterator[tuple[str, list[str]]]:
    """Serve whoever asks, and remember what for."""
    asked: list[str] = []

    class Ears(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(500 if "broken" in self.path else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Ears) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def lived(folder: Path, health: dict[str, Any], end: str = ASKED_TO_STOP, **section: Any) -> Desk:
    """Live for a moment, and stop for this reason."""
    async def run() -> Desk:
        desk = Desk(folder, ping_allow_private=True, ping_every_s=0.05, **section)
        desk.open()
        ping = Ping(desk.alerts, lambda: health, desk.lines.append)
        running = asyncio.create_task(ping.run())
        await asyncio.sleep(0.12)
        ping.on_state(StateChanged(
            at=OPEN, before=State.TRADING, after=State.STOPPING, reason=end
        ))
        running.cancel()
        await asyncio.wait({running})
        desk.out.close()
        return desk

    return asyncio.run(run())


def test_the_url_is_asked_for_as_long_as_all_is_well(tmp_path: Path) -> None:
    with heard() as (url, asked):
        desk = lived(tmp_path, WELL, ping_url=Secret(f"{url}/alive"))
    assert len(asked) >= 2
    assert set(asked) == {"/alive"}
    assert desk.lines == []


def test_a_call_comes_as_often_as_the_settings_of_now_say(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> int:
        desk.open()
        running = asyncio.create_task(Ping(desk.alerts, lambda: WELL, desk.lines.append).run())
        await asyncio.sleep(5)
        desk.section = replace(desk.section, ping_every_s=60)
        desk.open()
        await asyncio.sleep(116)
        running.cancel()
        return len(desk.lines)

    url = Secret("ftp://example.org")  # which fails at once, as the log hears
    assert played(tmp_path, scene, ping_every_s=3600, ping_url=url) == 3


@pytest.mark.parametrize("change", [
    {"components": {**WELL["components"], "brokers": {"status": "degraded"}}},
    {"components": {**WELL["components"], "loop": {"status": "unhealthy"}}},
])
def test_who_is_not_well_is_silent(tmp_path: Path, change: dict[str, Any]) -> None:
    with heard() as (url, asked):
        desk = lived(tmp_path, {**WELL, **change}, ping_url=Secret(f"{url}/alive"))
    assert asked == []
    assert "no sign of life is sent" in desk.lines[0]


def test_a_journal_that_takes_nothing_ends_the_signs_of_life(tmp_path: Path) -> None:
    with heard() as (url, asked):
        stuck = {**WELL, "queues": {"unpublished": 3}}
        desk = lived(tmp_path, stuck, ping_url=Secret(f"{url}/alive"))
    assert len(asked) == 1  # one look alone may meet a busy moment
    assert desk.lines[0].endswith("what is decided does not reach the journal")


def test_a_failure_says_so_with_its_last_breath(tmp_path: Path) -> None:
    with heard() as (url, asked):
        urls = {"ping_url": Secret(f"{url}/alive"), "ping_fail_url": Secret(f"{url}/fail")}
        lived(tmp_path, WELL, "engine died", **urls)
        assert asked[-1] == "/fail"
        del asked[:]
        lived(tmp_path, WELL, **urls)
        assert "/fail" not in asked


def test_a_sign_that_does_not_arrive_harms_nobody_and_shows_no_url(tmp_path: Path) -> None:
    with heard() as (url, _):
        desk = lived(tmp_path, WELL, ping_url=Secret(f"{url}/broken/canary"))
    assert desk.lines[0] == "a sign of life did not arrive: Unreached: HTTP status 500"
    refused = lived(tmp_path, WELL, ping_url=Secret("ftp://example.org/canary"))
    assert refused.lines
    assert "canary" not in "".join(refused.lines)
