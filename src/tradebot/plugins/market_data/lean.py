"""How does the LEAN folder layout store minutes? One zip a symbol, day and kind, a CSV inside.

`<security>/<market>/minute/<symbol>/<date>_<quote|trade>.zip`; times are milliseconds since local
midnight and stamp a bar's start. A bar is known, and delivered, a minute later.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import zip_longest
from operator import itemgetter
from pathlib import Path
from typing import Final, TypeAlias, TypeVar
from zipfile import BadZipFile, ZipFile
from zoneinfo import ZoneInfo

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.money import ZERO
from tradebot.core.model.naming import bare, instrument_of
from tradebot.plugins.market_data.feed import Stamped, stamped_bar, stamped_quote
from tradebot.plugins.market_data.recording import RecordingDamaged

NEW_YORK: Final = ZoneInfo("America/New_York")
DOLLAR_PLACES: Final = -4  # prices of shares and options are whole ten-thousandths of a dollar

_WIDTHS: Final = {"quote": 11, "trade": 6}
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_TWO: Final = Decimal(2)
_SIZE_PLACES: Final = -8
_SIZE_STEP: Final = Decimal(1).scaleb(_SIZE_PLACES)
_KNOWN_BY: Final = itemgetter(0, 1, 2)
# What the standard library raises for a zip that is torn, encrypted, empty or of another kind.
_UNREADABLE: Final = (
    BadZipFile, zlib.error, EOFError, OSError, RuntimeError, UnicodeDecodeError, IndexError
)

T = TypeVar("T")
Row: TypeAlias = Sequence[str]

_FOLDERS: Final = (
    ("equity", AssetClass.EQUITY), ("crypto", AssetClass.CRYPTO), ("forex", AssetClass.FX)
)


def is_lean(root: Path) -> bool:
    return any((root / folder).is_dir() for folder, _ in _FOLDERS)


def find(root: Path, symbol: str) -> "LeanSource | None":
    """Find a symbol's folder; the first market that recorded it is taken."""
    for security, kind in _FOLDERS:
        name = symbol if kind is AssetClass.EQUITY else bare(symbol)
        for folder in sorted((root / security).glob(f"*/minute/{name.lower()}")):
            return LeanSource(folder, instrument_of(symbol, kind))
    return None


class LeanSource:
    """One symbol's minutes; `contract` names an option among those that share a folder."""

    def __init__(self, folder: Path, instrument: Instrument, contract: str = "") -> None:
        self.instrument = instrument
        self._folder = folder
        self._contract = contract
        self._style = "_" + contract.partition("_")[0] if contract else ""
        is_american = instrument.asset_class in (AssetClass.EQUITY, AssetClass.OPTION)
        self._zone = NEW_YORK if is_american or "fxcm" in folder.parts else UTC
        self._places = DOLLAR_PLACES if is_american else 0
        self._days = days_of(folder, f"*_quote{self._style}.zip", f"*_trade{self._style}.zip")

    def days(self) -> Sequence[date]:
        return self._days

    def events(self, day: date) -> list[Stamped]:
        table = Table(day, self._zone, self._places)
        stamped = [stamped_bar(bar) for bar in self._bars(day, table)]
        quotes = self._read(day, "quote", partial(self._quote, table, Sides()))
        stamped += map(stamped_quote, _standing(quotes) if self._contract else quotes)
        stamped.sort(key=_KNOWN_BY)
        return stamped

    def bars(self, day: date) -> list[Bar]:
        return self._bars(day, Table(day, self._zone, self._places))

    def _bars(self, day: date, table: "Table") -> list[Bar]:
        if self.instrument.asset_class is AssetClass.EQUITY or self._path(day, "trade").exists():
            return self._read(day, "trade", partial(self._bar, table))
        return self._read(day, "quote", partial(self._bar_of_mids, table, Sides()))

    def _quote(self, table: "Table", sides: "Sides", row: Row) -> Quote | None:
        if not sides.take(row):
            return None
        prices, sizes, bid, ask = table.prices, table.sizes, sides.bid, sides.ask
        return Quote(
            symbol=self.instrument.symbol, bid=prices[bid[3]], ask=prices[ask[3]],
            bid_size=sizes[bid[4]], ask_size=sizes[ask[4]], as_of=table.ends[row[0]],
        )

    def _bar(self, table: "Table", row: Row) -> Bar:
        prices, end = table.prices, table.ends[row[0]]
        return Bar(
            symbol=self.instrument.symbol, start=end - _MINUTE, end=end, open=prices[row[1]],
            high=prices[row[2]], low=prices[row[3]], close=prices[row[4]],
            volume=table.sizes[row[5]],
        )

    def _bar_of_mids(self, table: "Table", sides: "Sides", row: Row) -> Bar | None:
        """Make a bar where trades were never recorded, as for currencies."""
        if not sides.take(row):
            return None
        prices, end = table.prices, table.ends[row[0]]
        opens, high, low, close = (
            (prices[bid] + prices[ask]) / _TWO
            for bid, ask in zip(sides.bid[:4], sides.ask[:4], strict=True)
        )
        return Bar(
            symbol=self.instrument.symbol, start=end - _MINUTE, end=end, open=opens, high=high,
            low=low, close=close, volume=ZERO,
        )

    def _read(self, day: date, kind: str, make: Callable[[Row], T | None]) -> list[T]:
        """Read a day's rows of one kind; what cannot be understood is told with file and line."""
        path = self._path(day, kind)
        if not path.exists():
            return []
        with opened(path) as zipped:
            member = zipped.namelist()[0]
            if self._contract:
                member = f"{day:%Y%m%d}_{self._folder.name}_minute_{kind}_{self._contract}.csv"
                if member not in zipped.namelist():
                    return []
            lines = lines_of(zipped, member)
        return parsed(path, lines, _WIDTHS[kind], make)

    def _path(self, day: date, kind: str) -> Path:
        return self._folder / f"{day:%Y%m%d}_{kind}{self._style}.zip"


