"""Does the server answer what is asked, refuse what is not, and stay up whatever it is sent?"""

import asyncio
import http.client
import json
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_daemon import TinyDaemon, served

from tradebot.core.model.commands import Command, SetKillSwitch, SubmitIntent
from tradebot.core.model.report import ExecType
from tradebot.shell.api import command_routes
from tradebot.shell.api.socket_place import bind, locate, place
from tradebot.shell.engine import Busy
from tradebot.shell.journal.decision import Decision

JSON = {"Content-Type": "application/json"}
AN_INTENT: dict[str, Any] = {"symbol": "SPY", "side": "buy", "qty": "10"}


def ask(
    path: Path, method: str, target: str, body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("localhost", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(10)
    connection.sock.connect(str(path))
    try:
        connection.request(method, target, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def post(
    path: Path, target: str, body: object, key: str | None = None
) -> tuple[int, dict[str, Any]]:
    headers = JSON | ({"Idempotency-Key": key} if key else {})
    return ask(path, "POST", target, json.dumps(body).encode(), headers)


@pytest.mark.fault(102, 105)
def test_the_socket_is_the_owners_alone_and_gone_after_the_daemon(
    daemon: TinyDaemon, tmp_path: Path
) -> None:
    with served(daemon, tmp_path) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_a_socket_that_a_dead_daemon_left_is_replaced(daemon: TinyDaemon, tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "tradebot.sock"))
    left.close()
    with served(daemon, tmp_path) as path:
        pass
    assert not path.exists()


def test_a_file_in_the_sockets_place_is_not_removed(tmp_path: Path) -> None:
    victim = tmp_path / "tradebot.sock"
    victim.write_text("mine")
    with pytest.raises(OSError, match="no socket"):
        bind(victim)
    assert victim.read_text() == "mine"


def test_a_path_too_long_for_a_socket_moves_and_is_found_again(
    daemon: TinyDaemon, tmp_path: Path
) -> None:
    home = tmp_path / ("x" * 120)
    home.mkdir()
    with served(daemon, home) as wanted:
        assert not wanted.exists()
        assert ask(locate(wanted), "GET", "/healthz")[0] == 200
    short = tmp_path / "run"
    short.mkdir()
    assert place(home / "tradebot.sock", short).parent == short


def test_health_readiness_and_version_answer(path: Path) -> None:
    assert ask(path, "GET", "/healthz") == (200, {"ok": True, "api_failures": 0})
    assert ask(path, "GET", "/readyz") == (200, {"ready": True, "state": "TRADING"})
    assert ask(path, "GET", "/version")[1]["name"] == "tradebot"


def test_a_daemon_that_starts_is_not_ready(
    daemon: TinyDaemon, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_in_state(daemon, path, monkeypatch, "STARTING") as found:
        assert ask(found, "GET", "/readyz") == (503, {"ready": False, "state": "STARTING"})


def served_in_state(
    daemon: TinyDaemon, path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> Any:
    monkeypatch.setattr(daemon, "status", lambda: {"state": state})
    other = path.parent / "other"
    other.mkdir()
    return served(daemon, other)


def test_status_joins_live_facts_and_views(path: Path) -> None:
    code, found = ask(path, "GET", "/api/v1/status")
    assert code == 200
    assert (found["running"], found["pid"], found["mode"]) == (True, 4711, "paper")
    assert found["routes"] == [
        {"route": "paper", "kind": "paper", "account": "PAPER-1", "up": True,
         "breaker": "CLOSED", "refused": None}
    ]


def test_an_intent_is_decided_and_the_same_key_creates_nothing(
    daemon: TinyDaemon, path: Path
) -> None:
    first_code, first = post(path, "/api/v1/intents", AN_INTENT, key="k1")
    again_code, again = post(path, "/api/v1/intents", {**AN_INTENT, "qty": 10}, key="k1")
    assert (first_code, again_code) == (201, 200)
    assert first == again
    assert first["verdict"] == "pass"
    assert len(daemon.views.orders()) == 1


@pytest.mark.fault(93)
def test_a_hundred_posts_of_one_key_at_once_make_one_order(
    daemon: TinyDaemon, path: Path
) -> None:
    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(
            lambda _: post(path, "/api/v1/intents", AN_INTENT, key="k1")[0], range(100)
        ))
    assert sorted(set(codes)) == [200, 201]
    assert codes.count(201) == 1
    assert len(daemon.views.orders()) == 1


@pytest.mark.fault(93)
def test_a_key_with_another_body_conflicts_and_leaves_the_first_alone(
    daemon: TinyDaemon, path: Path
) -> None:
    first = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]
    code, found = post(path, "/api/v1/intents", {**AN_INTENT, "qty": "11"}, key="k1")
    assert code == 409
    assert found["reason_code"] == "VALIDATION_DUPLICATE_CONFLICT"
    assert found["intent_id"] == first["intent_id"]
    now = ask(path, "GET", f"/api/v1/intents/{first['intent_id']}")[1]
    assert now["order"] == first["order"]


def test_a_refusal_is_an_answer_with_numbers_not_an_error(path: Path) -> None:
    code, found = post(path, "/api/v1/intents", {**AN_INTENT, "qty": "101"}, key="k1")
    assert code == 201
    assert (found["success"], found["reason_code"]) == (False, "RISK_ORDER_QUANTITY")


def test_a_combo_comes_in_by_its_legs(path: Path) -> None:
    legs = [{"symbol": "SPY", "side": "buy"}, {"symbol": "IBM", "side": "sell", "ratio": "2"}]
    body = {"legs": legs, "qty": "1", "limit": "0.50", "key": "c1"}
    found = post(path, "/api/v1/intents", body)[1]
    assert found["ask"] == "buy 1 SPY sell 2 IBM limit 0.5 day"


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "one JSON object"),
    "no json": (b"{", "one JSON object"),
    "a list": (b"[]", "a JSON object"),
    "not utf-8": (b'{"symbol": "\xff"}', "UTF-8"),
    "nan": (b'{"symbol":"SPY","side":"buy","key":"k","qty":NaN}', "plain numbers"),
    "infinity": (b'{"symbol":"SPY","side":"buy","key":"k","qty":-Infinity}', "plain numbers"),
    "an exponent": (b'{"symbol":"SPY","side":"buy","key":"k","qty":1e400}', "qty"),
    "a huge number": (b'{"symbol":"SPY","side":"buy","key":"k","qty":' + b"9" * 5000 + b"}", "qty"),
    "a bool as quantity": (b'{"symbol":"SPY","side":"buy","key":"k","qty":true}', "qty"),
    "null quantity": (b'{"symbol":"SPY","side":"buy","key":"k","qty":null}', "qty"),
    "underscores": (b'{"symbol":"SPY","side":"buy","key":"k","qty":"1_000"}', "qty"),
    "other digits": (
        '{"symbol":"SPY","side":"buy","key":"k","qty":"\u0661\u0660"}'.encode(), "qty",
    ),
    "a key twice": (b'{"qty":"1","qty":"9","symbol":"SPY","side":"buy","key":"k"}', "each key"),
    "a look-alike": ('{"symbol":"S\u0420Y","side":"buy","key":"k","qty":"1"}'.encode(), "symbol"),
    "a number as symbol": (b'{"symbol":5,"side":"buy","key":"k","qty":"1"}', "symbol"),
    "a path as symbol": (b'{"symbol":"../x","side":"buy","key":"k","qty":"1"}', "symbol"),
    "half a surrogate": (b'{"symbol":"SPY","side":"buy","key":"\\ud800","qty":"1"}', "key"),
    "control characters": (b'{"symbol":"SPY","side":"buy","key":"a\\u001b[2J","qty":"1"}', "key"),
    "a wrong side": (b'{"symbol":"SPY","side":"long","key":"k","qty":"1"}', "one of buy, sell"),
    "a list as side": (b'{"symbol":"SPY","side":["buy"],"key":"k","qty":"1"}', "side"),
    "the desk's name": (
        b'{"symbol":"SPY","side":"buy","key":"k","qty":"1","source":"strategy"}', "source",
    ),
    "no key": (b'{"symbol":"SPY","side":"buy","qty":"1"}', "Idempotency-Key"),
    "five legs": (b'{"key":"k","qty":"1","legs":[{},{},{},{},{}]}', "legs"),
    "a leg as text": (b'{"key":"k","qty":"1","legs":["SPY"]}', "legs[0]"),
    "both": (b'{"key":"k","qty":"1","symbol":"SPY","legs":[{}]}', "either"),
    "a deep document": (b'{"legs":' + b"[" * 30_000 + b"}", "shallow"),
    "an unknown field": (
        b'{"symbol":"SPY","side":"buy","key":"k","quantity":"1"}', "did you mean qty?",
    ),
    "time to live": (b'{"symbol":"SPY","side":"buy","key":"k","qty":"1","ttl":0}', "ttl"),
}


