"""How is an answer printed? One JSON document for programs, or aligned words for people."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, TextIO

from tradebot.core.model.sound import printable

_COLOURS: Final[Mapping[str, str]] = {"bad": "31", "warn": "33", "good": "32", "strong": "1"}
_RIGHT: Final = frozenset("0123456789.-+")


def document(found: Mapping[str, Any]) -> None:
    """Print one JSON document, and nothing else."""
    print(json.dumps(found, indent=2))


def line(text: str = "") -> None:
    print(text)


def note(text: str) -> None:
    """Say something beside the answer, where it disturbs no program that reads the answer."""
    print(clean(text), file=sys.stderr)


def painted(text: str, how: str, out: TextIO | None = None) -> str:
    """Colour text on a terminal only, and never where NO_COLOR is set."""
    target = out or sys.stdout
    if not target.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{_COLOURS[how]}m{text}\x1b[0m"


def clean(value: object) -> str:
    """Make text safe for a terminal: what a broker or a client wrote moves no cursor."""
    text = "-" if value is None or value == "" else str(value)
    if isinstance(value, bool):
        text = "yes" if value else "no"
    return "\n".join(map(printable, text.split("\n")))


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], empty: str) -> None:
    """Print rows under headings, numbers to the right; an empty table says so."""
    if not rows:
        print(empty)
        return
    cells = [[clean(row.get(key)) for key in columns] for row in rows]
    headings = list(columns.values())
    widths = [
        max(len(heading), *(len(row[place]) for row in cells))
        for place, heading in enumerate(headings)
    ]
    is_right = [
        all(set(row[place]) <= _RIGHT for row in cells) for place in range(len(headings))
    ]
    print(painted(_row(headings, widths, is_right), "strong"))
    for row in cells:
        print(_row(row, widths, is_right))


def pairs(named: Mapping[str, object]) -> None:
    """Print names and values in two columns."""
    width = max((len(name) for name in named), default=0)
    for name, value in named.items():
        print(f"{name:<{width}}  {clean(value)}")


def when(stamp: object) -> str:
    """Shorten an ISO time to the second, for the eye."""
    text = str(stamp or "")
    return text[:19].replace("T", " ") if "T" in text else clean(stamp)


def span(seconds: int) -> str:
    """Tell a length of time in its two largest units."""
    for size, unit, small, rest in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} {seconds % size // small} {rest}"
    return f"{seconds // 60} min {seconds % 60} s"


def _row(cells: Sequence[str], widths: Sequence[int], is_right: Sequence[bool]) -> str:
    parts = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(cells, widths, is_right, strict=True)
    ]
    return "  ".join(parts).rstrip()


class Progress:
    """A count that moves, on a terminal only; it leaves nothing behind."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._is_shown = False

    def tell(self, done: int) -> None:
        if sys.stderr.isatty():
            self._is_shown = True
            print(f"\r{done} {self._what}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
