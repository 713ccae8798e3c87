"""Is the order small enough in units? A slip of the keyboard ends here."""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def order_quantity(look: Look) -> Said:
    """Is the largest leg at most `order_qty_max` units?"""
    largest = look.body.order_qty * max([leg.ratio_qty for leg in look.body.legs])
    return within(largest, look.policy.order_qty_max, Reason.RISK_ORDER_QUANTITY)
