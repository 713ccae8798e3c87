"""What can be asked of the core? Every change begins as one of these."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from tradebot.core.model.capabilities import Capabilities
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent
from tradebot.core.model.reason import Need
from tradebot.core.model.report import Report, Statement
from tradebot.core.model.settings import RouteKind, Settings


class Phase(StrEnum):
    """Where a market's day stands."""

    CLOSED = "CLOSED"
    PRE_MARKET = "PRE_MARKET"
    TRADING = "TRADING"
    POST_MARKET = "POST_MARKET"


class Control(StrEnum):
    """What may be asked of the whole daemon, beside the kill switch.

    `pause` takes no new intents from strategies, and holds those that wait; `reduce_only` takes
    nothing that opens a position. A person asks for these; the clock's watch for `clock_set`, which
    holds everything.
    """

    PAUSE = "pause"
    REDUCE_ONLY = "reduce_only"
    CLOCK_SET = "clock_set"


class Delivery(StrEnum):
    """What is known after the wire failed."""

    NEVER_LEFT = "never_left"
    UNDELIVERED = "undelivered"  # it never left, however often it was tried
    UNKNOWN = "unknown"
    ID_TAKEN = "id_taken"  # the broker has another order under this id, and refused ours


class BreakerState(StrEnum):
    """May orders take a route? Cancels may, whatever it says."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"  # too many calls failed in a row: nothing but cancels goes out
    HALF_OPEN = "HALF_OPEN"  # one probe is on its way: it closes the breaker, or opens it again


@fact
class SubmitIntent:
    """Take one intent through the stages."""

    intent: Intent


@fact
class RequestCancel:
    """Ask the broker to cancel a working order; any id of its chain, or its intent, names it."""

    target: str
    by: str


@fact
class RequestReplace:
    """Ask the broker to change a working order; what is None stays as it is."""

    target: str
    by: str
    order_qty: Decimal | None = None
    price: Decimal | None = None


@fact
class RequestCancelAll:
    """Ask for the cancel of all working orders, and take all held intents back; or a symbol's."""

    by: str
    symbol: str | None = None


@fact
class SetKillSwitch:
    """Set or clear the kill switch; set, it cancels all orders and refuses all held intents.

    Clearing it also clears the halt of everything; halts of single instruments stay. To `flatten`,
    what is held is closed as well, until the brokers state nothing.
    """

    engaged: bool
    reason: str
    by: str
    flatten: bool = False


@fact
class Flatten:
    """Close what a killed route's broker states that it holds, by orders that only reduce.

    `booked` counts the account's bookings when the statement was asked for: one made since may
    have closed already what it shows. None where nothing came between.
    """

    route: str
    statement: Statement
    by: str
    booked: int | None = None


@fact
class SetControl:
    """Engage or release a control; what waited for its release walks again."""

    control: Control
    engaged: bool
    reason: str
    by: str


@fact
class ArmLive:
    """A person lets orders go to one live account: so many, of so much worth, for so long."""

    account: str
    for_s: int
    orders_max: int
    notional_max_usd: Decimal
    reason: str
    by: str


@fact
class DisarmLive:
    """Let no more orders go to a live account."""

    reason: str
    by: str


@fact
class ClearHalt:
    """A person has looked at an instrument: it may be traded again."""

    symbol: str
    reason: str
    by: str


@fact
class Approve:
    """A person lets a draft go on; the digest names the content that was looked at.

    What else was looked at may be named too: the account it was for, the version of the settings,
    and what it said could be lost.
    """

    target: str
    digest: str
    by: str
    account: str | None = None
    settings_version: str | None = None
    max_loss: Decimal | None = None


@fact
class Reject:
    """A person ends a draft; the reason is for people."""

    target: str
    reason: str
    by: str


@fact
class Revise:
    """A person wants a draft otherwise; what is None stays as it is, and its wait begins anew."""

    target: str
    by: str
    order_qty: Decimal | None = None
    price: Decimal | None = None
    ttl_s: int | None = None


