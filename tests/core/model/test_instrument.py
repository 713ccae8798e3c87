"""Are symbols, ticks and lots read as the markets write them?"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.makers import an_instrument

from tradebot.core.model.instrument import (
    SYMBOL,
    AssetClass,
    ExerciseStyle,
    Right,
    occ_symbol,
    parse_occ,
)

roots = st.from_regex(r"[A-Z]{1,6}", fullmatch=True)
expiries = st.dates(date(2000, 1, 1), date(2099, 12, 31))
strikes = st.integers(1, 10**8 - 1).map(lambda n: Decimal(n) / 1000)


@given(roots, expiries, st.sampled_from(Right), strikes)
def test_an_option_symbol_says_what_it_was_made_of(
    root: str, expiry: date, right: Right, strike: Decimal
) -> None:
    symbol = occ_symbol(root, expiry, right, strike)
    option = parse_occ(symbol)
    assert (option.symbol, option.underlying, option.expiry) == (symbol, root, expiry)
    assert (option.right, option.strike, option.multiplier) == (right, strike, 100)
    assert option.asset_class is AssetClass.OPTION
    assert option.exercise_style is ExerciseStyle.AMERICAN
    assert SYMBOL.fullmatch(symbol)


def test_a_padded_root_is_the_same_option() -> None:
    assert parse_occ("SPY   260116C00450000") == parse_occ("SPY260116C00450000")
    assert parse_occ("SPY260116C00450000").strike == 450


@pytest.mark.parametrize("symbol", [
    "", "SPY", "SPY260116X00450000", "SPY26011C00450000", "SPY261301C00450000",
    "SPY260230P00450000", "TOOLONGS260116C00450000", "spy260116C00450000", "SPY260116C0045000",
    "SPY２60116C00450000",  # noqa: RUF001
])
def test_what_is_no_option_symbol_is_refused(symbol: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_occ(symbol)


@pytest.mark.parametrize("strike", ["0", "-1", "100000", "0.0001", "12.3456"])
def test_a_strike_that_does_not_fit_the_symbol_is_refused(strike: str) -> None:
    with pytest.raises(ValueError, match="strike"):
        occ_symbol("SPY", date(2026, 1, 16), Right.CALL, Decimal(strike))


@pytest.mark.parametrize(("price", "fits"), [
    ("1.00", True), ("1.01", True), ("1.001", False), ("0.9999", True), ("0.99995", False),
    ("0.0001", True), ("500.155", False),
])
def test_shares_below_a_dollar_have_a_finer_tick(price: str, fits: bool) -> None:
    assert an_instrument().is_on_tick(Decimal(price)) is fits


def test_only_shares_have_the_finer_tick() -> None:
    coin = an_instrument("XRP/USD", asset_class=AssetClass.CRYPTO)
    assert not coin.is_on_tick(Decimal("0.0001"))


def test_a_share_with_a_finer_tick_keeps_it() -> None:
    assert an_instrument(tick_size=Decimal("0.00001")).is_on_tick(Decimal("0.12345"))


@pytest.mark.fault(75)
@given(st.integers(1, 10**9), st.sampled_from(["1", "0.0001", "100"]))
def test_whole_lots_are_multiples_of_the_lot(count: int, lot: str) -> None:
    instrument = an_instrument(lot_size=Decimal(lot))
    assert instrument.is_whole_lot(count * Decimal(lot))
    assert not instrument.is_whole_lot(count * Decimal(lot) + Decimal(lot) / 2)


@pytest.mark.fault(99)
@pytest.mark.parametrize(("symbol", "fits"), [
    ("SPY", True), ("BRK.B", True), ("BTC/USD", True), ("24X", True), ("spy", False), ("", False),
    ("ЅPY", False), ("SPY ", False), (".SPY", False), ("A" * 33, False), ("SPY\n", False),  # noqa: RUF001
])
def test_symbols_are_plain_ascii(symbol: str, fits: bool) -> None:
    assert bool(SYMBOL.fullmatch(symbol)) is fits
