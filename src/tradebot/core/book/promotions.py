"""How much went on by itself in each promotion window of a session?"""

from dataclasses import dataclass, field
from decimal import Decimal

from tradebot.core.model.money import ZERO


@dataclass(slots=True)
class Used:
    """What a window let through in one session; worth in currency."""

    session: str | None = None
    orders: int = 0
    notional: Decimal = ZERO


@dataclass(slots=True)
class Promotions:
    windows: dict[str, Used] = field(default_factory=dict)

    def used(self, window: str, session: str | None) -> Used:
        """Return what a window let through in this session; what was before counts no more."""
        found = self.windows.get(window)
        is_now = found is not None and found.session == session
        return found if found is not None and is_now else Used(session=session)

    def went(self, window: str, session: str | None, notional: Decimal) -> None:
        """Count an order that opens something."""
        used = self.used(window, session)
        used.orders += 1
        used.notional += notional
        self.windows[window] = used
