"""Was the wall clock set a moment ago? Then nobody knows the time, and all that is new waits.

The clock is watched where it can be read; that it was set enters as a control, like a pause.
"""

from tradebot.core.gates.answers import ALLOW, Said, pause
from tradebot.core.gates.look import Look
from tradebot.core.model.commands import Control
from tradebot.core.model.reason import Reason, control_need


def clock_set(look: Look) -> Said:
    """Has no one set the wall clock in the last `clock_settle_s`?"""
    if Control.CLOCK_SET not in look.book.controls:
        return ALLOW
    return pause(Reason.RISK_CLOCK_SET, control_need(Control.CLOCK_SET))
