"""What would an order without a limit pay beyond the middle of the market?"""

from decimal import Decimal
from typing import Final

from tradebot.core.gates.answers import ALLOW, Said, block, lacks
from tradebot.core.gates.look import Look
from tradebot.core.model.intent import Side
from tradebot.core.model.money import BPS, ONE, ZERO
from tradebot.core.model.reason import Reason, quote_need

_CENTI: Final = Decimal("0.01")


def slippage(look: Look) -> Said:
    """Does a market order expect at most `slippage_max_bps`? What closes may pay more.

    Half the spread for what the quote shows, as much again for each further size of it; a feed
    without sizes is taken to show `quote_size_assumed_qty`. Limits are the price collar's to ask.
    """
    policy, body = look.policy, look.body
    limit, paid, middle = policy.slippage_max_bps, ZERO, ZERO
    if body.price is not None:
        return ALLOW
    for leg, quote in look.quotes:
        if quote is None or not quote.is_sane:
            return lacks(quote_need(leg.symbol), limit)
        qty = body.order_qty * leg.ratio_qty
        units = qty * look.book.multiplier(leg.symbol)
        shown = quote.ask_size if leg.side is Side.BUY else quote.bid_size
        shown = shown or policy.quote_size_assumed_qty
        paid += units * (quote.ask - quote.bid) / 2 * max(ONE, qty / shown)
        middle += units * quote.mid
    actual = (paid / middle / BPS).quantize(_CENTI)
    if not (actual <= limit) and not look.is_closing:
        return block(Reason.RISK_SLIPPAGE, actual, limit)
    return actual, limit
