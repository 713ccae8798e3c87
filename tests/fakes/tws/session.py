"""What goes over one client's connection, from its first byte to its last?"""

import asyncio
import re
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final, TypeAlias

from tests.fakes.faults import Fault, FaultKind, Request
from tests.fakes.tws import codes
from tests.fakes.tws.layout import Garbled, Layout, Value
from tests.fakes.tws.messages import ByServer
from tests.fakes.tws.troubles import SUFFERS, UNASKED

if TYPE_CHECKING:
    from tests.fakes.tws.gateway import FakeGateway

Asked: TypeAlias = dict[str, Value]
Message: TypeAlias = tuple[Layout, dict[str, object]]
K = FaultKind

_HELLO: Final = b"API\0"
_VERSIONS: Final = re.compile(rb"v(\d+)\.\.(\d+)( .*)?")
_LENGTH: Final = struct.Struct(">I")
_OFFENCES_MAX: Final = 3
_FIRST_WORDS_S: Final = 5.0


@dataclass(frozen=True)
class Answer:
    """What is done about one kind of request, and as what its faults are ordered."""

    layout: Layout
    do: Callable[["Session", Asked], None]
    request: Request | Callable[["Session", Asked], Request]

    def kind(self, session: "Session", asked: Asked) -> Request:
        return self.request if isinstance(self.request, Request) else self.request(session, asked)


class Session:
    """One client. What it is told while a request is answered waits until that has been done."""

    def __init__(
        self, gateway: "FakeGateway", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.gateway = gateway
        self.version = 0
        self.client_id: int | None = None
        self.is_mute = False
        self.wants_account = False
        self.wants_positions = False
        self.binds_manual = False
        self._reader, self._writer = reader, writer
        self._held: list[Message] | None = None
        self._arrivals: deque[float] = deque()
        self._offences = 0

    async def live(self) -> None:
        """Serve the connection until one side ends it."""
        try:
            await self._shake_hands()
            while not self._writer.is_closing():  # what came after the end was never heard
                self._hear(await self._frame())
                await asyncio.wait_for(self._writer.drain(), _FIRST_WORDS_S)
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        except Exception as error:  # a bug of ours or of the client's fails the test at its end
            self.gateway.complaints.append(repr(error))
        finally:
            self.drop()

    def send(self, layout: Layout, **values: object) -> None:
        if self._held is not None:
            self._held.append((layout, values))
        else:
            self._put(layout, values)

    def tell(self, message: Message) -> None:
        self.send(message[0], **message[1])

    def push(self, messages: Sequence[Message]) -> None:
        """Tell what nobody asks for just now; what comes of a request is part of its answer."""
        if self._held is None and messages:
            fault = self.gateway.faults.take(Request.STREAM, *UNASKED)
            messages = messages if fault is None else self._spoilt(fault, list(messages), {})
        for message in messages:
            self.tell(message)

    def error(self, code: int, text: str = "", *, req_id: object = -1) -> None:
        self.send(ByServer.ERROR, req_id=req_id, code=code, text=text or codes.text_of(code))

    def drop(self) -> None:
        """End the connection without a word; what was said before still arrives."""
        if not self._writer.is_closing():
            self._writer.close()

    async def _shake_hands(self) -> None:
        hello = await asyncio.wait_for(self._reader.readexactly(len(_HELLO)), _FIRST_WORDS_S)
        offered = _VERSIONS.fullmatch(await asyncio.wait_for(self._bytes(), _FIRST_WORDS_S))
        if hello != _HELLO or offered is None:
            raise Garbled(f"no handshake: {hello!r}")
        lowest, highest = int(offered[1]), int(offered[2])
        self.version = min(self.gateway.server_version, highest)
        if self.version < lowest:
            raise ConnectionError(f"the client asks for {lowest} at least")
        at = self.gateway.now().astimezone(UTC)
        self._frame_out((str(self.version), f"{at:%Y%m%d %H:%M:%S} UTC"))

    def _hear(self, message: Sequence[str]) -> None:
        """Do what a message asks for, unless a fault comes between."""
        self.gateway.record("<", self, message)
        answer = self.gateway.answers.get(int(message[0]))
        if answer is None:
            raise Garbled(f"nobody answers {message}")
        asked = answer.layout.read(self.version, message)
        if self._is_too_fast():
            return
        kind = answer.kind(self, asked)
        fault = self.gateway.faults.take(kind, *SUFFERS[kind])
        if fault is not None and fault.kind is K.SKEW:
            self.gateway.skew_s, fault = fault.amount, None
        if fault is not None and self._comes_before(fault, asked):
            return
        self._held = []
        try:
            answer.do(self, asked)
        finally:
            said, self._held = self._held, None
        for layout, values in said if fault is None else self._spoilt(fault, said, asked):
            self._put(layout, values)

    def _comes_before(self, fault: Fault, asked: Asked) -> bool:
        """Let a fault happen that leaves the request without effect; tell whether it was one."""
        if fault.kind is K.DROP_BEFORE:
            self.drop()
        elif fault.kind is K.ERROR_BEFORE:
            self.error(322, req_id=_number_of(asked))
        elif fault.kind is K.TOO_MANY:
            self.error(100)
        else:
            return False
        return True

    def _spoilt(self, fault: Fault, said: list[Message], asked: Asked) -> list[Message]:
        """Return what is said instead of what there was to say."""
        match fault.kind:
            case K.ACCEPT_DROP | K.DROP_BEFORE:
                self.drop()
                return []
            case K.HANG:
                return []
            case K.MUTE:
                self.is_mute = True
                return []
            case K.ERROR_AFTER:
                wrong = {"req_id": _number_of(asked), "code": 322, "text": codes.text_of(322)}
                return [(ByServer.ERROR, wrong)]
            case K.DUPLICATE_ACK:
                return [message for message in said for _ in range(2)]
            case K.FILL_BEFORE_ACK:
                return sorted(said, key=lambda message: message[0] is not ByServer.EXECUTION)
            case K.UNKNOWN_WORD:
                return [
                    (layout, {**values, "status": "Pondering"} if "status" in values else values)
                    for layout, values in said
                ]
            case _:
                raise AssertionError(fault)

    def _is_too_fast(self) -> bool:
        """Count messages of the last second, complain of too many, and hang up in the end."""
        now = asyncio.get_running_loop().time()
        while self._arrivals and now - self._arrivals[0] > 1:
            self._arrivals.popleft()
        self._arrivals.append(now)
        if len(self._arrivals) <= self.gateway.messages_per_s_max:
            return False
        self._offences += 1
        self.gateway.too_fast += 1
        self.error(100)
        if self._offences >= _OFFENCES_MAX:
            self.drop()
        return True

    def _put(self, layout: Layout, values: dict[str, object]) -> None:
        if self.is_mute or self._writer.is_closing() or layout in self.gateway.withheld:
            return
        message = layout.write(self.version, **values)
        self.gateway.record(">", self, message)
        self._frame_out(message)

    def _frame_out(self, fields: Sequence[str]) -> None:
        text = "".join(f"{field}\0" for field in fields).encode()
        self._writer.write(_LENGTH.pack(len(text)) + text)

    async def _frame(self) -> list[str]:
        return (await self._bytes()).decode().split("\0")[:-1]

    async def _bytes(self) -> bytes:
        (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
        return await self._reader.readexactly(length)


def _number_of(asked: Asked) -> object:
    """Return the number under which a client waits for the answer to a request."""
    return asked.get("req_id") or asked.get("order_id") or -1
