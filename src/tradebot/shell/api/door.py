"""Who may stay connected? So many at once, and nobody for long who asks nothing."""

import asyncio
import socket
from typing import Final

from aiohttp import web

CONNECTIONS_MAX: Final = 256  # far below the files that a process may have open
SILENT_S: Final = 10.0


class Door:
    """Lets connections in; `asked` hears of each request, from whom it came."""

    def __init__(self, server: web.Server) -> None:
        self._server = server
        self._asked: set[web.RequestHandler] = set()

    def asked(self, guest: web.RequestHandler) -> None:
        self._asked.add(guest)

    async def keep(self, listening: socket.socket, pace: float) -> None:
        """Let connections in until cancelled, and end those that ask nothing for a whole turn."""
        listener = await asyncio.get_running_loop().create_server(self._admit, sock=listening)
        silent: set[web.RequestHandler] = set()
        try:
            while True:
                await asyncio.sleep(SILENT_S * pace)
                here = set(self._server.connections)
                for guest in (silent & here) - self._asked:
                    guest.force_close()
                silent = here - self._asked
                self._asked.clear()
        finally:
            listener.close()

    def _admit(self) -> asyncio.Protocol:
        is_full = len(self._server.connections) >= CONNECTIONS_MAX
        return _TurnedAway() if is_full else self._server()


class _TurnedAway(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
