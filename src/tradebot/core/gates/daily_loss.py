"""Did the account lose too much today to open anything more?"""

from tradebot.core.gates.answers import Objection, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def daily_loss(look: Look) -> Said:
    """Is the loss since the day began below `daily_loss_max_frac` of what it began with?"""
    account = look.funded
    if isinstance(account, Objection):
        return account
    lost = account.day_equity - account.equity
    limit = account.day_equity * look.policy.daily_loss_max_frac
    if lost < limit or look.is_closing:
        return lost, limit
    return block(Reason.RISK_DAILY_LOSS, lost, limit)