@pytest.mark.fault(80, 99, 100)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_in_a_sentence_and_changes_nothing(
    daemon: TinyDaemon, path: Path, name: str
) -> None:
    body, expected = HOSTILE[name]
    before = len(daemon.decisions)
    code, found = ask(path, "POST", "/api/v1/intents", body, JSON)
    assert code == 400, found
    assert expected in found["detail"]
    assert found["field"]
    assert len(daemon.decisions) == before
    assert ask(path, "GET", "/healthz")[1]["api_failures"] == 0


@pytest.mark.promise(20)
@pytest.mark.fault(79)
def test_what_is_too_large_of_another_type_or_nowhere_is_refused(path: Path) -> None:
    large = b'{"symbol":"' + b"A" * 70_000 + b'"}'
    assert ask(path, "POST", "/api/v1/intents", large, JSON)[0] == 413
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(path, "POST", "/api/v1/intents", b"symbol=SPY", form)[0] == 415
    assert ask(path, "GET", "/api/v1/nothing")[0] == 404
    assert ask(path, "DELETE", "/api/v1/orders")[0] == 405
    assert ask(path, "GET", "/api/v1/intents/unknown")[0] == 404


@pytest.mark.fault(79)
def test_a_squeezed_body_is_not_inflated(path: Path) -> None:
    headers = JSON | {"Content-Encoding": "gzip"}
    assert ask(path, "POST", "/api/v1/intents", b"\x1f\x8b" + b"\0" * 50, headers)[0] == 400


