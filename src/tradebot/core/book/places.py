"""How does a route stand, and how a market's day?"""

from dataclasses import dataclass, field
from datetime import datetime

from tradebot.core.model.capabilities import Capabilities
from tradebot.core.model.commands import BreakerState, Phase
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import OrdType, TimeInForce
from tradebot.core.model.settings import RouteKind
from tradebot.core.model.window import Hours


@dataclass(slots=True)
class Route:
    kind: RouteKind
    account: str
    capabilities: Capabilities
    is_up: bool = True
    breaker: BreakerState = BreakerState.CLOSED
    table: frozenset[tuple[AssetClass, OrdType, TimeInForce]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Lay out what is taken, to be looked up for each order."""
        self.table = frozenset(
            (row.asset_class, row.ord_type, time_in_force)
            for row in self.capabilities.takes for time_in_force in row.times_in_force
        )

    @property
    def is_usable(self) -> bool:
        """Tell whether orders may take it now."""
        return self.is_up and self.breaker is BreakerState.CLOSED


@dataclass(slots=True)
class Market:
    """Where one calendar's day stands; times in UTC, its wall clock so far ahead of that."""

    phase: Phase
    session: str | None = None
    opens: datetime | None = None
    closes: datetime | None = None
    utc_offset_s: int | None = None

    @property
    def hours(self) -> Hours | None:
        if self.session is None or self.opens is None or self.closes is None:
            return None
        return Hours(
            session=self.session, opens=self.opens, closes=self.closes,
            utc_offset_s=self.utc_offset_s,
        )
