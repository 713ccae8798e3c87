"""How do other programs talk to the daemon? HTTP on a Unix socket; file permissions guard it."""

import asyncio
import logging
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeAlias

from aiohttp import web

from tradebot.core.model.commands import Command, StrategyState, SubmitIntent
from tradebot.core.model.intent import Source
from tradebot.core.session import IN_SESSION, State
from tradebot.ports import MarketData
from tradebot.shell.api import commands
from tradebot.shell.api.aftermath import Decide, aftermath
from tradebot.shell.api.answers import answer, problem, read_body
from tradebot.shell.api.chains import told_chain
from tradebot.shell.api.door import Door
from tradebot.shell.api.queries import parse_filters
from tradebot.shell.api.requests import Requests, Unanswerable
from tradebot.shell.api.socket_place import place
from tradebot.shell.desk.desk import OptionsDesk
from tradebot.shell.engine import Busy
from tradebot.shell.flattener import States
from tradebot.shell.reconcile import Reconciler
from tradebot.shell.views.filters import (
    DEAD_LETTER_STATUSES,
    DRAFT_STATUSES,
    FILTERS,
    FILTERS_OF_POSITIONS,
    INTENT_STATUSES,
    NO_STATUSES,
    ORDER_STATUSES,
    Filters,
)
from tradebot.shell.views.reconciliation import document
from tradebot.shell.views.rows import Plain
from tradebot.shell.views.trust import trust
from tradebot.shell.views.views import Views

ANSWER_WITHIN_S: Final = 15.0
DECIDE_WITHIN_S: Final = 10.0
CLOSE_WITHIN_S: Final = 2.0
KEY_HEADER: Final = "Idempotency-Key"

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LOG: Final = logging.getLogger(__name__)
_READY: Final = frozenset({*IN_SESSION, State.HALTED})


