"""What becomes of a person's words? They are read, priced and staged as drafts; nothing is sent.

Reading may ask a language model, and finding a structure takes longer than trading may wait: the
one has its deadline, the other a thread of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias

from tradebot.core.gates.routes import first_usable
from tradebot.core.model.chain import Chain
from tradebot.core.model.commands import DefineInstruments, SubmitIntent
from tradebot.core.model.events import IntentReceived
from tradebot.core.model.facts import VolatilityFact
from tradebot.core.model.ids import IntentId
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import ASKED_TEXT_MAX, Asked, Source
from tradebot.core.model.reason import Stage
from tradebot.core.model.settings import Settings
from tradebot.core.model.sound import printable
from tradebot.core.options.holdings import HeldStructure, group
from tradebot.core.options.measure import SESSIONS, volatility_fact
from tradebot.core.options.propose import Proposal, Situation, propose
from tradebot.core.options.request import DeskAction, Question, Reading, Request
from tradebot.core.options.select import NoneFits
from tradebot.core.options.unwind import unwind
from tradebot.ports import Clock, MarketData, OptionData
from tradebot.shell.api.aftermath import Decide
from tradebot.shell.desk.answer import DeskStep, answer
from tradebot.shell.desk.holdings import calls_alone, free_holdings, loose_shares
from tradebot.shell.desk.words import Words
from tradebot.shell.engine import Busy
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.option_chain import COMES_WITHIN_S, chain_of, why_none
from tradebot.shell.views.rows import Plain
from tradebot.shell.views.views import Views

ASKING_MAX: Final = 8  # requests that are answered at one time
STAGED_WITHIN_S: Final = 5.0

Read: TypeAlias = Callable[[str, Container[str], date], Awaitable[Reading]]
Measure: TypeAlias = Callable[[], VolatilityFact | None]
Outcome: TypeAlias = Sequence[Proposal] | NoneFits | Question


class OptionsDesk:
    """Turns words into drafts, by the settings and the book of the moment."""

    def __init__(
        self, *, market: MarketData, facts: FactCache, views: Views, decide: Decide, clock: Clock,
        closes: Callable[[datetime], datetime], read: Read, threaded: bool, pace: float = 1.0,
    ) -> None:
        self._market = market
        self._facts = facts
        self._views = views
        self._decide = decide
        self._clock = clock
        self._closes = closes
        self._read = read
        self._threaded = threaded
        self._pace = pace  # of the loop's clock: whoever asks waits in real time
        self._asking = 0
        self._turn = asyncio.Lock()  # nobody closes what another request is about to close
        self._changed = asyncio.Event()
        self._symbols = frozenset(
            i.symbol for i in market.instruments() if i.asset_class is AssetClass.EQUITY
        )

    def on_decision(self, decision: Decision) -> None:
        """Let whoever waits for a draft look again."""
        self._changed.set()

    async def ask(self, words: Words) -> Plain:
        """Return what was understood, what it comes to, and the drafts that were staged."""
        if self._asking >= ASKING_MAX:
            raise Busy(f"{ASKING_MAX} requests are being answered")
        self._asking += 1
        try:
            return await self._ask(words)
        finally:
            self._asking -= 1

    async def _ask(self, words: Words) -> Plain:
        reading = await self._read(words.text, self._symbols, self._clock.now().date())
        reading = replace(reading, request=replace(reading.request, source=words.channel))
        if reading.questions:
            return answer(reading)
        async with self._turn:
            outcome = await self._planned(reading.request)
            if isinstance(outcome, Question):
                return answer(replace(reading, questions=(outcome,)))
            if isinstance(outcome, NoneFits):
                return answer(reading, why=outcome.why)
            if words.dry_run:
                return answer(reading, [DeskStep(proposal=proposal) for proposal in outcome])
            asked = _asked(words, reading.request)
            staged = [(one, await self._submitted(one, words.user, asked)) for one in outcome]
        return answer(reading, [await self._told(one, intent_id) for one, intent_id in staged])

    async def _planned(self, request: Request) -> Outcome:
        """Look at the market here, and let a thread find what fits."""
        assert request.symbol is not None  # or there had been a question
        chain = await chain_of(self._market, request.symbol, COMES_WITHIN_S * self._pace)
        if chain is None:
            return NoneFits(why=why_none(self._market, request.symbol))
        book = self._views.book
        route = first_usable(book, book.settings.routes)
        account = book.routes[route].account if route else ""
        free = free_holdings(book, account, request.symbol)
        held, rest = group(free, book.orders.combos.of(account, Source.DESK))
        shares = loose_shares(book, account, request.symbol, rest)
        now = self._situation(chain, account, shares)
        held = [*held, *calls_alone(rest)]
        work = partial(_plan, request, held, now, book.settings, self._volatility(chain))
        return await asyncio.to_thread(work) if self._threaded else work()

    def _situation(self, chain: Chain, name: str, shares: Decimal) -> Situation:
        account = self._views.book.ledger.accounts.get(name)
        return Situation(
            chain=chain, shares=shares,
            equity=None if account is None or account.unmarked else account.equity,
        )

    def _volatility(self, chain: Chain) -> Measure:
        """Return what is known already, or what measures it: nobody may have wanted it yet."""
        symbol, market = chain.underlying.symbol, self._market
        known = self._facts.volatilities.get(symbol)
        if known is None and isinstance(market, OptionData):
            past = market.implied_volatilities(symbol, SESSIONS)
            return partial(volatility_fact, chain, past)
        return lambda: known

    async def _submitted(self, proposal: Proposal, user: str, asked: Asked) -> IntentId:
        intent = replace(
            proposal.intent(), source=Source.DESK, user=user, asked=asked, ttl_s=self._wait_s()
        )
        await self._make_known(proposal)
        decision = await self._decide(SubmitIntent(intent=intent))
        assert decision is not None  # an intent without a key is never a repeat
        return next(v.intent_id for v in decision.events if isinstance(v, IntentReceived))

    def _wait_s(self) -> int:
        """Let it wait until the market closes next: its order would end there, too."""
        now = self._clock.now()
        return max(1, int((self._closes(now) - now).total_seconds()))

    async def _told(self, proposal: Proposal, intent_id: IntentId) -> DeskStep:
        await self._settled(intent_id)
        draft = self._views.drafts.get(intent_id)
        return DeskStep(
            proposal=proposal, result=self._views.pipeline_result(intent_id),
            digest=None if draft is None else draft.digest,
        )

    async def _make_known(self, proposal: Proposal) -> None:
        """Define the options of it, in the terms of their chain, before anything asks for them."""
        known = self._views.book.instruments
        terms = tuple(one for one in proposal.instruments if one.symbol not in known)
        if terms:
            await self._decide(DefineInstruments(instruments=terms))

    async def _settled(self, intent_id: IntentId) -> None:
        """Wait until it is a draft, or refused, or waits for more than what the market tells."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STAGED_WITHIN_S * self._pace):
                while self._waits_for_facts(intent_id):
                    self._changed.clear()
                    await self._changed.wait()

    def _waits_for_facts(self, intent_id: IntentId) -> bool:
        open_intent = self._views.book.intents.open.get(intent_id)
        held = None if open_intent is None else open_intent.held
        return held is not None and held.stage is Stage.RISK


