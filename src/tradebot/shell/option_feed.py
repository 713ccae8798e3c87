"""What is known of the options that somebody holds, works, drafts or waits for? It stays fresh.

Nothing is looked at for shares. What fails of one underlying, or takes too long, holds up no other:
its facts grow old, and the gates that need them wait.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Final, TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.model.chain import Chain
from tradebot.core.model.commands import Command, FactArrived
from tradebot.core.model.events import IntentReceived, TradeBooked
from tradebot.core.model.facts import OptionFact, VolatilityFact
from tradebot.core.model.instrument import bet_on, names_option
from tradebot.core.model.reason import Need, option_need, volatility_need
from tradebot.core.options.measure import SESSIONS, option_fact, volatility_fact
from tradebot.ports import Listener, OptionData
from tradebot.shell.engine import Busy
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.option_chain import chain_of
from tradebot.shell.supervisor import within

OPTIONS_MAX: Final = 200  # that are kept fresh at once, those first that somebody waits for
SUBSCRIBED_MAX: Final = 5_000  # in the life of a process: no market takes a listener back
LOOK_WITHIN_S: Final = 5.0
_CHAIN_WITHIN_S: Final = 4.0  # less than a look: one that takes longer is there at the next
WAITING_S: Final = 15.0  # between two looks at what somebody waits for
_LOOKS_AN_AGE: Final = 3  # so that one look may fail

Measured: TypeAlias = tuple[Sequence[OptionFact], VolatilityFact | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the feed reads and whom it tells; `hear` are told each quote of an option, in order."""

    book: Book
    facts: FactCache
    post: Callable[[Command], object]
    tell: Callable[[str], None]
    hear: Sequence[Listener]
    threaded: bool


class OptionFeed:
    """Asks the market for chains, and wakes whoever waits for what they say."""

    def __init__(self, market: OptionData, around: Around) -> None:
        self._market = market
        self._around = around
        self._subscribed = {instrument.symbol for instrument in market.instruments()}
        self._looked: dict[str, float] = {}  # option -> when, by the loop's time
        self._told: dict[Need, datetime] = {}  # as of when the fact was that somebody was woken for
        self._failed: dict[str, str | None] = {}  # underlying -> why the last look did
        self._news = asyncio.Event()

    def on_decision(self, decision: Decision) -> None:
        """Look soon where an option was asked for, or traded."""
        for event in decision.events:
            symbols: Sequence[str] = ()
            if isinstance(event, IntentReceived):
                symbols = event.intent.symbols
            elif isinstance(event, TradeBooked):
                symbols = (event.symbol,)
            if any(map(names_option, symbols)):
                self._news.set()

    async def run(self) -> None:
        """Look until cancelled, when there is news and as often as facts grow old."""
        while True:
            self._news.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._rest_s()):
                    await self._news.wait()

    async def look(self) -> None:
        """Make fresh what is wanted and is not, and wake who waits for it."""
        wanted = self._wanted()
        for underlying, options in wanted.items():
            if self._is_due(options):
                why = await within(LOOK_WITHIN_S, partial(self._look_at, underlying, options))
                self._looked |= dict.fromkeys(options, asyncio.get_running_loop().time())
                if why is not None and why != self._failed.get(underlying):
                    self._around.tell(f"options on {underlying}: {why}")
                self._failed[underlying] = why
        self._forget(wanted)
        self._wake()

    async def _look_at(self, underlying: str, options: Sequence[str]) -> None:
        self._subscribe((underlying, *options))
        chain = await chain_of(self._market, underlying, _CHAIN_WITHIN_S)
        if chain is None:
            return
        past = self._market.implied_volatilities(underlying, SESSIONS)
        measure = partial(_measured, chain, options, past)
        threaded, facts = self._around.threaded, self._around.facts
        known, volatility = await asyncio.to_thread(measure) if threaded else measure()
        facts.options |= {one.symbol: one for one in known}
        if volatility is not None:
            facts.volatilities[underlying] = volatility

    def _subscribe(self, symbols: Iterable[str]) -> None:
        """Hear each from here on, and at once what is known of it."""
        for symbol in symbols:
            last = self._market.last(symbol)  # asked each time: so the market knows who is wanted
            if symbol in self._subscribed or len(self._subscribed) >= SUBSCRIBED_MAX:
                continue
            self._subscribed.add(symbol)
            for hears in self._around.hear:
                self._market.subscribe([symbol], hears)
                if last is not None:
                    hears(last)

    def _wanted(self) -> dict[str, list[str]]:
        """Return the options to know by their underlyings, those first that are asked for."""
        found: dict[str, list[str]] = {}
        options = filter(names_option, dict.fromkeys(self._named()))
        for symbol in islice(options, OPTIONS_MAX):
            found.setdefault(bet_on(symbol)[0], []).append(symbol)
        return found

    def _named(self) -> Iterator[str]:
        book = self._around.book
        for intent in book.intents.open.values():
            yield from intent.body.symbols
        for state in book.orders.working.values():
            yield from state.intent.symbols
        for nets in book.ledger.nets.values():
            yield from nets

    def _is_due(self, options: Sequence[str]) -> bool:
        now, rest_s = asyncio.get_running_loop().time(), self._rest_s()
        looked = [self._looked.get(symbol) for symbol in options]
        return any(last is None or now - last >= rest_s for last in looked)

    def _rest_s(self) -> float:
        """Return how long what is known may rest: a part of the age at which it is none."""
        age_s = float(self._around.book.settings.desk.fact_age_max_s) / _LOOKS_AN_AGE
        is_awaited = any(_about(need) for need in self._around.book.intents.by_need)
        return min(age_s, WAITING_S) if is_awaited else age_s

    def _forget(self, wanted: dict[str, list[str]]) -> None:
        facts, kept = self._around.facts, {s for options in wanted.values() for s in options}
        for symbol in facts.options.keys() - kept:
            del facts.options[symbol]
        for symbol in facts.volatilities.keys() - wanted.keys():
            del facts.volatilities[symbol]
        self._looked = {symbol: at for symbol, at in self._looked.items() if symbol in kept}
        self._failed = {name: why for name, why in self._failed.items() if name in wanted}

    def _wake(self) -> None:
        """Tell of each fact that is newer than what last woke whoever waits for it."""
        waiting = {need: as_of for need in self._around.book.intents.by_need
                   if (as_of := self._known_as_of(need)) is not None}
        fresh = [need for need, as_of in waiting.items() if self._told.get(need) != as_of]
        if not fresh:
            return
        with suppress(Busy):
            self._around.post(FactArrived(needs=tuple(fresh)))
            self._told = waiting

    def _known_as_of(self, need: Need) -> datetime | None:
        facts, symbol = self._around.facts, _about(need)
        known: OptionFact | VolatilityFact | None = None
        if need == option_need(symbol):
            known = facts.options.get(symbol)
        elif need == volatility_need(symbol):
            known = facts.volatilities.get(symbol)
        return None if known is None else known.as_of


def _about(need: Need) -> str:
    """Return the symbol whose fact is needed, or nothing."""
    _, _, symbol = need.partition(":")
    return symbol if need in (option_need(symbol), volatility_need(symbol)) else ""


def _measured(chain: Chain, options: Sequence[str], past: Sequence[Decimal]) -> Measured:
    found = [option_fact(chain, symbol) for symbol in options]
    return [one for one in found if one is not None], volatility_fact(chain, past)
