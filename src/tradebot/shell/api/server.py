"""How do other programs talk to the daemon? HTTP on a Unix socket; file permissions guard it."""

import asyncio
import logging
import socket
import stat
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeAlias

from aiohttp import web

from tradebot.shell.api.answers import problem
from tradebot.shell.api.bodies import BODY_BYTES_MAX, BadRequest
from tradebot.shell.api.door import Door
from tradebot.shell.api.requests import Unanswerable
from tradebot.shell.api.route import ApiRoute
from tradebot.shell.api.socket_place import place
from tradebot.shell.api.view_routes import probe_routes
from tradebot.shell.engine import Busy

ANSWER_WITHIN_S: Final = 15.0
CLOSE_WITHIN_S: Final = 2.0

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LOG: Final = logging.getLogger(__name__)


class Server:
    """Serves routes; it decides nothing. `pace` is how fast the loop's clock runs."""

    def __init__(
        self, routes: Sequence[ApiRoute], *, status: Callable[[], Mapping[str, Any]],
        socket_path: Path, runtime_dir: Path | None = None, pace: float = 1.0,
    ) -> None:
        self._routes = (*probe_routes(status, lambda: self._failures), *routes)
        self._wanted = socket_path
        self._runtime_dir = runtime_dir
        self._pace = pace  # whoever asks waits in real time
        self._door: Door | None = None
        self._failures = 0

    async def run(self) -> None:
        """Serve until cancelled; the socket is ours alone, and gone afterwards."""
        path = place(self._wanted, self._runtime_dir)
        listening = _bind(path)
        runner = web.AppRunner(
            self._application(), access_log=None, auto_decompress=False,
            shutdown_timeout=CLOSE_WITHIN_S,
        )
        try:
            await runner.setup()
            assert runner.server is not None  # it was just set up
            self._door = Door(runner.server)
            await self._door.keep(listening, self._pace)
        finally:
            await runner.cleanup()
            listening.close()
            path.unlink(missing_ok=True)

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=BODY_BYTES_MAX)
        app.add_routes(
            web.route(route.method, route.path, partial(self._answer, route))
            for route in self._routes
        )
        return app

    @staticmethod
    async def _answer(route: ApiRoute, request: web.Request) -> web.StreamResponse:
        return await route.answer(await route.heard(request))

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Turn whatever goes wrong into one problem document, in bounded time."""
        assert self._door is not None  # nobody comes in without one
        self._door.asked(request.protocol)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S * self._pace):
                return await handler(request)
        except BadRequest as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error), field=error.field)
        except Unanswerable as error:
            return problem(error.status, str(error), **error.more)
        except Busy as error:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), reason_code="BUSY")
        except TimeoutError:
            text = "no decision in time; the request may still be decided, so ask before repeating"
            return problem(HTTPStatus.GATEWAY_TIMEOUT, text)
        except web.HTTPException as error:
            return problem(HTTPStatus(error.status), error.reason)
        except Exception as error:
            self._failures += 1
            _LOG.error("%s %s failed: %r", request.method, request.path, error)
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, type(error).__name__)


def _bind(path: Path) -> socket.socket:
    """Bind, for the owner alone, in place of a socket that a dead daemon left."""
    if path.is_symlink() or (path.exists() and not stat.S_ISSOCK(path.stat().st_mode)):
        raise OSError(f"{path} is there and is no socket")
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        path.chmod(0o600)  # before it listens, so nobody else ever connects
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
