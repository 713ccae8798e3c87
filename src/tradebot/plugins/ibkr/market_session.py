"""What is asked of the market in one session with the gateway? By numbers, each with its end.

The session is the feed's own, beside that of the orders: data never fill the line of an order.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Final

from tradebot.plugins.ibkr import codes
from tradebot.plugins.ibkr.connection import Connection
from tradebot.plugins.ibkr.feed_settings import IbkrMarketSettings
from tradebot.plugins.ibkr.questions import TIME
from tradebot.plugins.ibkr.ticks import DELAYED, LIVE, Ticks
from tradebot.ports import Declined, NotSent

Bars = Callable[[int, Any], None]

_INTEREST: Final = "101"  # the generic tick of open interest
# By the library's names: what tells a line of an answer, and its end.
_LINES: Final = (
    "contractDetails", "historicalData", "securityDefinitionOptionParameter",
)
_REMARKS: Final = frozenset({
    366,  # nobody waits for this history any more
    10167,  # what is told is late
    *range(2100, 2200),
})
_PACING: Final = 162  # also that there is no such history: only its words tell


@dataclass
class _Asked:
    answer: asyncio.Future[list[Any]]
    lines: list[Any] = field(default_factory=list)


class MarketSession:
    """One login. `on_bar` hears of a minute that goes on, `on_refused` of a line that is none."""

    def __init__(
        self, settings: IbkrMarketSettings, *, on_ticks: Callable[[Ticks], None], on_bar: Bars,
        on_refused: Callable[[Ticks, int, str], None],
    ) -> None:
        self.ended = asyncio.Event()
        self.lines: dict[str, Ticks] = {}
        self.heard_at = asyncio.get_running_loop().time()
        self._settings = settings
        self._on_ticks, self._on_bar, self._on_refused = on_ticks, on_bar, on_refused
        self._asked: dict[int, _Asked] = {}
        self._ticks: dict[int, Ticks] = {}
        self._glances: dict[int, asyncio.Event] = {}
        self._numbers = count(1)
        self._touched: dict[int, Ticks] = {}
        self.connection = Connection(settings.link(), self._hears(), self._on_end)

    async def open(self) -> None:
        """Log in, and say how late quotes may be."""
        await self.connection.open()
        await self.connection.turn()
        kind = DELAYED if self._settings.allow_delayed else LIVE
        self.connection.send("reqMarketDataType", kind)

    async def close(self) -> None:
        await self.connection.close()

    def check(self) -> None:
        """Raise why the session is over, where it is."""
        if self.connection.failure is not None:
            raise self.connection.failure

    async def time(self) -> int:
        """Return the gateway's time, in seconds; this shows that it lives."""
        (seconds,) = await self.connection.ask(TIME, "reqCurrentTime")
        return int(seconds)

    async def ask(self, name: str, *fields: Any) -> tuple[int, list[Any]]:
        """Ask a question; return its number, and the lines of its answer once it is whole."""
        number, loop = next(self._numbers), asyncio.get_running_loop()
        asked = self._asked[number] = _Asked(loop.create_future())
        try:
            await self.connection.turn()
            async with asyncio.timeout(self._settings.answer_timeout_s):
                self.connection.send(name, number, *fields)
                return number, await asked.answer
        except TimeoutError:
            raise NotSent(f"no answer of IB's to {name} in time") from None
        finally:
            del self._asked[number]

    async def listen(self, symbol: str, contract: Any) -> Ticks:
        """Open a line; what it tells goes to `on_ticks`."""
        await self.connection.turn()
        ticks = self.lines[symbol] = self._request(symbol, contract, _interest(contract))
        return ticks

    async def give_back(self, symbol: str) -> None:
        ticks = self.lines.pop(symbol, None)
        if ticks is not None:
            await self._cancel(ticks)

    async def glance(self, symbol: str, contract: Any, *, wants_interest: bool) -> Ticks:
        """Look at a contract once: both sides, and its open interest where that is wanted."""
        await self.connection.turn()
        generic = _interest(contract) if wants_interest else ""
        told = asyncio.Event()
        ticks = self._request(symbol, contract, generic, is_snapshot=not generic)
        self._glances[ticks.number] = told
        try:
            async with asyncio.timeout(self._settings.glance_s):
                await told.wait()
        except TimeoutError:
            pass  # nobody quotes it: then this is what there is to see
        finally:
            del self._glances[ticks.number]
            self._ticks.pop(ticks.number, None)
        self.check()
        if generic:
            await self._cancel(ticks)
        return ticks

    def _request(
        self, symbol: str, contract: Any, generic: str, *, is_snapshot: bool = False
    ) -> Ticks:
        ticks = Ticks(symbol, next(self._numbers), contract)
        self._ticks[ticks.number] = ticks
        self.connection.send("reqMktData", ticks.number, contract, generic, is_snapshot, False, [])
        return ticks

    async def _cancel(self, ticks: Ticks) -> None:
        self._ticks.pop(ticks.number, None)
        await self.connection.turn()
        self.connection.send("cancelMktData", ticks.number)

    def _hears(self) -> Mapping[str, Callable[..., None]]:
        ends = {f"{name}End": self._end for name in _LINES}
        return {
            **{name: self._line for name in _LINES}, **ends, "error": self._error,
            "historicalDataUpdate": self._on_bar, "tickSnapshotEnd": self._glanced,
            "priceSizeTick": partial(self._tick, Ticks.price),
            "tickSize": partial(self._tick, Ticks.size),
            "tickGeneric": partial(self._tick, Ticks.generic),
            "tickOptionComputation": self._model, "marketDataType": self._kind,
        }

    def _line(self, number: int, *told: Any) -> None:
        asked = self._asked.get(number)
        if asked is not None:
            asked.lines.append(told)

    def _end(self, number: int, *_: Any) -> None:
        asked = self._asked.get(number)
        if asked is not None and not asked.answer.done():
            asked.answer.set_result(asked.lines)

    def _tick(self, take: Callable[..., None], number: int, tick: int, *told: float) -> None:
        ticks = self._ticks.get(number)
        if ticks is not None:
            take(ticks, tick, *told)
            self._touch(ticks)

    def _model(self, number: int, tick: int, _: int, implied: float, *more: float) -> None:
        ticks = self._ticks.get(number)
        if ticks is not None:
            ticks.model(tick, implied)
            self._touch(ticks)

    def _kind(self, number: int, kind: int) -> None:
        ticks = self._ticks.get(number)
        if ticks is not None:
            ticks.kind = kind

    def _touch(self, ticks: Ticks) -> None:
        """Look at it when all was read that came with it: a side alone may cross the other."""
        self.heard_at = ticks.ticked_at = asyncio.get_running_loop().time()
        if not self._touched:
            asyncio.get_running_loop().call_soon(self._look)
        self._touched[ticks.number] = ticks

    def _look(self) -> None:
        touched, self._touched = self._touched, {}
        for ticks in touched.values():
            glanced = self._glances.get(ticks.number)
            if glanced is not None:
                if ticks.is_whole and ticks.interest is not None:
                    glanced.set()
            elif self.lines.get(ticks.symbol) is ticks:
                self._on_ticks(ticks)

    def _glanced(self, number: int) -> None:
        glanced = self._glances.get(number)
        if glanced is not None:
            glanced.set()

    def _error(self, number: int, code: int, text: str) -> None:
        """Take a no: to a question, to a glance, or to a line."""
        if code in _REMARKS:
            return
        asked, ticks = self._asked.get(number), self._ticks.get(number)
        if asked is not None and not asked.answer.done():
            is_late = code == _PACING and "pacing" in text.lower()
            kind = NotSent if is_late else Declined
            asked.answer.set_exception(kind(codes.told(code, text)))
        elif number in self._glances:
            self._glances[number].set()
        elif ticks is not None:
            self._ticks.pop(number)
            self.lines.pop(ticks.symbol, None)
            self._on_refused(ticks, code, text)

    def _on_end(self) -> None:
        reason = NotSent(str(self.connection.failure))
        for asked in self._asked.values():
            if not asked.answer.done():
                asked.answer.set_exception(reason)
        for glanced in self._glances.values():
            glanced.set()
        self.ended.set()


def _interest(contract: Any) -> str:
    return _INTEREST if contract.secType == "OPT" else ""
