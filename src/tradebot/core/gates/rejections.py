"""Does the broker keep on rejecting what this strategy wants in this symbol?"""

from datetime import timedelta

from tradebot.core.gates.answers import Said, pause
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def rejections(look: Look) -> Said:
    """Are there fewer than `rejections_max` within `rejections_window_s`? Else it waits."""
    limit, found = look.policy.rejections_max, look.book.flow.rejections_of(look.body)
    if not found:
        return 0, limit
    window = timedelta(seconds=look.policy.rejections_window_s)
    recent = [at for at in found if at > look.at - window]
    if len(recent) < limit or not recent:
        return len(recent), limit
    enough = recent[-max(1, limit)]  # once this one is past, there are fewer
    return pause(Reason.RISK_REJECTIONS, None, len(recent), limit, enough + window)
