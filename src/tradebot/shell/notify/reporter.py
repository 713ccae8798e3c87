"""How do decisions, states, tasks and health become alerts? Heard one by one; a rule harms nobody."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tradebot.core.model.alert import Alert
from tradebot.ports import Clock
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify import notices
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.drawdowns import Drawdowns
from tradebot.shell.notify.rules import alerts_of
from tradebot.shell.settings.plugins import contained
from tradebot.shell.state import StateChanged
from tradebot.shell.supervisor import Notice
from tradebot.shell.views.views import Views


class Reporter:
    """Listens behind the views; what it cannot make of a decision, the log hears."""

    def __init__(
        self, alerts: Alerts, views: Views, clock: Clock, tell: Callable[[str], None]
    ) -> None:
        self._alerts = alerts
        self._views = views
        self._clock = clock
        self._tell = tell
        self._drawdowns = Drawdowns(views.book)
        self._status: Mapping[str, str] = {}

    def on_decision(self, decision: Decision) -> None:
        contained(partial(self._hear, decision), self._failed)

    def on_state(self, change: StateChanged) -> None:
        self._alerts.raise_(notices.of_state(change))

    def on_notice(self, notice: Notice) -> None:
        self._alerts.raise_(notices.of_task(self._clock.now(), notice))

    def on_health(self, document: Mapping[str, Any]) -> None:
        for alert in notices.of_health(self._clock.now(), self._status, document):
            self._alerts.raise_(alert)
        self._status = {name: row["status"] for name, row in document["components"].items()}

    def missed(self, decisions: Sequence[Decision]) -> list[tuple[str, Alert]]:
        """Return what is to be told of decisions that an earlier life told nobody of."""
        return [found for decision in decisions for found in alerts_of(decision, self._views)]

    def _hear(self, decision: Decision) -> None:
        for alert_id, alert in alerts_of(decision, self._views):
            self._alerts.raise_(alert, alert_id)
        for alert in self._drawdowns.news(decision):
            self._alerts.raise_(alert)

    def _failed(self, error: Exception) -> None:
        self._tell(f"an alert could not be made: {type(error).__name__}: {error}")
