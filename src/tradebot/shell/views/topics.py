"""What does an event touch? The names by which a page knows which of its documents to read anew."""

from collections.abc import Iterable, Mapping
from typing import Final

from tradebot.core.model import events as e
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed

_INTENT: Final = ("intents", "drafts")
_ORDER: Final = ("orders", "intents")
_MONEY: Final = ("fills", "orders", "positions")
_BREAK: Final = ("reconciliation", "controls")

TOPICS: Final[Mapping[type, tuple[str, ...]]] = {
    e.IntentReceived: _INTENT, e.IntentConflicted: ("intents",), e.StagesPassed: _INTENT,
    e.IntentHeld: _INTENT, e.IntentRefused: (*_INTENT, "dead_letters"), e.RouteChosen: _INTENT,
    e.IntentApproved: _INTENT, e.ApprovalLapsed: _INTENT, e.ApprovalRefused: _INTENT,
    e.OrderSubmitted: (*_ORDER, "drafts"), e.OrderReported: _ORDER, e.ReportIgnored: ("orders",),
    e.OrderInDoubt: _ORDER, e.OrderNeverLeft: (*_ORDER, "dead_letters"),
    e.CancelRequested: ("orders",), e.CancelRefused: ("orders",),
    e.ReplaceRequested: ("orders",), e.ReplaceRefused: ("orders",), e.ReconRequested: ("orders",),
    e.TradeBooked: _MONEY, e.PositionSettled: _MONEY, e.PinNoticed: ("positions",),
    e.PositionsMarked: ("marks", "positions"),
    e.DeadLetterRetried: ("dead_letters", "intents"),
    e.DeadLetterDiscarded: ("dead_letters", "intents"),
    e.InstrumentHalted: ("controls",), e.HaltCleared: ("controls",), e.KillSwitchSet: ("controls",),
    e.ControlSet: ("controls",), e.RouteFlattened: ("controls", "positions"),
    LiveArmed: ("controls",), LiveDisarmed: ("controls",), ArmingRefused: ("controls",),
    e.SessionEntered: ("session",), e.InstrumentsDefined: ("instruments",),
    e.RouteConnected: ("routes",), e.RouteDisconnected: ("routes",), e.RouteRefused: ("routes",),
    e.BreakerSet: ("routes",),
    e.StatementCompared: ("reconciliation",), e.BreakFound: _BREAK, e.BreakClosed: _BREAK,
    e.BreakAccepted: _BREAK, e.StrategySwitched: ("strategies",),
    e.SettingsActivated: ("config",), e.ConfigAccepted: ("config",),
    e.SettingsProposed: ("config",), e.SettingsApproved: ("config",),
    e.SettingsDropped: ("config",),
}


def topics_of(events: Iterable[e.Event]) -> list[str]:
    """Name all that these events touch, once each."""
    return sorted({topic for event in events for topic in TOPICS[type(event)]})
