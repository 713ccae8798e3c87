"""How is a decision written, and read back? One JSON object, from and to the very same values.

What a line has said once, by its command or by an event before, no later event of it says again.
Times within a day of the decision's own are told as seconds since it.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache, partial
from typing import Any, Final, TypeAlias, get_args

import msgspec

from tradebot.core.model.commands import (
    AcceptConfig,
    ActivateSettings,
    Command,
    ConnectRoute,
    DefineInstruments,
    Mark,
    SubmitIntent,
)
from tradebot.core.model.events import Event
from tradebot.core.model.facts import Reads
from tradebot.core.model.report import Report
from tradebot.shell.journal.decision import NOTHING_READ, Decision
from tradebot.shell.journal.plain import Said, ToPlain, maker
from tradebot.shell.journal.rebuild import rebuilder
from tradebot.shell.journal.upcast import UPCASTS, Lift, Upcasts

# What a command says that its events may be about, by the name of their field.
SAYS: Final[Mapping[type, Callable[[Any], Said]]] = {
    SubmitIntent: lambda command: {"intent": command.intent},
    Report: lambda command: {
        "report": command, "cl_ord_id": command.cl_ord_id, "exec_id": command.exec_id,
        "px": command.last_px,
    },
    ActivateSettings: lambda command: {"settings": command.settings},
    AcceptConfig: lambda command: {"settings": command.settings, "by": command.by},
    DefineInstruments: lambda command: {"instruments": command.instruments},
    ConnectRoute: lambda command: {
        "route": command.route, "capabilities": command.capabilities,
        "opening": command.statement,
    },
    Mark: lambda command: {"quotes": command.quotes},
}
# What lines of the first form marked, where it was what the command carries.
_MARKED: Final = frozenset(
    {"intent", "report", "settings", "instruments", "capabilities", "opening", "quotes"}
)
# What is not said twice: texts that are equal, of all else the very same object.
SHARED: Final = (_MARKED - {"opening"}) | {
    "intent_id", "cl_ord_id", "exec_id", "route", "account", "strategy_id", "symbol", "px", "by",
}


class Undecodable(ValueError):
    """A line is whole, but says nothing that this code understands."""


_READS_SHAPE, _build_reads = rebuilder(Reads)


class _Line(msgspec.Struct):
    seq: int
    at: datetime
    command: tuple[str, msgspec.Raw]
    events: list[tuple[str, msgspec.Raw]]
    reads: _READS_SHAPE | None = None  # type: ignore[valid-type]


_Read: TypeAlias = Callable[[msgspec.Raw, Said], Any]


def _says_nothing(_: object) -> Said:
    return {}


def _shared_by(cls: type) -> frozenset[str]:
    return SHARED & {field.name for field in fields(cls) if field.default is MISSING}


_COMMANDS: Final[tuple[type, ...]] = get_args(Command)
_EVENTS: Final[tuple[type, ...]] = get_args(Event)
_SAYS: Final = {cls: SAYS.get(cls, _says_nothing) for cls in _COMMANDS}
_TO_JSON: Final = msgspec.json.Encoder().encode


@cache
def _plain_command(cls: type) -> ToPlain:
    return maker(cls)


@cache
def _plain_event(cls: type) -> ToPlain:
    return maker(cls, _shared_by(cls))


def encode(decision: Decision) -> bytes:
    """Return the line's body: one JSON object in UTF-8, without a raw newline."""
    command = decision.command
    kind: type = type(command)
    said = {"at": decision.at, **_SAYS[kind](command)}
    events = []
    for event in decision.events:
        cls: type = type(event)
        events.append((cls.__name__, _plain_event(cls)(event, said)))
    line: dict[str, Any] = {
        "seq": decision.seq, "at": decision.at,
        "command": (kind.__name__, _plain_command(kind)(command, said)),
    }
    reads = _plain_command(Reads)(decision.reads, said)
    if reads:
        line["reads"] = reads
    line["events"] = events
    return _TO_JSON(line)


class Decoder:
    """Reads bodies, those of former releases too."""

    def __init__(self, upcasts: Upcasts = UPCASTS) -> None:
        self._line = msgspec.json.Decoder(_Line)
        self._command = cache(partial(_reader_of, _named(_COMMANDS), upcasts, may_share=False))
        self._event = cache(partial(_reader_of, _named(_EVENTS), upcasts, may_share=True))

    def __call__(self, body: bytes) -> Decision:
        """Return the decision; raise Undecodable."""
        try:
            line = self._line.decode(body)
            name, raw = line.command
            said: Said = {"at": line.at}
            command = self._command(name)(raw, said)
            said |= _SAYS[type(command)](command)
            reader = self._event
            events = tuple([reader(name)(raw, said) for name, raw in line.events])
        except KeyError as error:
            raise Undecodable(f"{error} is not known here") from None
        except (msgspec.MsgspecError, ValueError) as error:
            raise Undecodable(f"{error}") from None
        reads = NOTHING_READ if line.reads is None else _build_reads(line.reads, said)
        return Decision(line.seq, line.at, command, events, reads)


def _named(classes: tuple[type, ...]) -> Mapping[str, type]:
    return {cls.__name__: cls for cls in classes}


def _reader_of(
    classes: Mapping[str, type], upcasts: Upcasts, name: str, *, may_share: bool
) -> _Read:
    """Return what reads the fields under a name in a line; raise KeyError where it is unknown."""
    read = _reader(classes[upcasts.today(name)], may_share=may_share)
    lift = upcasts.lifted.get(name)
    return read if lift is None else _lifting(lift, read)


def _reader(cls: type, *, may_share: bool) -> _Read:
    names = {field.name for field in fields(cls)} if may_share else set()
    shape, build = rebuilder(cls, _shared_by(cls) & names, _MARKED & names)
    to_shape: Callable[[Any], Any] = msgspec.json.Decoder(shape).decode

    def read(raw: msgspec.Raw, said: Said) -> Any:
        return build(to_shape(raw), said)

    return read


def _lifting(lift: Lift, read: _Read) -> _Read:
    def read_lifted(raw: msgspec.Raw, said: Said) -> Any:
        try:
            return read(raw, said)
        except msgspec.ValidationError:
            return read(msgspec.Raw(_TO_JSON(lift(msgspec.json.decode(raw)))), said)

    return read_lifted


decode: Final[Decoder] = Decoder()
