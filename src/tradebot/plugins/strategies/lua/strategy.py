"""How does a script in Lua trade? It is asked in a process of its own, and answers what it wants.

Every call is about one symbol: all that the script may know goes in, orders and words come out.
A script that fails, dawdles or floods is ended, and told of like any strategy that raises; the
next call begins with a new process and with `on_start`.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.money import plain
from tradebot.plugins.strategies.lua.answer import Asker, Malformed, read_answer
from tradebot.plugins.strategies.lua.responder import Responder, ResponderEnded
from tradebot.ports import Action, Desk, Working

FUNCTIONS: Final = ("on_start", "on_quote", "on_bar", "on_fill", "on_timer")
_WORKER: Final = Path(__file__).with_name("worker.py")
_READY_S: Final = 4.0  # for Python to start


@fact
class LuaSettings:
    """One script and what it may use.

    file: the script
    params: names and texts that every call holds
    history: bars of the past in a call of on_start
    time_ms: how long a call may take before the script is ended
    memory_mb: what the script may hold
    orders_max: orders, cancels and changes in one answer
    source_kb_max: a longer file is refused
    """

    file: Path
    params: Mapping[str, str] = field(default_factory=dict)
    history: Annotated[int, Field(ge=0, le=1000)] = 200
    time_ms: Annotated[float, Field(ge=1, le=2000)] = 50.0
    memory_mb: Annotated[int, Field(ge=1, le=256)] = 32
    orders_max: Annotated[int, Field(ge=1, le=100)] = 10
    source_kb_max: Annotated[int, Field(ge=1, le=64)] = 64


class ScriptFailed(Exception):
    """The script raised, or its process had to be ended; the text says which and why."""


class LuaStrategy:
    """The strategy. What the script remembers lives as long as its process."""

    settings_type = LuaSettings
    needs: Final = {"lua": "lupa"}

    def __init__(
        self, settings: LuaSettings, *, strategy_id: str, symbols: Sequence[str]
    ) -> None:
        self.symbols = symbols
        self._settings = settings
        self._strategy_id = StrategyId(strategy_id)
        self._source = _read(settings)
        self._process: Responder | None = _started(settings)  # Python gets ready meanwhile
        self._hears: frozenset[str] | None = None  # until the script was read

    def on_start(self, desk: Desk) -> Iterable[Action]:
        if self._hears is not None:
            self._end()
        return self._begin(desk)

    def on_quote(self, quote: Quote, desk: Desk) -> Iterable[Action]:
        return self._call("on_quote", quote.symbol, desk, quote=_quoted(quote))

    def on_bar(self, bar: Bar, desk: Desk) -> Iterable[Action]:
        return self._call("on_bar", bar.symbol, desk, bar=_barred(bar))

    def on_fill(self, symbol: str, qty: Decimal, px: Decimal, desk: Desk) -> Iterable[Action]:
        return self._call("on_fill", symbol, desk, fill={"qty": plain(qty), "px": plain(px)})

    def on_timer(self, desk: Desk) -> Iterable[Action]:
        for symbol in self.symbols:
            yield from self._call("on_timer", symbol, desk)

    def _begin(self, desk: Desk) -> Iterator[Action]:
        """Start a process, let it read the script, and tell the script of every symbol."""
        own = self._settings
        self._process = self._process or _started(own)
        self._ask({}, _READY_S)
        desk.tell(f"runs {own.file.name}, sha256 {sha256(self._source.encode()).hexdigest()[:16]}")
        script = {"name": own.file.name, "source": self._source, "hears": FUNCTIONS}
        self._hears = frozenset(self._ask(script)["hears"])
        for symbol in self.symbols:
            past = [_barred(bar) for bar in desk.history(symbol, own.history)]
            yield from self._told("on_start", symbol, desk, history=past)

    def _call(self, function: str, symbol: str, desk: Desk, **more: Any) -> Iterator[Action]:
        if self._hears is None:
            yield from self._begin(desk)
        yield from self._told(function, symbol, desk, **more)

    def _told(self, function: str, symbol: str, desk: Desk, **more: Any) -> Iterable[Action]:
        """Call one function of the script; a malformed answer is told of, and nothing is done."""
        if function not in (self._hears or ()):
            return ()
        resting = desk.orders(symbol)
        position = desk.position(symbol)
        call = {
            "event": function.removeprefix("on_"), "strategy": self._strategy_id,
            "now": desk.now().isoformat(), "symbol": symbol, "is_open": desk.is_open(symbol),
            "position": {"qty": plain(position.qty), "avg_px": plain(position.avg_px)},
            "working": desk.working(symbol), "resting": [_resting(order) for order in resting],
            "params": dict(self._settings.params), **more,
        }
        by = Asker(
            strategy_id=self._strategy_id, symbols=self.symbols, symbol=symbol,
            resting=frozenset(order.cl_ord_id for order in resting),
        )
        given = self._ask({"function": function, "call": call}).get("answer")
        try:
            answer = read_answer(given)
            actions = answer.actions(by, self._settings.orders_max)
        except Malformed as error:
            desk.tell(f"{function}: nothing is done: {error}")
            return ()
        for note in answer.notes or ():
            desk.tell(note)
        for warning in answer.warnings or ():
            desk.tell(f"warning: {warning}")
        for name, value in (answer.telemetry or {}).items():
            desk.measure(name, value)
        return actions

    def _ask(self, question: object, within_s: float | None = None) -> dict[str, Any]:
        """Ask the process; one that failed is ended, so that nothing half done is gone on with."""
        assert self._process is not None
        line = json.dumps(question, separators=(",", ":")).encode()
        time_s = self._settings.time_ms / 1000
        try:
            answer: dict[str, Any] = json.loads(self._process.ask(line, within_s or time_s))
            failed = answer.get("failed")
        except ResponderEnded as error:
            failed = f"{self._settings.file.name}: {error}"
        except (ValueError, AttributeError, RecursionError):
            failed = f"{self._settings.file.name}: what it answered is no JSON object"
        if failed is not None:
            self._end()
            raise ScriptFailed(failed)
        return answer

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process, self._hears = None, None


def _started(settings: LuaSettings) -> Responder:
    return Responder((sys.executable, "-I", str(_WORKER), str(settings.memory_mb)))


def _read(settings: LuaSettings) -> str:
    most = settings.source_kb_max * 1024
    try:
        with settings.file.open("rb") as file:
            source = file.read(most + 1)
    except OSError as error:
        raise ValueError(f"file: {settings.file}: {error.strerror}") from None
    if len(source) > most:
        raise ValueError(f"file: {settings.file} is longer than {settings.source_kb_max} kB")
    try:
        return source.decode()
    except UnicodeDecodeError:
        raise ValueError(f"file: {settings.file} is no UTF-8 text") from None


def _quoted(quote: Quote) -> dict[str, str]:
    return {"bid": plain(quote.bid), "ask": plain(quote.ask), "as_of": quote.as_of.isoformat()}


def _barred(bar: Bar) -> dict[str, str]:
    told = {name: plain(getattr(bar, name)) for name in ("open", "high", "low", "close", "volume")}
    return {"start": bar.start.isoformat(), "end": bar.end.isoformat(), **told}


def _resting(order: Working) -> dict[str, Any]:
    priced = {} if order.price is None else {"limit": plain(order.price)}
    return {
        "id": order.cl_ord_id, "side": order.side.value, "qty": plain(order.leaves_qty),
        "is_changing": order.is_changing, **priced,
    }
