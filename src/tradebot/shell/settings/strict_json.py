"""What does a JSON text say? Numbers stay text, keys stand once, every value knows its line."""

import json
import re
from typing import Final, NoReturn

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
    quoted,
)

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_TOKEN: Final = re.compile(
    r'[{}\[\],:]'
    r'|"(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+"'
    r"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    r"|true|false|null", re.ASCII,
)


def parse(data: bytes, source: str) -> Section:
    """Read one JSON object; raise ConfigError for anything else."""
    root = parse_value(decoded(data, source), Place(source=source, line=1))
    if not isinstance(root, Section):
        raise ConfigError([problem(root.place, "", "settings (an object)", "something else")])
    return root


def parse_value(text: str, start: Place, path: str = "") -> Node:
    """Read one JSON value; a place without a line (a variable's name) holds for all parts."""
    reader = _Reader(text, start)
    node = reader.value(path, 0)
    reader.end()
    if reader.problems:
        raise ConfigError(reader.problems)
    return node


class _Reader:
    def __init__(self, text: str, start: Place) -> None:
        self._text = text
        self._start = start
        self._at = 0  # where the next token begins, blanks skipped
        self._line, self._line_at = 1, 0
        self.problems: list[str] = []
        self._skip_blank()

    def value(self, path: str, depth: int) -> Node:
        place = self._place()
        if depth > DEPTH_MAX:
            self._refuse("", f"at most {DEPTH_MAX} levels", "more")
        token = self._take(path)
        match token[0]:
            case "{":
                return self._section(place, path, depth)
            case "[":
                return self._items(place, path, depth)
            case '"':
                return self._string(token, place, path)
            case "}" | "]" | "," | ":":
                self._refuse(path, "a value", repr(token))
            case _:
                return Scalar(text=token, place=place)

    def end(self) -> None:
        if self._at < len(self._text):
            self._refuse("", "the end", quoted(self._text[self._at :]))

    def _section(self, place: Place, path: str, depth: int) -> Section:
        entries: dict[str, Node] = {}
        places: dict[str, Place] = {}
        while not self._closes("}", path, is_first=not entries):
            at, token = self._place(), self._take(path)
            if token[0] != '"':
                self._refuse(path, "a name in quotes", repr(token))
            key = self._string(token, at, path).text
            if key in entries:
                got = f"it again (first {places[key]})"
                self.problems.append(problem(at, joined(path, key), "each key once", got))
            colon = self._take(path)
            if colon != ":":
                self._refuse(path, "':'", quoted(colon))
            places[key] = at
            entries[key] = self.value(joined(path, key), depth + 1)
        return Section(entries=entries, places=places, place=place, path=path)

    def _items(self, place: Place, path: str, depth: int) -> Items:
        items: list[Node] = []
        while not self._closes("]", path, is_first=not items):
            items.append(self.value(joined(path, len(items)), depth + 1))
        return Items(items=tuple(items), place=place)

    def _closes(self, bracket: str, path: str, *, is_first: bool) -> bool:
        """Tell whether the list or object ends here; else step over the comma before its next."""
        if self._text.startswith(bracket, self._at):
            self._take(path)
            return True
        if not is_first:
            comma = self._take(path)
            if comma != ",":
                self._refuse(path, f"',' or '{bracket}'", quoted(comma))
        return False

    def _string(self, token: str, place: Place, path: str) -> Scalar:
        text: str = json.loads(token)
        hidden = first_hidden(text)
        if hidden is not None:
            expected = "text without hidden characters"
            self.problems.append(problem(place, path, expected, f"U+{ord(hidden):04X}"))
        return Scalar(text=text, place=place, style=Style.QUOTED)

    def _take(self, path: str) -> str:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            rest = self._text[self._at : self._at + 60]
            got = quoted(rest) if rest else "the end (is the file half written?)"
            self._refuse(path, "valid JSON", got)
        self._at = match.end()
        self._skip_blank()
        return match.group()

    def _skip_blank(self) -> None:
        blank = _BLANK.match(self._text, self._at)
        assert blank is not None  # the pattern matches nothing, too
        lines = blank.group().count("\n")
        if lines:
            self._line += lines
            self._line_at = blank.start() + blank.group().rindex("\n") + 1
        self._at = blank.end()

    def _place(self) -> Place:
        if self._start.line is None:
            return self._start
        column = self._at - self._line_at + 1
        return Place(source=self._start.source, line=self._line, column=column)

    def _refuse(self, path: str, expected: str, got: str) -> NoReturn:
        raise ConfigError([*self.problems, problem(self._place(), path, expected, got)])
