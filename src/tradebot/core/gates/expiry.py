"""Do the options that it opens live long enough, and not too long?"""

from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def near_expiry(look: Look) -> Said:
    """Does no option that it opens end within `desk.days_to_expiry_min` days?"""
    days, least = _days(look), look.policy.desk.days_to_expiry_min
    if days is None or days > least:
        return ALLOW if days is None else (least, days)
    return block(Reason.RISK_NEAR_EXPIRY, days, least)


def days_to_expiry(look: Look) -> Said:
    """Does the first of them end in the days that `desk.structures` demands of its structure?"""
    days, rule = _days(look), look.rule
    if days is None or rule is None:
        return ALLOW
    if rule.days_min is not None and not (days >= rule.days_min):
        return block(Reason.RISK_DAYS_TO_EXPIRY, days, rule.days_min)
    if rule.days_max is None:
        return ALLOW
    if not (days <= rule.days_max):
        return block(Reason.RISK_DAYS_TO_EXPIRY, days, rule.days_max)
    return days, rule.days_max


def _days(look: Look) -> int | None:
    """Count the days to the first expiry; None where no option opens."""
    if look.options is None:
        return None
    return (look.options.expiries[0] - look.at.date()).days
