"""How does the LEAN folder layout store minutes? One zip a symbol, day and kind, a CSV inside.

`<security>/<market>/minute/<symbol>/<date>_<quote|trade>.zip`; times are milliseconds since local
midnight and stamp a bar's start. A bar is known, and delivered, a minute later.
"""

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Final, TypeVar
from zipfile import BadZipFile, ZipFile
from zoneinfo import ZoneInfo

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.money import ZERO
from tradebot.plugins.market_data.feed import Stamped, stamped_bar, stamped_quote
from tradebot.plugins.market_data.listing import bare, instrument_of
from tradebot.plugins.market_data.recording import RecordingDamaged

_NEW_YORK: Final = ZoneInfo("America/New_York")
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
    """One symbol's folder of minutes."""

    def __init__(self, folder: Path, instrument: Instrument) -> None:
        self.instrument = instrument
        self._folder = folder
        self._zone = _zone(folder, instrument.asset_class)
        # The prices of equities are whole ten-thousandths of a dollar.
        self._places = -4 if instrument.asset_class is AssetClass.EQUITY else 0
        self._days = sorted({
            _date(path) for kind in ("quote", "trade") for path in folder.glob(f"*_{kind}.zip")
        })

    def days(self) -> Sequence[date]:
        return self._days

    def events(self, day: date) -> list[Stamped]:
        table = _Table(day, self._zone, self._places)
        stamped = [stamped_bar(bar) for bar in self._bars(day, table)]
        stamped += [
            stamped_quote(quote)
            for quote in _read(self._path(day, "quote"), 11, partial(self._quote, table))
        ]
        stamped.sort(key=_KNOWN_BY)
        return stamped

    def bars(self, day: date) -> list[Bar]:
        return self._bars(day, _Table(day, self._zone, self._places))

    def _bars(self, day: date, table: "_Table") -> list[Bar]:
        trades = self._path(day, "trade")
        if trades.exists() or self.instrument.asset_class is AssetClass.EQUITY:
            return _read(trades, 6, partial(self._bar, table))
        return _read(self._path(day, "quote"), 11, partial(self._bar_of_mids, table))

    def _quote(self, table: "_Table", row: Sequence[str]) -> Quote | None:
        if not row[4] or not row[9]:
            return None  # nobody stood on one of the sides
        prices, sizes = table.prices, table.sizes
        return Quote(
            symbol=self.instrument.symbol, bid=prices[row[4]], ask=prices[row[9]],
            bid_size=sizes[row[5]], ask_size=sizes[row[10]], as_of=table.ends[row[0]],
        )

    def _bar(self, table: "_Table", row: Sequence[str]) -> Bar:
        prices, end = table.prices, table.ends[row[0]]
        return Bar(
            symbol=self.instrument.symbol, start=end - _MINUTE, end=end, open=prices[row[1]],
            high=prices[row[2]], low=prices[row[3]], close=prices[row[4]],
            volume=table.sizes[row[5]],
        )

    def _bar_of_mids(self, table: "_Table", row: Sequence[str]) -> Bar | None:
        """Make a bar where trades were never recorded, as for currencies."""
        if not row[4] or not row[9]:
            return None
        prices, end = table.prices, table.ends[row[0]]
        opens, high, low, close = (
            (prices[row[1 + part]] + prices[row[6 + part]]) / _TWO for part in range(4)
        )
        return Bar(
            symbol=self.instrument.symbol, start=end - _MINUTE, end=end, open=opens, high=high,
            low=low, close=close, volume=ZERO,
        )

    def _path(self, day: date, kind: str) -> Path:
        return self._folder / f"{day:%Y%m%d}_{kind}.zip"


class _Table:
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


def _read(path: Path, width: int, make: Callable[[Sequence[str]], T | None]) -> list[T]:
    """Read a zip's rows; what cannot be understood is told with file and line."""
    if not path.exists():
        return []
    try:
        with ZipFile(path) as zipped:
            lines = zipped.read(zipped.namelist()[0]).decode("ascii").splitlines()
    except _UNREADABLE as error:
        raise RecordingDamaged(f"{path}: expected a zip with one CSV inside: {error}") from error
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


def _checked(row: Sequence[str], width: int) -> Sequence[str]:
    if len(row) < width:
        raise ValueError(f"got {len(row)} fields")
    return row


def _zone(folder: Path, kind: AssetClass) -> tzinfo:
    """Return the zone of a recorder: the exchange's for equities, UTC for what never closes."""
    is_new_york = kind is AssetClass.EQUITY or "fxcm" in folder.parts
    return _NEW_YORK if is_new_york else UTC


def _date(path: Path) -> date:
    text = path.name[:8]
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError as error:
        raise RecordingDamaged(f"{path}: expected a name such as 20131007_quote.zip") from error
