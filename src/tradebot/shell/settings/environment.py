"""Which settings do the environment and the command line change, and where do they go?"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.shell.settings import strict_json
from tradebot.shell.settings.document import (
    ConfigError,
    Items,
    Node,
    Place,
    Scalar,
    Section,
    Style,
    decoded,
    empty_section,
    first_hidden,
    joined,
    problem,
    quoted,
    shown,
    suggestion,
)
from tradebot.shell.settings.file import read_bytes
from tradebot.shell.settings.secrets import COMMAND_LINE, FILE, handed

OURS: Final = "TRADEBOT_"
SHORT: Final = "EMO_"
RESERVED: Final = "TRADEBOT_TEST_"
SHORT_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "EXECUTION_MODE": ("mode",),
    "PROMOTION_STRATEGY": ("promotion", "strategy"),
    "STAGE_ORDERS": ("staging", "enabled"),
    "DRAFTS_DIR": ("staging", "drafts_dir"),
    "DRAFTS_FORMAT": ("staging", "format"),
}

_LINE: Final = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)", re.ASCII)


@fact
class Overlay:
    """One setting from outside the file; `is_exact` names match the file's keys to the letter."""

    path: tuple[str, ...]
    text: str
    place: Place
    is_exact: bool = False


@fact
class Variable:
    text: str
    place: Place


def overlays(variables: Mapping[str, Variable], warnings: list[str]) -> list[Overlay]:
    """Return what variables say, weakest first: EMO_ names, short names, full names."""
    ranked: list[tuple[int, Overlay]] = []
    for name, variable in sorted(variables.items()):
        if name.startswith(RESERVED) or not name.startswith((OURS, SHORT)):
            continue
        prefix = OURS if name.startswith(OURS) else SHORT
        rest = name.removeprefix(prefix)
        told = name if variable.place.line is None else f"{variable.place}: {name}"
        if rest in SHORT_NAMES:
            path = SHORT_NAMES[rest]
            rank = 0 if prefix == SHORT else 1
            ranked.append((rank, Overlay(path=path, text=variable.text, place=variable.place)))
        elif prefix == SHORT:
            hint = suggestion(name, [SHORT + known for known in SHORT_NAMES])
            warnings.append(f"{told}: is not known and has no effect{hint}")
        else:
            path = tuple(rest.lower().split("__"))
            ranked.append((2, Overlay(path=path, text=variable.text, place=variable.place)))
    return [overlay for _, overlay in sorted(ranked, key=lambda entry: entry[0])]


def from_process(environ: Mapping[str, str]) -> dict[str, Variable]:
    """Return our variables; the system's credentials are files named like them."""
    found = {
        name: Variable(text=text, place=Place(source=name))
        for name, text in environ.items() if name.startswith((OURS, SHORT))
    }
    directory = environ.get("CREDENTIALS_DIRECTORY")
    given = sorted(Path(directory).glob(f"{OURS}*")) if directory else ()
    return {path.name: _credential(path) for path in given} | found


def _credential(path: Path) -> Variable:
    return Variable(text=handed(read_bytes(path), path), place=Place(source=str(path)))


def from_dotenv(data: bytes, source: str) -> dict[str, Variable]:
    """Read `NAME=value` lines; names of other programs are left alone."""
    found: dict[str, Variable] = {}
    problems = []
    for number, line in enumerate(decoded(data, source).splitlines(), start=1):
        text, place = line.strip(), Place(source=source, line=number)
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            problems.append(problem(place, "", "NAME=value", "something else"))
        elif match.group(1).startswith((OURS, SHORT)):
            found[match.group(1)] = Variable(text=_unquoted(match.group(2)), place=place)
    if problems:
        raise ConfigError(problems)
    return found


def from_command_line(overrides: Mapping[str, str]) -> list[Overlay]:
    return [
        Overlay(
            path=tuple(key.split(".")), text=text, is_exact=True,
            place=Place(source=f"{COMMAND_LINE}{key[:60]}"),
        )
        for key, text in overrides.items()
    ]


def apply(root: Section, changes: Iterable[Overlay], problems: list[str]) -> Section:
    """Lay settings over a section, later ones above; those that do not fit become problems."""
    for change in changes:
        try:
            root = _with(root, change)
        except ConfigError as error:
            problems.extend(error.problems)
    return root


def _with(root: Section, change: Overlay) -> Section:
    if not all(change.path):
        got = quoted("__".join(change.path))
        raise ConfigError([problem(change.place, "", "a setting's name", got)])
    laid = _lay(root, change, 0, "")
    assert isinstance(laid, Section)  # the root stays a section
    return laid


def _lay(node: Node | None, change: Overlay, depth: int, path: str) -> Node:
    if depth == len(change.path):
        return _leaf(change)
    part = change.path[depth]
    if isinstance(node, Items):
        at = _index(node, part, change, path)
        inner = _lay(node.items[at], change, depth + 1, joined(path, at))
        return Items(items=(*node.items[:at], inner, *node.items[at + 1 :]), place=node.place)
    if isinstance(node, Scalar):
        raise ConfigError([problem(change.place, path, "a section", shown(node, path))])
    section = empty_section(change.place, path) if node is None else node
    key = part if change.is_exact else _key(section, part)
    inner = _lay(section.entries.get(key), change, depth + 1, joined(path, key))
    other = key.removesuffix(FILE) if key.endswith(FILE) else key + FILE
    return Section(
        entries={name: node for name, node in section.entries.items() if name != other}
        | {key: inner},
        places={**section.places, key: change.place}, place=section.place, path=section.path,
    )


def _key(section: Section, part: str) -> str:
    """Variables are written in capitals: find the key that the file has, however it is written."""
    return next((key for key in section.entries if key.lower() == part), part)


def _index(node: Items, part: str, change: Overlay, path: str) -> int:
    """Find an item by its number, or by its id, name or plugin."""
    if part.isascii() and part.isdigit() and int(part[:9]) < len(node.items):
        return int(part[:9])
    names: dict[str, int] = {}
    for at, item in enumerate(node.items):
        if isinstance(item, Section):
            own = (item.entries.get(word) for word in ("id", "name", "plugin"))
            name = next((entry.text for entry in own if isinstance(entry, Scalar)), str(at))
            names.setdefault(name if change.is_exact else name.lower(), at)
    if part not in names:
        known = ", ".join(names) or "nothing"
        got = f"{quoted(part)}{suggestion(part, names)}"
        raise ConfigError([problem(change.place, path, f"one of {known}", got)])
    return names[part]


def _leaf(change: Overlay) -> Node:
    hidden = first_hidden(change.text)
    if hidden is not None:
        expected, got = "text without hidden characters", f"U+{ord(hidden):04X}"
        raise ConfigError([problem(change.place, "", expected, got)])
    if change.text.lstrip().startswith(("[", "{")):
        return strict_json.parse_value(change.text, change.place, ".".join(change.path))
    return Scalar(text=change.text, place=change.place, style=Style.LOOSE)


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text.split(" #", 1)[0].rstrip()
