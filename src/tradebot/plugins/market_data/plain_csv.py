"""How are quotes and bars read from plain CSV? One file of each a symbol, in order of time.

`SYMBOL.csv`: time,bid,ask,bid_size,ask_size[,last]; `SYMBOL_bars.csv`: time,open,high,low,close,
volume. A bar's time is its start; it is known a minute later. Times are ISO 8601 in UTC.
A third kind of file holds the implied volatilities of one share's options, one a day.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Final, TypeVar

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.money import ZERO, parse_decimal
from tradebot.core.model.naming import instrument_of
from tradebot.plugins.market_data.feed import Stamped, stamped_bar, stamped_quote
from tradebot.plugins.market_data.recording import RecordingDamaged

_QUOTE_HEADER: Final = ("time", "bid", "ask", "bid_size", "ask_size")
_BAR_HEADER: Final = ("time", "open", "high", "low", "close", "volume")
_IMPLIED_HEADER: Final = "day,implied"
_PRICES_MAX: Final = 4_096  # texts whose numbers are known: prices come again and again
_MINUTE: Final = timedelta(minutes=1)
_KNOWN_BY: Final = itemgetter(0, 1, 2)

T = TypeVar("T")
Row = Mapping[str, str]


def is_plain_csv(root: Path) -> bool:
    return any(root.glob("*.csv"))


def find(root: Path, symbol: str) -> "CsvSource | None":
    """Find a symbol's files; in their names `-` stands for the `/` and `:` of a symbol."""
    name = symbol.replace("/", "-").replace(":", "-")
    quotes, bars = root / f"{name}.csv", root / f"{name}_bars.csv"
    if not quotes.exists() and not bars.exists():
        return None
    return CsvSource(instrument_of(symbol), quotes, bars)


def implied(path: Path) -> list[tuple[date, Decimal]]:
    """Read a file of volatilities, one a day: day,implied as 2014-06-04,0.215."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise RecordingDamaged(f"{path}: {error}") from error
    if lines[:1] != [_IMPLIED_HEADER]:
        raise RecordingDamaged(f"{path}:1: expected {_IMPLIED_HEADER}")
    rows = list[tuple[date, Decimal]]()
    for number, line in enumerate(lines[1:], start=2):
        try:
            day, volatility = line.split(",")
            rows.append((date.fromisoformat(day), _positive(volatility)))
        except ValueError as error:
            raise RecordingDamaged(f"{path}:{number}: {error}") from error
    return sorted(rows)


class CsvSource:
    """One symbol's two files; where each day stands in them is found once, at the start."""

    def __init__(self, instrument: Instrument, quotes: Path, bars: Path) -> None:
        self.instrument = instrument
        self._quotes = _Table(quotes, _QUOTE_HEADER)
        self._bars = _Table(bars, _BAR_HEADER)

    def days(self) -> Sequence[date]:
        return sorted(self._quotes.spans.keys() | self._bars.spans.keys())

    def events(self, day: date) -> list[Stamped]:
        stamped = [stamped_bar(bar) for bar in self.bars(day)]
        stamped += [stamped_quote(quote) for quote in self._quotes.read(day, self._quote)]
        stamped.sort(key=_KNOWN_BY)
        return stamped

    def bars(self, day: date) -> list[Bar]:
        return list(self._bars.read(day, self._bar))

    def _quote(self, at: datetime, row: Row) -> Quote | None:
        if not row["bid"] or not row["ask"]:
            return None
        return Quote(
            symbol=self.instrument.symbol, bid=_positive(row["bid"]), ask=_positive(row["ask"]),
            bid_size=_size(row["bid_size"]), ask_size=_size(row["ask_size"]), as_of=at,
        )

    def _bar(self, at: datetime, row: Row) -> Bar:
        return Bar(
            symbol=self.instrument.symbol, start=at, end=at + _MINUTE,
            open=_positive(row["open"]), high=_positive(row["high"]), low=_positive(row["low"]),
            close=_positive(row["close"]), volume=_size(row["volume"]),
        )


class _Table:
    """One CSV file, read a day at a time."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.spans: dict[date, tuple[int, int, int]] = {}  # day -> first line, begin, end in bytes
        self._path = path
        self._names: list[str] = []
        if path.exists():
            self._index(header)

    def read(self, day: date, make: Callable[[datetime, Row], T | None]) -> Iterator[T]:
        if day not in self.spans:
            return
        number, begin, end = self.spans[day]
        with self._path.open("rb") as file:
            file.seek(begin)
            lines = file.read(end - begin).decode("utf-8", "replace").splitlines()
        for place, cells in enumerate(csv.reader(lines)):
            if not cells:
                continue
            try:
                row = self._row(cells)
                made = make(_utc(row["time"]), row)
            except ValueError as error:
                raise RecordingDamaged(f"{self._path}:{number + place}: {error}") from error
            if made is not None:
                yield made

    def _row(self, cells: Sequence[str]) -> Row:
        if len(cells) != len(self._names):
            raise ValueError(f"expected {len(self._names)} fields, got {len(cells)}")
        return dict(zip(self._names, cells, strict=True))

    def _index(self, header: Sequence[str]) -> None:
        with self._path.open("rb") as file:
            line = file.readline()
            names = line.decode("utf-8-sig", "replace").split(",")
            self._names = [name.strip() for name in names]
            if missing := [name for name in header if name not in self._names]:
                wanted, lacks = ",".join(header), ", ".join(missing)
                raise RecordingDamaged(f"{self._path}:1: expected {wanted}; {lacks} is missing")
            time_at = self._names.index("time")
            latest = datetime.min.replace(tzinfo=UTC)
            begin = len(line)
            for number, line in enumerate(file, start=2):
                end = begin + len(line)
                if line.strip():
                    cells = line.decode("utf-8", "replace").split(",")
                    latest = self._later(number, cells[time_at:], latest)
                    first = self.spans.get(latest.date(), (number, begin, end))
                    self.spans[latest.date()] = (*first[:2], end)
                begin = end

    def _later(self, number: int, cells: Sequence[str], than: datetime) -> datetime:
        """Return a line's time; the file must be in order of time."""
        try:
            at = _utc(cells[0] if cells else "")
        except ValueError as error:
            raise RecordingDamaged(f"{self._path}:{number}: {error}") from error
        if at < than:
            raise RecordingDamaged(
                f"{self._path}:{number}: expected a time not before {than.isoformat()}"
            )
        return at


def _utc(text: str) -> datetime:
    expected = "expected a UTC time such as 2026-08-24T13:30:00Z"
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{expected}, got {text[:40]!r}") from None
    if at.utcoffset() is None:
        raise ValueError(f"{expected}, got {text[:40]!r}")
    return at.astimezone(UTC)


@lru_cache(maxsize=_PRICES_MAX)
def _positive(text: str) -> Decimal:
    number = parse_decimal(text.strip())
    if number <= 0:
        raise ValueError(f"expected a price above zero, got {text}")
    return number


@lru_cache(maxsize=_PRICES_MAX)
def _size(text: str) -> Decimal:
    if not text.strip():
        return ZERO
    number = parse_decimal(text.strip())
    if number < 0:
        raise ValueError(f"expected a size of zero or more, got {text}")
    return number
