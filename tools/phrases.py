"""Does the desk read requests as a table expects? Prints what it reads otherwise, and the score.

    python tools/phrases.py tests/core/options/words/phrases.tsv

A table has tabs between its two columns. `today` and `symbols` come first; then each line is a
request and its reading: `field=value ...`, with lists joined by commas and blanks written as _.
Fields that are not named must be empty. `ask` names the questions, `notes` counts the notes.
Exit 0: all right. Exit 1: some are not.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path

from tradebot.core.model.money import plain
from tradebot.core.options.request import Reading, Request
from tradebot.core.options.words.grammar import read

SILENT = frozenset({"confidence"})  # derived from questions and notes, which the table names
UNORDERED = frozenset({"ask", "among", "excluded", "unresolved"})


@dataclass(frozen=True)
class Table:
    today: date
    symbols: frozenset[str]
    rows: Sequence[tuple[str, str]]


def load(path: Path) -> Table:
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    (_, today), (_, symbols), *rows = cells
    return Table(
        today=date.fromisoformat(today), symbols=frozenset(symbols.split()),
        rows=[(text, expected) for text, expected in rows],
    )


def misread(table: Table) -> Iterator[tuple[str, str, str]]:
    """Yield request, expected and real reading wherever the two differ."""
    for text, expected in table.rows:
        got = told(read(text, table.symbols, table.today))
        if parsed(expected) != got:
            yield text, expected, written(got)


def told(reading: Reading) -> dict[str, str]:
    """Put a reading into the words of a table: what is said, asked and noted."""
    empty, request = Request(), reading.request
    cells = {
        field.name: cell(getattr(request, field.name))
        for field in fields(Request)
        if field.name not in SILENT
        and getattr(request, field.name) != getattr(empty, field.name)
    }
    asked = {question.about for question in reading.questions}
    extra = {"ask": cell(tuple(asked)), "notes": str(len(reading.notes))}
    return {
        name: ",".join(sorted(value.split(","))) if name in UNORDERED else value
        for name, value in {**cells, **extra}.items() if value not in {"", "0"}
    } | {name: value for name, value in cells.items() if value == "0"}


def parsed(expected: str) -> dict[str, str]:
    pairs = (pair.split("=", 1) for pair in expected.split())
    return {
        name: ",".join(sorted(value.split(","))) if name in UNORDERED else value
        for name, value in pairs
    }


def written(cells: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in cells.items())


def cell(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(cell(one) for one in value)
    return plain(value) if isinstance(value, Decimal) else str(value).replace(" ", "_")


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    table = load(Path(arguments[0]))
    wrong = list(misread(table))
    for text, expected, got in wrong:
        print(f"{text}\n  expected  {expected}\n  read      {got}")
    print(f"{len(table.rows) - len(wrong)} of {len(table.rows)} read as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
