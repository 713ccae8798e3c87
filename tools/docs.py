"""What do the reference pages say? Everything on them is read from the code, nothing is typed.

    python tools/docs.py           write docs/reference, and the schemas in config/
    python tools/docs.py --check   name the files that are missing or stale; exit 1 if any is
"""

import argparse
import ast
import inspect
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from importlib import import_module
from importlib.metadata import EntryPoint, EntryPoints
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

sys.path.insert(0, str(Path(__file__).parent))
import api_page
import calendar_page
import drill_page
import fault_page
import metric_page
import structure_page
import words_page
from tables import code, table
from tradebot.cli.main import build_parser
from tradebot.core.gates import REQUIRED
from tradebot.core.gates.desk import DESK
from tradebot.core.model import commands, events
from tradebot.core.model.order import LIFECYCLE, PRECEDENCE
from tradebot.core.model.reason import EXPLAIN, Reason
from tradebot.core.model.report import ExecType
from tradebot.core.session import IN_SESSION, TRANSITIONS, State, Trigger
from tradebot.shell.settings import plugins
from tradebot.shell.settings.effect import effect_of
from tradebot.shell.settings.reference import SettingDoc, describe
from tradebot.shell.settings.schema import schema_files
from tradebot.shell.settings.sections import Sections

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
CONFIG = ROOT / "config"
WRITTEN_BY = "<!-- Written by tools/docs.py from the code; edit the code. -->"
LIMIT_SOURCES = ROOT / "tools" / "limit_sources.toml"
_SHARED_BY = 4  # verbs that take a flag before it is told once for all of them
PLACES = {
    "brokers": "brokers.NAME", "calendars": "schedule", "market_data": "market_data",
    "strategies": "strategies[].parameters", "language": "language",
    "notifiers": "notifications.channels.NAME",
}


def pages() -> Mapping[str, str]:
    """Return every page by its file name."""
    written = {
        "events.md": _events, "reasons.md": _reasons, "settings.md": _settings,
        "verbs.md": _verbs, "lifecycle.md": _lifecycle, "session.md": _session,
        "gates.md": _gates, "calendar.md": calendar_page.write, "drills.md": drill_page.write,
        "faults.md": fault_page.write, "words.md": words_page.write,
        "structures.md": structure_page.write, "metrics.md": metric_page.write,
        "api.md": api_page.write,
    }
    told = {name: "\n".join([WRITTEN_BY, "", *write(), ""]) for name, write in written.items()}
    return {**told, api_page.FILE: api_page.document()}


def schemas() -> Mapping[str, str]:
    """Return every schema for editors by its file name, of the plugins that are registered."""
    plugins.entry_points = _registered
    return schema_files()


def _registered(group: str) -> EntryPoints:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = project["entry-points"].get(group, {}).items()
    return EntryPoints(EntryPoint(name, target, group) for name, target in named)


def stale() -> list[str]:
    """Name the files that do not say what the code says, and those nobody writes."""
    wanted = {**pages(), **schemas()}
    written = (*REFERENCE.glob("*.*"), *CONFIG.glob("*.schema.json"))
    there = {path.name: path.read_text() for path in written}
    return sorted(name for name in wanted.keys() | there if wanted.get(name) != there.get(name))


