"""How does a test get a recording? It writes the folder itself, and plays it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

from tests.plugins.playing import FixedClock, Heard, a_site, play

from tradebot.plugins.market_data.recorded import RecordedMarket, RecordedSettings
from tradebot.ports import Clock

OPEN_MS = 34_200_000  # 9:30 in New York
PRICES = "1000000,1001000,999000,1000500"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def zipped(root: Path, where: str, *rows: str) -> Path:
    """Write a day of the LEAN layout: `where` is security/market/symbol/date_kind."""
    security, market, symbol, name = where.split("/")
    path = root / security / market / "minute" / symbol / f"{name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as file:
        file.writestr(f"{name}.csv", "\n".join(rows))
    return path


def zipped_options(root: Path, name: str, files: Mapping[str, Sequence[str]]) -> Path:
    """Write a day of SPY's options, a file a contract such as `call_1000000_20131019`."""
    day, kind = name.split("_")
    path = root / "option" / "usa" / "minute" / "spy" / f"{name}_american.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as file:
        for contract, rows in files.items():
            member = f"{day}_spy_minute_{kind}_american_{contract}.csv"
            file.writestr(member, "\n".join(rows))
    return path


def trade(ms: int, prices: str = PRICES, volume: int = 100) -> str:
    return f"{ms},{prices},{volume}"


def quote(ms: int, bid: int | str = 1_000_000, ask: int | str = 1_000_100) -> str:
    """Write a row of quotes whose sides end at these prices; an empty side has no prices."""
    sides = [",".join([str(side)] * 4) for side in (bid, ask)]
    return f"{ms},{sides[0]},300,{sides[1]},500"


def two_days(root: Path) -> Path:
    """Record two minutes of SPY on Monday and on Tuesday, and one of IBM on Monday."""
    for day in ("20131007", "20131008"):
        zipped(root, f"equity/usa/spy/{day}_quote", quote(OPEN_MS), quote(OPEN_MS + 60_000))
        zipped(root, f"equity/usa/spy/{day}_trade", trade(OPEN_MS), trade(OPEN_MS + 60_000))
    zipped(root, "equity/usa/ibm/20131007_quote", quote(OPEN_MS))
    zipped(root, "equity/usa/ibm/20131007_trade", trade(OPEN_MS))
    return root


def a_market(
    path: Path | None, clock: Clock | datetime, until: str | None = None,
    symbols: tuple[str, ...] = ("SPY",), implied_history: Mapping[str, Path] | None = None,
) -> RecordedMarket:
    settings = RecordedSettings(
        path=path, symbols=symbols, implied_history=implied_history or {}
    )
    return RecordedMarket(
        settings, a_site(
            FixedClock(clock) if isinstance(clock, datetime) else clock,
            None if until is None else utc(until),
        ),
    )


def played(
    path: Path, start: str = "2013-10-07T08:00", until: str | None = None,
    symbols: tuple[str, ...] = ("SPY",),
) -> Heard:
    return play(lambda clock: a_market(path, clock, until, symbols), utc(start))[1]
