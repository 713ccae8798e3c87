"""How do decisions, states, tasks and health become alerts? Heard as they come, at no risk."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tradebot.core.model.alert import Alert, Level
from tradebot.ports import Clock
from tradebot.shell.health import Health
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify import notices
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.drawdowns import Drawdowns
from tradebot.shell.notify.rules import alerts_of
from tradebot.shell.settings.plugins import contained
from tradebot.shell.state import DaemonState, StateChanged
from tradebot.shell.supervisor import Notice
from tradebot.shell.views.views import Views


class Reporter:
    """Listens behind the views; what it cannot make of a decision, the log hears."""

    def __init__(
        self, alerts: Alerts, views: Views, clock: Clock, tell: Callable[[str], None]
    ) -> None:
        self.alerts = alerts
        self._views = views
        self._clock = clock
        self._tell = tell
        self._drawdowns = Drawdowns(views.book)
        self._status: Mapping[str, str] = {}

    def on_decision(self, decision: Decision) -> None:
        contained(partial(self._hear, decision), self._failed)

    def on_state(self, change: StateChanged) -> None:
        self.alerts.raise_(notices.of_state(change))

    def on_notice(self, notice: Notice) -> None:
        self.alerts.raise_(notices.of_task(self._clock.now(), notice))

    def on_health(self, document: Mapping[str, Any]) -> None:
        for alert in notices.of_health(self._clock.now(), self._status, document):
            self.alerts.raise_(alert)
        self._status = {name: row["status"] for name, row in document["components"].items()}

    def begin(self, state: DaemonState, health: Health, seq: int) -> None:
        """Hear all that there is from here on, and tell what was missed up to this decision."""
        state.listeners.append(self.on_state)
        state.notice_listeners.append(self.on_notice)
        health.listeners.append(self.on_health)
        self.resume(seq)

    def resume(self, seq: int) -> None:
        """Tell what an earlier life told nobody of, up to the last decision that there is."""
        found: list[tuple[str, Alert]] = []
        for decision in self.alerts.history.missed:
            found += contained(partial(alerts_of, decision, self._views), self._failed) or []
        self.alerts.resume(
            [(name, alert) for name, alert in found if alert.level is Level.CRITICAL], seq
        )

    def _hear(self, decision: Decision) -> None:
        for alert_id, alert in alerts_of(decision, self._views):
            self.alerts.raise_(alert, alert_id)
        for alert in self._drawdowns.news(decision):
            self.alerts.raise_(alert)

    def _failed(self, error: Exception) -> None:
        self._tell(f"an alert could not be made: {type(error).__name__}: {error}")
