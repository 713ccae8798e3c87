"""What can happen to the kill switch, and to what a kill found held? Events, as in `events`."""

from datetime import datetime

from tradebot.core.model.fact import fact


@fact
class KillSwitchSet:
    """Trading was stopped, or somebody lets it go on; what is set may be set for more reasons.

    `flatten`: what the brokers state is to be closed, until they state nothing.
    """

    engaged: bool
    reason: str
    by: str
    flatten: bool = False


@fact
class RouteFlattened:
    """A killed route's broker states that it holds nothing: there the kill is carried out."""

    route: str
    as_of: datetime
