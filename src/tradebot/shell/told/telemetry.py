"""What does the terminal or the log see? One line an event, and a status line; never a decision."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from shutil import get_terminal_size
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

from structlog.processors import JSONRenderer

from tradebot.core.model import events as e
from tradebot.core.model.sound import printable
from tradebot.shell.journal.decision import Decision
from tradebot.shell.told.importance import Importance, importance
from tradebot.shell.views.narrate import sentence

_CLEAR_LINE: Final = "\r\x1b[K"


_MINUTE: Final = timedelta(minutes=1)
_TEXTS_MAX: Final = 256


class Repeats:
    """Lets a text through once a minute, and tells afterwards how often it came again."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def heard(self, at: datetime, text: str) -> list[str]:
        """Return what is to be told now."""
        told = self.over(at)
        since, count = self._seen.get(text, (at, -1))
        self._seen[text] = (since, count + 1)
        return told if count >= 0 else [*told, text]

    def over(self, at: datetime | None = None) -> list[str]:
        """Return what is to be told of texts whose minute is over; without a time, of all."""
        told: list[str] = []
        while self._seen:
            text, (since, count) = next(iter(self._seen.items()))
            is_young = at is not None and since <= at < since + _MINUTE
            if is_young and len(self._seen) <= _TEXTS_MAX:
                break
            del self._seen[text]
            if count:
                told.append(f"{text} (came {count} more times)")
        return told


class Console:
    """Readable lines in the market's own time; a terminal keeps the status line at the bottom."""

    def __init__(
        self, out: TextIO, zone: ZoneInfo, *, is_terminal: bool,
        least: Importance = Importance.INFO,
    ) -> None:
        self._out = out
        self._zone = zone
        self._least = least
        self.is_terminal = is_terminal
        self._status = ""
        self._repeats = Repeats()

    def told(self, decision: Decision) -> str:
        """Return the lines of a decision, for whoever writes them."""
        return "".join([
            self._worded(decision.at, sentence(event)) for event in decision.events
            if importance(event) <= self._least
        ])

    def line(self, at: datetime, text: str) -> None:
        for told in self._repeats.heard(at, text):
            self._line(at, told)

    def heartbeat(self, at: datetime, facts: Mapping[str, Any]) -> None:
        for told in self._repeats.over(at):
            self._line(at, told)
        self._line(at, "heartbeat: " + _listed(facts))

    def status(self, at: datetime, facts: Mapping[str, Any]) -> None:
        told = printable(_listed(facts))
        if self.is_terminal:
            line = f"[{at.astimezone(self._zone):%H:%M:%S}] {told}"
            self._status = line[:get_terminal_size().columns - 1]  # one that wraps clears badly
            self._out.write(f"{_CLEAR_LINE}{self._status}")
        else:
            self._line(at, f"-- {told}")

    def close(self, at: datetime) -> None:
        for told in self._repeats.over():
            self._line(at, told)
        if self.is_terminal and self._status:
            self._out.write("\n")

    def _line(self, at: datetime, text: str) -> None:
        self._out.write(self._worded(at, text))

    def _worded(self, at: datetime, text: str) -> str:
        line = f"{at.astimezone(self._zone):%m-%d %H:%M:%S}  {printable(text)}\n"
        return f"{_CLEAR_LINE}{line}{self._status}" if self.is_terminal else line


class JsonLog:
    """The same as JSON lines by structlog, for journald and for programs.

    For journald each line begins with its importance (sd-daemon(3)): `journalctl -p warning`.
    """

    def __init__(
        self, out: TextIO, ids_of: Callable[..., Mapping[str, str]],
        least: Importance = Importance.INFO, *, for_journald: bool = False,
    ) -> None:
        self._out = out
        self._ids_of = ids_of
        self._least = least
        self._for_journald = for_journald
        self._repeats = Repeats()
        self._render = JSONRenderer()

    def told(self, decision: Decision) -> str:
        """Return the lines of a decision, for whoever writes them."""
        at, seq, lines = decision.at.isoformat(), decision.seq, []
        for event in decision.events:
            if (level := importance(event)) > self._least:
                continue
            ids = {"intent_id": getattr(event, "intent_id", None), "cl_ord_id": _order_of(event)}
            lines.append(self._line(
                type(event).__name__, level, at=at, seq=seq, text=sentence(event),
                **{**ids, **self._ids_of(**ids)},
            ))
        return "".join(lines)

    def line(self, at: datetime, text: str) -> None:
        for told in self._repeats.heard(at, text):
            self._emit("note", at=at.isoformat(), text=told)

    def heartbeat(self, at: datetime, facts: Mapping[str, Any]) -> None:
        for told in self._repeats.over(at):
            self._emit("note", at=at.isoformat(), text=told)
        self._emit("heartbeat", at=at.isoformat(), **facts)

    def status(self, at: datetime, facts: Mapping[str, Any]) -> None:
        self._emit("status", at=at.isoformat(), **{k: str(v) for k, v in facts.items()})

    def close(self, at: datetime) -> None:
        for told in self._repeats.over():
            self._emit("note", at=at.isoformat(), text=told)

    def _emit(self, event: str, **fields: Any) -> None:
        self._out.write(self._line(event, **fields))

    def _line(self, event: str, level: Importance = Importance.INFO, **fields: Any) -> str:
        told = {name: value for name, value in fields.items() if value is not None}
        whole = {**told, "event": event, "level": level.name.lower()}
        mark = f"<{level}>" if self._for_journald else ""
        return f"{mark}{self._render(None, event, whole)!s}\n"


def _order_of(event: e.Event) -> str | None:
    if isinstance(event, e.OrderReported | e.ReportIgnored):
        return event.report.orig_cl_ord_id or event.report.cl_ord_id
    found: str | None = getattr(event, "cl_ord_id", None)
    return found


def _listed(facts: Mapping[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in facts.items())


Telling = Console | JsonLog
