"""What does a broker show to whoever only looks? Nothing here is decided by."""

from enum import StrEnum

from tradebot.core.model.fact import fact


class Permit(StrEnum):
    """What an account, or the way into it, may allow."""

    TRADE = "trade"
    OPTIONS = "options"
    SHORTS = "shorts"
    MARKET_DATA = "market_data"


@fact
class Permission:
    """Whether something is allowed, None where the broker does not tell; `told` says how far.

    Where it is not allowed, `told` says what to change, and where.
    """

    permit: Permit
    is_given: bool | None
    told: str = ""


@fact
class BrokerLook:
    """Who answers, and what it lets us do; `allowance` is what it said of its limits, in words."""

    server: str
    permissions: tuple[Permission, ...] = ()
    allowance: str = ""
