"""How is Alpaca asked for market data? Over one session, page by page, not too often, in time.

Not through alpaca-py: its clients block a thread for each question, wait without end, try again
on their own, and read prices as floats. What is asked for here changes nothing, so that it may be
asked for again.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any, Final

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar

from tradebot.plugins.alpaca.feed_settings import AlpacaMarketSettings
from tradebot.ports import Declined, LoginRefused, NotSent

PAGES_MAX: Final = 40
_BYTES_MAX: Final = 32 * 1024 * 1024
_MINUTE_S: Final = 60.0
_TRIES: Final = 3
_PAUSE_S: Final = 1.0
_LONGEST_S: Final = 60.0
_STRANGER: Final = frozenset({401, 403})
_REFUSED: Final = frozenset({400, 404, 422})
_TEXT_MAX: Final = 200


class AlpacaData:
    """What Alpaca answers to questions about the market; numbers keep their digits."""

    def __init__(self, settings: AlpacaMarketSettings) -> None:
        self._settings = settings
        self._session: ClientSession | None = None
        self._asked_at: deque[float] = deque(maxlen=settings.requests_per_minute)
        self._one_by_one = asyncio.Lock()

    @property
    def session(self) -> ClientSession:
        if self._session is None:
            raise NotSent("Alpaca's market data is not open")
        return self._session

    async def open(self) -> None:
        self._session = ClientSession(
            timeout=ClientTimeout(total=None), cookie_jar=DummyCookieJar(), auto_decompress=True,
        )

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def pages(
        self, url: str, asked: Mapping[str, str], pages_max: int = PAGES_MAX
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the pages of an answer, at most so many."""
        more = dict(asked)
        for _ in range(pages_max):
            page = await self.get(url, more)
            yield page
            token = page.get("next_page_token")
            if not token:
                return
            more["page_token"] = str(token)

    async def get(self, url: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask, and again where nothing came of it; raise NotSent, Declined or LoginRefused."""
        for left in reversed(range(_TRIES)):
            await self._turn()
            try:
                async with asyncio.timeout(self._settings.call_s):
                    return await self._asked(url, asked)
            except (NotSent, TimeoutError) as error:
                if not left:
                    raise NotSent(f"Alpaca's market data: {error or 'no answer in time'}") from None
                wait_s = error.retry_after_s if isinstance(error, NotSent) else 0.0
                await asyncio.sleep(min(max(wait_s, _PAUSE_S), _LONGEST_S))
        raise AssertionError("the last try returns or raises")

    async def _asked(self, url: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        headers = {
            "APCA-API-KEY-ID": self._settings.key.reveal(),
            "APCA-API-SECRET-KEY": self._settings.secret.reveal(), "Accept": "application/json",
        }
        try:
            async with self.session.get(
                url, params=asked, headers=headers, allow_redirects=False
            ) as answer:
                return _read(answer, await _body(answer))
        except (ClientError, OSError) as error:  # its text may show where, and who we are
            raise NotSent(f"no connection ({type(error).__name__})") from None

    async def _turn(self) -> None:
        """Wait until one more question fits into this minute."""
        loop, asked_at = asyncio.get_running_loop(), self._asked_at
        async with self._one_by_one:
            if len(asked_at) == asked_at.maxlen:
                await asyncio.sleep(max(0.0, asked_at[0] + _MINUTE_S - loop.time()))
            asked_at.append(loop.time())


async def _body(answer: ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in answer.content.iter_any():
        data += chunk
        if len(data) > _BYTES_MAX:
            raise NotSent(f"an answer of more than {_BYTES_MAX} bytes")
    return bytes(data)


def _read(answer: ClientResponse, body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        told = None
    if answer.status in _STRANGER | _REFUSED:
        said = told.get("message", "") if isinstance(told, dict) else ""
        refusal = LoginRefused if answer.status in _STRANGER else Declined
        raise refusal(f"Alpaca's market data: HTTP {answer.status}: {said}"[:_TEXT_MAX])
    if answer.status != 200:
        raise NotSent(f"HTTP {answer.status}", _retry_after_s(answer.headers))
    if not isinstance(told, dict):
        raise NotSent(f"{len(body)} bytes that are no JSON object")
    return told


def _retry_after_s(headers: Mapping[str, str]) -> float:
    said = headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else 0.0