def test_lists_take_filters_and_refuse_others(path: Path) -> None:
    post(path, "/api/v1/intents", AN_INTENT, key="k1")
    post(path, "/api/v1/intents", {**AN_INTENT, "symbol": "IBM"}, key="k2")
    assert [o["symbol"] for o in ask(path, "GET", "/api/v1/orders?symbol=IBM")[1]["orders"]] == [
        "IBM"
    ]
    assert len(ask(path, "GET", "/api/v1/intents?last=1")[1]["intents"]) == 1
    assert ask(path, "GET", "/api/v1/orders?since=2026-08-25")[1]["orders"] == []
    for bad in ("color=red", "status=shiny", "since=tomorrow", "last=0", "last=-1", "last=1e3"):
        assert ask(path, "GET", f"/api/v1/orders?{bad}")[0] == 400


def test_fills_positions_and_account_follow(daemon: TinyDaemon, path: Path) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    daemon.fill(order, "10", "500.01", "X1")
    assert ask(path, "GET", "/api/v1/fills")[1]["fills"][0]["exec_id"] == "X1"
    assert ask(path, "GET", "/api/v1/positions")[1]["positions"][0]["qty"] == "10"
    assert ask(path, "GET", "/api/v1/account")[1]["accounts"][0]["cash"] == "94998.65"


def test_a_working_order_can_be_cancelled_a_finished_one_not(
    daemon: TinyDaemon, path: Path
) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    code, found = post(path, f"/api/v1/orders/{order}/cancel", {"user": "alice"})
    assert (code, found["cancel_requested"], found["client_order_id"]) == (202, True, order)
    daemon.report(order, ExecType.CANCELED)
    assert ask(path, "POST", f"/api/v1/orders/{order}/cancel")[0] == 409
    code, found = ask(path, "POST", "/api/v1/orders/nobody/cancel")
    assert (code, found["reason_code"]) == (404, "VALIDATION_UNKNOWN_ORDER")


