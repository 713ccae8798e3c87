"""Did the very same order go out a moment ago?"""

from tradebot.core.book.flow import content_of
from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.facts import age_s
from tradebot.core.model.reason import Reason


def duplicate_order(look: Look) -> Said:
    """Is the last order alike in all but its time `duplicate_within_s` old, or older?"""
    if look.intent.replaces is not None:
        return ALLOW
    last = look.book.flow.sent.get(content_of(look.body))
    if last is None or last[1] == look.intent.intent_id:
        return ALLOW
    age, limit = age_s(last[0], look.at), look.policy.duplicate_within_s
    return ALLOW if age >= limit else block(Reason.RISK_DUPLICATE_ORDER, age, limit)
