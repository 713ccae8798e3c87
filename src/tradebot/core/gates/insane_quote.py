"""Is the quote one that a market can have? It must not be crossed or empty, nor leap."""

from decimal import Decimal
from typing import Final

from tradebot.core.gates.answers import Said, pause
from tradebot.core.gates.look import Look
from tradebot.core.model.facts import Quote, age_s
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason, quote_need
from tradebot.core.model.settings import Policy

_FOUR_PLACES: Final = Decimal("0.0001")


def insane_quote(look: Look) -> Said:
    """Is each mid within `quote_jump_max_frac` of the one up to `quote_jump_within_s` before?

    The next quote tells whether the market leapt or the feed did; the first of all leaps nowhere,
    nor does one that still spans the mid before it: of a cheap option each tick is a large part.
    """
    limit, worst = look.policy.quote_jump_max_frac, ZERO
    for leg, quote in look.quotes:
        leap = _leap(quote, look.policy) if quote is not None and quote.is_sane else None
        if leap is None or not (leap <= limit or _spans(quote)):
            return pause(Reason.RISK_INSANE_QUOTE, quote_need(leg.symbol), leap, limit)
        worst = max(worst, min(leap, limit))
    return worst, limit


def _spans(quote: Quote | None) -> bool:
    before = quote.prior_mid if quote is not None else None
    return quote is not None and before is not None and quote.bid <= before <= quote.ask


def _leap(quote: Quote, policy: Policy) -> Decimal | None:
    """Return how far the quote is from the one before it; None where that one was no quote."""
    before, since = quote.prior_mid, quote.prior_as_of
    if before is None or since is None or age_s(since, quote.as_of) > policy.quote_jump_within_s:
        return ZERO
    if not before > 0:
        return None
    return (abs(quote.mid - before) / before).quantize(_FOUR_PLACES)
