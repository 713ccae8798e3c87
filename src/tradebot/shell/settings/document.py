"""What does a configuration text say, and where? Text with places; nothing is interpreted yet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from difflib import get_close_matches
from enum import Enum
from typing import Final, TypeAlias

from tradebot.core.model.fact import fact

BYTES_MAX: Final = 1_000_000
DEPTH_MAX: Final = 32
PROBLEMS_MAX: Final = 50
UNSHOWN: Final = "a value (not shown)"
_SHOWN_MAX: Final = 40
_NAME_MAX: Final = 64  # longer names get no suggestion: comparing them would cost time

# All but what can be seen: controls, zero widths, changes of direction, YAML's odd line ends.
_HIDDEN: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff\ue000-\ufefe"
    "\uff00-\ufffd\U00010000-\U0010ffff]"
)
_SECRET: Final = re.compile(r"(?i)secret|token|password|passphrase|api_?key|credential")


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds every reason, one a line."""

    def __init__(self, problems: Iterable[str]) -> None:
        found = list(dict.fromkeys(problems))
        if len(found) > PROBLEMS_MAX:
            found[PROBLEMS_MAX:] = [f"and {len(found) - PROBLEMS_MAX} more problems"]
        super().__init__("\n".join(found))
        self.problems = found


@fact
class Place:
    """Where something was said: a file with line and column from 1, or the name of a variable."""

    source: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


class Style(Enum):
    """How a value was written: bare, in quotes, or where types cannot be told (environment)."""

    PLAIN = "plain"
    QUOTED = "quoted"
    LOOSE = "loose"


@fact
class Scalar:
    """One value as it was written; it may be a secret, so it does not show itself."""

    text: str = field(repr=False)
    place: Place
    style: Style = Style.PLAIN


@fact
class Items:
    items: "tuple[Node, ...]"
    place: Place


@fact
class Section:
    """Settings by key; `path` is the section's own key path where it was taken out of a whole."""

    entries: "Mapping[str, Node]"
    places: Mapping[str, Place]
    place: Place
    path: str = ""


Node: TypeAlias = Scalar | Items | Section
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


def problem(place: Place, path: str, expected: str, got: str) -> str:
    """Say what is wrong in one line; what may be a secret is not repeated."""
    subject = f"{place}: {path}" if path else str(place)
    return f"{subject}: expected {expected}, got {got}"


def shown(node: Node, path: str = "") -> str:
    """Show a value in a message, shortened; what may be a secret is not shown."""
    match node:
        case Section():
            return "a section"
        case Items():
            return "a list"
        case Scalar():
            return UNSHOWN if is_secret(path) else quoted(node.text)


def is_secret(path: str) -> bool:
    """Tell by its name whether a setting may hold what nobody should read."""
    return _SECRET.search(path) is not None and not path.endswith("_file")


def quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 3] + "...")


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean X?)`, or nothing when no known name is close."""
    if len(name) > _NAME_MAX:
        return ""
    written = {word.lower(): word for word in sorted(known)}
    close = get_close_matches(name.lower(), written, n=1, cutoff=0.7)
    return f" (did you mean {written[close[0]]}?)" if close else ""


def decoded(data: bytes, source: str) -> str:
    """Decode UTF-8 text within the size limit, without characters that an editor does not show."""
    if len(data) > BYTES_MAX:
        raise ConfigError([f"{source}: expected at most {BYTES_MAX} bytes, got more"])
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        got = f"byte 0x{data[error.start]:02x}"
        raise ConfigError([problem(Place(source=source, line=line), "", "UTF-8", got)]) from None
    hidden = first_hidden(text)
    if hidden is not None:
        line = text.count("\n", 0, text.index(hidden)) + 1
        place, got = Place(source=source, line=line), f"U+{ord(hidden):04X}"
        raise ConfigError([problem(place, "", "text without hidden characters", got)])
    return text


def first_hidden(text: str) -> str | None:
    """Return the first character that nobody can see, or None."""
    match = _HIDDEN.search(text)
    return match.group() if match else None


def joined(path: str, key: str | int) -> str:
    """Extend a key path: `a.b`, `a[0]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    shown_key = key if len(key) <= _NAME_MAX else key[:_SHOWN_MAX] + "..."
    return f"{path}.{shown_key}" if path else shown_key


def plain(node: Node) -> Plain:
    """Give a node as text, lists and dicts, without places."""
    match node:
        case Scalar():
            return node.text
        case Items():
            return [plain(item) for item in node.items]
        case Section():
            return {key: plain(value) for key, value in node.entries.items()}


def empty_section(place: Place, path: str = "") -> Section:
    return Section(entries={}, places={}, place=place, path=path)


def one_of(names: Sequence[str]) -> str:
    return f"one of {', '.join(names)}" if len(names) != 1 else names[0]
