"""Was this file written for an older release? Its names become today's, and its writer hears of it.

A form is only ever left behind for the next; a file that names its form must keep to it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.shell.settings import strict_yaml
from tradebot.shell.settings.document import (
    ConfigError,
    Node,
    Place,
    Scalar,
    Section,
    empty_section,
    plain,
    problem,
    quoted,
)

FORM: Final = 1
_KEY: Final = "schema_version"
_RENAMED: Final = (  # in form 0, and in files that name no form; outer names before inner ones
    ("risk", "policy"),
    ("data", "market_data"),
    ("execution_mode", "mode"),
    ("promotion_strategy", "promotion.strategy"),
    ("stage_orders", "staging.enabled"),
    ("drafts_dir", "staging.drafts_dir"),
    ("drafts_format", "staging.format"),
    ("policy.max_position_size", "policy.position_max_frac"),
    ("policy.max_positions", "policy.positions_max"),
    ("policy.max_portfolio_drawdown", "policy.drawdown_entry_max_frac"),
    ("policy.min_cash_buffer", "policy.cash_buffer_min_frac"),
    ("policy.max_correlation", "policy.correlation_max_frac"),
)


@fact
class Rename:
    """One setting that has another name today."""

    before: str
    now: str
    place: Place

    def __str__(self) -> str:
        return f"{self.place}: {self.before} is called {self.now} now"


def migrated(root: Section) -> tuple[Section, tuple[Rename, ...]]:
    """Return the same settings under today's names; raise ConfigError for a form to come."""
    told: list[Rename] = []
    if _form(root) >= FORM:
        return root, ()
    for before, now in _RENAMED:
        node, place = _at(root, before.split("."))
        if node is None or place is None:
            continue
        if _at(root, now.split("."))[0] is not None:
            expected = f"no {now} beside it, which is its name today"
            raise ConfigError([problem(place, before, expected, "both")])
        root = _put(_without(root, before.split(".")), now.split("."), node, place)
        told.append(Rename(before=before, now=now, place=place))
    told.sort(key=lambda rename: rename.place.line or 0)
    return _in_form(root) if told or _KEY in root.entries else root, tuple(told)


def rewritten(text: str, source: str) -> str | None:
    """Return a YAML file in today's form with all its comments; None where a person is needed."""
    wanted, renames = migrated(strict_yaml.parse(text.encode(), source))
    with suppress(ConfigError):  # an edit that spoiled it
        for _ in renames:
            root = strict_yaml.parse(text.encode(), source)
            edited = _edited(text.splitlines(keepends=True), root)
            if edited is None:
                return None
            text = edited
        text = _with_form(text, strict_yaml.parse(text.encode(), source))
        if plain(strict_yaml.parse(text.encode(), source)) == plain(_in_form(wanted)):
            return text
    return None


def _form(root: Section) -> int:
    node = root.entries.get(_KEY)
    text = node.text if isinstance(node, Scalar) else "0"
    if not (text.isascii() and text.isdigit()) or isinstance(node, Section):
        return FORM  # no form at all: whoever fills the settings says so
    if int(text[:9]) > FORM:
        assert isinstance(node, Scalar)  # it had a text
        expected = f"at most {FORM}, which this release knows"
        raise ConfigError([problem(node.place, _KEY, expected, quoted(text))])
    return int(text[:9])


def _in_form(root: Section) -> Section:
    place = root.places.get(_KEY, root.place)
    return _put(root, [_KEY], Scalar(text=str(FORM), place=place), place)


def _at(root: Section, path: Sequence[str]) -> tuple[Node | None, Place | None]:
    section: Node | None = root
    for part in path[:-1]:
        section = section.entries.get(part) if isinstance(section, Section) else None
    if not isinstance(section, Section):
        return None, None
    return section.entries.get(path[-1]), section.places.get(path[-1])


def _without(section: Section, path: Sequence[str]) -> Section:
    key, *deeper = path
    entries, places = dict(section.entries), dict(section.places)
    inner = entries.pop(key)
    if deeper and isinstance(inner, Section):
        entries[key] = _without(inner, deeper)
    else:
        del places[key]
    return replace(section, entries=entries, places=places)


def _put(section: Section, path: Sequence[str], node: Node, place: Place) -> Section:
    key, *deeper = path
    if deeper:
        inner = section.entries.get(key)
        if not isinstance(inner, Section):
            inner = empty_section(place, key)
        node, place = _put(inner, deeper, node, place), section.places.get(key, place)
    return replace(
        section, entries={**section.entries, key: node}, places={**section.places, key: place}
    )


def _edited(lines: list[str], root: Section) -> str | None:
    """Write the first name anew where it stands, or take its line to the section it belongs to."""
    before, now, place = next(
        (b.split("."), n.split("."), found) for b, n in _RENAMED
        if (found := _at(root, b.split("."))[1]) is not None
    )
    assert place.line is not None and place.column is not None  # it stands in this text
    at, column = place.line - 1, place.column - 1
    line, key = lines[at], before[-1]
    if not line.startswith(key, column):
        return None
    rest = line[column + len(key):]
    if before[:-1] == now[:-1]:
        lines[at] = line[:column] + now[-1] + rest
        return "".join(lines)
    section, named = _at(root, now[:1])
    if column or len(now) != 2:
        return None
    moved = f"{now[1]}{rest.rstrip()}\n"
    if named is None or named.line is None or not isinstance(section, Section):
        lines[at] = f"{now[0]}:\n  {moved}"
        return "".join(lines)
    inside = next(iter(section.places.values())).column or 1
    del lines[at]
    lines.insert(named.line - (at < named.line), " " * (inside - 1) + moved)
    return "".join(lines)


def _with_form(text: str, root: Section) -> str:
    """Say which form it has: in its place, else before the first setting."""
    lines = text.splitlines(keepends=True)
    node, named = _at(root, [_KEY])
    if isinstance(node, Scalar) and named is not None and named.line is not None:
        line = lines[named.line - 1]
        lines[named.line - 1] = line.replace(node.text, str(FORM), 1)
        return "".join(lines)
    first = min((place.line or 1 for place in root.places.values()), default=1)
    lines.insert(first - 1, f"{_KEY}: {FORM}\n")
    return "".join(lines)
