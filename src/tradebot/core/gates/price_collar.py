"""Is the price near enough to the market? A misplaced decimal point ends here."""

from decimal import Decimal
from typing import Final

from tradebot.core.gates.answers import Said, lacks, within
from tradebot.core.gates.look import Look
from tradebot.core.gates.worth import cost_at
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason, quote_need

_FOUR_PLACES: Final = Decimal("0.0001")


def price_collar(look: Look) -> Said:
    """Is it at most `price_collar_frac` through the market (market orders: half the spread)?"""
    limit, actual = look.policy.price_collar_frac, _distance(look)
    if actual is None:
        return lacks(quote_need(look.body.legs[0].symbol), limit)
    return within(actual, limit, Reason.RISK_PRICE_COLLAR)


def _distance(look: Look) -> Decimal | None:
    """Return how far beyond the market's middle the order would pay, as a fraction of it."""
    body = look.body
    net_mid = gross_mid = half_spreads = ZERO
    for leg, quote in look.quotes:
        if quote is None:
            return None
        mid = quote.mid
        if not mid > 0:
            return None
        units = leg.ratio_qty * look.book.multiplier(leg.symbol)
        net_mid += leg.side.sign * units * mid
        gross_mid += units * mid
        half_spreads += units * (quote.ask - quote.bid) / 2
    price, beyond = body.price if body.price is not None else body.stop_px, half_spreads
    if price is not None:
        beyond = max(ZERO, cost_at(look.book, body, price) - net_mid)
    return (beyond / gross_mid).quantize(_FOUR_PLACES)
