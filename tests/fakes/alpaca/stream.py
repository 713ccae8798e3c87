"""What does Alpaca push unasked? Trade updates over a WebSocket: told once, never replayed."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web
from tests.fakes.alpaca.assets import uuid_of
from tests.fakes.alpaca.book import Book, Json
from tests.fakes.alpaca.troubles import SUFFERS
from tests.fakes.faults import FaultKind, Faults, Request
from tests.fakes.venue_facts import ZERO, Execution, Happening, VenueOrder, What

from tradebot.core.model.money import plain

STREAM: Final = "trade_updates"
_ENDS: Final = {
    What.CANCELED: "canceled", What.EXPIRED: "expired", What.REJECTED: "rejected",
}


@dataclass(eq=False)
class Listener:
    """One connection: what still has to go out to it, and whether it is still there at all."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport
    outbox: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    may_listen: bool = False
    listens: bool = False
    is_mute: bool = False

    def say(self, message: Json) -> None:
        if not self.is_mute:
            self.outbox.put_nowait(json.dumps(message).encode())

    def abort(self) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()


class Updates:
    """All who listen, and what they are told. `one_by_leg`: whether legs are told of as well."""

    def __init__(self, book: Book, faults: Faults, *, one_by_leg: bool = False) -> None:
        self.listeners: list[Listener] = []
        self.listeners_max = 1
        self.told = 0
        self._book = book
        self._faults = faults
        self._one_by_leg = one_by_leg
        self._waiting: list[Json] = []
        self._holds = 0

    def mute(self) -> None:
        """Say nothing any more to whoever is there now, not even that one is alive."""
        for listener in self.listeners:
            listener.is_mute = True

    def drop(self) -> None:
        """Cut every connection off."""
        for listener in list(self.listeners):
            listener.abort()
        self.listeners.clear()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep what there is to tell until an answer is out."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            if not self._holds:
                self.flush()

    def flush(self, *, fills_first: bool = False) -> None:
        """Tell what waits; `fills_first`: executions before what they are executions of."""
        waiting, self._waiting = self._waiting, []
        if fills_first:
            waiting.sort(key=lambda told: "fill" not in told["event"])
        for update in waiting:
            self._send(update)

    def say_twice(self) -> None:
        """Say all that waits a second time, each right after the first."""
        self._waiting = [update for update in self._waiting for _ in range(2)]

    def say(self, event: str, order: Json, **more: object) -> None:
        """Tell of an order whatever the caller wants to have said."""
        update = {"event": event, "order": order, "timestamp": self._now(), **more}
        if not self._holds:
            self._send(update)
        else:
            self._waiting.append(update)

    def tell(self, happening: Happening) -> None:
        """Put what happened at the venue into Alpaca's words."""
        order = happening.order
        if order is None:
            return
        if happening.what is What.NEW:
            first = self._book.status_of(order)
            self.say("pending_new", self._book.order(order, status="pending_new"))
            self.say(first, self._book.order(order, status=first))
        elif happening.what is What.REPLACED and order.replaces is not None:
            self.say("replaced", self._book.order(order.replaces))
            self.say("new", self._book.order(order))
        elif happening.what in _ENDS:
            self.say(_ENDS[happening.what], self._book.order(order))
        elif happening.what is What.FILL:
            self._tell_fill(order, happening.executions)
        elif happening.what in (What.BUST, What.CORRECT):
            self._tell_amended(order, happening.what, happening.executions[0])

    def _tell_fill(self, order: VenueOrder, executions: tuple[Execution, ...]) -> None:
        is_whole = len(executions) == len(order.legs)
        if order.is_combo and (self._one_by_leg or not is_whole):
            for execution in executions:
                self._tell_leg(order, execution)
        if not is_whole:
            return
        first = executions[0]
        more: Json = {
            "price": plain(first.px), "qty": plain(abs(first.qty)),
            "position_qty": plain(self._book.venue.positions.get(first.symbol, ZERO)),
        }
        if order.is_combo:
            combos = abs(first.qty / order.legs[0].ratio)
            more = {"price": plain(first.net or ZERO), "qty": plain(combos)}
        event = "fill" if order.cum >= order.qty else "partial_fill"
        self.say(event, self._book.order(order), execution_id=execution_id(first), **more)

    def _tell_leg(self, order: VenueOrder, execution: Execution) -> None:
        (leg,) = (leg for leg in order.legs if leg.symbol == execution.symbol)
        told = self._book.leg(order, leg)
        event = "fill" if told["filled_qty"] == told["qty"] else "partial_fill"
        self.say(
            event, told, execution_id=execution_id(execution), price=plain(execution.px),
            qty=plain(abs(execution.qty)),
            position_qty=plain(self._book.venue.positions.get(execution.symbol, ZERO)),
        )

    def _tell_amended(self, order: VenueOrder, what: What, execution: Execution) -> None:
        """Tell of what was taken back: the old id, and the numbers that hold now (or did).

        Executions are those of legs, so it is a leg's order that is told of.
        """
        assert execution.busts is not None
        old = execution.busts
        shown = old if what is What.BUST else execution
        (leg,) = (leg for leg in order.legs if leg.symbol == execution.symbol)
        told = self._book.leg(order, leg) if order.is_combo else self._book.order(order)
        self.say(
            f"trade_{what}", told, execution_id=execution_id(execution),
            previous_execution_id=execution_id(old), price=plain(shown.px),
            qty=plain(abs(shown.qty)),
        )

    def _now(self) -> str:
        return self._book.stamp(self._book.venue.now())

    def _send(self, update: Json) -> None:
        """Send to all who listen, with what may go wrong; who does not listen never hears of it."""
        self.told += 1
        listening = [listener for listener in self.listeners if listener.listens]
        if not listening:
            return
        fault = self._faults.take(Request.STREAM, *SUFFERS[Request.STREAM])
        kind = fault.kind if fault is not None else None
        if kind is FaultKind.MUTE:
            self.mute()
        if kind is FaultKind.DROP_BEFORE:
            self.drop()
            return
        copies = [update]
        if kind is FaultKind.DUPLICATE_ACK:
            copies = [update, update]
        if kind is FaultKind.UNKNOWN_WORD:
            odd = update["order"] | {"status": "pondering"}
            copies = [{**update, "event": "pondered", "order": odd}, {**update, "order": odd}]
        for listener in listening:
            for copy in copies:
                listener.say({"stream": STREAM, "data": copy})
        if kind is FaultKind.ACCEPT_DROP:
            asyncio.get_running_loop().call_later(0.01, self.drop)

    async def serve(self, request: web.Request, may_log_in: Any) -> web.StreamResponse:
        """Serve one connection until it ends."""
        assert request.transport is not None
        if len(self.listeners) >= self.listeners_max:
            return web.json_response({"message": "connection limit exceeded"}, status=429)
        socket = web.WebSocketResponse(autoping=False)
        listener = Listener(socket, request.transport)
        self.listeners.append(listener)
        await socket.prepare(request)
        writer = asyncio.create_task(self._write(listener), name="fake alpaca stream")
        try:
            async for message in socket:
                if message.type is WSMsgType.PING and not self._is_mute(listener):
                    await socket.pong(message.data)
                is_said = message.type in (WSMsgType.TEXT, WSMsgType.BINARY)
                if is_said and not self._hear(listener, json.loads(message.data), may_log_in):
                    break
        except (ConnectionError, json.JSONDecodeError):
            pass
        finally:
            if listener in self.listeners:
                self.listeners.remove(listener)
            listener.listens = False
            listener.outbox.put_nowait(b"")
            await writer
            if not listener.is_mute:
                await socket.close()
        return socket

    def _is_mute(self, listener: Listener) -> bool:
        if not listener.is_mute and self._faults.take(Request.STREAM, FaultKind.MUTE) is not None:
            self.mute()
        return listener.is_mute

    def _hear(self, listener: Listener, message: Json, may_log_in: Any) -> bool:
        """Answer what a client says; tell whether it may go on."""
        action, data = message.get("action"), message.get("data") or {}
        if action in ("authenticate", "auth"):
            key = data.get("key_id") or message.get("key")
            secret = data.get("secret_key") or message.get("secret")
            listener.may_listen = may_log_in(key, secret)
            status = "authorized" if listener.may_listen else "unauthorized"
            listener.say({
                "stream": "authorization", "data": {"action": "authenticate", "status": status},
            })
            return listener.may_listen
        if action == "listen" and not listener.may_listen:
            listener.say({
                "stream": "authorization", "data": {"action": "listen", "status": "unauthorized"},
            })
        elif action == "listen":
            streams = [name for name in data.get("streams", []) if name == STREAM]
            listener.listens = bool(streams)
            listener.say({"stream": "listening", "data": {"streams": streams}})
        else:
            listener.say({"action": "error", "data": {"error_message": "invalid action"}})
        return True

    async def _write(self, listener: Listener) -> None:
        while message := await listener.outbox.get():
            try:
                await listener.socket.send_bytes(message)
            except ConnectionError:
                return


def execution_id(execution: Execution) -> str:
    """Name an execution as the stream does: not as the activities do."""
    return str(uuid_of("execution", execution.exec_id))