def _asked(words: Words, request: Request) -> Asked:
    """Keep the words, whatever characters they are made of."""
    return Asked(
        text=printable(words.text)[:ASKED_TEXT_MAX], channel=words.channel,
        confidence=request.confidence, provider=request.provider, model=request.model,
        prompt_digest=request.prompt_digest, fallback=request.fallback,
    )


def _plan(
    request: Request, held: Sequence[HeldStructure], now: Situation, by: Settings, measure: Measure
) -> Outcome:
    volatility = measure()
    now = replace(now, iv_rank=None if volatility is None else volatility.iv_rank)
    if request.action is not DeskAction.OPEN:
        return unwind(request, held, now, by)
    found = propose(request, now, by)
    if isinstance(found, NoneFits):
        return found
    return (replace(found, assumed=(*found.assumed, *_against(found, held))),)


def _against(found: Proposal, held: Sequence[HeldStructure]) -> Iterator[str]:
    """Tell what it would take apart: an account holds an option one way, never both."""
    sides = {leg.symbol: leg.side.sign for leg in found.legs}
    for structure in held:
        for leg in structure.legs:
            if sides.get(leg.terms.symbol, 0) * leg.qty < 0:
                yield f"{leg.terms.symbol} comes out of the {structure.strategy} that is held"
