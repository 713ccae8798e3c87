"""How is a chain of options told? Its expiries in a line each, and the strikes of one of them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.instrument import Right
from tradebot.core.model.money import ZERO, plain
from tradebot.core.options import pricing
from tradebot.core.options.pricing import Conditions
from tradebot.shell.views.rows import Plain, iso

USUAL_DAYS: Final = 30  # an expiry that nobody names is that nearest to so many days away
_PLACES: Final = 4


def usual_expiry(chain: Chain) -> Expiry | None:
    return min(
        chain.expiries, default=None,
        key=lambda expiry: abs(expiry.days_from(chain.as_of) - USUAL_DAYS),
    )


def chain_document(chain: Chain, shown: Expiry | None) -> Plain:
    """Tell all expiries, and all strikes of the one that is shown."""
    return {
        "symbol": chain.underlying.symbol, "spot": plain(chain.spot), "as_of": iso(chain.as_of),
        "expiries": [_expiry_row(chain, expiry) for expiry in chain.expiries],
        "expiry": shown and shown.day.isoformat(),
        "strikes": [*_strike_rows(chain, shown)] if shown is not None else [],
    }


def _expiry_row(chain: Chain, expiry: Expiry) -> Plain:
    def away(one: Listed) -> tuple[Decimal, bool]:
        return abs((one.option.strike or ZERO) - chain.spot), one.option.right is Right.PUT

    nearest = min(expiry.options, key=away)
    return {
        "expiry": expiry.day.isoformat(), "days": expiry.days_from(chain.as_of),
        "ends": iso(expiry.ends), "options": len(expiry.options),
        "implied_volatility": _rounded(_volatility(nearest, Conditions.of(chain, expiry))),
    }


def _strike_rows(chain: Chain, expiry: Expiry) -> Iterator[Plain]:
    under = Conditions.of(chain, expiry)
    sides = {(one.option.strike, one.option.right): one for one in expiry.options}
    for strike in sorted({one.option.strike or ZERO for one in expiry.options}):
        pair = {right.value: sides.get((strike, right)) for right in Right}
        yield {"strike": plain(strike)} | {
            name: None if one is None else _option(one, under) for name, one in pair.items()
        }


def _option(one: Listed, under: Conditions) -> Plain:
    volatility = _volatility(one, under)
    delta = None if volatility is None else pricing.value(one.option, under, volatility).delta
    return {
        "symbol": one.option.symbol, "bid": plain(one.bid), "ask": plain(one.ask),
        "implied_volatility": _rounded(volatility), "delta": _rounded(delta),
        "open_interest": _count(one.open_interest), "volume": _count(one.volume),
    }


def _volatility(one: Listed, under: Conditions) -> Decimal | None:
    """Read it from the middle of a market that has both sides."""
    has_market = ZERO < one.bid <= one.ask
    return pricing.implied_volatility(one.option, under, one.mid) if has_market else None


def _rounded(number: Decimal | None) -> str | None:
    return None if number is None else plain(round(number, _PLACES))


def _count(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
