"""Would it be the same bet as another that stands already?"""

from decimal import Decimal

from tradebot.core.book.exposure import Bet
from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason


def correlation(look: Look) -> Said:
    """Is no other bet in the account closer to it than `correlation_max_frac`?

    There is no history here: `correlated` says what goes together, and what no group names counts
    as `correlation_unknown_frac`. What stands against each other is close by the negative of it.
    """
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    policy, exposure, closest = look.policy, look.book.exposure, ZERO
    stands = opening.stakes.bets
    for mine, then in look.bets.items():
        now = opening.stakes.bet(mine)
        added = Bet(up=then.up - now.up, down=then.down - now.down)
        for other, bet in stands.items():  # as many as there are positions, and these have a limit
            if other != mine:
                known = exposure.correlation(mine, other, policy.correlation_unknown_frac)
                closest = max(closest, _closeness(added, bet, known))
    return within(closest, policy.correlation_max_frac, Reason.RISK_CORRELATION)


def _closeness(added: Bet, bet: Bet, known: Decimal) -> Decimal:
    """Return the correlation of the two bets, with its sign turned where they point apart."""
    along = (added.up > 0 and bet.up > 0) or (added.down > 0 and bet.down > 0)
    against = (added.up > 0 and bet.down > 0) or (added.down > 0 and bet.up > 0)
    return max(known if along else ZERO, -known if against else ZERO)
