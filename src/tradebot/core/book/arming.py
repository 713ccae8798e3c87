"""For which live account is trading armed, and how much of that is used?"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tradebot.core.model.arming import LiveArmed
from tradebot.core.model.money import ZERO


@dataclass(slots=True)
class Arming:
    """One arming, with what went out under it; worth in currency."""

    given: LiveArmed
    orders: int = 0
    notional: Decimal = ZERO

    @property
    def is_spent(self) -> bool:
        """Tell whether its limits leave no room for another order."""
        return not (
            self.orders < self.given.orders_max and self.notional < self.given.notional_max_usd
        )

    def holds(self, account: str | None, at: datetime) -> bool:
        """Tell whether it stands for this account now."""
        return self.given.account == account and at < self.given.until
