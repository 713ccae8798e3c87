"""How do answers leave the fake? Log-in, request ids, rate limits, and all that can go wrong.

A fault is taken for a request before anything is done: what fires before the effect ends it
there; what fires after it spoils the answer only.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from itertools import count
from typing import Final, TypeAlias

from aiohttp import web
from tests.fakes.alpaca.assets import uuid_of
from tests.fakes.alpaca.book import Book
from tests.fakes.alpaca.refusals import Refused
from tests.fakes.alpaca.stream import Updates
from tests.fakes.alpaca.troubles import SUFFERS
from tests.fakes.faults import Fault, FaultKind, Faults, Request

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGE: Final = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
NO_KEY: Final = "<html><head><title>401 Authorization Required</title></head></html>"


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    kind: Request
    answer: Answer
    is_socket: bool = False
    has_words: bool = False  # of orders: statuses, which there may be more of one day

    @property
    def suffers(self) -> tuple[FaultKind, ...]:
        """Return what can go wrong with it."""
        kinds = SUFFERS[self.kind]
        return kinds if self.has_words else tuple(
            kind for kind in kinds if kind is not FaultKind.UNKNOWN_WORD)


@dataclass(frozen=True)
class Asked:
    """One request as it came: what a test reads the bytes of."""

    method: str
    path: str
    query: str
    body: bytes
    kind: Request


class Site:
    """What stands between the network and the answers, which wait while `answers` is not set."""

    def __init__(
        self, book: Book, updates: Updates, faults: Faults, *, key: str, secret: str
    ) -> None:
        self.key, self.secret = key, secret
        self.asked: list[Asked] = []
        self.refused_logins = 0
        self.per_minute: int | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.closing = asyncio.Event()
        self._book = book
        self._updates = updates
        self._faults = faults
        self._recent: deque[float] = deque()
        self._names = count(1)

    def may_log_in(self, key: str | None, secret: str | None) -> bool:
        is_known = (key, secret) == (self.key, self.secret)
        self.refused_logins += not is_known
        return is_known

    def serve(self, route: Route) -> Answer:
        """Wrap an answer in all that stands around it."""

        async def served(request: web.Request) -> web.StreamResponse:
            self.asked.append(Asked(
                request.method, request.path, request.query_string, await request.read(),
                route.kind,
            ))
            fault = self._faults.take(route.kind, *route.suffers)
            if route.is_socket:
                return await self._serve_socket(request, route, fault)
            response = await self._before(request, fault)
            if response is None:
                response = await self._act(request, route, fault)
            return await self._write(request, response)

        return served

    async def _serve_socket(
        self, request: web.Request, route: Route, fault: Fault | None
    ) -> web.StreamResponse:
        response = await self._before(request, fault, needs_key=False)
        kind = fault.kind if fault is not None else None
        if kind is FaultKind.HANG:
            await self.closing.wait()
        if kind is FaultKind.ACCEPT_DROP:
            return await _cut(request)
        if kind in (FaultKind.HTML, FaultKind.ERROR_AFTER):
            response = _page()
        return await route.answer(request) if response is None else response

    async def _before(
        self, request: web.Request, fault: Fault | None, *, needs_key: bool = True
    ) -> web.StreamResponse | None:
        """Return what ends a request before it has any effect."""
        kind = fault.kind if fault is not None else None
        if fault is not None and kind is FaultKind.SKEW:
            self._book.skew = timedelta(seconds=fault.amount)
        if kind is FaultKind.DROP_BEFORE:
            return await _cut(request)
        if kind is FaultKind.ERROR_BEFORE:
            return _refusal(Refused("internal"))
        if kind is FaultKind.TOO_MANY or self._is_too_fast():
            response = _refusal(Refused("too_many"))
            amount = fault.amount if fault is not None else 0.0
            response.headers["Retry-After"] = f"{amount or 1:g}"
            return response
        return self._refuse_login(request) if needs_key else None

    def _refuse_login(self, request: web.Request) -> web.Response | None:
        """Turn strangers away: without any key with a page, with a wrong one without a code."""
        key = request.headers.get("APCA-API-KEY-ID")
        secret = request.headers.get("APCA-API-SECRET-KEY")
        if key is None and secret is None:
            return web.Response(status=401, text=NO_KEY, content_type="text/html")
        if self.may_log_in(key, secret):
            return None
        if key == self.key or not key or key[:2] == self.key[:2]:
            return web.json_response({"message": "unauthorized."}, status=401)
        return _refusal(Refused("wrong_place"))  # a key of the other kind: live here, or paper

    async def _act(
        self, request: web.Request, route: Route, fault: Fault | None
    ) -> web.StreamResponse:
        """Let the request have its effect, and send what is left of its answer."""
        kind = fault.kind if fault is not None else None
        with self._updates.held():
            try:
                response = await route.answer(request)
            except Refused as refused:
                response = _refusal(refused)
            if kind is FaultKind.DUPLICATE_ACK:
                self._updates.say_twice()
            if kind is FaultKind.FILL_BEFORE_ACK:
                self._updates.flush(fills_first=True)
                await asyncio.sleep(0.01)  # so that the update is read first
            if self.answers.is_set() and kind is not FaultKind.HANG:
                return await self._spoil(request, response, kind)
        await (self.closing if kind is FaultKind.HANG else self.answers).wait()
        return await self._spoil(request, response, kind)

    async def _spoil(
        self, request: web.Request, response: web.StreamResponse, kind: FaultKind | None
    ) -> web.StreamResponse:
        if kind is FaultKind.ACCEPT_DROP:
            return await _cut(request)
        if kind is FaultKind.ERROR_AFTER:
            response = web.Response(status=504, text='{"message": "gateway timeout"}',
                                    content_type="application/json")
        if kind is FaultKind.HTML:
            response = _page()
        if kind is FaultKind.UNKNOWN_WORD and isinstance(response, web.Response):
            text = (response.text or "").replace('status": "', 'status": "oddly_')
            response = web.Response(status=response.status, text=text,
                                    content_type="application/json")
        return await self._write(request, response)

    async def _write(
        self, request: web.Request, response: web.StreamResponse
    ) -> web.StreamResponse:
        """Send an answer whole: what is pushed because of it goes out afterwards."""
        if response.prepared:
            return response
        name = uuid_of("request", next(self._names)).hex
        left = (self.per_minute or 200) - len(self._recent)
        response.headers.update({
            "X-Request-ID": name, "X-RateLimit-Limit": str(self.per_minute or 200),
            "X-RateLimit-Remaining": str(max(0, left)),
            "X-RateLimit-Reset": str(int(self._book.now().timestamp()) + 60),
            "Date": format_datetime(self._book.now(), usegmt=True),
        })
        try:
            await response.prepare(request)
            await response.write_eof()
        except ConnectionError:
            pass  # whoever asked has gone
        return response

    def _is_too_fast(self) -> bool:
        now = self._book.now().timestamp()
        while self._recent and self._recent[0] <= now - 60:
            self._recent.popleft()
        if self.per_minute is not None and len(self._recent) >= self.per_minute:
            return True
        self._recent.append(now)
        return False


async def _cut(request: web.Request) -> web.StreamResponse:
    """End the connection without a word."""
    assert isinstance(request.transport, asyncio.Transport)
    request.transport.abort()
    raise asyncio.CancelledError


def _page() -> web.Response:
    return web.Response(status=502, text=PAGE, content_type="text/html")


def _refusal(refused: Refused) -> web.Response:
    return web.json_response(refused.body, status=refused.status)
