"""What does the terminal or the log see? One line an event, and a status line; never a decision."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

import structlog

from tradebot.core.model import events as e
from tradebot.shell.journal.decision import Decision
from tradebot.shell.narrate import sentence

# Told in the JSON log only: true, but noise to an eye at the terminal.
_QUIET: Final = (e.StagesPassed, e.RouteChosen, e.ReconRequested, e.PositionsMarked)

_CLEAR_LINE: Final = "\r\x1b[K"


class Console:
    """Readable lines in the market's own time; a terminal keeps the status line at the bottom."""

    def __init__(self, out: TextIO, zone: ZoneInfo, *, is_terminal: bool) -> None:
        self._out = out
        self._zone = zone
        self._is_terminal = is_terminal
        self._status = ""

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if not isinstance(event, _QUIET):
                self.line(decision.at, sentence(event))

    def line(self, at: datetime, text: str) -> None:
        stamp = f"{at.astimezone(self._zone):%m-%d %H:%M:%S}"
        if self._is_terminal:
            self._write(f"{_CLEAR_LINE}{stamp}  {text}\n{self._status}")
        else:
            self._write(f"{stamp}  {text}\n")

    def status(self, at: datetime, facts: Mapping[str, Any]) -> None:
        told = "  ".join(f"{name} {value}" for name, value in facts.items())
        if self._is_terminal:
            self._status = f"[{at.astimezone(self._zone):%H:%M:%S}] {told}"
            self._write(f"{_CLEAR_LINE}{self._status}")
        else:
            self.line(at, f"-- {told}")

    def close(self) -> None:
        if self._is_terminal and self._status:
            self._write("\n")

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):  # a terminal that went away never stops trading
            self._write = _forget  # type: ignore[method-assign]


class JsonLog:
    """The same as JSON lines by structlog, for journald and for programs."""

    def __init__(self, out: TextIO) -> None:
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(file=out), processors=[structlog.processors.JSONRenderer()]
        )
        self._emit: Callable[..., None] = self._try

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            self._emit(
                type(event).__name__, at=decision.at.isoformat(), seq=decision.seq,
                text=sentence(event), intent_id=getattr(event, "intent_id", None),
                cl_ord_id=getattr(event, "cl_ord_id", None),
            )

    def line(self, at: datetime, text: str) -> None:
        self._emit("note", at=at.isoformat(), text=text)

    def status(self, at: datetime, facts: Mapping[str, Any]) -> None:
        self._emit("status", at=at.isoformat(), **{k: str(v) for k, v in facts.items()})

    def close(self) -> None:
        """Nothing is held back."""

    def _try(self, event: str, **fields: Any) -> None:
        try:
            self._log.info(event, **{k: v for k, v in fields.items() if v is not None})
        except (OSError, ValueError):
            self._emit = _forget


def _forget(*_: object, **__: object) -> None:
    """Where the output went away."""


Telling = Console | JsonLog
