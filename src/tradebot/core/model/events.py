"""What can have happened? Past tense, never edited; state is a fold over these and nothing else."""

from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.commands import Control, Phase
from tradebot.core.model.config import ConfigAccepted as ConfigAccepted
from tradebot.core.model.config import SettingsActivated as SettingsActivated
from tradebot.core.model.config import SettingsApproved as SettingsApproved
from tradebot.core.model.config import SettingsDropped as SettingsDropped
from tradebot.core.model.config import SettingsProposed as SettingsProposed
from tradebot.core.model.drift import BreakAccepted as BreakAccepted
from tradebot.core.model.drift import BreakClosed as BreakClosed
from tradebot.core.model.drift import BreakFound as BreakFound
from tradebot.core.model.drift import StatementCompared as StatementCompared
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID, ExecID, IntentId
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent
from tradebot.core.model.kill import KillSwitchSet as KillSwitchSet
from tradebot.core.model.kill import RouteFlattened as RouteFlattened
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.option_ends import PinNoticed as PinNoticed
from tradebot.core.model.option_ends import PositionSettled as PositionSettled
from tradebot.core.model.reason import GateResult, Need, Reason, Stage
from tradebot.core.model.report import Report
from tradebot.core.model.routes import BreakerSet as BreakerSet
from tradebot.core.model.routes import RouteConnected as RouteConnected
from tradebot.core.model.routes import RouteDisconnected as RouteDisconnected
from tradebot.core.model.routes import RouteRefused as RouteRefused


@fact
class IntentReceived:
    """An intent got its id and its end; `number` counts a strategy's, None for keyed ones.

    `digest` is what the key of a keyed one stands for from now on, whatever later releases digest.
    What `revises` a draft takes its place, and needs an approval in every mode.
    """

    intent_id: IntentId
    intent: Intent
    expires: datetime
    number: int | None = None
    digest: str = ""
    revises: IntentId | None = None


@fact
class IntentConflicted:
    """A key came back with another body; the first intent under that key is untouched."""

    intent: Intent
    first: IntentId


@fact
class StagesPassed:
    """A walk passed all stages up to `through`; `readings` are a row of what gates found.

    There is a place for each gate of the list of that number, with commas between: `actual<=limit`,
    or `actual` where the limit follows from the settings. What objects is told by what follows.
    """

    intent_id: IntentId
    through: Stage
    gate_list: int
    readings: str = ""


@fact
class IntentHeld:
    """A stage waits: the intent walks again from stage 1 when a need is met or at `until`.

    A hold that makes a draft may give it more time: from now on the intent `expires` then.
    """

    intent_id: IntentId
    stage: Stage
    reason: Reason
    needs: tuple[Need, ...]
    detail: str = ""
    until: datetime | None = None
    gates: tuple[GateResult, ...] = ()
    expires: datetime | None = None


@fact
class IntentRefused:
    """The end of an intent that was never sent."""

    intent_id: IntentId
    stage: Stage
    reason: Reason
    detail: str = ""
    gates: tuple[GateResult, ...] = ()


@fact
class IntentApproved:
    """A person let this content go on, for one order, until then; the intent walks again.

    `reserved` is the worst case in currency that gates count in this account meanwhile, `risk` what
    of it can be lost; `price` is the market's net price of a unit, `settings_version` names the
    settings, both of that moment. `after` names those who approved it before, where one is not
    enough.
    """

    intent_id: IntentId
    digest: str
    by: str
    until: datetime
    account: str
    reserved: Decimal
    risk: Decimal = ZERO
    price: Decimal | None = None
    settings_version: str = ""
    after: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Name all who approved it, the first one first."""
        return (*self.after, self.by)


@fact
class ApprovalLapsed:
    """An approval became void before its order was sent; the intent needs another."""

    intent_id: IntentId
    reason: Reason = Reason.POLICY_APPROVAL_EXPIRED
    detail: str = ""


@fact
class ApprovalRefused:
    """Someone answered or revised what is no draft, or approved other content than there is."""

    target: str
    reason: Reason
    detail: str = ""


@fact
class RouteChosen:
    """Stage 4 let an intent go on by this route; `window` names the one that consented, if any."""

    intent_id: IntentId
    route: str
    window: str = ""


@fact
class OrderSubmitted:
    """The order is on its way: the wire may send it until `send_by`, under this id and no other.

    `reserved` is the worst case in currency that gates count until evidence releases it; `risk` is
    what of it can be lost. `armed_by` is the token under which an order goes to a live account.
    One that is sent `outside_hours` of its market shall work there, too.
    """

    cl_ord_id: ClOrdID
    intent_id: IntentId
    intent: Intent
    route: str
    account: str
    send_by: datetime
    reserved: Decimal
    attempt: int = 1
    risk: Decimal = ZERO
    armed_by: str = ""
    outside_hours: bool = False


@fact
class OrderReported:
    """A broker's report was applied to its order."""

    report: Report


