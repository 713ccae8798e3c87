"""Who gets in over TCP, as whom, for how long; and what if the port is somebody else's?"""

import json
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.shell.api.over_tcp import SECTION, Place, listening
from tests.shell.api.test_server import AN_INTENT, ask
from tests.tiny_daemon import TinyDaemon, served

from tradebot.core.model.commands import SetKillSwitch
from tradebot.shell.api import door, logins, sockets
from tradebot.shell.api.logins import Logins, Throttle
from tradebot.shell.api.section import ApiSection
from tradebot.shell.api.token import TokenFile

LOOSENING = {
    "clear-kill": "tradebot clear-kill", "arm": "tradebot arm",
    "resume": "tradebot resume", "clear-halt": "tradebot clear-halt",
    "reduce-only/off": "tradebot reduce-only off",
    "reconcile/accept": "tradebot reconcile", "strategies/cross/enable": "tradebot strategies",
    "login-codes": "tradebot dashboard",
}


@pytest.fixture
def place(daemon: TinyDaemon, tmp_path: Path) -> Iterator[Place]:
    with listening(daemon, tmp_path) as found:
        yield found


def test_the_token_is_made_at_the_first_start_for_the_owner_alone(place: Place) -> None:
    assert stat.S_IMODE((place.home / "api_token").stat().st_mode) == 0o600
    assert len(place.token) >= 43  # 256 bits
    assert place.as_owner("GET", "/api/v1/status").status == 200


def test_without_a_token_only_the_probes_answer(place: Place) -> None:
    assert place.ask("GET", "/healthz").status == 200
    assert place.ask("GET", "/readyz").status == 200
    for path in ("/version", "/api/v1/status", "/api/v1/orders", "/api/v1/session"):
        found = place.ask("GET", path)
        assert (found.status, found.headers["www-authenticate"]) == (401, "Bearer"), path


def test_a_browser_logs_in_with_a_code_once_and_never_sees_the_token(place: Place) -> None:
    code, told = ask(
        place.socket_path, "POST", "/api/v1/login-codes", b"{}",
        {"Content-Type": "application/json"},
    )
    assert code == 200
    assert told["url"] == f"{place.origin}/login#code={told['code']}"
    body = {"code": told["code"], "name": "alice"}
    found = place.ask("POST", "/api/v1/session", body, Origin=place.origin)
    cookie, *rules = found.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(rules)
    assert place.token not in str(found)
    who = place.ask("GET", "/api/v1/session", Cookie=cookie).document
    assert who["name"] == "alice"
    assert place.ask("POST", "/api/v1/session", body).status == 401
    assert place.ask("DELETE", "/api/v1/session", {}, Cookie=cookie).status == 200
    assert place.ask("GET", "/api/v1/session", Cookie=cookie).status == 401


def test_what_is_done_over_tcp_names_who_logged_in(daemon: TinyDaemon, place: Place) -> None:
    cookie = place.logged_in("alice")
    body = {"reason": "drill", "user": "somebody-else"}
    assert place.ask("POST", "/api/v1/kill", body, Cookie=cookie).status == 200
    command = daemon.decisions[-1].command
    assert isinstance(command, SetKillSwitch)
    assert (command.by, command.reason) == ("alice@web", "drill")
    sent = place.as_owner("POST", "/api/v1/intents", {**AN_INTENT, "key": "k1", "user": "bot"})
    assert sent.document["reason_code"] == "RISK_KILL_SWITCH"


@pytest.mark.parametrize("path", LOOSENING)
def test_what_loosens_a_control_is_told_how_and_never_done_over_tcp(
    daemon: TinyDaemon, place: Place, path: str
) -> None:
    place.as_owner("POST", "/api/v1/kill", {})
    before, cookie = len(daemon.decisions), place.logged_in()
    for who in ({"Cookie": cookie}, {"Authorization": f"Bearer {place.token}"}):
        found = place.ask("POST", f"/api/v1/{path}", {"reason": "why not"}, **who)
        assert found.status == 403
        assert LOOSENING[path] in found.document["detail"]
    assert len(daemon.decisions) == before
    assert daemon.latch.reason is not None


def test_another_token_ends_every_login(place: Place) -> None:
    cookie = place.logged_in()
    (place.home / "api_token").unlink()
    assert place.ask("GET", "/api/v1/session", Cookie=cookie).status == 401
    assert place.as_owner("GET", "/api/v1/status").status == 401
    place.token = (place.home / "api_token").read_text().strip()
    assert place.as_owner("GET", "/api/v1/status").status == 200


def test_a_token_that_others_can_read_opens_nothing(place: Place) -> None:
    (place.home / "api_token").chmod(0o644)
    found = place.as_owner("GET", "/api/v1/status")
    assert (found.status, str(place.home) in str(found)) == (503, False)
    (place.home / "api_token").chmod(0o600)
    assert place.as_owner("GET", "/api/v1/status").status == 200


