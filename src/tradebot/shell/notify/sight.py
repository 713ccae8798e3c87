"""What does a rule know beside its event, and how does it say what is to be told?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tradebot.core.model import events as e
from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify.folding import titled
from tradebot.shell.views.narrate import sentence
from tradebot.shell.views.rows import Plain
from tradebot.shell.views.views import Views

OF_ORDER: Final = (
    "client_order_id", "order_id", "symbol", "side", "ord_status", "order_qty", "cum_qty",
    "leaves_qty", "price", "avg_px", "fees", "realized", "strategy_id", "route", "account",
)


@dataclass(frozen=True, slots=True)
class Sight:
    """A published decision, and the views that have taken it."""

    decision: Decision
    views: Views

    def alert(
        self, kind: AlertKind, level: Level, title: str, event: e.Event, *, more: str = "",
        fields: Mapping[str, object] | None = None, key: str = "",
    ) -> Alert:
        """Tell an event in its sentence, and what there is `more` to say; empty fields are none."""
        told = sentence(event)
        return alert_at(
            self.decision.at, kind, level, title,
            text=f"{told[:1].upper()}{told[1:]}" + (f"\n{more}" if more else ""),
            fields=fields, key=key,
        )

    def order(self, *names: str | None) -> Plain:
        """Return the row of the order that one of these ids names; nothing where none does."""
        rows = (self.views.order(name) for name in names if name)
        return next((row for row in rows if row is not None), {})


def alert_at(
    at: datetime, kind: AlertKind, level: Level, title: str, *, text: str,
    fields: Mapping[str, object] | None = None, key: str = "",
) -> Alert:
    told = ((name, str(value)) for name, value in (fields or {}).items())
    return Alert(
        kind=kind, level=level, title=titled(title), text=text, at=at, key=key,
        fields=tuple((name, value) for name, value in told if value not in ("", "None")),
    )


def picked(row: Plain, names: Iterable[str] = OF_ORDER) -> dict[str, object]:
    return {name: row[name] for name in names if row.get(name) is not None}
