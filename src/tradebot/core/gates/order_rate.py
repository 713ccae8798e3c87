"""Do messages go out slowly enough for brokers to bear?"""

from tradebot.core.book.flow import Recently
from tradebot.core.gates.answers import Said, pause
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def messages_per_second(look: Look) -> Said:
    """Are there, with this one, at most `messages_per_second_max` in a second? Else it waits."""
    return _counted(look, look.book.flow.a_second, look.policy.messages_per_second_max)


def messages_per_minute(look: Look) -> Said:
    """Are there, with this one, at most `messages_per_minute_max` in a minute? Else it waits."""
    return _counted(look, look.book.flow.a_minute, look.policy.messages_per_minute_max)


def _counted(look: Look, window: Recently, limit: int) -> Said:
    """Cancels count, and are never held up: they are asked no gate."""
    count = window.count(look.at) + 1
    if count <= limit:
        return count, limit
    return pause(Reason.RISK_ORDER_RATE, None, count, limit, window.eases(look.at))
