"""Have strategies been paused? Their new intents are refused, and those that wait go on waiting."""

from tradebot.core.gates.answers import ALLOW, Said, block, pause
from tradebot.core.gates.look import Look
from tradebot.core.model.commands import Control
from tradebot.core.model.intent import Source
from tradebot.core.model.reason import Reason, control_need


def paused(look: Look) -> Said:
    """Are strategies not paused, or does a person ask? What waited before goes on waiting."""
    if Control.PAUSE not in look.book.controls or look.body.source is not Source.STRATEGY:
        return ALLOW
    is_new = look.intent.held is None and look.intent.attempt == 1
    if is_new:
        return block(Reason.RISK_PAUSED)
    return pause(Reason.RISK_PAUSED, control_need(Control.PAUSE))