class Server:
    """Serves the views and takes commands; it decides nothing."""

    def __init__(
        self, *, submit: Decide, views: Views, status: Callable[[], Mapping[str, Any]],
        health: Callable[[], Mapping[str, Any]], socket_path: Path,
        latch: Callable[[str, str], None], reconciler: Reconciler, brokers: Sequence[States] = (),
        desk: OptionsDesk, market: MarketData, runtime_dir: Path | None = None, pace: float = 1.0,
    ) -> None:
        self._desk = desk
        self._market = market
        self._views = views
        self._status = status
        self._wanted = socket_path
        self._runtime_dir = runtime_dir
        self._health = health
        self._reconciler = reconciler
        self._pace = pace  # of the loop's clock: whoever asks waits in real time
        self._door: Door | None = None
        self._failures = 0
        self._brokers = brokers
        self._requests = Requests(views, submit, latch)

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
        app = web.Application(
            middlewares=[self._guard], client_max_size=commands.BODY_BYTES_MAX
        )
        app.add_routes([
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/version", self._version),
            *self._rows(),
            *self._documents(),
            web.get("/api/v1/kill", self._get_kill),
            web.get("/api/v1/chain/{id}", self._get_chain),
            web.get("/api/v1/reconcile", self._get_reconcile),
            web.post("/api/v1/reconcile", self._post_reconcile),
            web.post("/api/v1/reconcile/accept", self._post_accept),
            web.post("/api/v1/intents", self._post_intent),
            web.post("/api/v1/ask", self._post_ask),
            *self._doors(commands.WITH_BODY, may_be_empty=False),
            *self._doors(commands.BODY_OR_NONE, may_be_empty=True),
            web.post("/api/v1/strategies/{id}/enable", partial(self._post_switch, True)),
            web.post("/api/v1/strategies/{id}/disable", partial(self._post_switch, False)),
        ])
        return app

    def _doors(
        self, doors: Mapping[str, commands.Parse], *, may_be_empty: bool
    ) -> Iterator[web.RouteDef]:
        for path, parse in doors.items():
            yield web.post(f"/api/v1/{path}", partial(self._post, parse, may_be_empty))

    def _rows(self) -> Iterator[web.RouteDef]:
        """Routes to lists, each with the filters that it takes."""
        views = self._views
        for name, rows, statuses, known in (
            ("intents", views.intents, INTENT_STATUSES, FILTERS),
            ("orders", views.orders, ORDER_STATUSES, FILTERS),
            ("fills", views.fills, NO_STATUSES, FILTERS),
            ("drafts", views.drafts.rows, DRAFT_STATUSES, FILTERS),
            ("dead_letters", views.dead_letters.rows, DEAD_LETTER_STATUSES, FILTERS),
        ):
            read = partial(parse_filters, statuses=statuses, known=known)
            path = name.replace("_", "-")
            tell = partial(_named, name, rows)
            yield web.get(f"/api/v1/{path}", partial(self._get_filtered, tell, read))
        read = partial(parse_filters, statuses=NO_STATUSES, known=FILTERS_OF_POSITIONS)
        yield web.get("/api/v1/positions", partial(self._get_filtered, views.held, read))

    def _documents(self) -> Iterator[web.RouteDef]:
        """Routes to what takes no filters: the one thing there is, or the one of an id."""
        views, requests = self._views, self._requests
        for path, whole in {
            "status": lambda: {"running": True, **views.status(), **self._status()},
            "health": lambda: {"running": True, **self._health()},
            "account": views.account,
            "strategies": lambda: {"strategies": self._status()["strategies"]},
            "trust": lambda: trust(views.book, self._strategies()),
        }.items():
            yield web.get(f"/api/v1/{path}", partial(self._get_whole, whole))
        for path, one in {
            "intents": requests.intent, "drafts": requests.draft,
            "dead-letters": requests.dead_letter, "why": requests.why,
        }.items():
            yield web.get(f"/api/v1/{path}/{{id}}", partial(self._get_one, one))

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Turn whatever goes wrong into one problem document, in bounded time."""
        assert self._door is not None  # nobody comes in without one
        self._door.asked(request.protocol)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S * self._pace):
                return await handler(request)
        except commands.BadRequest as error:
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

    async def _healthz(self, request: web.Request) -> web.Response:
        return answer({"ok": True, "api_failures": self._failures})

    async def _readyz(self, request: web.Request) -> web.Response:
        state = str(self._status().get("state", ""))
        is_ready = state in _READY
        code = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return answer({"ready": is_ready, "state": state}, code)

    async def _version(self, request: web.Request) -> web.Response:
        return answer({"name": "tradebot", "version": version("tradebot")})

    async def _get_filtered(
        self, tell: Callable[[Filters], Plain], read: Callable[[Mapping[str, str]], Filters],
        request: web.Request,
    ) -> web.Response:
        return answer(tell(read(request.query)))

    async def _get_whole(self, tell: Callable[[], Plain], request: web.Request) -> web.Response:
        parse_filters(request.query, NO_STATUSES, ())
        return answer(tell())

    async def _get_one(self, tell: Callable[[str], Plain], request: web.Request) -> web.Response:
        return answer(tell(request.match_info["id"]))

    async def _post(
        self, parse: commands.Parse, may_be_empty: bool, request: web.Request
    ) -> web.Response:
        body = await read_body(request, may_be_empty=may_be_empty)
        return await self._decided(parse(body, *request.match_info.values()))

    async def _decided(self, command: Command, **more: str) -> web.Response:
        async with asyncio.timeout(DECIDE_WITHIN_S * self._pace):
            found, status = await self._requests.of(command)
        return answer({**found, **more}, status)

    async def _post_intent(self, request: web.Request) -> web.Response:
        intent = commands.parse_intent(
            await read_body(request), key=request.headers.get(KEY_HEADER), source=Source.API
        )
        return await self._decided(SubmitIntent(intent=intent))

    async def _post_ask(self, request: web.Request) -> web.Response:
        return answer(await self._desk.ask(commands.parse_words(await read_body(request))))

    async def _get_chain(self, request: web.Request) -> web.Response:
        return answer(told_chain(self._market, request.match_info["id"], request.query))

    async def _get_kill(self, request: web.Request) -> web.Response:
        found = await aftermath(self._views.book, self._brokers)
        return answer({**found, "flattened": self._views.exits()})

    async def _get_reconcile(self, request: web.Request) -> web.Response:
        return answer(document(self._views.book, self._reconciler))

    async def _post_reconcile(self, request: web.Request) -> web.Response:
        user = commands.read_user(await read_body(request, may_be_empty=True))
        await self._reconciler.compare_all(f"asked by {user}")
        return await self._get_reconcile(request)

    async def _post_accept(self, request: web.Request) -> web.Response:
        command = commands.parse_accept(await read_body(request))
        await self._decided(command)
        await self._reconciler.compare_all(f"accepted by {command.by}")
        return await self._get_reconcile(request)

    def _strategies(self) -> list[str]:
        return [row["strategy_id"] for row in self._status()["strategies"]]

    async def _post_switch(self, enabled: bool, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        known = self._strategies()
        if name not in known:
            told = ", ".join(known) or "none"
            return problem(HTTPStatus.NOT_FOUND, f"no such strategy; there are: {told}")
        why = commands.read_why(await read_body(request))
        told = f"{why['reason']} (by {why['by']})"
        command = StrategyState(strategy_id=name, enabled=enabled, reason=told)
        return await self._decided(command, reason=why["reason"])


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


def _named(name: str, rows: Callable[[Filters], list[Plain]], filters: Filters) -> Plain:
    return {name: rows(filters)}
