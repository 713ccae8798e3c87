"""Did the strategy lose so often in a row that it should rest?"""

from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.facts import age_s
from tradebot.core.model.reason import Reason


def consecutive_losses(look: Look) -> Said:
    """Are `loss_cooldown_s` over since its `consecutive_losses_max`-th loss in a row?

    A refusal shows the seconds of rest that are left; an entry's reason does not wait so long.
    """
    run = look.book.losses.runs.get(look.body.strategy_id or "")
    if run is None or run.rests_until is None or look.at >= run.rests_until:
        return ALLOW
    if look.is_closing:
        return ALLOW
    return block(Reason.RISK_LOSS_COOLDOWN, age_s(look.at, run.rests_until), 0)
