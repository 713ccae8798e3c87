"""How is a request answered? By its route, in bounded time, whatever goes wrong as a document."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Final, TypeAlias

from aiohttp import web

from tradebot.shell.api.answers import problem
from tradebot.shell.api.bodies import BODY_BYTES_MAX, BadRequest
from tradebot.shell.api.door import Door
from tradebot.shell.api.doorman import HEADERS, Doorman, NotAdmitted
from tradebot.shell.api.requests import Unanswerable
from tradebot.shell.api.route import ApiRoute
from tradebot.shell.engine import Busy

ANSWER_WITHIN_S: Final = 15.0
CLOSE_WITHIN_S: Final = 2.0

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LOG: Final = logging.getLogger(__name__)
_QUIET: Final = logging.Logger("what is no HTTP", logging.CRITICAL)  # whoever knocks fills no log


class Server:
    """Serves routes on a socket; it decides nothing. `pace` is how fast the loop's clock runs.

    Without a doorman whoever can connect may ask: file permissions guard a Unix socket.
    """

    def __init__(
        self, routes: Sequence[ApiRoute], *, on_failure: Callable[[], None], pace: float = 1.0,
        doorman: Doorman | None = None, connections_max: int | None = None,
    ) -> None:
        self._routes = routes
        self._on_failure = on_failure
        self._pace = pace  # whoever asks waits in real time
        self._doorman = doorman
        self._connections_max = connections_max
        self._door: Door | None = None

    def connections(self) -> int:
        return self._door.inside() if self._door is not None else 0

    async def serve(self, listening: socket.socket) -> None:
        """Serve until cancelled."""
        runner = web.AppRunner(
            self._application(), access_log=None, auto_decompress=False, logger=_QUIET,
            shutdown_timeout=CLOSE_WITHIN_S,
        )
        try:
            await runner.setup()
            assert runner.server is not None  # it was just set up
            self._door = Door(runner.server, self._connections_max)
            await self._door.keep(listening, self._pace)
        finally:
            await runner.cleanup()
            listening.close()

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=BODY_BYTES_MAX)
        app.add_routes(
            web.route(route.method, route.path, partial(self._answer, route))
            for route in self._routes
        )
        if self._doorman is not None:
            app.on_response_prepare.append(_dress)
        return app

    async def _answer(self, route: ApiRoute, request: web.Request) -> web.StreamResponse:
        assert self._door is not None  # nobody comes in without one
        user = self._doorman.admit(request, route) if self._doorman is not None else None
        if route.lasts:
            with self._door.staying(request.protocol):
                return await route.answer(await route.heard(request, user))
        async with asyncio.timeout(ANSWER_WITHIN_S * self._pace):
            return await route.answer(await route.heard(request, user))

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Turn whatever goes wrong into one problem document."""
        assert self._door is not None
        self._door.asked(request.protocol)
        try:
            if self._doorman is not None:
                self._doorman.see(request)
            return await handler(request)
        except NotAdmitted as error:
            return _seen_off(error)
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
            self._on_failure()
            _LOG.error("%s %s failed: %r", request.method, request.path, error)
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, type(error).__name__)


def _seen_off(error: NotAdmitted) -> web.Response:
    found = problem(error.status, str(error))
    found.headers.update(error.headers)
    found.force_close()  # whatever else it sent is not read
    return found


async def _dress(_: web.Request, response: web.StreamResponse) -> None:
    """Tell a browser what it may do with an answer; a page may say more of its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "tradebot"
