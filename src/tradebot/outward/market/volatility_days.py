"""What did the options on a share say of its volatility on each day that we looked? In a file."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

DAYS_MAX: Final = 400  # of each symbol: more than a year of sessions


class VolatilityDays:
    """One number a symbol and day; the last one of a day stands."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._days: dict[str, dict[date, Decimal]] | None = None

    def keep(self, symbol: str, day: date, implied: Decimal) -> None:
        """Write a day's number, where it is another than before; raise OSError."""
        known = self._read()
        days = known.setdefault(symbol, {})
        if days.get(day) == implied:
            return
        days[day] = implied
        for old in sorted(days)[:-DAYS_MAX]:
            del days[old]
        self._write(known)

    def before(self, symbol: str, day: date, most: int) -> Sequence[Decimal]:
        """Return the last numbers of days before this one, oldest first."""
        days = self._read().get(symbol, {})
        found = [days[known] for known in sorted(days) if known < day]
        return found[-most:] if most > 0 else ()

    def _read(self) -> dict[str, dict[date, Decimal]]:
        if self._days is None:
            try:
                self._days = _days(json.loads(self._path.read_text("utf-8")))
            except FileNotFoundError:
                self._days = {}
            except ValueError:  # it is kept for a person to look at; the days begin anew
                self._path.replace(self._path.with_suffix(".damaged"))
                self._days = {}
        return self._days

    def _write(self, known: dict[str, dict[date, Decimal]]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = json.dumps({
            symbol: {day.isoformat(): str(implied) for day, implied in sorted(days.items())}
            for symbol, days in sorted(known.items())
        })
        fresh = self._path.with_suffix(".new")
        fresh.write_text(text + "\n", "utf-8")
        fresh.replace(self._path)


def _days(told: Any) -> dict[str, dict[date, Decimal]]:
    """Read a file; what is no number of a day in it is left out."""
    found: dict[str, dict[date, Decimal]] = {}
    for symbol, days in told.items() if isinstance(told, dict) else ():
        for day, implied in days.items() if isinstance(days, dict) else ():
            try:
                found.setdefault(str(symbol), {})[date.fromisoformat(day)] = Decimal(implied)
            except (TypeError, ValueError, InvalidOperation):
                continue
    return found
