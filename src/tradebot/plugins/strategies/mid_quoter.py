"""How does one quote both sides of a market? A bid and an offer around the mid, moved with it.

It earns the spread where both are taken, and loses where the market only goes one way: the
position bounds how far. A side that would add to a full position is not quoted.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated

from pydantic import Field

from tradebot.core.model.commands import RequestCancel, RequestReplace
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.money import BPS, ZERO
from tradebot.ports import Action, Desk, Working

_POSITIVE = Field(gt=0)


@fact
class MidQuoterSettings:
    """Two quotes and their bounds.

    half_spread_bps: how far each quote stands from the mid
    requote_bps: how far the mid must move before the quotes follow
    order_qty: units in each quote
    position_max: the most units to hold, long or short
    requote_every_s: seconds between two looks at a symbol
    tick: prices are whole numbers of this
    """

    half_spread_bps: Annotated[Decimal, _POSITIVE] = Decimal(5)
    requote_bps: Annotated[Decimal, Field(ge=0)] = Decimal(2)
    order_qty: Annotated[Decimal, _POSITIVE] = Decimal(10)
    position_max: Annotated[Decimal, _POSITIVE] = Decimal(50)
    requote_every_s: Annotated[Decimal, Field(ge=0)] = Decimal(5)
    tick: Annotated[Decimal, _POSITIVE] = Decimal("0.01")


class MidQuoter:
    """The strategy. All that it knows stands at the desk, so it begins again without history."""

    settings_type = MidQuoterSettings

    def __init__(
        self, settings: MidQuoterSettings, *, strategy_id: str, symbols: Sequence[str]
    ) -> None:
        self.symbols = symbols
        self._settings = settings
        self._strategy_id = StrategyId(strategy_id)
        self._pause = timedelta(seconds=float(settings.requote_every_s))
        self._looked: dict[str, datetime] = {}

    def on_start(self, desk: Desk) -> Iterable[Action]:
        return ()

    def on_quote(self, quote: Quote, desk: Desk) -> Iterable[Action]:
        before = self._looked.get(quote.symbol)
        if before is not None and quote.as_of - before < self._pause:
            return ()
        self._looked[quote.symbol] = quote.as_of
        return tuple(self._quotes(quote, desk))

    def on_bar(self, bar: Bar, desk: Desk) -> Iterable[Action]:
        return ()

    def on_fill(self, symbol: str, qty: Decimal, px: Decimal, desk: Desk) -> Iterable[Action]:
        self._looked.pop(symbol, None)  # the position moved: look at the next quote at once
        return ()

    def on_timer(self, desk: Desk) -> Iterable[Action]:
        return ()

    def _quotes(self, quote: Quote, desk: Desk) -> Iterator[Action]:
        orders = desk.orders(quote.symbol)
        is_settled = len(orders) == desk.working(quote.symbol)
        if not (is_settled and desk.is_open(quote.symbol)) or any(o.is_changing for o in orders):
            return  # something is on its way: what it comes to decides what comes next
        held = desk.position(quote.symbol).qty
        for side in Side:
            mine = [order for order in orders if order.side is side]
            price, room = self._price(side, quote), self._room(side, held)
            if room and not mine:
                yield self._intent(side, quote.symbol, price, room)
            for order in mine:
                yield from self._moved(order, price, room)

    def _moved(self, order: Working, price: Decimal, room: Decimal) -> Iterator[Action]:
        if not room:
            yield RequestCancel(target=order.cl_ord_id, by=self._strategy_id)
        elif order.price is not None and self._is_far(order.price, price):
            yield RequestReplace(target=order.cl_ord_id, by=self._strategy_id, price=price)

    def _is_far(self, is_at: Decimal, wanted: Decimal) -> bool:
        return abs(is_at - wanted) > wanted * self._settings.requote_bps * BPS

    def _price(self, side: Side, quote: Quote) -> Decimal:
        """Return the price on that side of the mid, on a tick, never nearer than asked for."""
        away = 1 - side.sign * self._settings.half_spread_bps * BPS
        rounding = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
        steps = (quote.mid * away / self._settings.tick).to_integral_value(rounding)
        return steps * self._settings.tick

    def _room(self, side: Side, held: Decimal) -> Decimal:
        left = self._settings.position_max - side.sign * held
        return max(ZERO, min(self._settings.order_qty, left))

    def _intent(self, side: Side, symbol: str, price: Decimal, qty: Decimal) -> Intent:
        return Intent(
            legs=(Leg(symbol=symbol, side=side),), order_qty=qty, ord_type=OrdType.LIMIT,
            price=price, ttl_s=10, strategy_id=self._strategy_id,
        )
