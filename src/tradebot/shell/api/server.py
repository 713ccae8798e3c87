"""How do other programs talk to the daemon? HTTP on a Unix socket; file permissions guard it."""

import asyncio
import logging
import socket
import stat
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeAlias

from aiohttp import web

from tradebot.core.model.commands import Command, Control
from tradebot.core.model.intent import Source
from tradebot.core.session import IN_SESSION, State
from tradebot.shell.api import commands
from tradebot.shell.api.aftermath import Decide, aftermath
from tradebot.shell.api.answers import answer, problem, read_body
from tradebot.shell.api.commands import parse_filters
from tradebot.shell.api.door import Door
from tradebot.shell.api.requests import Requests, Unanswerable
from tradebot.shell.api.socket_place import place
from tradebot.shell.engine import Busy
from tradebot.shell.flattener import States
from tradebot.shell.journal.decision import Decision
from tradebot.shell.reconcile import Reconciler
from tradebot.shell.views.filters import (
    DEAD_LETTER_STATUSES,
    DRAFT_STATUSES,
    FILTERS_OF_POSITIONS,
    INTENT_STATUSES,
    NO_STATUSES,
    ORDER_STATUSES,
)
from tradebot.shell.views.reconciliation import document
from tradebot.shell.views.views import Views

ANSWER_WITHIN_S: Final = 15.0
DECIDE_WITHIN_S: Final = 10.0
CLOSE_WITHIN_S: Final = 2.0
KEY_HEADER: Final = "Idempotency-Key"

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_CONTROLS: Final = (
    ("pause", Control.PAUSE, True), ("resume", Control.PAUSE, False),
    ("reduce-only/on", Control.REDUCE_ONLY, True), ("reduce-only/off", Control.REDUCE_ONLY, False),
)
_LOG: Final = logging.getLogger(__name__)
_READY: Final = frozenset({*IN_SESSION, State.HALTED})


