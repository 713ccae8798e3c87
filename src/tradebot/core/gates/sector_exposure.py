"""Would too much stand or fall with one sector?"""

from decimal import Decimal

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason


def sector_exposure(look: Look) -> Said:
    """Is each sector at most `sector_exposure_max_frac` of equity? The unnamed are one sector."""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    stakes, sector_of = opening.stakes, look.book.exposure.sector
    then: dict[str, Decimal] = {}
    for underlying, bet in look.bets.items():
        sector = sector_of(underlying)
        now = then[sector] if sector in then else stakes.sectors.get(sector, ZERO)
        then[sector] = now + bet.worst - stakes.bet(underlying).worst
    limit = opening.equity * look.policy.sector_exposure_max_frac
    return within(max(then.values()), limit, Reason.RISK_SECTOR_EXPOSURE)
