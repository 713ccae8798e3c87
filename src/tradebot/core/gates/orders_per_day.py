"""Were few enough orders sent today?"""

from tradebot.core.gates.answers import Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def orders_per_day(look: Look) -> Said:
    """Are there at most `orders_per_day_max` in the primary calendar's session? Exits may go on."""
    is_new = look.intent.attempt == 1 and look.intent.replaces is None
    count, limit = look.book.flow.orders_today + is_new, look.policy.orders_per_day_max
    if count <= limit or not is_new or look.is_closing:
        return count, limit
    return block(Reason.RISK_ORDERS_A_DAY, count, limit)
