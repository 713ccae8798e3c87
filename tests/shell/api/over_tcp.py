"""How does a test speak HTTP over TCP, as a browser, a program or an attacker would?"""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tiny_daemon import TinyDaemon, served

from tradebot.shell.api.section import ApiSection

SECTION = ApiSection(port=0)


@dataclass
class Place:
    """Where a daemon listens, and what its token is."""

    port: int
    token: str
    socket_path: Path
    home: Path

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def raw(self, said: bytes) -> bytes:
        """Say something, and return all that comes until the other side closes or is silent."""
        with self.connected() as line:
            line.sendall(said)
            line.settimeout(0.5)
            found = b""
            try:
                while more := line.recv(65_536):
                    found += more
                    line.settimeout(0.15)
            except (TimeoutError, ConnectionError):
                pass
            return found

    def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> "Answer":
        """Ask as a program does; a header of another name is given by underscores."""
        told = {"Host": self.host, **{k.replace("_", "-"): v for k, v in headers.items()}}
        raw = b""
        if body is not None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            told.setdefault("Content-Type", "application/json")
        if body is not None or method != "GET":
            told.setdefault("Content-Length", str(len(raw)))
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in told.items()), "", ""]
        with self.connected() as line:
            line.sendall("\r\n".join(lines).encode("latin-1") + raw)
            return answer_of(line)

    def as_owner(self, method: str, path: str, body: object = None, **headers: str) -> "Answer":
        return self.ask(method, path, body, Authorization=f"Bearer {self.token}", **headers)

    def logged_in(self, name: str = "alice") -> str:
        """Log in with the token; return the cookie to send."""
        found = self.ask("POST", "/api/v1/session", {"token": self.token, "name": name})
        assert found.status == 200, found
        return found.headers["set-cookie"].partition(";")[0]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


def answer_of(line: socket.socket) -> Answer:
    """Read one answer of a known length."""
    found = b""
    while b"\r\n\r\n" not in found:
        more = line.recv(65_536)
        assert more, f"the connection was closed after {found!r}"
        found += more
    head, _, body = found.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (text.partition(": ") for text in lines)
    headers = {name.lower(): value for name, _, value in pairs}
    while len(body) < int(headers.get("content-length", "0")):
        more = line.recv(65_536)
        assert more
        body += more
    return Answer(int(first.split()[1]), headers, body)


@contextmanager
def listening(
    daemon: TinyDaemon, home: Path, section: ApiSection = SECTION
) -> Iterator[Place]:
    with served(daemon, home, section) as path:
        url = daemon.where()["url"]
        assert url, daemon.said
        token = (home / section.token_file).read_text().strip()
        yield Place(int(url.rstrip("/").rpartition(":")[2]), token, path, home)