class Sides:
    """Both sides of a market, row after row: one that is empty stands as it was last told."""

    def __init__(self) -> None:
        self.bid: Row = ()
        self.ask: Row = ()

    def take(self, row: Row) -> bool:
        """Take in a minute; tell whether both sides are known."""
        if row[4]:
            self.bid = row[1:6]
        if row[9]:
            self.ask = row[6:11]
        return bool(self.bid and self.ask)


class Table:
    """A day's texts and what they mean; most stand there many times and are read once."""

    def __init__(self, day: date, zone: tzinfo, places: int) -> None:
        self.prices = _Numbers(places)
        self.sizes = _Sizes(0)
        self.ends = _Ends(day, zone)


class _Numbers(dict[str, Decimal]):
    """Exact decimals by their text, `places` being the power of ten of their unit."""

    def __init__(self, places: int) -> None:
        super().__init__()
        self._places = places

    def __missing__(self, text: str) -> Decimal:
        number = Decimal(text) if text.isascii() and "_" not in text else Decimal("NaN")
        if not number.is_finite() or number < 0:
            raise InvalidOperation(text)
        self[text] = number = number.scaleb(self._places) if self._places else number
        return number


class _Sizes(_Numbers):
    def __missing__(self, text: str) -> Decimal:
        """Take off the noise of binary fractions; an empty size is an unknown one."""
        if not text:
            return ZERO
        size = super().__missing__(text)
        exponent = size.as_tuple().exponent
        if isinstance(exponent, int) and exponent < _SIZE_PLACES:
            size = self[text] = size.quantize(_SIZE_STEP)
        return size


class _Ends(dict[str, datetime]):
    """When the bar ended that began so many milliseconds after local midnight."""

    def __init__(self, day: date, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        local = datetime.combine(day, time(), zone)
        turns = local.utcoffset() != (local + _DAY).utcoffset()
        self._midnight = None if turns else local.astimezone(UTC)
        self._local = datetime.combine(day, time(), zone)

    def __missing__(self, text: str) -> datetime:
        since = timedelta(milliseconds=int(text))
        if self._midnight is not None:
            end = self._midnight + since + _MINUTE
        else:  # the clocks turn that day: local times are read one by one
            end = (self._local + since).astimezone(UTC) + _MINUTE
        self[text] = end
        return end


def _standing(quotes: Sequence[Quote]) -> Iterator[Quote]:
    """Tell each quote again every minute until the next: where no row is, nothing changed."""
    for quote, following in zip_longest(quotes, quotes[1:]):
        yield quote
        until = following.as_of if following is not None else quote.as_of
        for minutes in range(1, (until - quote.as_of) // _MINUTE):
            yield replace(quote, as_of=quote.as_of + minutes * _MINUTE)


def days_of(folder: Path, *patterns: str) -> Sequence[date]:
    return sorted({_date(path) for pattern in patterns for path in folder.glob(pattern)})


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """Open a zip; one that cannot be read is damage."""
    try:
        with ZipFile(path) as zipped:
            yield zipped
    except _UNREADABLE as error:
        raise RecordingDamaged(f"{path}: expected a zip with one CSV inside: {error}") from error


def lines_of(zipped: ZipFile, member: str) -> list[str]:
    return zipped.read(member).decode("ascii").splitlines()


def parsed(
    path: Path, lines: Sequence[str], width: int, make: Callable[[Row], T | None]
) -> list[T]:
    made = []
    try:
        for line in lines:
            item = make(_checked(line.split(","), width))
            if item is not None:
                made.append(item)
    except (InvalidOperation, ValueError, OverflowError) as error:
        number = lines.index(line) + 1
        raise RecordingDamaged(f"{path}:{number}: expected {width} numbers: {error}") from error
    return made


def _checked(row: Row, width: int) -> Row:
    if len(row) < width:
        raise ValueError(f"got {len(row)} fields")
    return row


def _date(path: Path) -> date:
    text = path.name[:8]
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError as error:
        raise RecordingDamaged(f"{path}: expected a name such as 20131007_quote.zip") from error
