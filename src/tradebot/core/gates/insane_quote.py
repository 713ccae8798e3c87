"""Is the quote one that a market can have? It must not be crossed or empty, nor leap."""

from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.gates.stale_quote import age_s
from tradebot.core.model.facts import Facts, Quote
from tradebot.core.model.money import ZERO
from tradebot.core.model.settings import Policy
from tradebot.core.model.verdict import Answer, GateResult, Reason, quote_need

_FOUR_PLACES = Decimal("0.0001")


def insane_quote(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is each mid within `quote_jump_max_frac` of the one up to `quote_jump_within_s` before?

    The next quote tells whether the market leapt or the feed did; the first of all leaps nowhere.
    """
    policy, worst = book.settings.policy, ZERO
    limit = policy.quote_jump_max_frac
    for leg in intent.body.legs:
        quote = facts.quote(leg.symbol)
        leap = _leap(quote, policy) if quote is not None and worth.is_sane(quote) else None
        if leap is None or not (leap <= limit):
            return GateResult(
                gate="insane_quote", answer=Answer.PAUSE, reason=Reason.RISK_INSANE_QUOTE,
                limit=limit, actual=leap, need=quote_need(leg.symbol),
            )
        worst = max(worst, leap)
    return GateResult(gate="insane_quote", limit=limit, actual=worst)


def _leap(quote: Quote, policy: Policy) -> Decimal | None:
    """Return how far the quote is from the one before it; None where that one was no quote."""
    before, since = quote.prior_mid, quote.prior_as_of
    if before is None or since is None or age_s(since, quote.as_of) > policy.quote_jump_within_s:
        return ZERO
    if not before > 0:
        return None
    return (abs(quote.mid - before) / before).quantize(_FOUR_PLACES)
