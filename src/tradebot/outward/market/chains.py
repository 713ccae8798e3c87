"""Which chains does somebody ask for, and what came of it? Fetched one by one, beside the loop.

Whoever asks is answered at once: with what is known, or None until it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Final, TypeAlias

from tradebot.core.model.chain import Chain
from tradebot.core.model.facts import Quote
from tradebot.ports import WIRE_TROUBLE

Fetch: TypeAlias = Callable[[str], Awaitable[Chain | None]]

WANTED_S: Final = 600.0  # it is fetched again so long after somebody asked
FETCH_WITHIN_S: Final = 120.0
_KEPT: Final = 4  # times the pause between two looks: what is older is not known any more


class Chains:
    """The chains of some underlyings, fetched when asked for and as long as that goes on."""

    def __init__(
        self, underlyings: Collection[str], fetch: Fetch, every_s: float,
        tell: Callable[[str], None],
    ) -> None:
        self._underlyings = frozenset(underlyings)
        self._fetch = fetch
        self._every_s = every_s
        self._tell = tell
        self._wanted: dict[str, float] = {}
        self._looked: dict[str, float] = {}
        self._found: dict[str, tuple[float, Chain]] = {}
        self._quotes: dict[str, dict[str, Quote]] = {}
        self._waiting: dict[str, asyncio.Event] = {}
        self._troubles: dict[str, str] = {}
        self._news = asyncio.Event()

    def chain(self, symbol: str) -> Chain | None:
        if symbol not in self._underlyings:
            return None
        self._wanted[symbol] = now = _now()
        found = self._found.get(symbol)
        if found is not None and now - found[0] < self._every_s * _KEPT:
            return found[1]
        self._news.set()
        return None

    def quote(self, symbol: str, underlying: str) -> Quote | None:
        """Return what the chain says of one option."""
        return self._quotes.get(underlying, {}).get(symbol)

    async def looked_for(self, symbol: str) -> None:
        """Wait until the chain was asked for once more, unless it is known."""
        if self.chain(symbol) is None and symbol in self._underlyings:
            await self._waiting.setdefault(symbol, asyncio.Event()).wait()

    async def run(self) -> None:
        """Fetch what is wanted and old, until cancelled."""
        while True:
            self._news.clear()
            due = self._due()
            if due is not None:
                await self._look(due)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_s / _KEPT):
                    await self._news.wait()

    def _due(self) -> str | None:
        """Return whose turn it is: who was never looked for, then who was longest ago."""
        now = _now()
        wanted = [symbol for symbol, at in self._wanted.items() if now - at < WANTED_S]
        due = [
            symbol for symbol in wanted
            if symbol not in self._looked or now - self._looked[symbol] >= self._every_s
        ]
        return min(due, key=lambda symbol: self._looked.get(symbol, 0.0), default=None)

    async def _look(self, symbol: str) -> None:
        trouble = ""
        try:
            async with asyncio.timeout(FETCH_WITHIN_S):
                chain = await self._fetch(symbol)
            if chain is not None:
                self._found[symbol] = _now(), chain
                self._quotes[symbol] = _quotes(chain)
        except WIRE_TROUBLE as error:
            trouble = f"{type(error).__name__}: {error}"
        if trouble and trouble != self._troubles.get(symbol):
            self._tell(f"no options on {symbol}: {trouble}")
        self._troubles[symbol] = trouble
        self._looked[symbol] = _now()
        waiting = self._waiting.pop(symbol, None)
        if waiting is not None:
            waiting.set()


def _quotes(chain: Chain) -> dict[str, Quote]:
    listed = (one for expiry in chain.expiries for one in expiry.options)
    return {
        one.option.symbol: Quote(
            symbol=one.option.symbol, bid=one.bid, ask=one.ask, as_of=chain.as_of
        )
        for one in listed if one.ask > 0
    }


def _now() -> float:
    return asyncio.get_running_loop().time()
