"""How does a verb ask the running daemon? HTTP over its Unix socket, in bounded time."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from tradebot.cli.outcome import Exit, Stop
from tradebot.cli.place import REHEARSAL, socket_path

TIMEOUT_S: Final = 20.0
_BAD_REQUEST: Final = 400
_NOT_FOUND: Final = 404
_LONGEST_ANSWER: Final = 64 * 1024 * 1024

# What an HTTP status means to a script that reads exit codes.
EXIT_OF: Final[Mapping[int, Exit]] = {
    400: Exit.USAGE, 404: Exit.FAILED, 409: Exit.REFUSED, 413: Exit.USAGE, 415: Exit.USAGE,
    504: Exit.TIMED_OUT,
}


class NotRunning(Stop):
    """No daemon listens there: the verb ends with how to start one, unless it can do without."""

    def __init__(self, home: Path) -> None:
        super().__init__(Exit.NOT_RUNNING, "")
        self._home = home

    def __str__(self) -> str:
        none = f"no daemon runs in {self._home}; start one with: tradebot run --config NAME"
        return elsewhere(self._home) or none


class Reply(NamedTuple):
    status: int
    document: dict[str, Any]

    @property
    def is_good(self) -> bool:
        return self.status < _BAD_REQUEST

    def exit_code(self) -> Exit:
        """Read the status; what is not there for a reason of the core's own was refused."""
        if self.status == _NOT_FOUND and self.document.get("reason_code"):
            return Exit.REFUSED
        return Exit.DONE if self.is_good else EXIT_OF.get(self.status, Exit.FAILED)

    def checked(self) -> dict[str, Any]:
        """Return the document, or end the verb with what the daemon said."""
        if not self.is_good:
            raise Stop(self.exit_code(), self.problem())
        return self.document

    def problem(self) -> str:
        code = self.document.get("reason_code")
        detail = str(self.document.get("detail") or f"HTTP status {self.status}")
        return f"{code}: {detail}" if code else detail


class Client:
    """One daemon, named by its data directory; every request is a connection of its own."""

    def __init__(self, home: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._home = home
        self._timeout_s = timeout_s

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Reply:
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path, None, {})

    def post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Reply:
        told = {"Content-Type": "application/json", **(headers or {})}
        return self._ask("POST", path, json.dumps(body).encode(), told)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply:
        from http.client import HTTPException

        from tradebot.cli.unix_http import UnixConnection
        from tradebot.shell.api.socket_place import locate

        connection = UnixConnection(locate(socket_path(self._home)), self._timeout_s)
        try:
            try:
                connection.connect()
            except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
                raise NotRunning(self._home) from None
            except PermissionError:
                text = f"{self._home} belongs to another user: ask as the one who runs the daemon"
                raise Stop(Exit.FAILED, text) from None
            connection.request(method, path, body=body, headers=dict(headers))
            response = connection.getresponse()
            return Reply(response.status, _document(response.read(_LONGEST_ANSWER)))
        except TimeoutError:
            text = f"the daemon gave no answer within {self._timeout_s:g} s; its log says why"
            raise Stop(Exit.TIMED_OUT, text) from None
        except (ConnectionError, HTTPException):
            raise Stop(Exit.FAILED, "the daemon closed the connection without an answer") from None
        finally:
            connection.close()


def escaped(name: str) -> str:
    return quote(name, safe="")


def elsewhere(home: Path) -> str | None:
    """Say where a daemon does run, when it is not where somebody looked."""
    if is_running(home / REHEARSAL):
        return f"no daemon runs in {home}, but its rehearsal does: add --rehearsal"
    return None


def is_running(home: Path) -> bool:
    try:
        return Client(home, timeout_s=2.0).get("/healthz").is_good
    except (Stop, OSError):
        return False


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise Stop(Exit.FAILED, "the daemon's answer was no JSON") from None
    if not isinstance(found, dict):
        raise Stop(Exit.FAILED, "the daemon's answer was no JSON object")
    return found
