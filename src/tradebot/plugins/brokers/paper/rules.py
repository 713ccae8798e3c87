"""At what price would the market trade with an order, and how much of it?

The net price of a unit is what its buyer pays: the ask of what is bought less the bid of what is
sold, weighed as in core/model/combo.py. Of a sale it is negative. So one comparison serves
every order: a limit is met when the net price is at most what the limit allows, for buys, sells
and combos alike.
"""

import hashlib
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Self

from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.money import BPS, CENT
from tradebot.plugins.brokers.paper.settings import PaperSettings

Quotes = Callable[[str], Quote | None]
Shown = Callable[[Quote, Side], Decimal | None]
Instruments = Callable[[str], Instrument]


@fact
class Offer:
    """A price a unit for each leg, and how many units are there; None where nobody tells."""

    prices: tuple[Decimal, ...]
    qty: Decimal | None = None


def offer_of(legs: Sequence[Leg], quotes: Quotes, shown: Shown) -> Offer | None:
    """Return what the quotes offer to an order of these legs, or None where one has no quote.

    For what nobody bids nobody buys alone; in a combo such a leg is given away.
    """
    prices, sizes = [], []
    for leg in legs:
        quote = quotes(leg.symbol)
        if quote is None:
            return None
        prices.append(quote.ask if leg.side is Side.BUY else quote.bid)
        size = shown(quote, leg.side)
        if size is not None:
            sizes.append(size / leg.ratio_qty)
    if len(prices) == 1 and not prices[0] > 0:
        return None
    return Offer(prices=tuple(prices), qty=min(sizes, default=None))


def limit_of(intent: Intent, price: Decimal) -> Decimal:
    """Return the most a net price may be: a combo's limit is one, a sale's is what it earns."""
    return price if intent.is_combo else intent.side.sign * price


def slipped(leg: Leg, price: Decimal, bps: Decimal, instrument: Instrument) -> Decimal:
    """Return a price that much worse, on the next tick that is worse still; 0 is none worse."""
    worse = price * (1 + leg.side.sign * bps * BPS)
    tick = instrument.tick_at(worse)
    rounding = ROUND_CEILING if leg.side is Side.BUY else ROUND_FLOOR
    return max((worse / tick).to_integral_value(rounding) * tick, min(tick, price))


def is_triggered(side: Side, stop_px: Decimal, price: Decimal) -> bool:
    """Tell whether a price that this side would trade at has reached the stop."""
    return price >= stop_px if side is Side.BUY else price <= stop_px


def is_triggered_within(side: Side, stop_px: Decimal, bar: Bar) -> bool:
    return bar.high >= stop_px if side is Side.BUY else bar.low <= stop_px


def worse_of(side: Side, one: Decimal, other: Decimal) -> Decimal:
    return max(one, other) if side is Side.BUY else min(one, other)


def better_of(side: Side, one: Decimal, other: Decimal) -> Decimal:
    return min(one, other) if side is Side.BUY else max(one, other)


def reaches(side: Side, price: Decimal, bar: Bar) -> int:
    """Return 1 where the bar traded through the limit, 0 where it touched it, -1 else."""
    extreme = bar.low if side is Side.BUY else bar.high
    past = (price - extreme) * side.sign
    return (past > 0) - (past < 0)


def chance(seed: int, *of: object) -> Decimal:
    """Return a number in [0, 1) that is the same whenever the same is asked."""
    text = "\x1f".join(map(str, (seed, *of)))
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest())
    return Decimal(number) / Decimal(2**32)


@fact
class Tariff:
    """Fees: basis points of what is traded, and currency a share or contract."""

    bps: Decimal
    per_share: Decimal
    per_contract: Decimal

    @classmethod
    def of(cls, settings: PaperSettings) -> Self:
        return cls(
            bps=settings.commission_bps, per_share=settings.commission_per_share,
            per_contract=settings.commission_per_contract,
        )

    def fee(self, instrument: Instrument, qty: Decimal, px: Decimal) -> Decimal:
        """Return the fee of one leg, in currency to the cent."""
        if instrument.asset_class is AssetClass.OPTION:
            fee = qty * self.per_contract
        else:
            fee = qty * px * instrument.multiplier * self.bps * BPS
            if instrument.asset_class is AssetClass.EQUITY:
                fee += qty * self.per_share
        return fee.quantize(CENT, ROUND_HALF_UP)
