"""What does Alpaca tell of the market unasked? One socket, its subscriptions, and when it is mute.

Shares are told as text, so that prices keep their digits; options as MessagePack, as there is
nothing else. An account has one connection of each kind.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec
from aiohttp import (
    ClientError,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSMsgType,
    WSServerHandshakeError,
)

from tradebot.core.model.fact import fact
from tradebot.plugins.alpaca.data import AlpacaData
from tradebot.plugins.alpaca.feed_settings import AlpacaMarketSettings
from tradebot.ports import Declined, LoginRefused, NotSent, WireError

Hear: TypeAlias = Callable[[Mapping[str, Any]], None]

_HEARTBEAT_S: Final = 10.0
_GOODBYE_S: Final = 1.0
_LOOK_S: Final = 0.5  # at what is wanted now
_MESSAGE_BYTES_MAX: Final = 8 * 1024 * 1024
_AT_ONCE: Final = 200  # symbols in one request, which has a longest length
_IN_USE, _IN_USE_WAIT_S = 406, 30.0
_AGAIN: Final = frozenset({404, 407, 500})  # too late, too slow, its own failure
_STRANGER: Final = frozenset({401, 402, 403})


@fact
class StreamKind:
    """Which stream, and which of its channels are wanted of every symbol."""

    path: str
    channels: tuple[str, ...]
    is_packed: bool = False


class DataStream:
    """One connection after the other; `wants` names the symbols that are to be subscribed to."""

    def __init__(
        self, settings: AlpacaMarketSettings, kind: StreamKind, *,
        wants: Callable[[], Collection[str]], hears: Hear, trades: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._kind = kind
        self._wants = wants
        self._hears = hears
        self._trades = trades  # whether anything must be told now
        self._subscribed: set[str] = set()

    async def run(self, data: AlpacaData, begun: Callable[[], Any]) -> None:
        """Connect and listen until the connection ends, which raises; say when it has `begun`."""
        self._subscribed = set()
        packed = {"Content-Type": "application/msgpack"} if self._kind.is_packed else {}
        try:
            async with data.session.ws_connect(
                self._settings.stream_url.rstrip("/") + self._kind.path, headers=packed,
                heartbeat=_HEARTBEAT_S, max_msg_size=_MESSAGE_BYTES_MAX,
                timeout=ClientWSTimeout(ws_close=_GOODBYE_S),
            ) as socket:
                async with asyncio.timeout(self._settings.call_s):
                    await self._log_in(socket)
                begun()
                await self._listen(socket)
        except WSServerHandshakeError as error:
            refusal = LoginRefused if error.status in _STRANGER else NotSent
            raise refusal(f"HTTP {error.status}") from None
        except ClientError as error:  # its text may show where, and who we are
            raise NotSent(f"no connection ({type(error).__name__})") from None

    async def _log_in(self, socket: ClientWebSocketResponse) -> None:
        await self._expect(socket, "connected")
        await self._send(socket, {
            "action": "auth", "key": self._settings.key.reveal(),
            "secret": self._settings.secret.reveal(),
        })
        await self._expect(socket, "authenticated")

    async def _expect(self, socket: ClientWebSocketResponse, word: str) -> None:
        for told in _messages(await socket.receive()):
            if told.get("T") == "error":
                raise _refusal(told)
            if told.get("T") == "success" and told.get("msg") == word:
                return
        raise ConnectionError(f"Alpaca's stream did not say that we are {word}")

    async def _listen(self, socket: ClientWebSocketResponse) -> None:
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        while True:
            await self._follow(socket)
            try:
                frame = await socket.receive(timeout=_LOOK_S)
            except TimeoutError:
                if not self._trades():
                    heard_at = loop.time()
                elif loop.time() - heard_at >= self._settings.mute_s:
                    raise ConnectionError(
                        f"nothing was told for {self._settings.mute_s:g} s"
                    ) from None
                continue
            for told in _messages(frame):
                if told.get("T") == "error":
                    raise _refusal(told)
                if "S" in told:
                    heard_at = loop.time()
                    self._hears(told)

    async def _follow(self, socket: ClientWebSocketResponse) -> None:
        """Subscribe to what is wanted by now, and give back what is not."""
        wanted = set(self._wants())
        if wanted == self._subscribed:
            return
        for action, symbols in (
            ("unsubscribe", self._subscribed - wanted), ("subscribe", wanted - self._subscribed),
        ):
            for part in _parts(sorted(symbols)):
                await self._send(socket, {
                    "action": action, **{channel: part for channel in self._kind.channels}
                })
        self._subscribed = wanted

    async def _send(self, socket: ClientWebSocketResponse, said: Mapping[str, Any]) -> None:
        if self._kind.is_packed:
            await socket.send_bytes(msgspec.msgpack.encode(said))
        else:
            await socket.send_str(json.dumps(said))


def _parts(symbols: Sequence[str]) -> list[Sequence[str]]:
    return [symbols[at : at + _AT_ONCE] for at in range(0, len(symbols), _AT_ONCE)]


def _messages(frame: Any) -> list[Mapping[str, Any]]:
    """Return the messages of a frame; raise ConnectionError where the stream has ended."""
    try:
        if frame.type is WSMsgType.TEXT:
            told = json.loads(frame.data, parse_float=Decimal)
        elif frame.type is WSMsgType.BINARY:
            told = msgspec.msgpack.decode(frame.data)
        else:
            raise ConnectionError("Alpaca's stream ended")
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise ConnectionError("Alpaca's stream said what nobody can read") from None
    found = told if isinstance(told, list) else [told]
    return [message for message in found if isinstance(message, dict)]


def _refusal(told: Mapping[str, Any]) -> WireError:
    code, text = told.get("code"), f"Alpaca's stream: {told.get('msg')} ({told.get('code')})"
    if code == _IN_USE:
        return NotSent(f"{text}: an account has one connection", retry_after_s=_IN_USE_WAIT_S)
    if code in _STRANGER:
        return LoginRefused(text)
    return NotSent(text) if code in _AGAIN else Declined(text)
