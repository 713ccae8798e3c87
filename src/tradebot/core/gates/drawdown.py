"""Is the account near enough to its high-water mark to open anything?"""

from tradebot.core.gates.answers import Objection, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def drawdown(look: Look) -> Said:
    """Is equity less than `drawdown_entry_max_frac` below the high-water mark?"""
    account = look.funded
    if isinstance(account, Objection):
        return account
    fallen = account.fallen
    limit = account.high_water * look.policy.drawdown_entry_max_frac
    if fallen < limit or look.is_closing:
        return fallen, limit
    return block(Reason.RISK_DRAWDOWN, fallen, limit)
