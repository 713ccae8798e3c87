"""Is every known way to abuse a local web server refused, and nothing decided by it?

Each attack is what an attacker sends and the statuses that refuse it; none of them may be good.
The valid cookie goes with it wherever a browser would send it by itself.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.shell.api.over_tcp import Place, answer_of, listening
from tests.shell.api.test_server import AN_INTENT
from tests.tiny_daemon import TinyDaemon

KILL = "/api/v1/kill"
FORM = "application/x-www-form-urlencoded"


class Attacked:
    """One daemon for all attacks, and the login of its owner's browser."""

    def __init__(self, daemon: TinyDaemon, place: Place) -> None:
        self.daemon = daemon
        self.place = place
        self.cookie = place.logged_in()

    def by_browser(self, method: str, path: str, body: object = None, **headers: str) -> int:
        """Ask as a page does that makes the owner's browser ask."""
        return self.place.ask(method, path, body, Cookie=self.cookie, **headers).status

    def by_hand(self, text: str, *, host: bool = True, body: bytes = b"") -> int:
        """Say these lines, and return the status; 0 where the door is just shut."""
        lines = text.replace("\n", "\r\n").encode("latin-1")
        told = f"Host: {self.place.host}\r\n" if host else ""
        own = f"{told}Cookie: {self.cookie}\r\nConnection: close\r\n\r\n".encode()
        return _status(self.place.raw(lines + b"\r\n" + own + body))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    daemon = TinyDaemon()
    with listening(daemon, tmp_path_factory.mktemp("attacked")) as place:
        yield Attacked(daemon, place)


def _status(said: bytes) -> int:
    return int(said.split()[1]) if said.startswith(b"HTTP/") else 0


def _post(**headers: str) -> Callable[[Attacked], int]:
    return lambda a: a.by_browser("POST", KILL, {}, **headers)


def _get(path: str) -> Callable[[Attacked], int]:
    return lambda a: a.by_browser("GET", path)


def _hand(text: str, *, host: bool = True, body: bytes = b"") -> Callable[[Attacked], int]:
    return lambda a: a.by_hand(text.replace("PORT", str(a.place.port)), host=host, body=body)


def _typed(kind: str, body: bytes) -> Callable[[Attacked], int]:
    return lambda a: a.by_browser("POST", KILL, body, Content_Type=kind)


def _intent(body: bytes) -> Callable[[Attacked], int]:
    return lambda a: a.by_browser("POST", "/api/v1/intents", body)


