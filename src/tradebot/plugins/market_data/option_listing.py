"""Which options are listed on a simulated share, on which day? Fridays, and strikes on a grid."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import AssetClass, ExerciseStyle, Instrument, Right, occ_symbol
from tradebot.ports import Calendar

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_FRIDAY: Final = 4
_WEEKLY_DAYS: Final = 49  # the next seven Fridays: always one of them 30 to 45 days away
_MONTHLY_DAYS: Final = 366  # third Fridays, out to twelve months
_RESTS_MAX: Final = 3  # days before a Friday that may be holidays too
_STEPS: Final = ((100, Decimal(1)), (250, Decimal("2.5")))  # below this price, so far apart
_WIDEST_STEP: Final = Decimal(5)
_ROOT_MAX: Final = 6  # letters, as the OCC has it
_CONTRACT: Final = Decimal(100)


@fact
class Life:
    """The days on which the options of one expiry are listed, and when they end."""

    first: date
    last: date
    ends: datetime
    is_monthly: bool


def is_root(symbol: str) -> bool:
    """Tell whether symbols of options can begin with it."""
    return symbol.isalnum() and len(symbol) <= _ROOT_MAX


def strike_step(price: float) -> Decimal:
    """Return how far apart strikes are, for good: a grid that moved would orphan what is held."""
    return next((step for below, step in _STEPS if price < below), _WIDEST_STEP)


def life_of(expiry: date, calendar: Calendar) -> Life | None:
    """Return the life of what ends on a day; None where nothing does."""
    friday = expiry + (_FRIDAY - expiry.weekday()) * _DAY
    found = _ending(friday, calendar)
    return found if found is not None and found.last == expiry else None


def lives_on(day: date, calendar: Calendar) -> Iterator[Life]:
    """Tell what is listed on a day, the next expiry first."""
    friday = day + (_FRIDAY - day.weekday()) % 7 * _DAY
    while friday - day < timedelta(days=_MONTHLY_DAYS):
        if _is_third(friday) or friday - day < timedelta(days=_WEEKLY_DAYS):
            found = _ending(friday, calendar)
            if found is not None and found.last >= day:
                yield found
        friday += _WEEK


def option_on(underlying: Instrument, life: Life, right: Right, strike: Decimal) -> Instrument:
    return Instrument(
        symbol=occ_symbol(underlying.symbol, life.last, right, strike),
        asset_class=AssetClass.OPTION, underlying=underlying.symbol, multiplier=_CONTRACT,
        expiry=life.last, right=right, strike=strike, exercise_style=ExerciseStyle.AMERICAN,
    )


def _ending(friday: date, calendar: Calendar) -> Life | None:
    """Return the life that ends on a Friday, or on the last session before if that is none."""
    is_monthly = _is_third(friday)
    days = _MONTHLY_DAYS if is_monthly else _WEEKLY_DAYS
    for back in range(_RESTS_MAX + 1):
        session = calendar.session_on(friday - back * _DAY)
        if session is not None:
            return Life(
                first=friday - (days - 1) * _DAY, last=session.day, ends=session.closes,
                is_monthly=is_monthly,
            )
    return None


def _is_third(friday: date) -> bool:
    return 15 <= friday.day <= 21
