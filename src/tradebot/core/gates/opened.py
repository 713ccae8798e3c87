"""Which options does an order open, and which structure do they make? The desk's gates share this.

A structure is known by its legs, never by what a request called it. What a leg closes is no part of
it: of an order that rolls, only where it rolls to is.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Self, TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import ZERO
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.shapes import structure_of

Signed: TypeAlias = tuple[Instrument, Decimal]


@fact
class OpenedOptions:
    """`legs` are what opens, shares too, in signed units; at least one is an option."""

    legs: tuple[Signed, ...]
    strategy: StrategyType | None

    @property
    def options(self) -> tuple[Signed, ...]:
        return tuple((terms, qty) for terms, qty in self.legs if is_option(terms))

    @property
    def underlyings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.underlying or t.symbol for t, _ in self.options))

    @property
    def expiries(self) -> list[date]:
        """The days on which its options end, the first of them first."""
        return sorted(terms.expiry for terms, _ in self.options if terms.expiry is not None)

    @property
    def count(self) -> Decimal:
        """How many of the structure there are: each has one option at least of some kind."""
        return min(abs(qty) for _, qty in self.options)

    def beside(self, shares: Mapping[str, Decimal]) -> Self:
        """Name what it makes with shares that are held, as many as its options are for."""
        (terms, _), *_ = self.options
        name, needed = terms.underlying or "", self.count * terms.multiplier
        if not shares.get(name, ZERO) >= needed:
            return self
        legs = (*self.legs, (Instrument(symbol=name), needed))
        return replace(self, strategy=structure_of(legs))


def is_option(terms: Instrument | None) -> bool:
    return terms is not None and terms.asset_class is AssetClass.OPTION


def opened_by(book: Book, account: str | None, intent: IntentState) -> OpenedOptions | None:
    """Return what opens, or None where no option does; where nobody knows the account, all does."""
    found: list[Signed] = []
    for leg in intent.body.legs:
        closes = worth.closes_qty(book, account, intent, leg) if account is not None else ZERO
        opens = intent.leaves_qty * leg.ratio_qty - closes
        if opens > 0:
            found.append((_terms(book, leg.symbol), leg.side.sign * opens))
    if not any(is_option(terms) for terms, _ in found):
        return None
    return OpenedOptions(legs=tuple(found), strategy=structure_of(found))


def signed(book: Book, body: Intent, qty: Decimal) -> list[Signed]:
    """Return what so many of an order's units come to, leg by leg."""
    return [
        (_terms(book, leg.symbol), leg.signed_ratio * qty) for leg in body.legs
    ]


def _terms(book: Book, symbol: str) -> Instrument:
    return book.terms(symbol) or Instrument(symbol=symbol)
