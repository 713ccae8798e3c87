"""Would it be the same bet as another that stands already?"""

from datetime import datetime
from decimal import Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.exposure import Bet
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import stake
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.money import ZERO
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="correlation")


def correlation(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is no other bet in the account closer to it than `correlation_max_frac`?

    There is no history here: `correlated` says what goes together, and what no group names counts
    as `correlation_unknown_frac`. What stands against each other is close by the negative of it.
    """
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("correlation", asks)
    policy, stands, closest = book.settings.policy, book.exposure.of(asks.name).bets, ZERO
    for mine, then in stake.bets_then(book, intent, asks).items():
        now = book.exposure.bet(asks.name, mine)
        added = Bet(up=then.up - now.up, down=then.down - now.down)
        for other, bet in stands.items():  # as many as there are positions, and these have a limit
            if other != mine:
                known = book.exposure.correlation(mine, other, policy.correlation_unknown_frac)
                closest = max(closest, _closeness(added, bet, known))
    limit = policy.correlation_max_frac
    return within("correlation", Reason.RISK_CORRELATION, closest, limit)


def _closeness(added: Bet, bet: Bet, known: Decimal) -> Decimal:
    """Return the correlation of the two bets, with its sign turned where they point apart."""
    along = (added.up > 0 and bet.up > 0) or (added.down > 0 and bet.down > 0)
    against = (added.up > 0 and bet.down > 0) or (added.down > 0 and bet.up > 0)
    return max(known if along else ZERO, -known if against else ZERO)
