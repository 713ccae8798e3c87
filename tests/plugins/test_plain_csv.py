"""Are plain CSV files played as they were written, and their errors told with file and line?"""

from pathlib import Path

import pytest
from tests.plugins.playing import known_at
from tests.plugins.recordings import a_market, played, utc

from tradebot.plugins.market_data.recording import RecordingDamaged

QUOTES = """\
time,bid,ask,bid_size,ask_size,last
2026-08-24T13:30:00Z,500.01,500.03,100,200,500.02
2026-08-24T13:30:00Z,500.02,500.03,100,200,500.02
2026-08-24T13:30:00.250Z,,500.03,,200,
2026-08-24T15:30:01+02:00,500.03,500.05,,7,

2026-08-25T13:30:00Z,510,510.01,1,1,
"""
BARS = """\
time,open,high,low,close,volume
2026-08-24T13:30:00Z,500.01,500.10,499.9,500.05,12345
2026-08-24T13:31:00Z,500.05,500.05,500.05,500.05,0
"""


def plain(root: Path, quotes: str = QUOTES, bars: str = BARS, name: str = "SPY") -> Path:
    (root / f"{name}.csv").write_text(quotes, "utf-8", "surrogateescape")
    (root / f"{name}_bars.csv").write_text(bars)
    return root


def test_plain_csv_is_played_in_order_of_time(tmp_path: Path) -> None:
    heard = played(plain(tmp_path), "2026-08-24T13:00")
    assert all(now == known_at(event) for now, event in heard.told)
    assert [(str(told.bid), told.as_of) for told in heard.quotes] == [
        ("500.01", utc("2026-08-24T13:30")), ("500.02", utc("2026-08-24T13:30")),
        ("500.03", utc("2026-08-24T13:30:01")), ("510", utc("2026-08-25T13:30")),
    ]
    assert (heard.quotes[2].bid_size, heard.quotes[2].ask_size) == (0, 7)
    assert [bar.end for bar in heard.bars] == [utc("2026-08-24T13:31"), utc("2026-08-24T13:32")]
    assert str(heard.bars[0].low) == "499.9"
    assert heard.bars[0].volume == 12345


def test_plain_csv_may_have_its_columns_in_any_order_and_a_mark_at_its_begin(
    tmp_path: Path
) -> None:
    quotes = "\ufeffask,bid,time,ask_size,bid_size\r\n2,1,2026-08-24T13:30:00Z,4,3\r\n"
    heard = played(plain(tmp_path, quotes), "2026-08-24T13:00")
    (told,) = heard.quotes
    assert (told.bid, told.ask, told.bid_size, told.ask_size) == (1, 2, 3, 4)


def test_a_pair_is_found_under_a_name_that_a_file_may_have(tmp_path: Path) -> None:
    quotes = "time,bid,ask,bid_size,ask_size\n2026-08-23T01:00:00Z,110000.01,110000.02,0.5,0.25\n"
    plain(tmp_path, quotes, name="BTC-USD")
    heard = played(tmp_path, "2026-08-23T00:00", symbols=("BTC/USD",))
    assert [told.symbol for told in heard.quotes] == ["BTC/USD"]


@pytest.mark.parametrize(("row", "said"), [
    ("2026-08-24T13:30:00,1,2,3,4", ":3: expected a UTC time"),
    ("yesterday,1,2,3,4", ":3: expected a UTC time"),
    ("2026-08-24T12:00:00Z,1,2,3,4", ":3: expected a time not before 2026-08-24T13:30:00"),
    ("2026-08-24T13:30:00Z,1e3,2,3,4", ":3: "),
    ("2026-08-24T13:30:00Z,0,2,3,4", ":3: expected a price above zero"),
    ("2026-08-24T13:30:00Z,1,2,-3,4", ":3: expected a size of zero or more"),
    ("2026-08-24T13:30:00Z,1,2,3", ":3: expected 5 fields, got 4"),
    ("2026-08-24T13:30:00Z,1,2,3,4,5", ":3: expected 5 fields, got 6"),
    ("\n2026-08-24T13:30:00Z,1,2,3,x", ":4: "),
    ("2026-08-24T13:30:00Z,1,2,3,\udcff", ":3: "),
])
def test_a_damaged_csv_row_is_told_with_file_and_line(
    tmp_path: Path, row: str, said: str
) -> None:
    good = "time,bid,ask,bid_size,ask_size\n2026-08-24T13:30:00Z,1,2,3,4\n"
    with pytest.raises(RecordingDamaged) as told:
        played(plain(tmp_path, good + row + "\n"), "2026-08-24T13:00")
    assert f"SPY.csv{said}" in str(told.value)


def test_a_csv_without_a_column_says_which(tmp_path: Path) -> None:
    with pytest.raises(RecordingDamaged, match=r"SPY\.csv:1: .*ask_size is missing"):
        a_market(plain(tmp_path, "time,bid,ask,bid_size\n"), utc("2026-08-24T13:00"))