@fact
class ReportIgnored:
    """A broker's report changed nothing, for this reason; it is kept as evidence."""

    report: Report
    reason: Reason


@fact
class OrderInDoubt:
    """Nobody knows whether the order arrived; its risk stays reserved until the broker tells."""

    cl_ord_id: ClOrdID
    detail: str = ""


@fact
class OrderNeverLeft:
    """Proof that the order never left; its intent walks again from stage 1 under a new attempt.

    `gave_up`: it was tried again and again, so the intent does not take this route any more. Where
    no other is left it is refused as undelivered: a dead letter.
    """

    cl_ord_id: ClOrdID
    detail: str = ""
    gave_up: bool = False


@fact
class CancelRequested:
    """A cancel is on its way to the broker, under a request id of its own."""

    cl_ord_id: ClOrdID
    request_id: ClOrdID
    by: str


@fact
class ReplaceRequested:
    """A change is on its way to the broker until `send_by`; it makes the order this intent.

    `reserved` is the worst case in currency of what would then be left to fill, `risk` what of it
    can be lost; `readings` are those of the gates that cleared it, as in StagesPassed.
    """

    cl_ord_id: ClOrdID
    request_id: ClOrdID
    by: str
    intent: Intent
    send_by: datetime
    reserved: Decimal
    gate_list: int
    readings: str = ""
    risk: Decimal = ZERO


@fact
class ReplaceRefused:
    """A working order stays as it is: a stage refused the change, or its request never left."""

    target: str
    reason: Reason
    detail: str = ""
    gates: tuple[GateResult, ...] = ()
    request_id: ClOrdID | None = None


@fact
class CancelRefused:
    """Someone asked to cancel what cannot be cancelled."""

    target: str
    reason: Reason


@fact
class TradeBooked:
    """One execution (or its reversal) in the ledger; cash + cost + fee - realized == 0.

    `qty` is signed, in units; `px` a unit; the money fields in currency: `cash` is what the
    account gained, `cost` what the position's cost grew by, `fee` what was paid, `realized` the
    profit that left the position. `is_external` marks executions of orders that are not ours;
    `reverses` names the booking that this one takes back.
    """

    cl_ord_id: ClOrdID
    exec_id: ExecID
    account: str
    strategy_id: str
    symbol: str
    qty: Decimal
    px: Decimal
    cash: Decimal
    cost: Decimal
    fee: Decimal = ZERO
    realized: Decimal = ZERO
    multiplier: Decimal = ONE
    currency: str = "USD"
    is_external: bool = False
    reverses: ExecID | None = None


@fact
class ReconRequested:
    """The order is finished: it must match the broker's next statement."""

    cl_ord_id: ClOrdID


EVERYTHING: Final = "*"


@fact
class InstrumentHalted:
    """An instrument takes no new orders until a person clears it; `*` halts every one."""

    symbol: str
    reason: Reason
    detail: str = ""


@fact
class HaltCleared:
    symbol: str
    reason: str
    by: str


@fact
class ControlSet:
    control: Control
    engaged: bool
    reason: str
    by: str


@fact
class SessionEntered:
    calendar: str
    phase: Phase
    session: str | None = None
    opens: datetime | None = None
    closes: datetime | None = None
    utc_offset_s: int | None = None


@fact
class InstrumentsDefined:
    instruments: tuple[Instrument, ...]


@fact
class DeadLetterRetried:
    """An intent that could not be delivered is open again, until then."""

    intent_id: IntentId
    by: str
    expires: datetime


@fact
class DeadLetterDiscarded:
    """A person gave up what could not be delivered."""

    intent_id: IntentId
    reason: str
    by: str


@fact
class PositionsMarked:
    quotes: tuple[Quote, ...]


@fact
class StrategySwitched:
    strategy_id: str
    enabled: bool
    reason: str = ""


Event: TypeAlias = (
    IntentReceived | IntentConflicted | StagesPassed | IntentHeld | IntentRefused | RouteChosen
    | OrderSubmitted | OrderReported | ReportIgnored | OrderInDoubt | OrderNeverLeft
    | CancelRequested | CancelRefused | ReplaceRequested | ReplaceRefused | TradeBooked
    | ReconRequested | InstrumentHalted | HaltCleared | KillSwitchSet | ControlSet
    | SessionEntered | SettingsActivated | InstrumentsDefined | RouteConnected | RouteDisconnected
    | StatementCompared | BreakFound | BreakClosed | BreakAccepted | PositionsMarked
    | StrategySwitched | IntentApproved | ApprovalLapsed | ApprovalRefused | BreakerSet
    | DeadLetterRetried | DeadLetterDiscarded | LiveArmed | LiveDisarmed | ArmingRefused
    | RouteFlattened | PositionSettled | PinNoticed | ConfigAccepted | SettingsProposed
    | SettingsApproved | SettingsDropped | RouteRefused
)
