"""Is it a structure that the desk may open, and few enough of it?"""

from tradebot.core.gates.answers import ALLOW, Said, block, within
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def structure(look: Look) -> Said:
    """Do the options that it opens make one of `desk.structures` (or is that `desk.unlisted`)?"""
    if look.options is None or look.rule is not None or look.policy.desk.unlisted:
        return ALLOW
    return block(Reason.RISK_STRUCTURE)


def structure_quantity(look: Look) -> Said:
    """Does it open at most the `quantity_max` of its structure in `desk.structures`?"""
    opened, rule = look.options, look.rule
    if opened is None or rule is None or rule.quantity_max is None:
        return ALLOW
    return within(opened.count, rule.quantity_max, Reason.RISK_STRUCTURE_QUANTITY)