def test_a_working_order_can_be_changed_in_quantity_and_limit(
    daemon: TinyDaemon, path: Path
) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    daemon.report(order, ExecType.NEW)
    change = f"/api/v1/orders/{order}/replace"
    code, found = post(path, change, {"qty": "20", "user": "alice"})
    assert (code, found["replace_requested"]) == (202, True)
    assert found["order"]["ord_status"] == "pending_replace"
    daemon.report(
        found["request_id"], ExecType.REPLACED, orig_cl_ord_id=order, order_qty=Decimal(20)
    )
    shown = ask(path, "GET", "/api/v1/orders")[1]["orders"][0]
    assert (shown["order_qty"], shown["ord_status"]) == ("20", "new")
    code, found = post(path, change, {"qty": "101"})
    assert (code, found["reason_code"]) == (409, "RISK_ORDER_QUANTITY")
    assert "101 against 100" in found["detail"]
    assert post(path, change, {})[0] == 400
    assert post(path, "/api/v1/orders/nobody/replace", {"qty": "1"})[0] == 404


def test_one_sweep_takes_back_what_works_and_what_waits(daemon: TinyDaemon, path: Path) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    del daemon.facts.quotes["SPY"]
    held = post(path, "/api/v1/intents", AN_INTENT, key="k2")[1]["intent_id"]
    assert post(path, "/api/v1/cancel-all", {"symbol": "IBM"})[1] == {
        "symbol": "IBM", "cancel_requested": [], "refused": [],
    }
    code, found = post(path, "/api/v1/cancel-all", {})
    assert (code, found["cancel_requested"], found["refused"]) == (200, [order], [held])


def test_a_held_intent_is_taken_back(daemon: TinyDaemon, path: Path) -> None:
    del daemon.facts.quotes["SPY"]
    intent = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["intent_id"]
    code, found = post(path, f"/api/v1/orders/{intent}/cancel", {})
    assert (code, found["cancel_requested"], found["reason_code"]) == (200, False, "OMS_CANCELED")


def test_kill_latches_before_it_asks_and_cancels_everything(
    daemon: TinyDaemon, path: Path
) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    code, found = post(path, "/api/v1/kill", {"reason": "fire drill", "user": "alice"})
    assert code == 200
    assert (found["killed"], found["reason"], found["cancel_requested"]) == (
        True, "fire drill", [order]
    )
    assert daemon.latched_first[-1] is True
    refused = post(path, "/api/v1/intents", AN_INTENT, key="k2")[1]
    assert refused["reason_code"] == "RISK_KILL_SWITCH"
    assert post(path, "/api/v1/clear-kill", {})[0] == 400
    assert post(path, "/api/v1/clear-kill", {"reason": "drill over"})[1]["changed"] is True
    assert post(path, "/api/v1/clear-kill", {"reason": "again"})[1]["changed"] is False


def test_kill_needs_no_body(daemon: TinyDaemon, path: Path) -> None:
    assert ask(path, "POST", "/api/v1/kill")[1]["killed"] is True
    assert daemon.latch.reason == "no reason given"


@pytest.mark.fault(84)
def test_kill_latches_even_when_nothing_can_be_decided(
    daemon: TinyDaemon, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(command: Command) -> Decision | None:
        assert isinstance(command, SetKillSwitch)
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(command_routes, "DECIDE_WITHIN_S", 0.05)
    daemon.instead = hang
    assert post(path, "/api/v1/kill", {"reason": "now"})[0] == 504
    assert daemon.latch.reason == "now"


def test_a_full_inbox_says_busy(daemon: TinyDaemon, path: Path) -> None:
    async def full(command: Command) -> Decision | None:
        raise Busy("4096 commands are waiting")

    daemon.instead = full
    code, found = post(path, "/api/v1/intents", AN_INTENT, key="k1")
    assert (code, found["reason_code"]) == (503, "BUSY")


def test_a_failure_of_ours_is_told_and_counted_and_the_server_stays_up(
    daemon: TinyDaemon, path: Path
) -> None:
    async def break_down(command: Command) -> Decision | None:
        assert not isinstance(command, SubmitIntent), "planted"
        return None

    daemon.instead = break_down
    code, found = post(path, "/api/v1/intents", AN_INTENT, key="k1")
    assert (code, found["detail"]) == (500, "AssertionError")
    assert ask(path, "GET", "/healthz")[1]["api_failures"] == 1


@pytest.mark.parametrize("what", [
    "positions?since=2026-08-24", "positions?status=open", "status?symbol=SPY",
    "account?last=3", "strategies?x=1", "health?x=1",
])
def test_what_no_list_filters_by_is_refused(path: Path, what: str) -> None:
    status, found = ask(path, "GET", f"/api/v1/{what}")
    assert status == 400
    assert found["field"] == what.partition("?")[2].partition("=")[0]
