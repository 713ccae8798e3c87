"""How is a decision written, and read back? One JSON object, from and to the very same values.

What a line has said once, by its command or by an event before, no later event of it says again.
Times within a day of the decision's own are told as seconds since it.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any, Final, TypeAlias, get_args

import msgspec

from tradebot.core.model.commands import (
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
_WRITE_COMMAND: Final[Mapping[type, tuple[str, ToPlain]]] = {
    cls: (cls.__name__, maker(cls)) for cls in _COMMANDS
}
_WRITE_EVENT: Final[Mapping[type, tuple[str, ToPlain]]] = {
    cls: (cls.__name__, maker(cls, _shared_by(cls))) for cls in _EVENTS
}
_WRITE_READS: Final = maker(Reads)
_TO_JSON: Final = msgspec.json.Encoder().encode


def encode(decision: Decision) -> bytes:
    """Return the line's body: one JSON object in UTF-8, without a raw newline."""
    command = decision.command
    name, to_plain = _WRITE_COMMAND[type(command)]
    said = {"at": decision.at, **_SAYS[type(command)](command)}
    events = []
    for event in decision.events:
        event_name, event_to_plain = _WRITE_EVENT[type(event)]
        events.append((event_name, event_to_plain(event, said)))
    line: dict[str, Any] = {
        "seq": decision.seq, "at": decision.at,
        "command": (name, to_plain(command, said)),
    }
    reads = _WRITE_READS(decision.reads, said)
    if reads:
        line["reads"] = reads
    line["events"] = events
    return _TO_JSON(line)


class Decoder:
    """Reads bodies, those of former releases too."""

    def __init__(self, upcasts: Upcasts = UPCASTS) -> None:
        self._line = msgspec.json.Decoder(_Line)
        self._commands = _readers(_COMMANDS, upcasts, may_share=False)
        self._events = _readers(_EVENTS, upcasts, may_share=True)

    def __call__(self, body: bytes) -> Decision:
        """Return the decision; raise Undecodable."""
        try:
            line = self._line.decode(body)
            name, raw = line.command
            said: Said = {"at": line.at}
            command = self._commands[name](raw, said)
            said |= _SAYS[type(command)](command)
            readers = self._events
            events = tuple([readers[name](raw, said) for name, raw in line.events])
        except KeyError as error:
            raise Undecodable(f"{error} is not known here") from None
        except (msgspec.MsgspecError, ValueError) as error:
            raise Undecodable(f"{error}") from None
        reads = NOTHING_READ if line.reads is None else _build_reads(line.reads, said)
        return Decision(line.seq, line.at, command, events, reads)


def _readers(
    classes: tuple[type, ...], upcasts: Upcasts, *, may_share: bool
) -> dict[str, _Read]:
    readers = {cls.__name__: _reader(cls, may_share=may_share) for cls in classes}
    for name in {*upcasts.renamed, *upcasts.lifted}:
        today = readers.get(upcasts.today(name))
        if today is not None:  # else it is a name of the other union
            lift = upcasts.lifted.get(name)
            readers[name] = today if lift is None else _lifting(lift, today)
    return readers


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
