"""What is told at all, whatever the channel? Each kind with the switch that it depends on."""

from collections.abc import Mapping
from typing import Final

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.shell.notify.section import NotificationsSection

SWITCHES: Final[Mapping[AlertKind, str]] = {
    AlertKind.FILL: "on_fills",
    AlertKind.PARTIAL_FILL: "on_partial_fills",
    AlertKind.ORDER_REJECTED: "on_errors",
    AlertKind.ORDER_IN_DOUBT: "on_errors",
    AlertKind.DEAD_LETTER: "on_errors",
    AlertKind.CANCEL: "on_cancellations",
    AlertKind.REFUSED: "on_refusals",
    AlertKind.WINDOW: "on_windows",
    AlertKind.STATE: "on_states",
}


def is_told(alert: Alert, section: NotificationsSection) -> bool:
    """Tell whether the settings let such an alert be told; what is CRITICAL has no switch."""
    switch = SWITCHES.get(alert.kind)
    if not section.enabled:
        return False
    return switch is None or alert.level is Level.CRITICAL or getattr(section.filters, switch)