def test_what_is_no_token_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "api_token"
    for make in (
        lambda: path.write_text("short\n"), lambda: path.symlink_to("/etc/hostname"),
        lambda: os.mkfifo(path, 0o600),
    ):
        make()
        path.chmod(0o600) if not path.is_symlink() else None
        with pytest.raises(OSError, match=r"token|symbolic|no file"):
            TokenFile(path, lambda: None).refresh()
        path.unlink()


@pytest.mark.fault(103)
def test_after_ten_wrong_tokens_nobody_may_try_but_a_login_goes_on(place: Place) -> None:
    cookie = place.logged_in()
    for _ in range(10):
        assert place.ask("GET", "/api/v1/status", Authorization="Bearer wrong").status == 401
    found = place.ask("GET", "/api/v1/status", Authorization="Bearer wrong")
    assert found.status == 429
    assert 0 < int(found.headers["retry-after"]) <= 61
    assert place.as_owner("GET", "/api/v1/status").status == 429
    assert place.ask("POST", "/api/v1/session", {"token": place.token}).status == 429
    assert place.ask("POST", "/api/v1/kill", {}, Cookie=cookie).status == 200


def test_pages_that_a_restart_locked_out_lock_nobody_else_out(place: Place) -> None:
    outlived = f"{place.logged_in().partition('=')[0]}=of-an-earlier-life"
    for _ in range(20):
        assert place.ask("GET", "/api/v1/status", Cookie=outlived).status == 401
    assert place.as_owner("GET", "/api/v1/status").status == 200


def test_failures_logins_and_codes_end_by_time_and_are_bounded() -> None:
    now = 0.0
    names = iter(range(1_000))
    held = Logins(lambda: now, 100.0, lambda: f"s{next(names)}")
    first, code = held.open("alice"), held.new_code()
    throttle = Throttle(lambda: now)
    for _ in range(10):
        throttle.failed()
    assert throttle.wait_s() == 60.0
    now = 60.0
    assert (throttle.wait_s(), held.spend(code)) == (0.0, False)
    assert held.of(first) is not None
    now = 100.0
    assert held.of(first) is None
    keys = [held.open("bob") for _ in range(logins.LOGINS_MAX + 1)]
    assert (held.of(keys[0]), held.of(keys[-1])) != (None, None)
    assert held.of(keys[0]) is None
    codes = [held.new_code() for _ in range(logins.CODES_MAX + 1)]
    assert [held.spend(codes[0]), held.spend(codes[-1]), held.spend(codes[-1])] == [
        False, True, False
    ]


def test_a_port_in_use_is_told_and_tried_again(
    daemon: TinyDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "RETRY_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with served(daemon, tmp_path, ApiSection(port=port)) as path:
            assert ask(path, "GET", "/healthz")[0] == 200
            assert daemon.where()["url"] is None
            assert "in use" in daemon.where()["trouble"]
            assert len(daemon.said) == 1
            other.close()
            deadline = time.monotonic() + 5
            while daemon.where()["url"] is None and time.monotonic() < deadline:
                time.sleep(0.02)
            assert daemon.where() == {
                "url": f"http://127.0.0.1:{port}/", "exposed": False, "trouble": None
            }
    assert [type(notice).__name__ for notice in daemon.noticed] == ["TaskFailed", "TaskRecovered"]


def test_beyond_this_machine_it_listens_only_when_told_and_says_so_loudly(
    daemon: TinyDaemon, tmp_path: Path
) -> None:
    with listening(daemon, tmp_path, replace(SECTION, host="0.0.0.0")) as place:
        assert daemon.where()["exposed"] is True
        assert any("BEYOND THIS MACHINE" in line for line in daemon.said)
        assert place.ask("GET", "/healthz", Host=f"0.0.0.0:{place.port}").status == 421


@pytest.mark.promise(20)
@pytest.mark.fault(92)
def test_who_does_not_read_an_answer_is_cut_off(
    daemon: TinyDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "SILENT_S", 0.2)
    large = {"state": "TRADING", "strategies": [], "much": "x" * 20_000_000}
    monkeypatch.setattr(daemon, "status", lambda: large)
    with listening(daemon, tmp_path) as place, place.connected() as line:
        asks = f"GET /api/v1/status HTTP/1.1\r\nHost: {place.host}\r\n"
        line.sendall(f"{asks}Authorization: Bearer {place.token}\r\n\r\n".encode())
        time.sleep(1.0)
        read = 0
        with suppress(ConnectionError):
            while more := line.recv(1_000_000):
                read += len(more)
        assert read < 20_000_000


def test_the_token_is_told_nowhere(daemon: TinyDaemon, place: Place) -> None:
    place.as_owner("GET", f"/api/v1/intents/{place.token}")
    place.ask("POST", "/api/v1/session", {"token": place.token, "extra": place.token})
    whole = [place.as_owner("GET", f"/api/v1/{p}").body for p in ("status", "health")]
    written = json.dumps([str(d) for d in daemon.decisions])
    assert not any(place.token in str(text) for text in (*whole, *daemon.said, written))
