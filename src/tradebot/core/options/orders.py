"""What does an order make, and what may come of it? Told by its legs and its price alone.

So it is right for any order, whoever changed it since, whatever somebody claimed it to be.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Self

from tradebot.core.model import combo
from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import ZERO, money
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.explain import Priced, headline, leg_in_words, outcomes
from tradebot.core.options.holdings import Terms, terms_at
from tradebot.core.options.shapes import structure_of


@fact
class Made:
    """An order for options: its legs, signed, for all of it; what it costs in currency.

    `strategy` is what the legs make, or, where the order only closes, what it takes apart. Without
    a price nobody knows the cost. What closes, or is about several underlyings, has no `terms`; nor
    has what `is_covered` by shares beside it.
    """

    legs: tuple[tuple[Instrument, Decimal], ...]
    qty: Decimal
    net_price: Decimal | None
    cost: Decimal | None
    strategy: StrategyType | None
    closes: bool
    terms: Terms | None
    is_covered: bool = False

    @property
    def underlying(self) -> str:
        return next(terms.underlying for terms, _ in self.legs if terms.underlying) or ""

    @property
    def expiry(self) -> date:
        """The day on which the first option ends."""
        return min(terms.expiry for terms, _ in self.legs if terms.expiry)

    @property
    def name(self) -> str:
        """Name it in a word, as files have it."""
        return f"close_{self._made}" if self.closes else self._made

    @property
    def _made(self) -> str:
        return str(self.strategy or ("combo" if len(self.legs) > 1 else "option"))

    def covered(self, share: Instrument) -> Self:
        """Return it as what it makes with the shares of its underlying that cover it."""
        short = sum((terms.multiplier * -qty for terms, qty in self.legs), ZERO)
        strategy = structure_of([*self.legs, (share, short)])
        return replace(self, strategy=strategy, terms=None, is_covered=True)

    def words(self) -> list[str]:
        """Tell what it is, costs, can lose and win."""
        legs = (leg_in_words(terms, qty / self.qty) for terms, qty in self.legs)
        told = [headline(f"{self.underlying} {self._made}", self.qty, legs)]
        if self.closes:
            told = [f"Close {told[0]}"]
        if self.cost is None or self.net_price is None:
            return [*told, "It takes whatever price the market has."]
        if self.terms is None:
            verb = "costs" if self.cost > 0 else "brings"
            beside = ["Shares that are held cover it."] if self.is_covered else []
            return [*told, f"It {verb} {money(abs(self.cost))}.", *beside]
        return [*told, *outcomes(Priced(
            underlying=self.underlying, expiry=self.expiry, net_price=self.net_price,
            cost=self.cost, terms=self.terms,
        ))]


def made_by(
    body: Intent, terms_of: Callable[[str], Instrument | None], *, closes: bool
) -> Made | None:
    """Tell what an order makes; None where it is not about options, or of an unknown thing."""
    found = [(terms_of(leg.symbol), leg.signed_ratio) for leg in body.legs]
    each = [(terms, qty) for terms, qty in found if terms is not None]
    if len(each) < len(found) or not any(terms.strike is not None for terms, _ in each):
        return None
    legs = tuple((terms, qty * body.order_qty) for terms, qty in each)
    unit = combo.unit_of(body.legs, lambda symbol: _multiplier(terms_of(symbol)))
    price = body.price
    if price is not None and not body.is_combo:
        price *= body.side.sign
    cost = None if price is None else price * unit * body.order_qty
    is_mixed = len({terms.underlying or terms.symbol for terms, _ in legs}) > 1
    return Made(
        legs=legs, qty=body.order_qty, net_price=price, cost=cost, closes=closes,
        strategy=structure_of([(terms, -qty if closes else qty) for terms, qty in legs]),
        terms=None if closes or cost is None or is_mixed else terms_at(legs, cost),
    )


def _multiplier(terms: Instrument | None) -> Decimal:
    return terms.multiplier if terms is not None else ZERO
