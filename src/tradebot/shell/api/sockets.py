"""On which sockets is the API served? Beside the data for its owner; over TCP by token or login."""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tradebot.shell.api.doorman import Doorman
from tradebot.shell.api.login_routes import LoginDesk
from tradebot.shell.api.logins import Logins
from tradebot.shell.api.openapi import openapi_route
from tradebot.shell.api.route import ApiRoute
from tradebot.shell.api.section import ApiSection
from tradebot.shell.api.server import Server
from tradebot.shell.api.socket_place import bind, place
from tradebot.shell.api.token import TokenFile
from tradebot.shell.supervisor import Notice, Run, TaskFailed, TaskRecovered
from tradebot.shell.views.rows import Plain

RETRY_S: Final = 10.0
OVER_TCP: Final = "api over tcp"
_WAITING_MAX: Final = 64  # connections that the kernel keeps until we take them


class Sockets:
    """Serves the same routes twice. Without the TCP port the daemon trades on, and says so.

    `routes` are set before anything runs.
    """

    def __init__(
        self, section: ApiSection, home: Path, tell: Callable[[str], None],
        notify: Callable[[Notice], None], *, pace: float = 1.0,
    ) -> None:
        self._section = section
        self._home = home
        self._tell = tell
        self._notify = notify
        self._pace = pace
        self.routes: Sequence[ApiRoute] = ()
        self._failures = 0
        self._servers: dict[str, Server] = {}
        self._logins = Logins(self._now, section.session_s)
        self._token = TokenFile(home / section.token_file, self._logins.clear)
        self._port: int | None = None
        self._trouble = ""
        self._doorman: Doorman | None = None

    def failures(self) -> int:
        """Count the requests that failed by our own fault."""
        return self._failures

    def connections(self) -> int:
        """Count who is connected, on whichever socket."""
        return sum(server.connections() for server in self._servers.values())

    def runs(self, runtime_dir: Path | None = None) -> Mapping[str, Run]:
        """Return what serves until cancelled, by name; a long socket's name moves there."""
        return {"api": partial(self.run_unix, runtime_dir), OVER_TCP: self.run_tcp}

    def row(self) -> Plain:
        """Tell where the API is, and why it is not over TCP though it should be."""
        return {
            "url": self.url(), "exposed": self._section.is_exposed and self._port is not None,
            "trouble": self._trouble or None,
        }

    def url(self) -> str | None:
        if self._port is None:
            return None
        host = self._section.host
        return f"http://[{host}]:{self._port}/" if ":" in host else f"http://{host}:{self._port}/"

    async def run_unix(self, runtime_dir: Path | None) -> None:
        """Serve until cancelled on a socket that is ours alone, and gone afterwards."""
        path = place(self._home / "tradebot.sock", runtime_dir)
        server = self._servers["unix"] = Server(
            self._every(), on_failure=self._failed, pace=self._pace
        )
        try:
            await server.serve(bind(path))
        finally:
            path.unlink(missing_ok=True)

    async def run_tcp(self) -> None:
        """Serve until cancelled; what is in the way is told once, and tried again."""
        while self._section.enabled:
            try:
                self._token.refresh()
                listening = self._listening()
            except OSError as error:
                self._say(f"the API is not served over TCP: {error}")
                await asyncio.sleep(RETRY_S * self._pace)
                continue
            try:
                await self._serve(listening)
            finally:
                self._port = self._doorman = None

    async def _serve(self, listening: socket.socket) -> None:
        section = self._section
        if self._trouble:
            self._notify(TaskRecovered(name=OVER_TCP))
        self._trouble = ""
        self._port = int(listening.getsockname()[1])
        self._doorman = Doorman(section, self._port, self._token, self._logins, self._now)
        server = self._servers["tcp"] = Server(
            self._every(), on_failure=self._failed, pace=self._pace, doorman=self._doorman,
            connections_max=section.connections_max,
        )
        self._tell(f"API and dashboard at {self.url()}")
        if section.is_exposed:
            self._tell(f"THE API LISTENS BEYOND THIS MACHINE, on {section.host}")
        await server.serve(listening)

    def _every(self) -> Sequence[ApiRoute]:
        desk = LoginDesk(self._logins, lambda: self._doorman, self.url)
        routes = [*self.routes, *desk.routes()]
        return [*routes, openapi_route(routes)]

    def _listening(self) -> socket.socket:
        host = self._section.host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        found = socket.create_server(
            (host, self._section.port), family=family, backlog=_WAITING_MAX
        )
        found.setblocking(False)
        return found

    def _say(self, text: str) -> None:
        if text != self._trouble:
            self._tell(text)
            self._notify(TaskFailed(name=OVER_TCP, reason=text, restarts=0, given_up=False))
        self._trouble = text

    def _failed(self) -> None:
        self._failures += 1

    def _now(self) -> float:
        return asyncio.get_running_loop().time() / self._pace
