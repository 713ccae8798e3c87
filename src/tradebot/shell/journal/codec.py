"""How is a decision written, and read back? One JSON object, from and to the very same values."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any, Final, TypeAlias, get_args, get_type_hints

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
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.plain import CARRIED, NOTHING_CARRIED, ToPlain, maker
from tradebot.shell.journal.upcast import UPCASTS, Lift, Upcasts

Carried: TypeAlias = Mapping[str, Any]

# What a command carries, by the name of the event field that may be this very object.
CARRIES: Final[Mapping[type, Callable[[Any], Carried]]] = {
    SubmitIntent: lambda command: {"intent": command.intent},
    Report: lambda command: {"report": command},
    ActivateSettings: lambda command: {"settings": command.settings},
    DefineInstruments: lambda command: {"instruments": command.instruments},
    ConnectRoute: lambda command: {
        "capabilities": command.capabilities, "opening": command.statement,
    },
    Mark: lambda command: {"quotes": command.quotes},
}
_CARRIED_NAMES: Final = frozenset(
    {"intent", "report", "settings", "instruments", "capabilities", "opening", "quotes"}
)


class Undecodable(ValueError):
    """A line is whole, but says nothing that this code understands."""


class _Line(msgspec.Struct):
    seq: int
    at: datetime
    command: tuple[str, msgspec.Raw]
    events: list[tuple[str, msgspec.Raw]]
    reads: Reads = Reads()


_Read: TypeAlias = Callable[[msgspec.Raw, Carried], Any]


def _carries_nothing(_: object) -> Carried:
    return NOTHING_CARRIED


def _carried_names(cls: type) -> frozenset[str]:
    return _CARRIED_NAMES & {field.name for field in fields(cls)}


_COMMANDS: Final[tuple[type, ...]] = get_args(Command)
_EVENTS: Final[tuple[type, ...]] = get_args(Event)
_CARRIES: Final = {cls: CARRIES.get(cls, _carries_nothing) for cls in _COMMANDS}
_WRITE_COMMAND: Final[Mapping[type, tuple[str, ToPlain]]] = {
    cls: (cls.__name__, maker(cls)) for cls in _COMMANDS
}
_WRITE_EVENT: Final[Mapping[type, tuple[str, ToPlain]]] = {
    cls: (cls.__name__, maker(cls, _carried_names(cls))) for cls in _EVENTS
}
_WRITE_READS: Final = maker(Reads)
_TO_JSON: Final = msgspec.json.Encoder().encode


def encode(decision: Decision) -> bytes:
    """Return the line's body: one JSON object in UTF-8, without a raw newline."""
    command = decision.command
    name, to_plain = _WRITE_COMMAND[type(command)]
    carried = _CARRIES[type(command)](command)
    events = []
    for event in decision.events:
        event_name, event_to_plain = _WRITE_EVENT[type(event)]
        events.append((event_name, event_to_plain(event, carried)))
    line: dict[str, Any] = {
        "seq": decision.seq, "at": decision.at,
        "command": (name, to_plain(command, NOTHING_CARRIED)),
    }
    reads = _WRITE_READS(decision.reads, NOTHING_CARRIED)
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
            command = self._commands[name](raw, NOTHING_CARRIED)
            carried = _CARRIES[type(command)](command)
            readers = self._events
            events = tuple([readers[name](raw, carried) for name, raw in line.events])
        except KeyError as error:
            raise Undecodable(f"{error} is not known here") from None
        except (msgspec.MsgspecError, ValueError) as error:
            raise Undecodable(f"{error}") from None
        return Decision(line.seq, line.at, command, events, line.reads)


def _readers(
    classes: tuple[type, ...], upcasts: Upcasts, *, may_share: bool
) -> dict[str, _Read]:
    readers = {
        cls.__name__: _sharing_reader(cls) if may_share and _carried_names(cls) else _reader(cls)
        for cls in classes
    }
    for name in {*upcasts.renamed, *upcasts.lifted}:
        today = readers.get(upcasts.today(name))
        if today is not None:  # else it is a name of the other union
            lift = upcasts.lifted.get(name)
            readers[name] = today if lift is None else _lifting(lift, today)
    return readers


def _reader(cls: type) -> _Read:
    decode: Callable[[Any], Any] = msgspec.json.Decoder(cls).decode

    def read(raw: msgspec.Raw, _: Carried) -> Any:
        return decode(raw)

    return read


def _sharing_reader(cls: type) -> _Read:
    """Read a class of which some fields may hold the mark for what the command carries."""
    shared, hints = _carried_names(cls), get_type_hints(cls)
    columns: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for field in fields(cls):
        hint = hints[field.name] | str if field.name in shared else hints[field.name]
        has_default = field.default is not MISSING
        columns.append((field.name, hint, field.default) if has_default else (field.name, hint))
    shadow = msgspec.defstruct(cls.__name__, columns, kw_only=True)
    decode: Callable[[Any], Any] = msgspec.json.Decoder(shadow).decode
    return _rebuilding(cls, shared, decode)


def _rebuilding(cls: type, shared: frozenset[str], decode: Callable[[Any], Any]) -> _Read:
    names = tuple(field.name for field in fields(cls))

    def read(raw: msgspec.Raw, carried: Carried) -> Any:
        found = decode(raw)
        values = {name: getattr(found, name) for name in names}
        for name in shared:
            if values[name] == CARRIED:
                values[name] = carried[name]
        return cls(**values)

    return read


def _lifting(lift: Lift, read: _Read) -> _Read:
    def read_lifted(raw: msgspec.Raw, carried: Carried) -> Any:
        return read(msgspec.Raw(_TO_JSON(lift(msgspec.json.decode(raw)))), carried)

    return read_lifted


decode: Final[Decoder] = Decoder()
