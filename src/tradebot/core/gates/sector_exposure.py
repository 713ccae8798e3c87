"""Would too much stand or fall with one sector?"""

from datetime import datetime
from decimal import Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import stake
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.money import ZERO
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="sector_exposure")


def sector_exposure(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is each sector at most `sector_exposure_max_frac` of equity? The unnamed are one sector."""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("sector_exposure", asks)
    exposure, then = book.exposure, dict[str, Decimal]()
    for underlying, bet in stake.bets_then(book, intent, asks).items():
        sector = exposure.sector(underlying)
        now = then.get(sector, exposure.of(asks.name).sectors.get(sector, ZERO))
        then[sector] = now + bet.worst - exposure.bet(asks.name, underlying).worst
    limit = asks.account.equity * book.settings.policy.sector_exposure_max_frac
    return within("sector_exposure", Reason.RISK_SECTOR_EXPOSURE, max(then.values()), limit)