ATTACKS: dict[str, tuple[Callable[[Attacked], int], tuple[int, ...]]] = {
    # Another name for our address: DNS rebinding and its relatives.
    "a rebound name": (_post(Host="evil.example"), (421,)),
    "a rebound name with our port": (_hand("POST /api/v1/kill HTTP/1.1\nHost: evil.example:PORT",
                                           host=False), (421,)),
    "our name without its port": (_post(Host="127.0.0.1"), (421,)),
    "our name with another port": (_post(Host="127.0.0.1:1"), (421,)),
    "a name that ends like ours": (_hand("GET / HTTP/1.1\nHost: evil-127.0.0.1:PORT",
                                         host=False), (421,)),
    "localhost with a dot": (_hand("GET /healthz HTTP/1.1\nHost: localhost.:PORT",
                                   host=False), (421,)),
    "no host": (_hand("GET /healthz HTTP/1.1", host=False), (400, 421)),
    "two hosts": (_hand("GET /healthz HTTP/1.1\nHost: evil.example"), (400, 421)),
    "user information in the host": (_hand("GET / HTTP/1.1\nHost: x@127.0.0.1:PORT",
                                           host=False), (400, 421)),
    "an absolute address of elsewhere": (_hand("GET http://evil.example/ HTTP/1.1",
                                               host=False), (400, 421)),
    "an address as a number": (_hand("GET /healthz HTTP/1.1\nHost: 2130706433:PORT",
                                     host=False), (421,)),
    "an empty host": (_hand("GET /healthz HTTP/1.1\nHost:", host=False), (400, 421)),
    # A stranger's page in the owner's browser.
    "another origin": (_post(Origin="http://evil.example"), (403,)),
    "no origin in words": (_post(Origin="null"), (403,)),
    "our host on another port": (_post(Origin="http://127.0.0.1:1"), (403,)),
    "our host over https": (_hand("POST /api/v1/kill HTTP/1.1\nOrigin: https://127.0.0.1:PORT"
                                  "\nContent-Type: application/json"), (403,)),
    "an origin that begins like ours": (
        _hand("POST /api/v1/kill HTTP/1.1\nContent-Type: application/json"
              "\nOrigin: http://127.0.0.1:PORT.evil.example"), (403,)),
    "two origins": (_hand("POST /api/v1/kill HTTP/1.1\nOrigin: http://127.0.0.1:PORT"
                          "\nOrigin: http://evil.example\nContent-Type: application/json"), (403,)),
    "cross-site": (_post(Sec_Fetch_Site="cross-site"), (403,)),
    "same-site": (_post(Sec_Fetch_Site="same-site"), (403,)),
    "a read from elsewhere": (
        lambda a: a.by_browser("GET", "/api/v1/account", Origin="http://evil.example"), (403,)),
    "a question before asking": (
        lambda a: a.by_browser("OPTIONS", KILL, Origin="http://evil.example",
                               Access_Control_Request_Method="POST"), (403, 405)),
    "a form": (_typed(FORM, b"reason=x"), (415,)),
    "a form without fields": (_typed(FORM, b""), (415,)),
    "text that is JSON": (_typed("text/plain", b'{"reason":"x"}'), (415,)),
    "a form of many parts": (_typed("multipart/form-data; boundary=x", b"--x--"), (415,)),
    "no type at all": (_hand("POST /api/v1/kill HTTP/1.1\nContent-Length: 2", body=b"{}"), (415,)),
    "a write by GET": (_get(KILL + "?reason=x"), (400,)),
    "another method by header": (
        lambda a: 405 if a.place.ask(
            "GET", KILL, Cookie=a.cookie, X_HTTP_Method_Override="POST",
        ).document["killed"] is False else 200, (405,)),
    "another method by query": (_get(KILL + "?_method=POST"), (400,)),
    # Methods and versions that nobody needs.
    "TRACE": (_hand("TRACE / HTTP/1.1"), (403, 404, 405)),
    "CONNECT": (_hand("CONNECT evil.example:443 HTTP/1.1"), (0, 400, 403, 404, 405)),
    "a method of its own": (_hand("KILL /api/v1/kill HTTP/1.1"), (400, 405)),
    "PUT": (_hand("PUT /api/v1/kill HTTP/1.1"), (405,)),
    "HTTP/1.0": (_hand("GET /healthz HTTP/1.0"), (505,)),
    "HTTP/0.9": (_hand("GET /healthz"), (0, 400, 505)),
    "a websocket": (_hand("GET /api/v1/stream HTTP/1.1\nUpgrade: websocket\n"
                          "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="),
                    (400,)),
    "HTTP/2 in plain": (_hand("PRI * HTTP/2.0"), (0, 400, 505)),
    "TLS": (lambda a: _status(a.place.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")),
            (0, 400)),
    # Paths that lead elsewhere.
    "up": (_get("/static/../../../../etc/passwd"), (400, 404)),
    "up in disguise": (_get("/static/%2e%2e/%2e%2e/etc/passwd"), (400, 404)),
    "up twice in disguise": (_get("/static/%252e%252e/etc/passwd"), (404,)),
    "up by backslash": (_get("/static/..%5c..%5capi_token"), (404,)),
    "the token itself": (_get("/api_token"), (404,)),
    "a double slash": (_get("//evil.example/%2f.."), (400, 404, 421)),
    "an end in the path": (_get("/static/index.html%00.js"), (400, 404)),
    "a line end in the path": (_get("/api/v1/orders%0d%0aSet-Cookie:x=y"), (404,)),
    "a path too long": (_get("/" + "a" * 4_000), (400, 414)),
    # More than is read.
    "a header too long": (_post(X_Large="x" * 9_000), (400, 431)),
    "headers without end": (
        _hand("GET /healthz HTTP/1.1\n" + "\n".join(f"X-{n}: {'y' * 90}" for n in range(100))),
        (400, 431)),
    "a thousand headers": (
        _hand("GET /healthz HTTP/1.1\n" + "\n".join(f"X-{n}: y" for n in range(1_000))),
        (400, 431)),
    "ten megabytes": (_intent(b'{"symbol":"' + b"A" * 10_000_000 + b'"}'), (413,)),
    "a body that is squeezed": (
        lambda a: a.by_browser("POST", KILL, b"\x1f\x8b" + b"\0" * 60, Content_Encoding="gzip"),
        (400,)),
    "two lengths": (_hand("POST /api/v1/kill HTTP/1.1\nContent-Type: application/json\n"
                          "Content-Length: 2\nContent-Length: 3", body=b"{}x"), (0, 400)),
    "a length and chunks": (_hand("POST /api/v1/kill HTTP/1.1\nContent-Type: application/json\n"
                                  "Content-Length: 2\nTransfer-Encoding: chunked",
                                  body=b"0\r\n\r\n"), (0, 400)),
    "chunks in disguise": (_hand("POST /api/v1/kill HTTP/1.1\nContent-Type: application/json\n"
                                 "Transfer-Encoding: xchunked", body=b"0\r\n\r\n"), (0, 400)),
    "a length below nothing": (_hand("POST /api/v1/kill HTTP/1.1\nContent-Length: -1"), (0, 400)),
    "a folded header": (_hand("GET /healthz HTTP/1.1\nX-A: b\n evil: c"), (0, 400)),
    "a space before the colon": (_hand("GET /healthz HTTP/1.1\nX-A : b"), (0, 400)),
    # Secrets.
    "a wrong token": (
        lambda a: a.place.ask("GET", "/api/v1/status", Authorization="Bearer x").status, (401,)),
    "a token in the address": (
        lambda a: a.place.ask("GET", f"/api/v1/status?token={a.place.token}").status, (401,)),
    "a token as a password": (
        lambda a: a.place.ask("GET", "/api/v1/status", Authorization="Basic eDp4").status, (401,)),
    "somebody else's cookie": (
        lambda a: a.place.ask("GET", "/api/v1/status", Cookie="tradebot_1=x").status, (401,)),
    "a cookie that somebody chose": (
        lambda a: a.place.ask("GET", "/api/v1/status",
                              Cookie=f"tradebot_{a.place.port}=chosen").status, (401,)),
    "a login with nothing": (
        lambda a: a.place.ask("POST", "/api/v1/session", {}).status, (401,)),
    "a login by a page from elsewhere": (
        lambda a: a.place.ask("POST", "/api/v1/session", {"token": a.place.token},
                              Origin="http://evil.example").status, (403,)),
    # Bodies.
    "the same key twice": (_intent(b'{"qty":"1","qty":"9","symbol":"SPY","side":"buy"}'), (400,)),
    "a deep document": (_intent(b'{"legs":' + b"[" * 30_000 + b"}"), (400,)),
    "a prototype": (_intent(b'{"__proto__":{"qty":1},"symbol":"SPY","side":"buy"}'), (400,)),
    "a name that turns around": (
        _intent('{"symbol":"SPY\u202e","side":"buy","qty":"1","key":"k"}'.encode()), (400,)),
    "a name in two scripts": (
        _intent('{"symbol":"S\u0420Y","side":"buy","qty":"1","key":"k"}'.encode()), (400,)),
    "a strategy's own name": (
        _intent(b'{"symbol":"SPY","side":"buy","qty":"1","key":"k","source":"strategy"}'), (400,)),
}


@pytest.mark.fault(79, 102, 103)
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_nothing_is_decided(attacked: Attacked, name: str) -> None:
    attack, refusals = ATTACKS[name]
    before = len(attacked.daemon.decisions)
    assert attack(attacked) in refusals
    assert len(attacked.daemon.decisions) == before
    assert attacked.place.ask("GET", "/healthz").document == {"ok": True, "api_failures": 0}


def test_there_are_enough_attacks_and_what_the_owner_asks_is_answered(attacked: Attacked) -> None:
    assert len(ATTACKS) >= 60
    origin = attacked.place.origin
    asked = attacked.by_browser("GET", KILL, Origin=origin, Sec_Fetch_Site="same-origin")
    assert asked == 200


@pytest.mark.fault(102)
def test_no_page_may_show_ours_run_a_strangers_script_or_keep_what_it_read(
    attacked: Attacked,
) -> None:
    for path in ("/healthz", "/api/v1/status", "/nowhere", "/api/v1/orders?x=1"):
        told = attacked.place.ask("GET", path, Cookie=attacked.cookie).headers
        assert told["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
            "require-trusted-types-for 'script'"
        )
        assert (told["x-frame-options"], told["x-content-type-options"]) == ("DENY", "nosniff")
        assert told["cross-origin-opener-policy"] == "same-origin"
        assert told["cross-origin-resource-policy"] == "same-origin"
        assert (told["cache-control"], told["referrer-policy"]) == ("no-store", "no-referrer")
        assert "access-control-allow-origin" not in told
        assert told["server"] == "tradebot"


def test_a_chosen_cookie_never_becomes_a_login(attacked: Attacked) -> None:
    place, chosen = attacked.place, f"tradebot_{attacked.place.port}=chosen"
    found = place.ask("POST", "/api/v1/session", {"token": place.token}, Cookie=chosen)
    assert "chosen" not in found.headers["set-cookie"]
    assert place.ask("GET", "/api/v1/session", Cookie=chosen).status == 401


def test_many_requests_at_once_on_one_line_are_answered_one_by_one(attacked: Attacked) -> None:
    place = attacked.place
    asks = f"GET /healthz HTTP/1.1\r\nHost: {place.host}\r\n\r\n".encode()
    last = asks.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    found = place.raw(asks * 199 + last)
    assert found.count(b"HTTP/1.1 200 OK") == 200


@pytest.mark.fault(92)
def test_a_hundred_who_drip_their_headers_delay_nobody(tmp_path: Path) -> None:
    daemon = TinyDaemon()
    with listening(daemon, tmp_path) as place, ExitStack() as lines:
        slow = [lines.enter_context(place.connected()) for _ in range(63)]
        for line in slow:
            line.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        took = []
        with place.connected() as line:
            for number in range(20):
                body = json.dumps({**AN_INTENT, "key": f"k{number}"}).encode()
                began = time.monotonic()
                line.sendall((
                    f"POST /api/v1/intents HTTP/1.1\r\nHost: {place.host}\r\n"
                    f"Authorization: Bearer {place.token}\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n"
                ).encode() + body)
                assert answer_of(line).status == 201
                took.append(time.monotonic() - began)
                slow[number].sendall(b"y")
        late = [lines.enter_context(place.connected()) for _ in range(101)]
        assert any(line.recv(1) == b"" for line in late[-1:])  # there is no more room: turned away
        assert sorted(took)[-2] < 0.25
