"""Which options does the LEAN folder layout hold? One zip a share and day, a CSV a contract.

`option/<market>/minute/<share>/<date>_<quote|openinterest>_<style>.zip`, and in it
`<date>_<share>_minute_<kind>_<style>_<right>_<strike x 10000>_<expiry>.csv`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, TypeAlias
from zipfile import ZipFile

from tradebot.core.model.chain import Listed
from tradebot.core.model.instrument import ExerciseStyle, Instrument, Right, occ_symbol, parse_occ
from tradebot.core.model.money import ZERO
from tradebot.plugins.market_data.lean import (
    DOLLAR_PLACES,
    NEW_YORK,
    LeanSource,
    Table,
    days_of,
    lines_of,
    opened,
)
from tradebot.plugins.market_data.paths import Recent
from tradebot.plugins.market_data.recording import RecordingDamaged

_CONTRACT: Final = re.compile(r"(american|european)_(call|put)_([0-9]{1,12})_([0-9]{8})\.csv$")
_STYLES: Final = tuple(style.value for style in ExerciseStyle)

# A day's rows by contract, as text: of most of them nobody ever asks.
Lines: TypeAlias = Mapping[str, Sequence[str]]


def find_options(root: Path, share: str) -> "LeanOptions | None":
    """Find the options on a share; the first market that recorded some is taken."""
    for folder in sorted((root / "option").glob(f"*/minute/{share.lower()}")):
        return LeanOptions(folder, share)
    return None


class LeanOptions:
    """One share's folder of options; one day of them in memory."""

    def __init__(self, folder: Path, share: str) -> None:
        self._folder = folder
        self._days = days_of(folder, *(f"*_quote_{style}.zip" for style in _STYLES))
        self._contracts = {
            contract: _option(share, contract)
            for day in self._days for path in self._paths(day, "quote")
            for contract in _members(path)
        }
        self._named = {option.symbol: name for name, option in self._contracts.items()}
        self._open: Recent[date, _Day] = Recent(1)

    def source(self, symbol: str) -> LeanSource | None:
        """Return the recordings of one option; None where it never was recorded."""
        name = self._named.get(symbol)
        return LeanSource(self._folder, self._contracts[name], name) if name else None

    def listed(self, now: datetime) -> Sequence[Listed]:
        """Return what was told last of each option, on the newest day of which anything was."""
        today = now.astimezone(NEW_YORK).date()
        for day in reversed(self._days[: bisect_right(self._days, today)]):
            found = self._day(day).listed(self._contracts, now)
            if any(one.ask for one in found):
                return found
        return ()

    def _day(self, day: date) -> "_Day":
        return self._open.get_or(day, lambda: _Day(day, *(
            {name: lines for path in self._paths(day, kind) for name, lines in _read(path)}
            for kind in ("quote", "openinterest")
        )))

    def _paths(self, day: date, kind: str) -> Iterator[Path]:
        paths = (self._folder / f"{day:%Y%m%d}_{kind}_{style}.zip" for style in _STYLES)
        return (path for path in paths if path.exists())


class _Day:
    """What was told of all options on one day."""

    def __init__(self, day: date, quotes: Lines, interests: Lines) -> None:
        self._table = Table(day, NEW_YORK, DOLLAR_PLACES)
        self._quotes = quotes
        self._interests = interests

    def listed(self, contracts: Mapping[str, Instrument], now: datetime) -> list[Listed]:
        return [self._listed(contracts[name], name, now) for name in self._quotes]

    def _listed(self, option: Instrument, name: str, now: datetime) -> Listed:
        table = self._table
        try:
            return Listed(
                option=option, bid=self._newest(self._quotes, name, now, 4, table.prices) or ZERO,
                ask=self._newest(self._quotes, name, now, 9, table.prices) or ZERO,
                open_interest=self._newest(self._interests, name, now, 1, table.sizes),
            )
        except (InvalidOperation, ValueError, OverflowError, IndexError) as error:
            raise RecordingDamaged(f"{name}: expected a time and numbers: {error}") from error

    def _newest(
        self, lines: Lines, name: str, now: datetime, place: int, numbers: Mapping[str, Decimal]
    ) -> Decimal | None:
        """Return what was told last by now: what a row leaves empty stands as it was."""
        rows, ends = lines.get(name, ()), self._table.ends
        known = bisect_right(rows, now, key=lambda row: ends[row.partition(",")[0]])
        told = (row.split(",")[place] for row in reversed(rows[:known]))
        return next((numbers[text] for text in told if text), None)


def _members(path: Path) -> list[str]:
    """Return the contracts whose rows a zip holds, by the end of their files' names."""
    with opened(path) as zipped:
        return [name for name, _ in _named(zipped)]


def _read(path: Path) -> Iterator[tuple[str, Sequence[str]]]:
    with opened(path) as zipped:
        for name, member in _named(zipped):
            yield name, lines_of(zipped, member)


def _named(zipped: ZipFile) -> Iterator[tuple[str, str]]:
    for member in zipped.namelist():
        match = _CONTRACT.search(member)
        if match is not None:
            yield match.group(0).removesuffix(".csv"), member


def _option(share: str, contract: str) -> Instrument:
    style, right, strike, expiry = contract.split("_")
    day = date(int(expiry[:4]), int(expiry[4:6]), int(expiry[6:]))
    price = Decimal(strike).scaleb(DOLLAR_PLACES)
    symbol = occ_symbol(share, day, Right(right), price)
    return replace(parse_occ(symbol), exercise_style=ExerciseStyle(style))
