"""Are few enough orders open at once?"""

from tradebot.core.gates.answers import Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def open_orders(look: Look) -> Said:
    """Are there, with this and what is approved, at most `open_orders_max`? What closes may go."""
    approved = look.book.intents.approvals - (look.intent.approval is not None)
    return _counted(look, len(look.book.orders.working) + approved, look.policy.open_orders_max)


def open_orders_symbol(look: Look) -> Said:
    """Are there, with this one, at most `open_orders_symbol_max` a symbol? What closes may go."""
    by_symbol = look.book.orders.open_by_symbol
    most = max([by_symbol.get(leg.symbol, 0) for leg in look.body.legs])
    return _counted(look, most, look.policy.open_orders_symbol_max)


def _counted(look: Look, others: int, limit: int) -> Said:
    is_new = look.intent.replaces is None
    count = others + is_new
    if count <= limit or not is_new or look.is_closing:
        return count, limit
    return block(Reason.RISK_MAX_OPEN_ORDERS, count, limit)
