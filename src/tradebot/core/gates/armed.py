"""Is live trading armed for this account, with room for the order? Other modes need no arming."""

from decimal import Decimal

from tradebot.core.gates.answers import ALLOW, Objection, Said, block
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Mode


def armed(look: Look) -> Said:
    """In mode `live`: is the account armed, and are its orders and their worth within that?"""
    book, changed = look.book, look.intent.replaces
    if book.settings.mode is not Mode.LIVE:
        return ALLOW
    arming = book.arming
    if arming is None or not arming.holds(look.account_name, look.at):
        return block(Reason.POLICY_LIVE_NOT_ENABLED)
    orders, orders_max = arming.orders + (changed is None), arming.given.orders_max
    if not (orders <= orders_max):
        return block(Reason.POLICY_LIVE_NOT_ENABLED, orders, orders_max)
    opening = look.opening
    if isinstance(opening, Objection):
        return opening
    adds = opening.worth if isinstance(opening, Opening) else ZERO
    before = changed.counted.reserved if changed is not None else ZERO
    notional: Decimal = arming.notional + max(ZERO, adds - before)
    if not (notional <= arming.given.notional_max_usd):
        return block(Reason.POLICY_LIVE_NOT_ENABLED, notional, arming.given.notional_max_usd)
    return notional, arming.given.notional_max_usd