class Server:
    """Serves the views and takes commands; it decides nothing."""

    def __init__(
        self, *, submit: Decide, views: Views, status: Callable[[], Mapping[str, Any]],
        health: Callable[[], Mapping[str, Any]], socket_path: Path,
        latch: Callable[[str, str], None], reconciler: Reconciler, brokers: Sequence[States] = (),
        runtime_dir: Path | None = None, pace: float = 1.0,
    ) -> None:
        self._submit = submit
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
        self._requests = Requests(views, self._decide, latch)

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
            web.get("/api/v1/status", self._get_status),
            web.get("/api/v1/health", self._get_health),
            web.get("/api/v1/intents", self._get_intents),
            web.get("/api/v1/intents/{id}", self._get_intent),
            web.get("/api/v1/orders", self._get_orders),
            web.get("/api/v1/positions", self._get_positions),
            web.get("/api/v1/fills", self._get_fills),
            web.get("/api/v1/account", self._get_account),
            web.get("/api/v1/drafts", self._get_drafts),
            web.get("/api/v1/drafts/{id}", self._get_draft),
            web.post("/api/v1/drafts/{id}/approve", self._post_approve),
            web.post("/api/v1/drafts/{id}/reject", self._post_reject),
            web.post("/api/v1/drafts/{id}/revise", self._post_revise),
            web.get("/api/v1/dead-letters", self._get_dead_letters),
            web.get("/api/v1/dead-letters/{id}", self._get_dead_letter),
            web.post("/api/v1/dead-letters/{id}/retry", self._post_retry),
            web.post("/api/v1/dead-letters/{id}/discard", self._post_discard),
            web.get("/api/v1/why/{id}", self._get_why),
            web.post("/api/v1/intents", self._post_intent),
            web.post("/api/v1/orders/{id}/cancel", self._post_cancel),
            web.post("/api/v1/orders/{id}/replace", self._post_replace),
            web.post("/api/v1/cancel-all", self._post_cancel_all),
            web.post("/api/v1/kill", self._post_kill),
            web.get("/api/v1/kill", self._get_kill),
            web.post("/api/v1/clear-kill", self._post_clear_kill),
            web.post("/api/v1/clear-halt", self._post_clear_halt),
            web.post("/api/v1/arm", self._post_arm),
            web.post("/api/v1/disarm", self._post_disarm),
            *(
                web.post(f"/api/v1/{path}", partial(self._post_control, control, is_engaged))
                for path, control, is_engaged in _CONTROLS
            ),
            web.get("/api/v1/reconcile", self._get_reconcile),
            web.post("/api/v1/reconcile", self._post_reconcile),
            web.post("/api/v1/reconcile/accept", self._post_accept),
            web.get("/api/v1/strategies", self._get_strategies),
            web.post("/api/v1/strategies/{id}/enable", self._post_enable),
            web.post("/api/v1/strategies/{id}/disable", self._post_disable),
        ])
        return app

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

    async def _get_status(self, request: web.Request) -> web.Response:
        parse_filters(request.query, NO_STATUSES, ())
        return answer({"running": True, **self._views.status(), **self._status()})

    async def _get_health(self, request: web.Request) -> web.Response:
        parse_filters(request.query, NO_STATUSES, ())
        return answer({"running": True, **self._health()})

    async def _get_intents(self, request: web.Request) -> web.Response:
        wanted = parse_filters(request.query, INTENT_STATUSES)
        return answer({"intents": self._views.intents(wanted)})

    async def _get_orders(self, request: web.Request) -> web.Response:
        wanted = parse_filters(request.query, ORDER_STATUSES)
        return answer({"orders": self._views.orders(wanted)})

    async def _get_positions(self, request: web.Request) -> web.Response:
        wanted = parse_filters(request.query, NO_STATUSES, FILTERS_OF_POSITIONS)
        return answer({"positions": self._views.positions(wanted)})

    async def _get_fills(self, request: web.Request) -> web.Response:
        wanted = parse_filters(request.query, NO_STATUSES)
        return answer({"fills": self._views.fills(wanted)})

    async def _get_account(self, request: web.Request) -> web.Response:
        parse_filters(request.query, NO_STATUSES, ())
        return answer(self._views.account())

    async def _get_drafts(self, request: web.Request) -> web.Response:
        wanted = parse_filters(request.query, DRAFT_STATUSES)
        return answer({"drafts": self._views.drafts.rows(wanted)})

    async def _get_draft(self, request: web.Request) -> web.Response:
        return answer(self._requests.draft(request.match_info["id"]))

    async def _post_approve(self, request: web.Request) -> web.Response:
        digest, user = commands.parse_approval(await read_body(request))
        return answer(await self._requests.approve(request.match_info["id"], digest, user))

    async def _post_reject(self, request: web.Request) -> web.Response:
        reason, user = commands.parse_reason(await read_body(request), is_needed=True)
        return answer(await self._requests.reject(request.match_info["id"], reason, user))

    async def _post_revise(self, request: web.Request) -> web.Response:
        change = commands.parse_revision(await read_body(request), request.match_info["id"])
        return answer(await self._requests.revise(change))

    async def _get_intent(self, request: web.Request) -> web.Response:
        found = self._views.pipeline_result(request.match_info["id"])
        if found is None:
            return problem(HTTPStatus.NOT_FOUND, "no intent of this id is known")
        return answer(found)

    async def _post_intent(self, request: web.Request) -> web.Response:
        intent = commands.parse_intent(
            await read_body(request), key=request.headers.get(KEY_HEADER), source=Source.API
        )
        found, is_new = await self._requests.submit(intent)
        return answer(found, HTTPStatus.CREATED if is_new else HTTPStatus.OK)

    async def _post_cancel(self, request: web.Request) -> web.Response:
        user = commands.parse_user(await read_body(request, may_be_empty=True))
        found = await self._requests.cancel(request.match_info["id"], user)
        return answer(found, HTTPStatus.ACCEPTED if found["cancel_requested"] else HTTPStatus.OK)

    async def _post_replace(self, request: web.Request) -> web.Response:
        change = commands.parse_replace(await read_body(request), request.match_info["id"])
        return answer(await self._requests.replace(change), HTTPStatus.ACCEPTED)

    async def _post_cancel_all(self, request: web.Request) -> web.Response:
        user, symbol = commands.parse_cancel_all(await read_body(request, may_be_empty=True))
        return answer(await self._requests.cancel_all(symbol, user))

    async def _get_dead_letters(self, request: web.Request) -> web.Response:
        wanted = parse_filters(request.query, DEAD_LETTER_STATUSES)
        return answer({"dead_letters": self._views.dead_letters.rows(wanted)})

    async def _get_dead_letter(self, request: web.Request) -> web.Response:
        return answer(self._requests.dead_letter(request.match_info["id"]))

    async def _post_retry(self, request: web.Request) -> web.Response:
        ttl_s, user = commands.parse_retry(await read_body(request, may_be_empty=True))
        return answer(await self._requests.retry(request.match_info["id"], ttl_s, user))

    async def _post_discard(self, request: web.Request) -> web.Response:
        reason, user = commands.parse_reason(await read_body(request), is_needed=True)
        return answer(await self._requests.discard(request.match_info["id"], reason, user))

    async def _get_why(self, request: web.Request) -> web.Response:
        return answer(self._requests.why(request.match_info["id"]))

    async def _post_kill(self, request: web.Request) -> web.Response:
        asked = commands.parse_kill(await read_body(request, may_be_empty=True))
        return answer(await self._requests.kill(*asked))

    async def _get_kill(self, request: web.Request) -> web.Response:
        found = await aftermath(self._views.book, self._brokers)
        return answer({**found, "flattened": self._views.exits()})

    async def _post_clear_kill(self, request: web.Request) -> web.Response:
        reason, user = commands.parse_reason(await read_body(request), is_needed=True)
        return answer(await self._requests.clear_kill(reason, user))

    async def _post_clear_halt(self, request: web.Request) -> web.Response:
        symbol, reason, user = commands.parse_halt(await read_body(request))
        return answer(await self._requests.clear_halt(symbol, reason, user))

    async def _post_arm(self, request: web.Request) -> web.Response:
        return answer(await self._requests.arm(commands.parse_arming(await read_body(request))))

    async def _post_disarm(self, request: web.Request) -> web.Response:
        body = await read_body(request, may_be_empty=True)
        reason, user = commands.parse_reason(body, is_needed=False)
        return answer(await self._requests.disarm(reason, user))

    async def _get_reconcile(self, request: web.Request) -> web.Response:
        return answer(document(self._views.book, self._reconciler))

    async def _post_reconcile(self, request: web.Request) -> web.Response:
        user = commands.parse_user(await read_body(request, may_be_empty=True))
        await self._reconciler.compare_all(f"asked by {user}")
        return await self._get_reconcile(request)

    async def _post_accept(self, request: web.Request) -> web.Response:
        name, reason, user = commands.parse_accept(await read_body(request))
        await self._requests.accept_break(name, reason, user)
        await self._reconciler.compare_all(f"accepted by {user}")
        return await self._get_reconcile(request)

    async def _get_strategies(self, request: web.Request) -> web.Response:
        parse_filters(request.query, NO_STATUSES, ())
        return answer({"strategies": self._status()["strategies"]})

    async def _post_enable(self, request: web.Request) -> web.Response:
        return await self._switch(request, enabled=True)

    async def _post_disable(self, request: web.Request) -> web.Response:
        return await self._switch(request, enabled=False)

    async def _switch(self, request: web.Request, *, enabled: bool) -> web.Response:
        name = request.match_info["id"]
        known = [row["strategy_id"] for row in self._status()["strategies"]]
        if name not in known:
            told = ", ".join(known) or "none"
            return problem(HTTPStatus.NOT_FOUND, f"no such strategy; there are: {told}")
        reason, user = commands.parse_reason(await read_body(request), is_needed=True)
        found = await self._requests.switch(name, enabled=enabled, reason=reason, by=user)
        return answer(found)

    async def _post_control(
        self, control: Control, is_engaged: bool, request: web.Request
    ) -> web.Response:
        body = await read_body(request, may_be_empty=True)
        reason, user = commands.parse_reason(body, is_needed=False)
        return answer(await self._requests.control(control, is_engaged, reason, user))

    async def _decide(self, command: Command) -> Decision | None:
        async with asyncio.timeout(DECIDE_WITHIN_S * self._pace):
            return await self._submit(command)


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
