"""Has a strategy earned the kind of route that the mode uses?"""

from tradebot.core.gates.look import Look
from tradebot.core.gates.routes import KIND_OF_MODE
from tradebot.core.model.intent import Source
from tradebot.core.model.reason import Reason
from tradebot.core.model.trust import Trust
from tradebot.core.model.verdict import Refuse


def unearned(look: Look) -> Refuse | None:
    """Refuse what opens something where the record does not reach; people need no record."""
    settings, body = look.book.settings, look.body
    kind = KIND_OF_MODE.get(settings.mode)
    is_own = body.source is Source.STRATEGY and body.strategy_id is not None
    if settings.trust is Trust.OFF or kind is None or not is_own or look.is_closing:
        return None
    lacks = look.book.records.lacks(body.strategy_id or "", kind, settings.ladder)
    if not lacks:
        return None
    return Refuse(reason=Reason.POLICY_NOT_EARNED, detail=f"{kind}: {', '.join(lacks)}")
