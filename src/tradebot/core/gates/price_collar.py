"""Is the price near enough to the market? A misplaced decimal point ends here."""

from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.facts import Facts
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import ZERO
from tradebot.core.model.verdict import Answer, GateResult, Reason, quote_need

_FOUR_PLACES = Decimal("0.0001")


def price_collar(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is it at most `price_collar_frac` through the market (market orders: half the spread)?"""
    limit = book.settings.policy.price_collar_frac
    actual = _distance(intent.body, facts)
    if actual is None:
        return GateResult(
            gate="price_collar", answer=Answer.PAUSE, reason=Reason.RISK_STALE_DATA, limit=limit,
            need=quote_need(intent.body.legs[0].symbol),
        )
    if not (actual <= limit):
        return GateResult(
            gate="price_collar", answer=Answer.BLOCK, reason=Reason.RISK_PRICE_COLLAR,
            limit=limit, actual=actual,
        )
    return GateResult(gate="price_collar", limit=limit, actual=actual)


def _distance(body: Intent, facts: Facts) -> Decimal | None:
    """Return how far beyond the market's middle the order would pay, as a fraction of it."""
    net_mid = gross_mid = half_spreads = ZERO
    for leg in body.legs:
        quote = facts.quote(leg.symbol)
        if quote is None or not quote.mid > 0:
            return None
        net_mid += leg.side.sign * leg.ratio_qty * quote.mid
        gross_mid += leg.ratio_qty * quote.mid
        half_spreads += leg.ratio_qty * (quote.ask - quote.bid) / 2
    price = body.price if body.price is not None else body.stop_px
    if price is None:
        beyond = half_spreads
    else:
        paid = price if body.is_combo else body.side.sign * price
        beyond = max(ZERO, paid - net_mid)
    return (beyond / gross_mid).quantize(_FOUR_PLACES)
