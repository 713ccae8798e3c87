"""How does a page follow the decisions? As server-sent events, which hold nobody up.

A reader that does not read is cut off, and one that fell behind is told so and reads its documents
anew. Whoever comes back names the last decision it saw, and is told the rest as far as it is kept.
"""

import asyncio
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from importlib.metadata import version
from itertools import groupby
from typing import Any, Final

from aiohttp import web

from tradebot.shell.api.requests import Unanswerable
from tradebot.shell.api.route import ApiRoute, Call
from tradebot.shell.journal.decision import Decision
from tradebot.shell.views.history import Moment, Told
from tradebot.shell.views.recent import told_rows
from tradebot.shell.views.rows import iso
from tradebot.shell.views.stream import FellBehind, Stream
from tradebot.shell.views.topics import topics_of
from tradebot.shell.views.views import Views

WAITING_MAX: Final = 512  # decisions that a reader may be behind
RESUMED_MAX: Final = 512  # events that are told again to whoever comes back
GATHER_S: Final = 0.1  # what comes so close together is written at once
QUIET_S: Final = 15.0  # after which a word is said, so that both sides know of each other
WRITE_WITHIN_S: Final = 10.0
LIFE_S: Final = 3_600.0  # then it has to come again, with a login that still holds
BUFFER_BYTES: Final = 64 * 1024
RETRY_MS: Final = 2_000


class Bulletin:
    """One decision as a reader is told it: written out once, for all of them."""

    def __init__(self, told: Sequence[Told]) -> None:
        self._told = told

    @cached_property
    def text(self) -> bytes:
        moment = self._told[0].moment
        return _event("decision", {
            "seq": moment.seq, "at": iso(moment.at), "rows": list(told_rows(self._told)),
            "topics": topics_of(told.event for told in self._told),
        }, moment.seq)


class Followers:
    """All who follow; `most` may at once. `started` lets a page notice another life of ours."""

    def __init__(
        self, views: Views, started: datetime, most: int, pace: float = 1.0
    ) -> None:
        self._views = views
        self._started = started
        self._most = most
        self._pace = pace
        self._streams: set[Stream[Bulletin]] = set()
        self._newest = Bulletin(())

    def on_decision(self, decision: Decision) -> None:
        """Hand a decision on; it is written out by whoever reads it first."""
        if self._streams:
            moment = Moment(decision.seq, decision.at)
            self._newest = Bulletin([Told(moment, event) for event in decision.events])
        for stream in self._streams:
            stream.on_decision(decision)

    def routes(self) -> Iterator[ApiRoute]:
        yield ApiRoute(
            method="GET", path="/api/v1/stream", handler=self._follow, lasts=True,
            summary="Follow the decisions as server-sent events",
            answers={"type": "string", "contentMediaType": "text/event-stream"},
        )

    async def _follow(self, call: Call) -> web.StreamResponse:
        if len(self._streams) >= self._most:
            text = f"{self._most} follow already"
            raise Unanswerable(HTTPStatus.SERVICE_UNAVAILABLE, text, reason_code="BUSY")
        stream: Stream[Bulletin] = Stream(lambda _: (self._newest,), WAITING_MAX)
        self._streams.add(stream)
        try:
            return await self._tell(call.request, stream)
        finally:
            self._streams.discard(stream)

    async def _tell(self, request: web.Request, stream: Stream[Bulletin]) -> web.StreamResponse:
        # Taken together, so that nothing is missing between what was and what comes.
        first = self._hello() + self._since(request.headers.get("Last-Event-ID"))
        response = web.StreamResponse(headers={
            "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store",
        })
        _bound(request.transport)
        with suppress(ConnectionError):
            try:
                async with asyncio.timeout(LIFE_S * self._pace):
                    await self._write(response, request, first)
                    while (text := await self._next(stream)) is not None:
                        await self._write(response, request, text)
            except TimeoutError:
                if request.transport is not None:
                    request.transport.abort()  # closed alone, it would wait for who does not read
        return response

    async def _next(self, stream: Stream[Bulletin]) -> bytes | None:
        """Return what is to be told next, a word to keep the line open, or None at the end."""
        try:
            async with asyncio.timeout(QUIET_S * self._pace):
                first = await _read(stream)
        except TimeoutError:
            return b": quiet\n\n"
        except StopAsyncIteration:
            return None
        await asyncio.sleep(GATHER_S * self._pace)
        return b"".join([first, *[await _read(stream) for _ in range(stream.waiting)]])

    async def _write(
        self, response: web.StreamResponse, request: web.Request, text: bytes
    ) -> None:
        async with asyncio.timeout(WRITE_WITHIN_S * self._pace):
            if not response.prepared:
                await response.prepare(request)
            await response.write(text)

    def _hello(self) -> bytes:
        last = self._views.last
        told = {
            "seq": last.seq if last is not None else 0, "started": iso(self._started),
            "version": version("tradebot"),
        }
        return f"retry: {RETRY_MS}\n".encode() + _event("hello", told)

    def _since(self, seen: str | None) -> bytes:
        """Tell what came after the last decision that somebody saw, or that not all is kept."""
        if seen is None:
            return b""
        is_number = seen.isascii() and seen.isdigit() and len(seen) < 16
        found = self._views.recent.after(int(seen)) if is_number else None
        if found is None or len(found) > RESUMED_MAX:
            return _lost(0)
        decisions = groupby(found, lambda told: told.moment.seq)
        return b"".join(Bulletin(list(told)).text for _, told in decisions)


async def _read(stream: Stream[Bulletin]) -> bytes:
    try:
        return (await anext(stream)).text
    except FellBehind as behind:
        return _lost(behind.count)


def _lost(count: int) -> bytes:
    return _event("lost", {"decisions": count or None})


def _event(name: str, told: dict[str, Any], seq: int | None = None) -> bytes:
    number = f"id: {seq}\n" if seq is not None else ""
    return f"{number}event: {name}\ndata: {json.dumps(told)}\n\n".encode()


def _bound(transport: asyncio.Transport | None) -> None:
    """Keep little for a reader that does not read, here and in the kernel."""
    if transport is not None:
        transport.set_write_buffer_limits(high=BUFFER_BYTES)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES
        )
