"""May the chosen route be used in this mode? Stage 4 chooses; the last look asks again."""

from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.gates.routes import KIND_OF_MODE
from tradebot.core.model.reason import Reason


def mode(look: Look) -> Said:
    """Does the mode allow the route, where one is chosen already?"""
    chosen, book = look.intent.route, look.book
    if chosen is None:
        return ALLOW
    route = book.routes.get(chosen)
    if route is not None and KIND_OF_MODE.get(book.settings.mode) is route.kind:
        return ALLOW
    return block(Reason.POLICY_MODE_MISMATCH)
