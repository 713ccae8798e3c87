"""What was told lately, and did it arrive? Kept in memory, and in a file that survives a restart.

One JSON line an alert, one for what became of it on each channel, and a mark at each start. From
these a start knows which CRITICAL alerts may never have arrived, and up to which decision of the
journal alerts were raised.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Take
from tradebot.shell.notify.channel import Fate
from tradebot.shell.notify.rules import may_be_critical
from tradebot.shell.told.daily_files import read
from tradebot.shell.views.filters import ROWS_SHOWN
from tradebot.shell.views.rows import Plain, iso

RECENT_MAX: Final = 1_000
MISSED_MAX: Final = 100
UNSETTLED_FOR: Final = timedelta(days=1)  # what is older is no news to anybody
_SETTLED: Final = frozenset({Fate.DELIVERED, Fate.FAILED})


@dataclass(slots=True)
class Raised:
    """One alert that was raised, and what became of it on each channel, by name."""

    alert_id: str
    alert: Alert
    outcomes: dict[str, Fate] = field(default_factory=dict)

    def row(self) -> Plain:
        alert = self.alert
        return {
            "alert_id": self.alert_id, "at": iso(alert.at), "kind": alert.kind.value,
            "level": alert.level.value, "title": alert.title, "text": alert.text,
            "fields": dict(alert.fields), "outcomes": dict(self.outcomes),
        }


class AlertHistory:
    """The newest alerts; `missed` are decisions that may be worth one, and that nobody heard of."""

    def __init__(self, path: Path, out: StringIO) -> None:
        self._out = out
        self.missed: deque[Decision] = deque(maxlen=MISSED_MAX)
        self._heard: int | None = None  # the last decision that alerts were raised for
        self._recent: deque[Raised] = deque(maxlen=RECENT_MAX)
        self._by_id: dict[str, Raised] = {}
        for record in _records(path):
            self._remember(record)

    def beside(self, take: Take) -> Take:
        """Return what folds a decision at a start, and notices where an earlier life fell silent.

        Without a mark of an earlier life nothing was missed: what is old is no news.
        """
        def both(decision: Decision) -> None:
            take(decision)
            is_unheard = self._heard is not None and decision.seq > self._heard
            if is_unheard and may_be_critical(decision):
                self.missed.append(decision)

        return both

    def begins(self, at: datetime, seq: int) -> None:
        """Mark that from the decision after this one on all is heard."""
        self._heard = max(seq, self._heard or 0)
        self._write({"begins": iso(at), "seq": seq})

    def knows(self, alert_id: str) -> bool:
        return alert_id in self._by_id

    def raised(self, alert_id: str, alert: Alert) -> None:
        found = Raised(alert_id, alert)
        self._keep(found)
        row = {**found.row(), "key": alert.key}
        del row["outcomes"]
        self._write(row)

    def ended(self, at: datetime, alert_id: str, channel: str, ended: Mapping[str, Any]) -> None:
        """Keep what became of an alert on a channel: `outcome`, `tries` and what was `told`."""
        self._settle(alert_id, channel, Fate(ended["outcome"]))
        self._write({"of": alert_id, "at": iso(at), "channel": channel, **ended})

    def unsettled(self, now: datetime) -> list[Raised]:
        """Return what is CRITICAL and young; some channel may not have delivered it."""
        return [
            found for found in self._recent
            if found.alert.level is Level.CRITICAL and now - found.alert.at < UNSETTLED_FOR
        ]

    def rows(
        self, *, kind: str | None = None, level: str | None = None,
        since: datetime | None = None, last: int = ROWS_SHOWN,
    ) -> list[Plain]:
        """Return the newest first; `level` is the least that is asked for."""
        found = (
            raised for raised in reversed(self._recent)
            if (kind is None or raised.alert.kind == kind)
            and (level is None or raised.alert.level >= level)
            and (since is None or raised.alert.at >= since)
        )
        return [raised.row() for raised, _ in zip(found, range(last), strict=False)]

    def _keep(self, found: Raised) -> None:
        if len(self._recent) == RECENT_MAX:
            self._by_id.pop(self._recent[0].alert_id, None)
        self._recent.append(found)
        self._by_id[found.alert_id] = found
        seq, _, rest = found.alert_id.partition(".")
        if rest and seq.isdigit():
            self._heard = max(int(seq), self._heard or 0)

    def _settle(self, alert_id: str, channel: str, outcome: Fate) -> None:
        found = self._by_id.get(alert_id)
        if found is not None:
            found.outcomes[channel] = outcome

    def _write(self, record: Mapping[str, Any]) -> None:
        self._out.write(json.dumps(record) + "\n")

    def _remember(self, record: Mapping[str, Any]) -> None:
        """Take a line of an earlier life; one that says nothing we know is passed over."""
        try:
            if "begins" in record:
                self._heard = max(int(record["seq"]), self._heard or 0)
            elif "of" in record:
                self._settle(record["of"], record["channel"], Fate(record["outcome"]))
            else:
                self._keep(Raised(record["alert_id"], _alert(record)))
        except (KeyError, ValueError, TypeError, AttributeError):
            return


def path_in(home: Path) -> Path:
    return home / "telemetry" / "alerts.jsonl"


def is_settled(found: Raised, channel: str) -> bool:
    """Tell whether nothing more is to be tried for this alert on this channel."""
    return found.outcomes.get(channel) in _SETTLED


def _records(path: Path) -> Iterator[dict[str, Any]]:
    for file in (path.with_name(f"{path.name}.1"), path):
        if file.exists():
            yield from read(file)


def _alert(record: Mapping[str, Any]) -> Alert:
    return Alert(
        kind=AlertKind(record["kind"]), level=Level(record["level"]), title=record["title"],
        text=record["text"], at=datetime.fromisoformat(record["at"]),
        fields=tuple(record["fields"].items()), key=record["key"],
    )
