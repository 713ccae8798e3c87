"""Is the account large enough to open anything?"""

from tradebot.core.gates.answers import Objection, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def minimum_equity(look: Look) -> Said:
    """Is there equity, and at least `equity_min_usd` of it?"""
    account = look.funded
    if isinstance(account, Objection):
        return account
    needed, equity = look.policy.equity_min_usd, account.equity
    if (equity > 0 and equity >= needed) or look.is_closing:
        return needed, equity
    return block(Reason.RISK_MINIMUM_EQUITY, needed, equity)