@fact
class Reconcile:
    """Compare an account with what its broker states of it; `because` says why just now.

    `fills` are executions that the broker tells of and the book has not heard: it books them first.
    A look that `is_routine` need not be told of where it finds just what the last one found.
    """

    route: str
    statement: Statement
    because: str
    fills: tuple[Report, ...] = ()
    is_routine: bool = False


@fact
class AcceptBreak:
    """A person says that the broker is right: the book follows it, without any order."""

    target: str
    reason: str
    by: str


@fact
class EnterSession:
    """A calendar's market enters a phase; the session is named by its date, times in UTC.

    `utc_offset_s` is how far the market's own wall clock is ahead of UTC when it opens.
    """

    calendar: str
    phase: Phase
    session: str | None = None
    opens: datetime | None = None
    closes: datetime | None = None
    utc_offset_s: int | None = None


@fact
class ActivateSettings:
    """Decide by these settings from now on."""

    settings: Settings
    version: str


@fact
class AcceptConfig:
    """Keep a configuration as a version; decide by its settings as far as nobody is to be asked.

    What of them lets more orders pass than the settings in force do becomes a proposal. `hash` is
    that of the files: with that of the last version this is no new one. `changed` are the keys
    that differ from it.
    """

    settings: Settings
    version: str
    hash: str
    by: str
    source: str
    reason: str = ""
    changed: tuple[str, ...] = ()


@fact
class ApproveSettings:
    """A person lets proposed settings take effect; the digest names what was looked at."""

    target: str
    by: str
    reason: str = ""


@fact
class RejectSettings:
    """A person ends a proposal: the settings in force stay."""

    target: str
    reason: str
    by: str


@fact
class DefineInstruments:
    """Make instruments known, or known anew."""

    instruments: tuple[Instrument, ...]


@fact
class ConnectRoute:
    """A route is up: what it can do, what its broker states. The first opens the ledger."""

    route: str
    kind: RouteKind
    capabilities: Capabilities
    statement: Statement


@fact
class RefuseRoute:
    """A route's broker does not let us in, and will not without a person's act."""

    route: str
    kind: RouteKind
    detail: str


@fact
class DisconnectRoute:
    route: str
    reason: str


@fact
class SetBreaker:
    """The wire of a route has failed too often in a row, tries again, or works again."""

    route: str
    state: BreakerState
    reason: str = ""


@fact
class RetryDeadLetter:
    """Let an intent that could not be delivered walk again, for so many seconds."""

    target: str
    by: str
    ttl_s: int


@fact
class DiscardDeadLetter:
    """A person gives an intent up that could not be delivered; the reason is for people."""

    target: str
    reason: str
    by: str


@fact
class ReportDelivery:
    """The wire failed for one order: it provably never arrived, or nobody knows."""

    cl_ord_id: ClOrdID
    delivery: Delivery
    detail: str = ""


@fact
class FactArrived:
    """What held intents waited for may be there now."""

    needs: tuple[Need, ...]


@fact
class Mark:
    """Value what is held at these quotes."""

    quotes: tuple[Quote, ...]


@fact
class Tick:
    """Do what is due by now."""


@fact
class StrategyState:
    """A strategy was started, disabled or enabled again; the reason is for people."""

    strategy_id: str
    enabled: bool
    reason: str = ""


Command: TypeAlias = (
    SubmitIntent | Report | RequestCancel | RequestReplace | RequestCancelAll | SetKillSwitch
    | Flatten | SetControl | ArmLive | DisarmLive | ClearHalt | EnterSession | ActivateSettings
    | DefineInstruments | ConnectRoute | DisconnectRoute | RefuseRoute | ReportDelivery
    | FactArrived | Mark | Tick | StrategyState | Approve | Reject | Revise | SetBreaker
    | RetryDeadLetter | DiscardDeadLetter | Reconcile | AcceptBreak | AcceptConfig
    | ApproveSettings | RejectSettings
)
