"""Do settings fit their types? Sections of text become frozen dataclasses, or a list of problems.

What a text means is read here, by the wanted type and strictly; pydantic then builds the objects
and checks what their annotations demand. Every problem is told, with its place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass, replace
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from tradebot.core.model.secret import Secret
from tradebot.shell.settings.document import (
    UNSHOWN,
    ConfigError,
    Items,
    Node,
    Place,
    Scalar,
    Section,
    Style,
    empty_section,
    joined,
    plain,
    problem,
    shown,
    suggestion,
)
from tradebot.shell.settings.scalars import Misfit, read_scalar
from tradebot.shell.settings.secrets import FILE, file_said, is_secret_type, secret_said

T = TypeVar("T")

REST: Final = "rest"  # metadata of the field that takes the keys which belong to a plugin
_BAD: Final = object()

_BOUNDS: Final = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def fill(settings_type: type[T], raw: Section) -> T:
    """Build the settings from a section; raise ConfigError with every problem found."""
    filler = _Filler()
    values = filler.section(settings_type, raw, raw.path)
    built: T | None = None
    try:
        built = TypeAdapter(settings_type).validate_python(values)
    except ValidationError as error:
        filler.problems.extend(_told(error, raw, is_whole=not filler.problems))
    if filler.problems or built is None:
        raise ConfigError(filler.problems)
    return built


def setting_fields(kind: Any) -> list[tuple[Field[Any], Any]]:
    """List a settings class' fields with their types as written."""
    hints = get_type_hints(kind, include_extras=True)
    return [(field, hints[field.name]) for field in fields(kind) if field.init]


def bare(kind: Any) -> Any:
    """Take annotations and new names off a type."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        else:
            return kind


class _Filler:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def value(self, kind: Any, node: Node, path: str) -> Any:
        kind = bare(kind)
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return self._choice(kind, node, path)
        if kind is Section:
            return self._raw(node, path)
        if kind in (Any, object):
            return plain(node)
        if is_dataclass(kind):
            return self._dataclass(kind, node, path)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(get_args(kind)[1], node, path)
        if kind in (tuple, list, frozenset) or isinstance(origin, type):
            return self._items((get_args(kind) or (str,))[0], node, path)
        return self._scalar(kind, node, path)

    def section(self, kind: Any, section: Section, path: str) -> dict[str, Any]:
        """Read the fields that are there; what is missing is pydantic's to say."""
        values: dict[str, Any] = {}
        known: dict[str, Any] = {}
        rest: str | None = None
        for field, hint in setting_fields(kind):
            if REST in field.metadata:
                rest = field.name
            else:
                known[field.name] = hint
        section = self._with_files(known, section, path)
        for name, hint in known.items():
            if name in section.entries:
                value = self.value(hint, section.entries[name], joined(path, name))
                if value is not _BAD:
                    values[name] = value
            elif bare(hint) is Section:
                values[name] = empty_section(section.place, joined(path, name))
        others = [key for key in section.entries if key not in known]
        if rest is not None:
            values[rest] = Section(
                entries={key: section.entries[key] for key in others},
                places={key: section.places[key] for key in others},
                place=section.place, path=path,
            )
        else:
            self._unknown(section, others, sorted(known), path)
        return values

    def _with_files(self, known: Mapping[str, Any], section: Section, path: str) -> Section:
        """Put what is in a secret's own file in its place among the settings."""
        entries = dict(section.entries)
        for name, hint in known.items():
            if not is_secret_type(bare(hint)) or name + FILE not in entries:
                continue
            named = entries.pop(name + FILE)
            key = joined(path, name + FILE)
            if name in entries:
                self.problems.append(problem(named.place, key, f"no {name} beside it", "both"))
            elif not isinstance(named, Scalar):
                self._misfit(named, key, "a path")
            else:
                try:
                    entries[name] = file_said(named)
                except ConfigError as error:
                    self.problems.extend(error.problems)
        return replace(section, entries=entries)

    def _unknown(self, section: Section, others: list[str], known: list[str], path: str) -> None:
        for key in others:
            expected = f"one of {', '.join(known)}" if known else "no settings"
            got = f"{key[:40]!r}{suggestion(key, known)}"
            place = section.places[key]
            self.problems.append(problem(place, joined(path, key), expected, got))

    def _dataclass(self, kind: Any, node: Node, path: str) -> Any:
        if not isinstance(node, Section):
            return self._misfit(node, path, "a section of settings")
        return self.section(kind, node, path)

    def _raw(self, node: Node, path: str) -> Any:
        if not isinstance(node, Section):
            return self._misfit(node, path, "a section of settings")
        return Section(
            entries=node.entries, places=node.places, place=node.place, path=path
        )

    def _mapping(self, kind: Any, node: Node, path: str) -> Any:
        if not isinstance(node, Section):
            return self._misfit(node, path, "a section of names")
        values = {
            key: self.value(kind, value, joined(path, key)) for key, value in node.entries.items()
        }
        return {key: value for key, value in values.items() if value is not _BAD}

    def _items(self, kind: Any, node: Node, path: str) -> Any:
        if isinstance(node, Scalar) and node.style is Style.LOOSE:
            node = _split(node)
        if not isinstance(node, Items):
            return self._misfit(node, path, "a list")
        values = [
            self.value(kind, item, joined(path, at)) for at, item in enumerate(node.items)
        ]
        return _BAD if any(value is _BAD for value in values) else values

    def _choice(self, kind: Any, node: Node, path: str) -> Any:
        kinds = [part for part in get_args(kind) if part is not NoneType]
        is_null = (
            isinstance(node, Scalar) and node.text == "null" and node.style is not Style.QUOTED
        )
        if is_null and len(kinds) < len(get_args(kind)):
            return None
        trials = []
        for part in kinds:
            trial = _Filler()
            value = trial.value(part, node, path)
            if not trial.problems:
                return value
            trials.append(trial.problems)
        self.problems.extend(trials[0])
        return _BAD

    def _scalar(self, kind: Any, node: Node, path: str) -> Any:
        if not isinstance(node, Scalar):
            return self._misfit(node, path, "one value")
        try:
            return secret_said(node) if kind is Secret else read_scalar(kind, node)
        except Misfit as misfit:
            if kind is Secret:
                self.problems.append(problem(node.place, path, misfit.expected, UNSHOWN))
                return _BAD
            return self._misfit(node, path, misfit.expected, misfit.hint)

    def _misfit(self, node: Node, path: str, expected: str, hint: str = "") -> Any:
        self.problems.append(problem(node.place, path, expected, shown(node, path) + hint))
        return _BAD


