"""Is the order's worth within the limit?"""

from tradebot.core.gates.answers import Said, lacks, within
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason, quote_need


def order_notional(look: Look) -> Said:
    """Is quantity times price at most `order_notional_max_usd`?"""
    unit, limit = look.unit_worth, look.policy.order_notional_max_usd
    if unit is None:
        return lacks(quote_need(look.body.legs[0].symbol), limit)
    return within(unit * look.body.order_qty, limit, Reason.RISK_ORDER_NOTIONAL)
