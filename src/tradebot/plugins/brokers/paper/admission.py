"""May this order work here? The checks of a broker, in the order in which brokers make them."""

from decimal import Decimal
from typing import Final

from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, TimeInForce
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.report import RejReason as R
from tradebot.plugins.brokers.paper.board import Board
from tradebot.plugins.brokers.paper.house import House
from tradebot.plugins.brokers.paper.order import PaperOrder
from tradebot.plugins.brokers.paper.refusal import Refusal
from tradebot.plugins.brokers.paper.rules import Tariff, slipped
from tradebot.plugins.brokers.paper.settings import PaperSettings
from tradebot.plugins.brokers.paper.weighing import Weighing

LEGS_MAX: Final = 4
_LIMITED: Final = frozenset({OrdType.LIMIT, OrdType.STOP_LIMIT})
_STOPS: Final = frozenset({OrdType.STOP, OrdType.STOP_LIMIT})


class Admission:
    """Says why an order is refused, and reserves what an admitted one may need."""

    def __init__(self, house: House, board: Board, settings: PaperSettings) -> None:
        self._house = house
        self._board = board
        self._settings = settings
        self._tariff = Tariff.of(settings)
        self._weighing = Weighing(house, board, settings)

    def why_refused(self, order: PaperOrder) -> Refusal | None:
        """Return the broker's sentence, or None; then the order's buying power is reserved."""
        return (
            self._about_shape(order)
            or self.about_numbers(order, order.order_qty, order.price)
            or self._about_hours(order)
            or self._about_funds(order)
        )

    def about_numbers(
        self, order: PaperOrder, order_qty: Decimal, price: Decimal | None
    ) -> Refusal | None:
        legs = order.intent.legs
        if not (order_qty.is_finite() and order_qty > 0):
            return Refusal(
                R.INCORRECT_QUANTITY, f"order_qty: expected more than 0, got {order_qty}"
            )
        for leg in legs:
            if not self._board.instrument(leg.symbol).is_whole_lot(order_qty * leg.ratio_qty):
                text = f"order_qty: {plain(order_qty)} is no whole number of lots"
                return Refusal(R.INCORRECT_QUANTITY, text)
        single = self._board.instrument(legs[0].symbol)
        for name, px in (("price", price), ("stop_px", order.intent.stop_px)):
            if px is None:
                continue
            if not px.is_finite():
                return Refusal(R.PRICE_OUT_OF_BAND, f"{name}: expected a number, got {px}")
            if not order.intent.is_combo:
                if not px > 0:
                    return Refusal(R.PRICE_OUT_OF_BAND, f"{name}: expected more than 0, got {px}")
                if not single.is_on_tick(px):
                    text = f"{name}: {plain(px)} is not on a tick of {single.tick_at(px)}"
                    return Refusal(R.INVALID_PRICE_INCREMENT, text)
        return None

    def reserve(self, order: PaperOrder) -> Refusal | None:
        """Reserve what the order needs at worst; return why it cannot be told or afforded."""
        opening = self._opening_qty(order)
        if not opening > 0:
            self._house.reserve(order, ZERO, ZERO)
            return None
        if self._is_weighed(order.intent):
            need, opening = self._weighing.need_of(order), order.leaves_qty
        else:
            need = self._single_need(order, opening)
        if isinstance(need, Refusal):
            return need
        free = self._house.buying_power() + order.reserved
        if not (need * opening <= free):
            needed = plain(need * opening)
            text = f"insufficient buying power: needs {needed}, has {plain(free)}"
            return Refusal(R.INSUFFICIENT_FUNDS, text)
        self._house.reserve(order, need, opening)
        return None

    def _about_shape(self, order: PaperOrder) -> Refusal | None:
        intent = order.intent
        symbols = set(intent.symbols)
        for symbol in sorted(symbols):
            if not self._board.trades(symbol):
                return Refusal(R.UNKNOWN_SYMBOL, f"unknown symbol {symbol}")
        if len(intent.legs) > LEGS_MAX or len(symbols) < len(intent.legs):
            return Refusal(R.UNSUPPORTED, f"legs: expected at most {LEGS_MAX} different symbols")
        if any(not (leg.ratio_qty.is_finite() and leg.ratio_qty > 0) for leg in intent.legs):
            return Refusal(R.INCORRECT_QUANTITY, "ratio_qty: expected more than 0")
        if intent.ord_type in _LIMITED and intent.price is None:
            return Refusal(R.UNSUPPORTED, f"price: a {intent.ord_type.value} order needs one")
        if intent.ord_type not in _LIMITED and intent.price is not None:
            return Refusal(R.UNSUPPORTED, f"price: a {intent.ord_type.value} order has none")
        if intent.ord_type in _STOPS:
            if intent.stop_px is None:
                return Refusal(R.UNSUPPORTED, f"stop_px: a {intent.ord_type.value} order needs one")
            if intent.is_combo or order.is_at_once:
                return Refusal(R.UNSUPPORTED, "stop orders have one leg, and rest: day or gtc")
        return None

    def _about_hours(self, order: PaperOrder) -> Refusal | None:
        """A market that is shut takes only what rests until somebody takes it back."""
        intent = order.intent
        rests = intent.time_in_force is TimeInForce.GTC and intent.ord_type is not OrdType.MARKET
        for leg in intent.legs:
            if self._board.session(leg.symbol) is None and not rests:
                return Refusal(R.EXCHANGE_CLOSED, f"the market in {leg.symbol} is closed")
        return None

    def _about_funds(self, order: PaperOrder) -> Refusal | None:
        if not self._settings.short_allowed:
            for leg in order.intent.legs:
                short = self._short_qty(order, leg)
                if short > 0:
                    return Refusal(
                        R.NOT_PERMITTED, f"short sale not allowed: {plain(short)} more than is held"
                    )
        return self.reserve(order)

    def _is_weighed(self, intent: Intent) -> bool:
        """Tell whether an order counts by what it adds to the rest: combos do, and options."""
        return intent.is_combo or self._is_option(intent.legs[0])

    def _is_option(self, leg: Leg) -> bool:
        return self._board.instrument(leg.symbol).asset_class is AssetClass.OPTION

    def _short_qty(self, order: PaperOrder, leg: Leg) -> Decimal:
        """Return how much of what the leg sells is not held; what options lack must be covered."""
        if leg.side is Side.BUY or self._is_option(leg):
            return ZERO
        if not order.intent.is_combo:
            return self._opening_qty(order)
        return order.order_qty * leg.ratio_qty - self._house.account.held(leg.symbol)

    def _opening_qty(self, order: PaperOrder) -> Decimal:
        """Return how much opens: what other working exits close cannot be closed again."""
        intent = order.intent
        if intent.is_combo:
            closes = all(
                -self._house.account.held(leg.symbol) * leg.side.sign
                >= leg.ratio_qty * order.leaves_qty for leg in intent.legs
            )
            return ZERO if closes else order.leaves_qty
        leg = intent.legs[0]
        against = -self._house.account.held(leg.symbol) * leg.side.sign
        if not against > 0:
            return order.leaves_qty
        exits = self._house.leaves.get((leg.symbol, leg.side), ZERO)
        exits -= self._house.resting_leaves(order)
        return max(ZERO, order.leaves_qty - max(ZERO, against - exits))

    def _single_need(self, order: PaperOrder, opening: Decimal) -> Decimal | Refusal:
        """Return what a unit may cost at worst, with its share of the fee."""
        leg = order.intent.legs[0]
        instrument = self._board.instrument(leg.symbol)
        quote = self._board.quote(leg.symbol)
        market = self._board.mark(leg.symbol)
        if quote is not None:
            market = quote.ask if leg.side is Side.BUY else quote.bid
        told = [px for px in (order.price, order.intent.stop_px) if px is not None]
        if leg.side is Side.SELL or not told:  # a buy with a limit never pays more than that
            if market is None:
                return Refusal(R.EXCHANGE_CLOSED, f"no market in {leg.symbol} yet")
            told.append(market)
        px = max(told)
        if leg.side is Side.BUY and order.price is None:
            px = slipped(leg, px, self._settings.slippage_bps, instrument)
        return px * instrument.multiplier + self._tariff.fee(instrument, opening, px) / opening
