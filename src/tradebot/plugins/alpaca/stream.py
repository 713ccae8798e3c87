"""What becomes of our orders, as Alpaca tells it? The socket of trade updates, read as it is.

It is a socket of our own: alpaca-py's tries wrong credentials for ever, notices a dead peer after
minutes, swallows what its reader raises, takes up to five seconds to stop, and connects anew
without a word, though nothing that was missed is told again. Here any end of the line is an error
to whoever reads, and what nobody reads stays in the socket.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any, Final

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    DummyCookieJar,
    WSMsgType,
    WSServerHandshakeError,
)

from tradebot.plugins.alpaca.settings import AlpacaSettings
from tradebot.ports import LoginRefused, NotSent

UPDATES: Final = "trade_updates"
_GOODBYE_S: Final = 1.0
_REFUSED: Final = frozenset({401, 403})
_ENDED: Final = "Alpaca's stream of trade updates ended"


class TradeUpdates:
    """One connection to the stream; after its end another object is the next one."""

    def __init__(self, settings: AlpacaSettings) -> None:
        self._settings = settings
        self._session: ClientSession | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._early: list[Mapping[str, Any]] = []

    @property
    def is_open(self) -> bool:
        return self._socket is not None and not self._socket.closed

    async def open(self) -> None:
        """Connect, log in and listen: from now on nothing is missed."""
        settings = self._settings
        self._session = ClientSession(
            timeout=ClientTimeout(total=None, sock_connect=settings.connect_s),
            cookie_jar=DummyCookieJar(),
        )
        try:
            async with asyncio.timeout(settings.call_s):
                self._socket = await self._session.ws_connect(
                    settings.socket_url, heartbeat=settings.heartbeat_s, autoclose=True,
                    timeout=ClientWSTimeout(ws_close=_GOODBYE_S),
                )
                await self._log_in(self._socket)
        except WSServerHandshakeError as error:
            refusal = LoginRefused if error.status in _REFUSED else NotSent
            raise refusal(f"Alpaca's stream: HTTP {error.status}") from None
        except (ClientError, OSError) as error:  # its text may show where, and who we are
            raise NotSent(f"Alpaca's stream: no connection ({type(error).__name__})") from None

    async def close(self) -> None:
        session, socket, self._session, self._socket = self._session, self._socket, None, None
        if socket is not None:
            await socket.close()
        if session is not None:
            await session.close()

    async def read(self) -> AsyncIterator[Mapping[str, Any]]:
        """Yield one update after the other; raise ConnectionError when there can be no more."""
        while self._early:
            yield self._early.pop(0)
        socket = self._socket
        while socket is not None:
            told = await _message(socket)
            if told.get("stream") == UPDATES:
                yield _data(told)
        raise ConnectionError(_ENDED)

    async def _log_in(self, socket: ClientWebSocketResponse) -> None:
        await socket.send_json({"action": "authenticate", "data": {
            "key_id": self._settings.key.reveal(), "secret_key": self._settings.secret.reveal(),
        }})
        if _data(await _message(socket)).get("status") != "authorized":
            raise LoginRefused("Alpaca's stream does not take key and secret")
        await socket.send_json({"action": "listen", "data": {"streams": [UPDATES]}})
        while True:
            told = await _message(socket)
            if told.get("stream") == UPDATES:
                self._early.append(_data(told))
            elif told.get("stream") == "listening":
                if UPDATES not in _data(told).get("streams", ()):
                    raise NotSent("Alpaca's stream does not tell of trades")
                return


async def _message(socket: ClientWebSocketResponse) -> Mapping[str, Any]:
    """Return the next message; numbers that are no text keep their digits."""
    frame = await socket.receive()
    if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
        raise ConnectionError(_ENDED)
    try:
        told = json.loads(frame.data, parse_float=Decimal)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ConnectionError("Alpaca's stream said what is no JSON object")
    return told


def _data(told: Mapping[str, Any]) -> Mapping[str, Any]:
    data = told.get("data")
    if not isinstance(data, dict):
        raise ConnectionError("Alpaca's stream sent a message without data")
    return data
