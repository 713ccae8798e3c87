"""What does an order of options, or of several legs, tie up beside all that stands already?

Everything on one underlying counts together: what is held, what the order adds, and whatever else
works there and would make it worse. What nothing covers is refused here.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tradebot.core.model.combo import cost_of, unit_of
from tradebot.core.model.intent import Leg
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.report import RejReason as R
from tradebot.plugins.brokers.paper.board import Board
from tradebot.plugins.brokers.paper.house import House
from tradebot.plugins.brokers.paper.margin import Obligation, obligation_of, spot_of
from tradebot.plugins.brokers.paper.order import PaperOrder
from tradebot.plugins.brokers.paper.refusal import Refusal
from tradebot.plugins.brokers.paper.rules import (
    Offer,
    Tariff,
    limit_of,
    offer_of,
    slipped,
    worse_of,
)
from tradebot.plugins.brokers.paper.settings import PaperSettings


class Weighing:
    def __init__(self, house: House, board: Board, settings: PaperSettings) -> None:
        self._house = house
        self._board = board
        self._settings = settings
        self._tariff = Tariff.of(settings)

    def need_of(self, order: PaperOrder) -> Decimal | Refusal:
        """Return what a unit ties up beside what is held, and what other orders may still sell."""
        intent, qty = order.intent, order.leaves_qty
        offer = offer_of(intent.legs, self._board.quote, lambda quote, side: None)
        names = list(dict.fromkeys(map(self._board.underlying, intent.symbols)))
        worst = self._worst_cost(order, offer)
        if worst is None or (offer is None and len(names) > 1):
            return Refusal(R.EXCHANGE_CLOSED, f"no market in {intent.symbol} yet")
        need, offered = ZERO, ZERO
        for name in names:
            legs = [leg for leg in intent.legs if self._board.underlying(leg.symbol) == name]
            cost = worst if offer is None or len(names) == 1 else self._cost(legs)
            ties_up = self._ties_up(order, name, legs, cost * qty)
            if isinstance(ties_up, Refusal):
                return ties_up
            need, offered = need + ties_up, offered + cost
        prices = offer.prices if offer is not None else (ZERO,) * len(intent.legs)
        fees = sum((
            self._tariff.fee(self._board.instrument(leg.symbol), qty * leg.ratio_qty, px)
            for leg, px in zip(intent.legs, prices, strict=True)
        ), ZERO)
        return max(ZERO, need + fees) / qty + max(ZERO, worst - offered)

    def _worst_cost(self, order: PaperOrder, offer: Offer | None) -> Decimal | None:
        """Return the most that a unit may cost, in currency; None without limit and market."""
        intent, board = order.intent, self._board
        if order.price is not None:
            return limit_of(intent, order.price) * unit_of(intent.legs, board.multiplier)
        if offer is None:
            return None
        prices = [
            slipped(leg, px, self._settings.slippage_bps, board.instrument(leg.symbol))
            for leg, px in zip(intent.legs, offer.prices, strict=True)
        ]
        if intent.stop_px is not None:
            prices = [worse_of(intent.side, prices[0], intent.stop_px)]
        return cost_of(intent.legs, prices, board.multiplier)

    def _cost(self, legs: Sequence[Leg]) -> Decimal:
        offer = offer_of(legs, self._board.quote, lambda quote, side: None)
        assert offer is not None  # all legs of the order have a quote
        return cost_of(legs, offer.prices, self._board.multiplier)

    def _ties_up(
        self, order: PaperOrder, name: str, legs: Sequence[Leg], cost: Decimal
    ) -> Decimal | Refusal:
        """Return how much more is tied up on one underlying, or why it is not to be borne."""
        board, lots = self._board, self._house.account.lots
        held = self._beside(order, name)
        then = _joined(held, legs, order.leaves_qty)
        before, after = self._owed(held), self._owed(then)
        short = max(ZERO, -then.get(name, ZERO)) - max(ZERO, -held.get(name, ZERO))
        naked = after.naked - before.naked - short
        if naked > 0 and not self._settings.naked_options_allowed:
            return Refusal(
                R.NOT_PERMITTED, f"the loss has no bound: nothing covers {plain(naked)} of {name}"
            )
        value = sum((
            lot.value_at(board.mark(symbol)) for symbol, lot in lots.items()
            if board.underlying(symbol) == name
        ), ZERO)
        spot = spot_of(name, then, board)
        return after.ties_up(value + cost, spot) - before.ties_up(value, spot)

    def _beside(self, order: PaperOrder, name: str) -> dict[str, Decimal]:
        """Return what is held on an underlying, should all else trade that makes it worse."""
        board, lots = self._board, self._house.account.lots
        held = {symbol: lot.qty for symbol, lot in lots.items() if board.underlying(symbol) == name}
        for other in self._house.open.values():
            legs = [leg for leg in other.intent.legs if board.underlying(leg.symbol) == name]
            if legs and other is not order and other.accepted_at is not None:
                then = _joined(held, legs, other.leaves_qty)
                held = then if self._owed(then).is_worse(self._owed(held)) else held
        return held

    def _owed(self, held: Mapping[str, Decimal]) -> Obligation:
        return obligation_of((self._board.instrument(symbol), qty) for symbol, qty in held.items())


def _joined(
    held: Mapping[str, Decimal], legs: Sequence[Leg], qty: Decimal
) -> dict[str, Decimal]:
    """Return what would be held once so many of these legs traded."""
    then = dict(held)
    for leg in legs:
        then[leg.symbol] = then.get(leg.symbol, ZERO) + leg.signed_ratio * qty
    return then
