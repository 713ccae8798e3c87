"""How does one speak to the soak's broker, which is another process? One JSON line a message.

A request is `[number, verb, arguments]`, its answer `[number, outcome, result]`; what the broker
says unasked has the number 0. Messages of one connection arrive in order, or the connection ends.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final

import msgspec

from tradebot.core.model.capabilities import Capabilities
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import Report, Statement
from tradebot.ports import BrokerOrder, Declined, DeliveryUnknown, NotSent

LINE_MAX: Final = 1 << 20
UNREAD_MAX: Final = 10_000
HELLO: Final = "hello"  # ends every earlier connection: what lay on those never arrives
DONE: Final = "done"
REPORT: Final = "report"
ARGUMENTS: Final[dict[str, Any]] = {
    HELLO: tuple[()], "submit": tuple[OrderSubmitted], "cancel": tuple[ClOrdID, ClOrdID],
    "replace": tuple[ClOrdID, ClOrdID, Decimal, Decimal | None], "find": tuple[ClOrdID],
    "fills_since": tuple[datetime], "statement": tuple[()],
}
ERRORS: Final = {error.__name__: error for error in (NotSent, DeliveryUnknown, Declined)}
_decode: Final = msgspec.json.Decoder(tuple[int, str, msgspec.Raw]).decode


def encoded(number: int, word: str, body: Any) -> bytes:
    return msgspec.json.encode((number, word, body)) + b"\n"


def decoded(line: bytes) -> tuple[int, str, msgspec.Raw]:
    return _decode(line)


class SocketBroker:
    """One route over a socket that anybody may cut. It knows what left, and nothing more."""

    def __init__(self, capabilities: Capabilities, port: int) -> None:
        self.capabilities = capabilities
        self.connections = 0
        self._port = port
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[tuple[str, msgspec.Raw]]] = {}
        self._unread: deque[Report] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.disconnect()
        try:
            reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self._port, limit=LINE_MAX
            )
        except OSError as error:
            raise NotSent(str(error)) from error
        self._reading = asyncio.create_task(self._read(reader), name="answers")
        await self._ask(HELLO)
        self.connections += 1

    async def disconnect(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        if self._writer is not None:
            self._writer.transport.abort()
        self._reading = self._writer = None
        self._unread.clear()

    async def submit(self, order: OrderSubmitted) -> None:
        await self._ask("submit", order)

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        await self._ask("cancel", cl_ord_id, request_id)

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        await self._ask("replace", cl_ord_id, request_id, order_qty, price)

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        told = await self._ask("find", cl_ord_id)
        return msgspec.json.decode(told, type=BrokerOrder | None)

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        return msgspec.json.decode(await self._ask("fills_since", since), type=list[Report])

    async def statement(self) -> Statement:
        return msgspec.json.decode(await self._ask("statement"), type=Statement)

    async def reports(self) -> AsyncIterator[Report]:
        while True:
            while self._unread:
                yield self._unread.popleft()
                self._room.set()
            if self._reading is None or self._reading.done():
                raise ConnectionError("the connection ended")
            self._news.clear()
            await self._news.wait()

    async def _ask(self, verb: str, *arguments: Any) -> msgspec.Raw:
        writer = self._writer
        if writer is None or writer.is_closing() or self._reading is None or self._reading.done():
            raise NotSent("there is no connection")
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            writer.write(encoded(number, verb, arguments))
            outcome, body = await answer
        finally:
            del self._answers[number]
        if outcome != DONE:
            raise ERRORS[outcome](msgspec.json.decode(body, type=str))
        return body

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Take in what comes until the connection ends; a half line at the end is none."""
        try:
            while (line := await reader.readline()).endswith(b"\n"):
                number, word, body = decoded(line)
                if word == REPORT:
                    await self._take(msgspec.json.decode(body, type=Report))
                elif (answer := self._answers.get(number)) is not None and not answer.done():
                    answer.set_result((word, body))
        except OSError:
            return
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(DeliveryUnknown("the connection ended"))
            self._news.set()

    async def _take(self, report: Report) -> None:
        while len(self._unread) >= UNREAD_MAX:
            self._room.clear()
            await self._room.wait()
        self._unread.append(report)
        self._news.set()
