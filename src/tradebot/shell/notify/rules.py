"""Which alerts come of which events? The whole answer is two tables; together they are complete.

A rule is a pure function of a published decision and the views that have taken it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from tradebot.core.model import events as e
from tradebot.core.model.alert import Alert
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify import config_rules, draft_rules, order_rules, trouble_rules
from tradebot.shell.notify.sight import Sight
from tradebot.shell.views.views import Views

Rule: TypeAlias = Callable[[Sight, Any], Iterator[Alert]]

RULES: Final[Mapping[type, Rule]] = {
    e.OrderReported: order_rules.reported,
    e.OrderInDoubt: order_rules.doubted,
    e.IntentRefused: order_rules.refused,
    e.ReplaceRefused: order_rules.change_refused,
    e.TradeBooked: order_rules.booked,
    e.PositionSettled: order_rules.settled,
    e.IntentHeld: draft_rules.held,
    e.IntentApproved: draft_rules.approved,
    e.ApprovalLapsed: draft_rules.lapsed,
    LiveArmed: draft_rules.armed,
    LiveDisarmed: draft_rules.disarmed,
    ArmingRefused: draft_rules.arming_refused,
    e.ConfigAccepted: config_rules.accepted,
    e.SettingsProposed: config_rules.proposed,
    e.SettingsApproved: config_rules.approved,
    e.SettingsDropped: config_rules.dropped,
    e.KillSwitchSet: trouble_rules.killed,
    e.RouteFlattened: trouble_rules.flattened,
    e.InstrumentHalted: trouble_rules.halted,
    e.HaltCleared: trouble_rules.unhalted,
    e.ControlSet: trouble_rules.controlled,
    e.BreakerSet: trouble_rules.broke,
    e.RouteConnected: trouble_rules.connected,
    e.RouteDisconnected: trouble_rules.disconnected,
    e.RouteRefused: trouble_rules.route_refused,
    e.StatementCompared: trouble_rules.compared,
    e.BreakFound: trouble_rules.differs,
    e.BreakClosed: trouble_rules.agrees,
    e.BreakAccepted: trouble_rules.accepted,
    e.StrategySwitched: trouble_rules.switched,
    e.PinNoticed: trouble_rules.pinned,
}
TOLD_NOWHERE: Final[Mapping[type, str]] = {
    e.IntentReceived: "what becomes of it is told",
    e.IntentConflicted: "whoever used the key twice is answered so",
    e.StagesPassed: "it goes on; where it stops is told",
    e.RouteChosen: "the order that follows is told when it fills",
    e.OrderSubmitted: "what the broker does with it is told",
    e.ReportIgnored: "evidence for an audit; what of it matters halts, and a halt is told",
    e.OrderNeverLeft: "it is tried again; where no way is left, the dead letter is told",
    e.CancelRequested: "what the broker answers is told",
    e.CancelRefused: "whoever asked is answered so",
    e.ReplaceRequested: "what the broker answers is told",
    e.ReconRequested: "a mark for the next statement; a break is told",
    e.ApprovalRefused: "whoever answered the draft is told so",
    e.DeadLetterRetried: "a person did it; what becomes of it is told",
    e.DeadLetterDiscarded: "a person did it",
    e.SessionEntered: "the daemon's own states of the day are told",
    e.SettingsActivated: "every start activates them; the configuration they are of is told",
    e.InstrumentsDefined: "every start defines them",
    e.PositionsMarked: "a value; a drawdown that comes of it is told",
}
_CRITICAL: Final = (e.KillSwitchSet, e.InstrumentHalted, e.BreakFound, LiveArmed)


def alerts_of(decision: Decision, views: Views) -> list[tuple[str, Alert]]:
    """Return what is to be told of a decision, each alert with an id that is always the same."""
    sight = Sight(decision, views)
    found = [
        alert for event in decision.events
        if (rule := RULES.get(type(event))) is not None
        for alert in rule(sight, event)
    ]
    return [(f"{decision.seq}.{number}", alert) for number, alert in enumerate(found)]


def may_be_critical(decision: Decision) -> bool:
    return any(isinstance(event, _CRITICAL) for event in decision.events)
