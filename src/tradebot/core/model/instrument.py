"""What can be traded, in which steps, on whose calendar?"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.money import CENT, ONE, is_multiple, parse_decimal, plain

# Raw ASCII, checked before any upper-casing: look-alike letters of other scripts never pass.
SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9./:_-]{0,31}", re.ASCII)
_OCC: Final = re.compile(r"([A-Z0-9]{1,6})([0-9]{2})([0-9]{2})([0-9]{2})([CP])([0-9]{8})", re.ASCII)
_SUB_DOLLAR_TICK: Final = Decimal("0.0001")  # US equities below one dollar (SEC Rule 612)


class AssetClass(StrEnum):
    EQUITY = "equity"  # shares and exchange-traded funds
    OPTION = "option"
    CRYPTO = "crypto"
    FX = "fx"


class Right(StrEnum):
    CALL = "call"
    PUT = "put"


class ExerciseStyle(StrEnum):
    AMERICAN = "american"
    EUROPEAN = "european"


@fact
class Instrument:
    """One tradable thing; sizes and steps in units of the instrument, prices in its currency."""

    symbol: str
    asset_class: AssetClass = AssetClass.EQUITY
    calendar: str = "XNYS"
    currency: str = "USD"
    tick_size: Decimal = CENT
    lot_size: Decimal = ONE
    multiplier: Decimal = ONE
    is_fund: bool = False
    underlying: str | None = None
    expiry: date | None = None
    strike: Decimal | None = None
    right: Right | None = None
    exercise_style: ExerciseStyle | None = None

    def tick_at(self, price: Decimal) -> Decimal:
        """Return the tick that holds at this price."""
        if self.asset_class is AssetClass.EQUITY and abs(price) < 1:
            return min(self.tick_size, _SUB_DOLLAR_TICK)
        return self.tick_size

    def is_on_tick(self, price: Decimal) -> bool:
        return is_multiple(price, self.tick_at(price))

    def is_whole_lot(self, qty: Decimal) -> bool:
        return is_multiple(qty, self.lot_size)


def occ_symbol(root: str, expiry: date, right: Right, strike: Decimal) -> str:
    """Write an option symbol: root, yymmdd, C or P, strike x 1000 in eight digits (OCC, 2010)."""
    thousandths = strike * 1000
    if thousandths != int(thousandths) or not 0 < thousandths < 10**8:
        expected = "0.001 to 99999.999 in steps of 0.001"
        raise ValueError(f"strike: expected {expected}, got {plain(strike)}")
    return f"{root}{expiry:%y%m%d}{right.value[0].upper()}{int(thousandths):08d}"


def option_of(symbol: str) -> Instrument | None:
    """Return the option that a symbol names, or None where it names none."""
    try:
        return parse_occ(symbol)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def bet_on(symbol: str) -> tuple[str, bool]:
    """Return what a symbol stands or falls with, and whether it rises with it: a put falls."""
    option = option_of(symbol)
    if option is None or option.underlying is None:
        return symbol, True
    return option.underlying, option.right is Right.CALL


def names_option(symbol: str) -> bool:
    return bet_on(symbol)[0] != symbol


def parse_occ(symbol: str) -> Instrument:
    """Read an OCC symbol (with or without the padding of the root) into an option on US equity."""
    match = _OCC.fullmatch(symbol.replace(" ", ""))
    if match is None:
        raise ValueError(f"expected an OCC symbol such as SPY260116C00450000, got {symbol[:40]!r}")
    root, year, month, day, right, strike = match.groups()
    return Instrument(
        symbol=match.group(0), asset_class=AssetClass.OPTION, underlying=root,
        multiplier=Decimal(100), expiry=date(2000 + int(year), int(month), int(day)),
        right=Right.CALL if right == "C" else Right.PUT,
        strike=parse_decimal(strike) / 1000, exercise_style=ExerciseStyle.AMERICAN,
    )
