"""Would positions and orders together have too much at risk?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.loss import ENDLESS
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.money import ZERO
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="heat")


def heat(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Can it, all orders and all positions lose at most `heat_max_frac` of equity?"""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("heat", asks)
    policy, account = book.settings.policy, asks.account
    if account.endless:
        return within("heat", Reason.RISK_HEAT, ENDLESS, ZERO)
    linear = account.gross_value - account.options_gross
    held = linear * policy.linear_shock_frac + account.options_loss
    limit = account.equity * policy.heat_max_frac
    return within("heat", Reason.RISK_HEAT, held + asks.at_risk + asks.loss, limit)