def _split(node: Scalar) -> Items:
    """Read comma text, the way lists are written in the environment."""
    parts = [part.strip() for part in node.text.split(",")] if node.text.strip() else []
    return Items(
        items=tuple(Scalar(text=part, place=node.place, style=Style.LOOSE) for part in parts),
        place=node.place,
    )


def _told(error: ValidationError, raw: Section, *, is_whole: bool) -> Iterator[str]:
    """Say pydantic's complaints in our words; with holes in the values, only the certain ones."""
    for detail in error.errors(include_url=False):
        node, place, path = _found(raw, detail["loc"])
        kind, context = detail["type"], detail.get("ctx", {})
        if kind == "missing":
            if node is None:
                yield problem(place, path, "a value", "nothing")
        elif kind in _BOUNDS:
            bound, words = _BOUNDS[kind]
            yield problem(place, path, f"{words} {context[bound]:g}", _got(node, path))
        elif kind == "too_short":
            if is_whole or not isinstance(node, Section):
                yield problem(place, path, f"at least {context['min_length']} of them", "none")
        elif kind in ("value_error", "assertion_error"):
            if is_whole:
                subject = f"{place}: {path}" if path else str(place)
                yield f"{subject}: {context.get('error', detail['msg'])}"
        elif is_whole:
            yield problem(place, path, _lowered(detail["msg"]), _got(node, path))


def _found(raw: Section, loc: tuple[int | str, ...]) -> tuple[Node | None, Place, str]:
    """Return what stands at pydantic's location, or None with the place that should hold it."""
    node: Node | None = raw
    place, path = raw.place, raw.path
    for key in loc:
        if isinstance(node, Section) and isinstance(key, str):
            path, place = joined(path, key), node.places.get(key, place)
            node = node.entries.get(key)
        elif isinstance(node, Items) and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
            path, place = joined(path, key), node.place
        elif node is None:
            path = joined(path, key)
    return node, place, path


def _got(node: Node | None, path: str) -> str:
    return "the default" if node is None else shown(node, path)


def _lowered(message: str) -> str:
    return message.removeprefix("Input should be ").removeprefix("Value should ").rstrip(".")
