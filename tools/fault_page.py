"""Which fault is shown by what, and where is each promise checked? Read from the code.

What a fault is and what is promised stands in faults.toml. Who shows a row says so itself:
the simulator's table of faults, its referee, a drill, a test's mark, a story's second line.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from tradebot.shell.drills.scripts import DRILLS
from tradebot.shell.simulate.faults import FAULTS

sys.path.insert(0, str(Path(__file__).parent))
from tables import table

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
SIMULATOR = ROOT / "src" / "tradebot" / "shell" / "simulate"
WORDS = Path(__file__).with_name("faults.toml")
STORY = re.compile(r"^# Shows faults? ([\d, ]+)\.$", re.MULTILINE)
OPEN_FAULT, OPEN_PROMISE = 3, 2  # the place in a row where it says what is open
Shown = Mapping[int, Sequence[str]]


def known() -> tuple[Mapping[str, list[list[str]]], list[list[str]]]:
    """Return the faults by what they are about, and the promises."""
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return words["faults"], words["promises"]["all"]


@cache
def shown_faults() -> Shown:
    """Find for each fault what shows that the daemon bears it."""
    found = defaultdict[int, list[str]](list)
    for fault in FAULTS.values():
        for row in fault.rows:
            found[row].append(f"simulated: `{fault.name}`")
    for drill in DRILLS.values():
        for row in drill.rows:
            found[row].append(f"drill: [{drill.name}](drills.md#{drill.name})")
    for story in sorted(TESTS.glob("stories/*.story")):
        for rows in STORY.findall(story.read_text(encoding="utf-8")):
            for row in map(int, rows.split(",")):
                found[row].append(f"story: {_link(story, story.stem)}")
    return _with_tests(found, "fault")


@cache
def kept_promises() -> Shown:
    """Find for each promise where it is checked."""
    found = defaultdict[int, list[str]](list)
    for path in sorted(SIMULATOR.glob("*.py")):
        calls = [node for node in ast.walk(_parsed(path)) if isinstance(node, ast.Call)]
        for number in sorted({
            call.args[0].value for call in calls
            if isinstance(call.func, ast.Attribute) and call.func.attr == "broken"
            and isinstance(call.args[0], ast.Constant)
        }):
            found[number].append(f"every simulated day: {_link(path, path.name)}")
    return _with_tests(found, "promise")


def _with_tests(found: defaultdict[int, list[str]], mark: str) -> Shown:
    for path in sorted(TESTS.glob("**/test_*.py")):
        for name, rows in marked(path, mark):
            for row in rows:
                found[row].append(_link(path, name.removeprefix("test_")))
    return found


def marked(path: Path, mark: str) -> Iterator[tuple[str, list[int]]]:
    """Yield each test of a file that bears the mark, with the rows that it names."""
    for node in _parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and ast.unparse(call.func) == f"pytest.mark.{mark}":
                    yield node.name, [ast.literal_eval(row) for row in call.args]


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _link(path: Path, words: str) -> str:
    return f"[{words.replace('_', ' ')}](../../{path.relative_to(ROOT)})"


def unexplained(rows: Sequence[Sequence[str]], shown: Shown, place: int) -> list[int]:
    """Name the rows that nothing shows and that do not say why, and those that are no rows."""
    left = [int(row[0]) for row in rows if not shown.get(int(row[0])) and len(row) <= place]
    return sorted({*left, *(shown.keys() - {int(row[0]) for row in rows})})


def write() -> Iterator[str]:
    """Write the tables of faults and promises."""
    faults, promises = known()
    shown, kept = shown_faults(), kept_promises()
    rows = [row for about in faults.values() for row in about]
    seen = [row for row in rows if shown.get(int(row[0]))]
    part = [row for row in seen if len(row) > OPEN_FAULT]
    yield "# Faults and promises"
    yield "\nWhat a trader may rely on is told in [reliability](../reliability.md); here it stands"
    yield "row by row, with what shows it. What is open is said."
    yield f"\nOf {len(rows)} faults {len(seen) - len(part)} are shown to be borne, {len(part)} in"
    yield f"part, and {len(rows) - len(seen)} wait for what they are about."
    for about, listed in faults.items():
        yield f"\n## {about.capitalize()}\n"
        yield from table(("#", "what goes wrong", "what the daemon does", "shown by"), [
            (str(row[0]), *row[1:OPEN_FAULT], _evidence(row, shown, OPEN_FAULT)) for row in listed
        ])
    yield "\n## What holds always\n"
    yield from table(("#", "promise", "checked by"), [
        (str(row[0]), row[1], _evidence(row, kept, OPEN_PROMISE)) for row in promises
    ])


def _evidence(row: Sequence[str], shown: Shown, place: int) -> str:
    still_open = (f"*open*: {why}" for why in row[place:])
    return "<br>".join([*shown.get(int(row[0]), ()), *still_open])
