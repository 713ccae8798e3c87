"""What does a YAML text say, once everything that surprises people is refused?

No anchors, aliases, merge keys, tags, directives, second documents, duplicate keys or missing
values. Nothing is guessed: `NO`, `9:30`, `00123` stay the text that was written, and whoever knows
the wanted type reads it. Events are taken one at a time, so a bomb is refused before it grows.
"""

from collections.abc import Iterator
from typing import Any, Final, NoReturn

import yaml

from tradebot.shell.settings.document import (
    DEPTH_MAX,
    ConfigError,
    Items,
    Node,
    Place,
    Scalar,
    Section,
    Style,
    decoded,
    first_hidden,
    joined,
    problem,
)

# libyaml where it was built in: a large file is read some ten times faster.
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(data: bytes, source: str) -> Section:
    """Read one YAML document whose root is a mapping; raise ConfigError for anything else."""
    reader = _Reader(decoded(data, source), source)
    root = reader.document()
    if reader.problems:
        raise ConfigError(reader.problems)
    if not isinstance(root, Section):
        raise ConfigError([problem(root.place, "", "settings (`key: value`)", "something else")])
    return root


class _Reader:
    def __init__(self, text: str, source: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._lines = text.split("\n")
        self._source = source
        self.problems: list[str] = []

    def document(self) -> Node:
        self._next()  # the start of the stream
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            self._refuse(Place(source=self._source, line=1), "", "settings", "an empty file")
        if start.version is not None or start.tags:
            self._refuse(self._place(start), "", "no directives (%)", "one")
        root = self._node(self._next(), "", 0)
        self._next()  # the end of the document
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(self._place(after), "", "one document", "a second")
        return root

    def _next(self) -> Any:
        try:
            return next(self._events)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = mark.line if mark is not None else 0
            what = error.problem or error.context or "something else"
            if any(line.lstrip(" ").startswith("\t") for line in self._lines[at:at + 1]):
                what = "a tab character where only spaces indent"
            self._refuse(Place(source=self._source, line=at + 1), "", "valid YAML", f"this: {what}")
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            place = Place(source=self._source)
            self._refuse(place, "", "valid YAML", f"this: {str(error)[:80]}")

    def _node(self, event: Any, path: str, depth: int) -> Node:
        place = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(place, path, "no aliases", f"*{event.anchor}")
        if event.anchor is not None:
            self._refuse(place, path, "no anchors", f"&{event.anchor}")
        if event.tag is not None:
            self._refuse(place, path, "no tags", event.tag)
        if depth > DEPTH_MAX:
            self._refuse(place, "", f"at most {DEPTH_MAX} levels", "more")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(place, path, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._section(place, path, depth)
        return self._scalar(event, place, path)

    def _items(self, place: Place, path: str, depth: int) -> Items:
        items: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, joined(path, len(items)), depth + 1))
        return Items(items=tuple(items), place=place)

    def _section(self, place: Place, path: str, depth: int) -> Section:
        entries: dict[str, Node] = {}
        places: dict[str, Place] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key, at = self._key(event, path), self._place(event)
            if key in entries:
                self.problems.append(problem(
                    at, joined(path, key), "each key once", f"it again (first {places[key]})",
                ))
            places[key] = at
            entries[key] = self._node(self._next(), joined(path, key), depth + 1)
        return Section(entries=entries, places=places, place=place, path=path)

    def _key(self, event: Any, path: str) -> str:
        place = self._place(event)
        if not isinstance(event, yaml.ScalarEvent):
            what = "an alias" if isinstance(event, yaml.AliasEvent) else "a list or section"
            self._refuse(place, path, "a name as key", what)
        if event.anchor is not None or event.tag is not None:
            self._refuse(place, path, "a name as key", "an anchor or tag")
        if event.value == "<<" and event.style in (None, ""):
            self._refuse(place, path, "no merge keys", "<<")
        if not event.value or first_hidden(event.value) is not None or "\n" in event.value:
            self._refuse(place, path, "a name as key", repr(event.value[:40]))
        return str(event.value)

    def _scalar(self, event: Any, place: Place, path: str) -> Scalar:
        text: str = event.value
        is_plain = event.style in (None, "")
        if is_plain and not text:
            self.problems.append(
                problem(place, path, "a value", "nothing (is the file half written?)")
            )
        hidden = first_hidden(text)
        if hidden is not None:
            expected = "text without hidden characters"
            self.problems.append(problem(place, path, expected, f"U+{ord(hidden):04X}"))
        return Scalar(text=text, place=place, style=Style.PLAIN if is_plain else Style.QUOTED)

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(source=self._source, line=mark.line + 1, column=mark.column + 1)

    def _refuse(self, place: Place, path: str, expected: str, got: str) -> NoReturn:
        """Stop at once: what follows may be a bomb, or make no sense."""
        raise ConfigError([*self.problems, problem(place, path, expected, got)]) from None
