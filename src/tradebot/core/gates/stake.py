"""What would stand where, once an order and all others filled? Gates on exposure share this."""

from collections.abc import Sequence
from decimal import Decimal

from tradebot.core.book.exposure import Bet, Stakes
from tradebot.core.model.instrument import bet_on
from tradebot.core.model.intent import Leg, Side


def bets_then(stakes: Stakes, legs: Sequence[Leg], added: Decimal) -> dict[str, Bet]:
    """Return the underlyings that the legs bet on, as they would stand with so much more each."""
    then: dict[str, Bet] = {}
    for leg in legs:
        underlying, rises = bet_on(leg.symbol)
        bet = then.get(underlying)
        if bet is None:
            now = stakes.bet(underlying)
            bet = then[underlying] = Bet(now.up, now.down, now.positions)
        if rises is (leg.side is Side.BUY):
            bet.up += added
        else:
            bet.down += added
    return then