def _events() -> Iterator[str]:
    yield "# Events and commands"
    yield "\nA command asks for a change; events say what was decided. Both are journal lines."
    for title, union, module in (
        ("Events", events.Event, events), ("Commands", commands.Command, commands),
    ):
        yield f"\n## {title}"
        sources = _field_types(module)
        for kind in get_args(union):
            yield f"\n### {kind.__name__}\n"
            if kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}("):
                yield f"{inspect.cleandoc(kind.__doc__)}\n"
            types = sources.get(kind.__name__) or _field_types(sys.modules[kind.__module__])[
                kind.__name__
            ]
            rows = [(f"`{f.name}`", code(types[f.name]), _default(f)) for f in fields(kind)]
            yield from table(("field", "type", "default"), rows) if rows else ["No fields."]


def _field_types(module: Any) -> dict[str, dict[str, str]]:
    """Read the annotations as they were written, class by class."""
    tree = ast.parse(inspect.getsource(module))
    return {
        node.name: {
            line.target.id: ast.unparse(line.annotation) for line in node.body
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        }
        for node in tree.body if isinstance(node, ast.ClassDef)
    }


def _default(field: Field[Any]) -> str:
    if field.default is not MISSING:
        return f"`{field.default}`" if field.default != "" else "empty"
    return "" if field.default_factory is MISSING else "made anew"


def _reasons() -> Iterator[str]:
    yield "# Reasons"
    yield "\nWhy something was refused, held or ignored. The first word says who said so.\n"
    yield from table(("reason", "says"), [(f"`{reason}`", EXPLAIN[reason]) for reason in Reason])


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield "\nThe keys of a configuration file. A dot is a section; in the environment the key"
    yield "`market_data.provider` is `TRADEBOT_MARKET_DATA__PROVIDER`. A secret may stand in a file"
    yield "of its own instead: the key with `_file` at its end names it.\n"
    common = describe(Sections)
    yield from _setting_table(common)
    told = {setting.key for setting in common}
    for group, name, plugin in _plugins():
        settings_type = getattr(plugin, "settings_type", None)
        described = describe(settings_type, PLACES.get(group, "")) if settings_type else []
        own = [setting for setting in described if setting.key not in told]
        if own:
            yield f"\n## {name} ({group.replace('_', ' ')})\n"
            yield from _setting_table(own)


def _setting_table(settings: Sequence[SettingDoc]) -> Iterator[str]:
    rows = [
        (
            f"`{s.key}`", s.type, "required" if s.default is None else code(s.default), s.unit,
            s.range, effect_of(s.key).value if s.type != "section" else "", s.doc,
        )
        for s in settings
    ]
    yield from table(
        ("setting", "type", "default", "unit", "range", "a change takes effect", "for"), rows
    )


def _plugins() -> Iterator[tuple[str, str, Any]]:
    """Load what pyproject.toml registers, installed anew or not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for group, entries in sorted(project["entry-points"].items()):
        for name, target in entries.items():
            module, _, attribute = target.partition(":")
            if find_spec(module) is None:
                print(f"{name}: {module} is registered and not there", file=sys.stderr)
                continue
            yield group.removeprefix("tradebot."), name, getattr(import_module(module), attribute)


def _verbs() -> Iterator[str]:
    parser = build_parser()
    verbs = dict(_leaves(parser, "tradebot"))
    used = Counter(_row(option) for verb in verbs.values() for option in _options(verb))
    shared = [row for row, times in used.items() if times >= _SHARED_BY]
    yield "# Verbs"
    yield f"\n{parser.description}\n"
    yield "## What many verbs take\n"
    yield from table(("argument", "does"), shared)
    for path, verb in verbs.items():
        rows = [_row(option) for option in _options(verb)]
        yield f"\n## {path}\n\n{verb.description or ''}"
        if own := [row for row in rows if row not in shared]:
            yield ""
            yield from table(("argument", "does"), own)
        if also := [_flag(row) for row in rows if row in shared]:
            yield f"\nAnd {', '.join(also)}."
    if parser.epilog:
        yield f"\n## Exit codes\n\n{' '.join(parser.epilog.split()).capitalize()}."


def _leaves(
    parser: argparse.ArgumentParser, path: str
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every verb that does something, by the words that call it."""
    deeper = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not deeper:
        yield path, parser
    for action in deeper:
        for name, verb in action.choices.items():
            yield from _leaves(verb, f"{path} {name}")


def _options(verb: argparse.ArgumentParser) -> list[argparse.Action]:
    return [option for option in verb._actions if not isinstance(option, argparse._HelpAction)]


def _row(option: argparse.Action) -> tuple[str, str]:
    needed = " (required)" if option.required and option.option_strings else ""
    return _spelling(option), f"{option.help or ''}{needed}"


def _flag(row: tuple[str, str]) -> str:
    return code(row[0].strip("`").partition(" ")[0])


def _spelling(option: argparse.Action) -> str:
    value = ""
    if option.nargs != 0:
        shown = option.metavar or option.dest.upper()
        value = "|".join(map(str, option.choices)) if option.choices else str(shown)
    return code(f"{', '.join(option.option_strings)} {value}".strip())


def _lifecycle() -> Iterator[str]:
    yield "# The life of an order"
    yield "\nWhere an order stands, and what a broker's report makes of it. A pair that the table"
    yield "lacks is a protocol violation: recorded, never applied. Fills after the end are booked:"
    yield "money has moved.\n"
    moves = [(str(s), str(e), str(after)) for (s, e), after in LIFECYCLE.items() if s is not after]
    yield from _diagram("pending_new", moves)
    yield "\n## Every pair\n"
    heads = list(dict.fromkeys(standing for standing, _ in sorted(LIFECYCLE)))
    rows = [
        (f"`{e}`", *(str(LIFECYCLE.get((standing, e), "")) for standing in heads))
        for e in ExecType if any(said is e for _, said in LIFECYCLE)
    ]
    yield from table(("reported \\ stands", *map(str, heads)), rows)
    yield "\n## Precedence\n"
    yield "An order in several states at once reports the highest.\n"
    ranks = sorted(PRECEDENCE.items(), key=lambda item: (-item[1], item[0]))
    yield from table(("status", "rank"), [(f"`{status}`", str(rank)) for status, rank in ranks])


def _session() -> Iterator[str]:
    yield "# The daemon's states"
    yield "\nThe state follows the primary calendar; a fault or a halt takes it out of the day."
    yield "Within it only the usual way round is drawn: the calendar may skip a phase or go back."
    yield "How a day runs is in [calendar](../calendar.md).\n"
    moves = [
        (_drawn(before), str(trigger), _drawn(after))
        for (before, trigger), after in TRANSITIONS.items()
        if before is not after and not {before, after} <= IN_SESSION
    ]
    yield from _diagram("STOPPED", moves, _day())
    yield "\n## Every pair\n"
    rows = [
        (f"`{trigger}`", *(str(TRANSITIONS.get((state, trigger), "")) for state in State))
        for trigger in Trigger
    ]
    yield from table(("trigger \\ state", *map(str, State)), rows)


def _drawn(state: State) -> str:
    return "DAY" if state in IN_SESSION else str(state)


def _day() -> Iterator[str]:
    """Draw the phases of a day within one box, each to the one that follows it."""
    phases = [state for state in State if state in IN_SESSION]
    yield '    state "the market\'s day" as DAY {'
    yield f"        [*] --> {phases[0]}"
    for before, after in zip(phases, (*phases[1:], phases[0]), strict=True):
        (word,) = (trigger for trigger in Trigger if TRANSITIONS.get((before, trigger)) is after)
        yield f"        {before} --> {after}: {word}"
    yield "    }"


def _gates() -> Iterator[str]:
    yield "# Gates"
    yield "\nEvery intent is asked all of these, in this order, at stage 3 and some once more at"
    yield "stage 5; the last ones, from `structure` on, where options trade. The worst answer"
    yield "wins. Limits are keys of `policy`; a link shows the gate, and the test in which it is"
    yield "seen to fire. A default that was *found* stood in one of the"
    yield "four systems before this one; one that is *ours* is judgement.\n"
    documented = {_limit(s.key): s for s in describe(Sections) if s.key.startswith("policy.")}
    sources = tomllib.loads(LIMIT_SOURCES.read_text(encoding="utf-8"))
    shown, rows = shown_firing(), []
    for gate in (*REQUIRED, *DESK):
        name, file = gate.__name__, Path(inspect.getfile(gate)).relative_to(ROOT)
        words = re.findall(r"`([\w.]+)`", inspect.getdoc(gate) or "")
        read = re.findall(r"policy\.(\w+)", inspect.getsource(gate))
        limits = [documented[key] for key in dict.fromkeys([*words, *read]) if key in documented]
        rows.append((
            f"[`{name}`](../../{file})", inspect.getdoc(gate) or "",
            "<br>".join(f"`{_limit(s.key)}` {s.default}" for s in limits),
            "<br>".join(s.unit or "count" for s in limits),
            "<br>".join(_source(sources, _limit(s.key)) for s in limits), shown.get(name, ""),
        ))
    head = ("gate", "question", "limit and default", "unit", "where it is from", "seen to fire")
    yield from table(head, rows)


def _limit(key: str) -> str:
    return key.removeprefix("policy.")


def _source(sources: Mapping[str, str], limit: str) -> str:
    if limit not in sources:
        raise SystemExit(f"{LIMIT_SOURCES.name}: expected where the default of {limit} is from")
    return sources[limit]


def shown_firing() -> Mapping[str, str]:
    """Find for each gate the test named after it, else the first in the file named after its."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tests" / "core" / "gates").glob("test_*.py")):
        names = [getattr(node, "name", "") for node in ast.parse(path.read_text()).body]
        tests = [name.removeprefix("test_") for name in names if name.startswith("test_")]
        for gate in (*REQUIRED, *DESK):
            own = [test for test in tests if test.startswith(f"{gate.__name__}_")]
            is_its_file = path.stem == f"test_{Path(inspect.getfile(gate)).stem}"
            for test in (own or tests[:is_its_file])[:1]:
                words, place = test.replace("_", " "), path.relative_to(ROOT)
                found.setdefault(gate.__name__, f"[{words}](../../{place})")
    return found


def _diagram(
    first: str, moves: Sequence[tuple[str, str, str]], inside: Iterable[str] = ()
) -> Iterator[str]:
    """Draw one arrow for each pair of states, with every word that takes it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for before, word, after in moves:
        arrows.setdefault((before, after), []).append(word)
    yield "```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {first}"
    yield from inside
    for (before, after), words in sorted(arrows.items()):
        yield f"    {before} --> {after}: {', '.join(sorted(set(words)))}"
    yield "```"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools/docs.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only name what is stale")
    asked = parser.parse_args(arguments)
    if asked.check:
        for name in stale():
            print(f"{name} is stale: run tools/dev.py docs")
        return int(bool(stale()))
    REFERENCE.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in REFERENCE.glob("*.*"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (REFERENCE / name).write_text(text)
    for name, text in schemas().items():
        (CONFIG / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
