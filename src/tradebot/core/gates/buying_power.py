"""Does the account's buying power cover what the order opens, with all that is reserved?"""

from tradebot.core.gates.answers import Said, block, lacks
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason, quote_need, route_need


def buying_power(look: Look) -> Said:
    """Is what opens at most equity x `buying_power_multiple` less positions and reservations?"""
    name, unit = look.account_name, look.unit_worth
    account = look.book.ledger.accounts.get(name) if name else None
    if name is None or account is None:
        return lacks(route_need(look.body.route or ""))
    if unit is None:
        return lacks(quote_need(look.body.legs[0].symbol))
    power = account.equity * look.policy.buying_power_multiple
    needed = unit * look.opening_qty
    free = power - account.gross_value - look.book.reserved(name, look.intent)
    if needed > 0 and not (needed <= free):
        return block(Reason.RISK_BUYING_POWER, needed, free)
    return needed, free
