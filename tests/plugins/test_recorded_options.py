"""Are recorded options what their files say, and never more than was known?"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest
from tests.plugins.playing import play
from tests.plugins.recordings import OPEN_MS, a_market, quote, two_days, utc, zipped_options
from tests.plugins.test_real_recordings import DATA, dollars, needs_data

from tradebot.core.model.chain import Chain, Expiry
from tradebot.core.model.facts import Quote
from tradebot.core.model.instrument import ExerciseStyle, Right
from tradebot.core.model.money import ZERO
from tradebot.core.options import pricing
from tradebot.core.options.page import Bounds
from tradebot.core.options.request import Request, StrategyType
from tradebot.core.options.select import NoneFits, select
from tradebot.plugins.market_data.recording import RecordingDamaged
from tradebot.ports import Clock, MarketEvent, OptionData

S = StrategyType
MINUTE: Final = timedelta(minutes=1)
CALL: Final = "SPY131019C00100000"  # a Saturday, as it was then: it ends on the Friday
PUT: Final = "SPY131019P00100000"
OPENED: Final = utc("2013-10-07T13:32")
BETTER: Final = Decimal("2.05")
FIRST_ROWS: Final = (quote(OPEN_MS, 20_000, 21_000), quote(OPEN_MS + 180_000, 20_500, ""))


def an_options_day(root: Path, rows: Sequence[str] = FIRST_ROWS) -> Path:
    """Record SPY for two days and, on the first, a call and a put at 100."""
    zipped_options(two_days(root), "20131007_quote", {
        "call_1000000_20131019": rows, "put_1000000_20131019": (quote(OPEN_MS, "", 19_000),),
        "call_1050000_20140118": (),
    })
    zipped_options(root, "20131007_openinterest", {
        "call_1000000_20131019": ("23520000,1200", "43200000,9"), "put_1000000_20131019": (),
    })
    return root


def chain_of(market: OptionData, symbol: str = "SPY") -> Chain:
    found = market.chain(symbol)
    assert found is not None
    return found


def test_the_chain_is_what_was_told_last_of_each_option(tmp_path: Path) -> None:
    chain = chain_of(a_market(an_options_day(tmp_path), OPENED))
    near, far = chain.expiries
    assert (chain.spot, chain.as_of) == (Decimal("100.005"), OPENED)
    assert (str(near.day), near.ends) == ("2013-10-19", utc("2013-10-18T20:00"))
    assert [(one.option.symbol, one.bid, one.ask, one.open_interest) for one in near.options] == [
        (CALL, Decimal("2.0"), Decimal("2.1"), 1200), (PUT, ZERO, Decimal("1.9"), None),
    ]
    assert [(one.option.symbol, one.bid, one.ask) for one in far.options] == [
        ("SPY140118C00105000", ZERO, ZERO)  # listed, though nobody said a price yet
    ]
    call = near.options[0].option
    assert (call.strike, call.right, call.underlying) == (100, Right.CALL, "SPY")
    assert (call.multiplier, call.exercise_style) == (100, ExerciseStyle.AMERICAN)


def test_a_chain_knows_nothing_later_than_now(tmp_path: Path) -> None:
    market = a_market(an_options_day(tmp_path), OPENED + 2 * MINUTE - timedelta(seconds=1))
    assert chain_of(market).expiries[0].options[0].bid == Decimal("2.0")
    later = a_market(tmp_path, OPENED + 2 * MINUTE)
    assert chain_of(later).expiries[0].options[0].bid == BETTER
    assert chain_of(later).expiries[0].options[0].ask == Decimal("2.1")
    assert a_market(tmp_path, utc("2013-10-07T13:30:59")).chain("SPY") is None


def test_the_chain_of_a_day_without_options_is_that_of_the_day_before(tmp_path: Path) -> None:
    chain = chain_of(a_market(an_options_day(tmp_path), utc("2013-10-08T13:32")))
    near = chain.expiries[0].options[0]
    assert chain.as_of == utc("2013-10-08T13:32")
    assert (near.bid, near.open_interest) == (BETTER, 9)


def test_before_a_day_tells_anything_the_chain_is_that_of_the_day_before(tmp_path: Path) -> None:
    an_options_day(tmp_path)
    zipped_options(tmp_path, "20131008_quote", {
        "call_1000000_20131019": (quote(OPEN_MS, 30_000, 31_000),)
    })
    early = chain_of(a_market(tmp_path, utc("2013-10-08T13:30:59")))
    later = chain_of(a_market(tmp_path, utc("2013-10-08T13:31")))
    assert [chain.expiries[0].options[0].bid for chain in (early, later)] == [BETTER, 3]


def test_what_has_ended_is_in_no_chain_and_has_no_quote(tmp_path: Path) -> None:
    market = a_market(an_options_day(tmp_path), utc("2013-10-18T20:00"))
    assert [str(expiry.day) for expiry in chain_of(market).expiries] == ["2014-01-18"]
    assert market.last(CALL) is None
    assert a_market(tmp_path, utc("2013-10-18T19:59")).last(CALL) is not None


def test_an_option_is_told_like_a_share_from_when_somebody_asks(tmp_path: Path) -> None:
    told: list[MarketEvent] = []

    def build(clock: Clock) -> OptionData:
        market = a_market(an_options_day(tmp_path), clock)
        asking = iter([lambda: market.subscribe((CALL,), told.append)])
        market.subscribe(("SPY",), lambda _: next(asking, lambda: None)())
        return market

    play(build, utc("2013-10-07T13:00"))
    assert [(event.as_of, event.bid) for event in told if isinstance(event, Quote)] == [
        (OPENED - MINUTE, 2), (OPENED, 2), (OPENED + MINUTE, 2), (OPENED + 2 * MINUTE, BETTER),
    ]  # in the minutes between two rows the quote stood


def test_a_history_of_an_option_is_made_of_its_quotes(tmp_path: Path) -> None:
    market = a_market(an_options_day(tmp_path), OPENED + 2 * MINUTE)
    (first, second) = market.history(CALL, 5)
    assert (first.end, first.close, first.volume) == (utc("2013-10-07T13:31"), Decimal("2.05"), 0)
    assert second.close == Decimal("2.075")


def test_where_no_options_were_recorded_there_is_no_chain(tmp_path: Path) -> None:
    market = a_market(an_options_day(tmp_path), OPENED, symbols=("SPY", "IBM"))
    assert isinstance(market, OptionData)
    assert market.chain("IBM") is market.chain("NOPE") is None
    assert market.last("SPY131019C00999000") is market.last("IBM131019C00100000") is None


@pytest.mark.parametrize("rows", [("34200000,x",), (quote(OPEN_MS, 10, "x"),), ("now,1,2",)])
def test_a_damaged_option_is_named(tmp_path: Path, rows: Sequence[str]) -> None:
    market = a_market(an_options_day(tmp_path, rows), OPENED)
    with pytest.raises(RecordingDamaged, match="american_call_1000000_20131019"):
        market.chain("SPY")


def test_a_damaged_zip_of_options_stops_the_start(tmp_path: Path) -> None:
    zipped_options(two_days(tmp_path), "20131007_quote", {}).write_bytes(b"no zip")
    with pytest.raises(RecordingDamaged, match=r"20131007_quote_american\.zip: expected a zip"):
        a_market(tmp_path, OPENED)


def test_a_history_of_volatilities_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "implied.csv"
    path.write_text("day,implied\n2013-10-03,0.21\n2013-10-04,0.19\n2013-10-07,0.25\n")
    tape = an_options_day(tmp_path / "tape")
    market = a_market(tape, OPENED, implied_history={"SPY": path})
    assert market.implied_volatilities("SPY", 9) == [Decimal("0.21"), Decimal("0.19")]
    assert market.implied_volatilities("SPY", 1) == [Decimal("0.19")]
    assert not market.implied_volatilities("SPY", 0)
    assert not a_market(tape, OPENED).implied_volatilities("SPY", 9)


@pytest.mark.parametrize(("text", "line"), [
    ("time,iv\n", 1), ("day,implied\n2013-10-04\n", 2), ("day,implied\n2013-10-04,-1\n", 2),
    ("day,implied\n2013-10-04,0.2\nx,0.2\n", 3),
])
def test_a_damaged_history_of_volatilities_is_named(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "implied.csv"
    path.write_text(text)
    with pytest.raises(RecordingDamaged, match=rf"implied\.csv:{line}: "):
        a_market(two_days(tmp_path), OPENED, implied_history={"SPY": path})


# A real chain


NOON: Final = utc("2014-06-05T16:00")


def told_by_the_files(contract: str, last_ms: int) -> list[Decimal]:
    """Read bid and ask of a contract by other means."""
    path = DATA / "option/usa/minute/twx/20140605_quote_american.zip"
    sides = ["", ""]
    with ZipFile(path) as file:
        text = file.read(f"20140605_twx_minute_quote_american_{contract}.csv").decode()
    for row in (line.split(",") for line in text.split()):
        if int(row[0]) <= last_ms:
            sides = [new or old for new, old in zip((row[4], row[9]), sides, strict=True)]
    return [dollars(side) for side in sides]


@needs_data
def test_a_real_chain_is_read_whole() -> None:
    market = a_market(DATA, NOON, symbols=("TWX",))
    chain = chain_of(market, "TWX")
    assert (chain.spot, chain.as_of) == (market.last("TWX").mid, NOON)
    assert [len(expiry.options) for expiry in chain.expiries] == [30, 28, 30, 54, 42]
    assert [expiry.ends.date().isoformat() for expiry in chain.expiries] == [
        "2014-06-20", "2014-07-18", "2014-10-17", "2015-01-16", "2016-01-15",
    ]
    july = {one.option.symbol: one for one in chain.expiries[1].options}
    one = july["TWX140719C00075000"]
    noon_ms = (12 * 60 - 1) * 60_000
    assert [one.bid, one.ask] == told_by_the_files("call_750000_20140719", noon_ms)
    assert one.open_interest == 3485


@needs_data
def test_a_real_chain_implies_volatilities_that_a_market_may_have() -> None:
    chain = chain_of(a_market(DATA, NOON, symbols=("TWX",)), "TWX")
    read = {
        one.option.symbol: volatility
        for expiry in chain.expiries for one in expiry.options
        if near_the_money(chain, one.option.strike) and one.bid > 0
        and (volatility := implied(chain, expiry, one.option.symbol)) is not None
    }
    assert len(read) > 30
    assert all(Decimal("0.10") < one < Decimal("0.35") for one in read.values())


def near_the_money(chain: Chain, strike: Decimal | None) -> bool:
    return strike is not None and abs(strike / chain.spot - 1) < Decimal("0.1")


def implied(chain: Chain, expiry: Expiry, symbol: str) -> Decimal | None:
    (one,) = (one for one in expiry.options if one.option.symbol == symbol)
    until = pricing.Conditions(
        spot=chain.spot, years=pricing.years_between(chain.as_of, expiry.ends)
    )
    return pricing.implied_volatility(one.option, until, one.mid)


@needs_data
def test_the_desk_finds_structures_on_a_real_chain() -> None:
    chain = chain_of(a_market(DATA, NOON, symbols=("TWX",)), "TWX")
    request = Request(symbol="TWX", expiry=date(2014, 7, 19))
    assert {
        strategy for strategy in StrategyType
        if not isinstance(select(chain, strategy, request, Bounds()), NoneFits)
    } == {S.PUT_CREDIT_SPREAD, S.BUTTERFLY, S.LONG_STRANGLE, S.CALENDAR, S.COLLAR}
