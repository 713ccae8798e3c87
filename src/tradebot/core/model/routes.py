"""What can happen to a route? Events, as those in `events`."""

from tradebot.core.model.capabilities import Capabilities
from tradebot.core.model.commands import BreakerState
from tradebot.core.model.fact import fact
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import Statement
from tradebot.core.model.settings import RouteKind


@fact
class RouteConnected:
    """A route is up. `opening` is set once, when the ledger opens with the broker's own numbers."""

    route: str
    kind: RouteKind
    account: str
    capabilities: Capabilities
    opening: Statement | None = None


@fact
class RouteRefused:
    """A route may not be used, and is not tried again until a person has acted."""

    route: str
    kind: RouteKind
    reason: Reason
    detail: str


@fact
class RouteDisconnected:
    route: str
    reason: str


@fact
class BreakerSet:
    """No order takes a route while its breaker is not closed."""

    route: str
    state: BreakerState
    reason: str = ""
