"""What would an order without a limit pay beyond the middle of the market?"""

from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.intent import Side
from tradebot.core.model.money import BPS, ZERO
from tradebot.core.model.verdict import Answer, GateResult, Reason, quote_need

_CENTI = Decimal("0.01")


def slippage(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Does a market order expect at most `slippage_max_bps`? What closes may pay more.

    Half the spread for what the quote shows, as much again for each further size of it; a feed
    without sizes is taken to show `quote_size_assumed_qty`. Limits are the price collar's to ask.
    """
    policy, body = book.settings.policy, intent.body
    limit, paid, middle = policy.slippage_max_bps, ZERO, ZERO
    if body.price is not None:
        return GateResult(gate="slippage")
    for leg in body.legs:
        quote, qty = facts.quote(leg.symbol), body.order_qty * leg.ratio_qty
        if quote is None or not worth.is_sane(quote):
            return GateResult(
                gate="slippage", answer=Answer.PAUSE, reason=Reason.RISK_STALE_DATA, limit=limit,
                need=quote_need(leg.symbol),
            )
        shown = quote.ask_size if leg.side is Side.BUY else quote.bid_size
        shown = shown or policy.quote_size_assumed_qty
        times = max(Decimal(1), qty / shown)
        paid += qty * (quote.ask - quote.bid) / 2 * times
        middle += qty * quote.mid
    actual = (paid / middle / BPS).quantize(_CENTI)
    if not (actual <= limit) and not worth.is_closing(book, intent):
        return GateResult(
            gate="slippage", answer=Answer.BLOCK, reason=Reason.RISK_SLIPPAGE, limit=limit,
            actual=actual,
        )
    return GateResult(gate="slippage", limit=limit, actual=actual)
