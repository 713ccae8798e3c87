"""How important is an event to whoever reads the log? The severities are syslog's (RFC 5424)."""

from enum import IntEnum
from typing import Final

from tradebot.core.model import events as e
from tradebot.core.model.arming import ArmingRefused, LiveArmed
from tradebot.core.model.config import SettingsDropped


class Importance(IntEnum):
    ERROR = 3
    WARNING = 4
    INFO = 6
    DEBUG = 7


_ERRORS: Final = (e.KillSwitchSet, e.InstrumentHalted, e.BreakFound, e.RouteRefused)
_WARNINGS: Final = (
    e.OrderInDoubt, e.OrderNeverLeft, e.IntentRefused, e.ReplaceRefused, e.ReportIgnored,
    e.RouteDisconnected, e.BreakerSet, e.ControlSet, e.ApprovalLapsed, LiveArmed, ArmingRefused,
    SettingsDropped,
)
# True, but each order makes them: where it stops, another event says so.
_STEPS: Final = (e.StagesPassed, e.RouteChosen, e.ReconRequested, e.PositionsMarked)


def importance(event: e.Event) -> Importance:
    if isinstance(event, _ERRORS):
        return Importance.ERROR
    if isinstance(event, _WARNINGS):
        return Importance.WARNING
    is_agreed = isinstance(event, e.StatementCompared) and not (event.drifts or event.recovered)
    return Importance.DEBUG if is_agreed or isinstance(event, _STEPS) else Importance.INFO
