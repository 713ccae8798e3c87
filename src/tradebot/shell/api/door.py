"""Who may stay connected? So many at once, and nobody for long who asks or reads nothing."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from aiohttp import web

CONNECTIONS_MAX: Final = 256  # far below the files that a process may have open
SILENT_S: Final = 10.0


class Door:
    """Lets connections in; `asked` hears of each request, from whom it came."""

    def __init__(self, server: web.Server, most: int | None = None) -> None:
        self._server = server
        self._most = most or CONNECTIONS_MAX
        self._asked: set[web.RequestHandler] = set()
        self._stays: dict[web.RequestHandler, asyncio.Task[Any] | None] = {}

    def inside(self) -> int:
        """Count who is connected."""
        return len(self._server.connections)

    def asked(self, guest: web.RequestHandler) -> None:
        self._asked.add(guest)

    @contextmanager
    def staying(self, guest: web.RequestHandler) -> Iterator[None]:
        """Let a guest stay to whom this task speaks as long as he likes; it must watch him."""
        self._stays[guest] = asyncio.current_task()
        try:
            yield
        finally:
            self._stays.pop(guest, None)

    async def keep(self, listening: socket.socket, pace: float) -> None:
        """Let connections in until cancelled, and end those that ask nothing for a whole turn."""
        listener = await asyncio.get_running_loop().create_server(self._admit, sock=listening)
        silent: set[web.RequestHandler] = set()
        try:
            while True:
                await asyncio.sleep(SILENT_S * pace)
                here = set(self._server.connections) - self._stays.keys()
                for guest in (silent & here) - self._asked:
                    _see_off(guest)
                silent = here - self._asked
                self._asked.clear()
        finally:
            listener.close()
            for task in filter(None, self._stays.values()):
                task.cancel()

    def _admit(self) -> asyncio.Protocol:
        is_full = len(self._server.connections) >= self._most
        return _TurnedAway() if is_full else self._server()


class _TurnedAway(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def _see_off(guest: web.RequestHandler) -> None:
    """End a connection now: one that is only closed waits for whoever does not read."""
    transport = guest.transport
    guest.force_close()
    if transport is not None:
        transport.abort()
