"""What would stand where, once an order and all others filled? Gates on exposure share this."""

from dataclasses import replace
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.exposure import Bet
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.opening import Opening
from tradebot.core.model.instrument import bet_on
from tradebot.core.model.intent import Leg, Side
from tradebot.core.model.money import ZERO


def position(book: Book, intent: IntentState, asks: Opening, leg: Leg) -> Decimal:
    """Return what would stand in one leg's symbol, on the leg's side."""
    stands = book.exposure.stake(asks.name, leg.symbol).on(leg.side)
    return stands + _added(intent, asks)


def bets_then(book: Book, intent: IntentState, asks: Opening) -> dict[str, Bet]:
    """Return the underlyings that the order bets on, as they would then stand."""
    then: dict[str, Bet] = {}
    more = _added(intent, asks)
    for leg in intent.body.legs:
        underlying, rises = bet_on(leg.symbol)
        bet = then.get(underlying) or replace(book.exposure.bet(asks.name, underlying))
        if rises is (leg.side is Side.BUY):
            bet.up += more
        else:
            bet.down += more
        then[underlying] = bet
    return then


def _added(intent: IntentState, asks: Opening) -> Decimal:
    """Return what each leg adds: its even share, less what a changed order holds already."""
    changed = intent.replaces.reserved_left if intent.replaces is not None else ZERO
    added, count = asks.worth - changed, len(intent.body.legs)
    return added if count == 1 else added / count
