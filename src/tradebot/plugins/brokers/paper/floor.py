"""When does an order trade? On arrival, and whenever the market moves; by the rules of its type.

A market order trades at the far side of the quote that holds when it arrives, a little worse; a
limit order at the quote, when that meets the limit, and at rest also where a bar traded through
it; where it is only touched, chance decides once an order and price. A stop becomes a market or
limit order when its side of the quote, or a bar, reaches it. Nothing trades outside regular hours,
beyond the displayed size, or by a bar that began before the order was there.
"""

from collections.abc import Sequence
from decimal import Decimal

from tradebot.core.model.combo import net_price
from tradebot.core.model.facts import Bar
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Leg, TimeInForce
from tradebot.core.model.money import ONE, ZERO, floor_to
from tradebot.core.model.report import ExecType, LegFill, RejReason
from tradebot.plugins.brokers.paper.admission import Admission
from tradebot.plugins.brokers.paper.board import Board
from tradebot.plugins.brokers.paper.house import House
from tradebot.plugins.brokers.paper.order import PaperOrder
from tradebot.plugins.brokers.paper.refusal import Refusal
from tradebot.plugins.brokers.paper.rules import (
    Offer,
    Tariff,
    better_of,
    chance,
    is_triggered,
    is_triggered_within,
    limit_of,
    offer_of,
    reaches,
    slipped,
    worse_of,
)
from tradebot.plugins.brokers.paper.settings import PaperSettings
from tradebot.ports import MarketEvent


class Floor:
    """Where orders meet the market."""

    def __init__(self, settings: PaperSettings, house: House, board: Board) -> None:
        self._settings = settings
        self._house = house
        self._board = board
        self._admission = Admission(house, board, settings)
        self._tariff = Tariff.of(settings)
        self._volume_taken = ZERO  # of the bar that is being told

    def arrive(self, order: PaperOrder) -> None:
        refusal = self._admission.why_refused(order)
        if refusal is not None:
            self._house.say(
                order, ExecType.REJECTED, rej_reason=refusal.reason, text=refusal.text
            )
            return
        self._house.say(order, ExecType.NEW)
        self._trade(order)
        if order.is_at_once and not order.is_done:
            self._house.say(order, ExecType.CANCELED, text="not there at once")

    def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        order = self._house.orders.get(cl_ord_id)
        if order is None or order.is_done:
            self._refuse_request(_gone(order), cl_ord_id, request_id)
        else:
            self._house.say(
                order, ExecType.CANCELED, cl_ord_id=request_id, orig_cl_ord_id=order.cl_ord_id
            )

    def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        """Change quantity and limit; a quantity below what is filled ends the order there."""
        order = self._house.orders.get(cl_ord_id)
        if order is None or order.is_done:
            self._refuse_request(_gone(order), cl_ord_id, request_id)
            return
        if request_id in self._house.orders:
            taken = Refusal(RejReason.DUPLICATE_ORDER, "this id is taken")
            self._refuse_request(taken, cl_ord_id, request_id)
            return
        price = order.price if price is None else price
        refusal = self._admission.about_numbers(order, order_qty, price)
        if refusal is None and order.price is None and price is not None:
            refusal = Refusal(RejReason.UNSUPPORTED, "price: this order has none")
        if refusal is None:
            refusal = self._reserve_anew(order, order_qty, price)
        if refusal is not None:
            self._refuse_request(refusal, cl_ord_id, request_id)
            return
        self._house.say(
            order, ExecType.REPLACED, cl_ord_id=request_id, orig_cl_ord_id=order.cl_ord_id,
            order_qty=max(order_qty, order.cum_qty), price=price,
        )
        self._trade(order)

    def on_market(self, event: MarketEvent) -> None:
        self._board.show(event)
        self.expire_due()
        resting = self._house.resting.get(event.symbol)
        if not resting or self._board.session(event.symbol) is None:
            return
        self._volume_taken = ZERO
        for order in list(resting.values()):
            if isinstance(event, Bar):
                self._trade_within(order, event)
            else:
                self._trade(order)

    def expire_due(self) -> None:
        """End the day orders whose session has closed."""
        now, due = self._board.now(), self._house.next_expiry
        if due is not None and due <= now:
            for order in self._house.due(now):
                self._house.say(order, ExecType.EXPIRED, text="the session closed")

    def reserve_again(self, order: PaperOrder) -> None:
        """Reserve for an order that was admitted before this process began."""
        self._admission.reserve(order)

    def _refuse_request(
        self, refusal: Refusal, cl_ord_id: ClOrdID, request_id: ClOrdID
    ) -> None:
        self._house.tell(
            request_id, ExecType.CANCEL_REJECTED, refusal, orig_cl_ord_id=cl_ord_id
        )

    def _reserve_anew(
        self, order: PaperOrder, order_qty: Decimal, price: Decimal | None
    ) -> Refusal | None:
        """Reserve for the order as it would be; as it was, where that is refused."""
        was = (order.order_qty, order.price, order.unit_need, order.opening_qty)
        self._house.reserve(order, ZERO, ZERO)
        order.order_qty, order.price = max(order_qty, order.cum_qty), price
        refusal = self._admission.reserve(order)
        need, opening = order.unit_need, order.opening_qty
        self._house.reserve(order, ZERO, ZERO)
        order.order_qty, order.price = was[:2]
        if refusal is None:
            self._house.reserve(order, need, opening)
        else:
            self._house.reserve(order, was[2], was[3])
        return refusal

    def _trade(self, order: PaperOrder) -> None:
        """Trade with the quotes that hold now; outside a session there are none."""
        intent = order.intent
        if order.is_done:
            return
        offer = offer_of(intent.legs, self._board.quote, self._board.shown)
        if offer is None:
            return
        if order.awaits_stop:
            assert intent.stop_px is not None
            if not is_triggered(intent.side, intent.stop_px, offer.prices[0]):
                return
            self._house.say(order, ExecType.TRIGGERED)
        if order.price is None:
            offer = self._slipped(intent.legs, offer)
        elif not self._meets(order, order.price, self._net_price(intent.legs, offer)):
            order.is_resting = True
            return
        order.is_resting = True
        self._fill(order, offer)

    def _trade_within(self, order: PaperOrder, bar: Bar) -> None:
        """Trade with what a bar tells that no quote told."""
        intent, at = order.intent, order.accepted_at
        if order.is_done or intent.is_combo or at is None or at > bar.start:
            return
        side = intent.side
        has_quote = self._board.quote(bar.symbol) is not None
        px = bar.open
        if order.awaits_stop:
            assert intent.stop_px is not None
            if not is_triggered_within(side, intent.stop_px, bar):
                return
            self._house.say(order, ExecType.TRIGGERED)
            if has_quote or order.price is not None:
                self._trade(order)
                return
            px = worse_of(side, bar.open, intent.stop_px)
        if order.price is None:
            if not has_quote:
                self._fill_within(order, bar, self._slipped(intent.legs, Offer(prices=(px,))))
            return
        reach = reaches(side, order.price, bar)
        if reach > 0 or (reach == 0 and self._is_lucky(order, order.price)):
            px = better_of(side, order.price, bar.open)
            self._fill_within(order, bar, Offer(prices=(px,)))

    def _fill_within(self, order: PaperOrder, bar: Bar, offer: Offer) -> None:
        """Fill from what traded in the bar, all orders together; a volume of zero is unknown."""
        qty = max(ZERO, bar.volume - self._volume_taken) if bar.volume > 0 else None
        before = order.cum_qty
        self._fill(order, Offer(prices=offer.prices, qty=qty))
        self._volume_taken += order.cum_qty - before

    def _meets(self, order: PaperOrder, price: Decimal, offered: Decimal) -> bool:
        limit = limit_of(order.intent, price)
        if offered == limit and order.is_resting:
            return self._is_lucky(order, price)
        return offered <= limit

    def _is_lucky(self, order: PaperOrder, price: Decimal) -> bool:
        drawn = chance(self._settings.seed, "touch", order.ids[0], price)
        return drawn < self._settings.fill_probability

    def _net_price(self, legs: Sequence[Leg], offer: Offer) -> Decimal:
        return net_price(legs, offer.prices, self._board.multiplier)

    def _slipped(self, legs: Sequence[Leg], offer: Offer) -> Offer:
        bps = self._settings.slippage_bps
        prices = tuple(
            slipped(leg, px, bps, self._board.instrument(leg.symbol))
            for leg, px in zip(legs, offer.prices, strict=True)
        )
        return Offer(prices=prices, qty=offer.qty)

    def _fill(self, order: PaperOrder, offer: Offer) -> None:
        """Fill what is there: of a combo whole ones, of a fill-or-kill order all or nothing."""
        intent, qty = order.intent, order.leaves_qty
        if offer.qty is not None and offer.qty < qty:
            if intent.time_in_force is TimeInForce.FOK:
                return
            lot = ONE if intent.is_combo else self._board.instrument(intent.symbol).lot_size
            qty = floor_to(offer.qty, lot)
        if not qty > 0:
            return
        fee = ZERO
        for leg, px in zip(intent.legs, offer.prices, strict=True):
            units = qty * leg.ratio_qty
            self._board.take(leg.symbol, leg.side, units)
            fee += self._tariff.fee(self._board.instrument(leg.symbol), units, px)
        if not intent.is_combo:
            self._house.say(
                order, ExecType.TRADE, last_qty=qty, last_px=offer.prices[0], fee=fee
            )
            return
        self._house.say(
            order, ExecType.TRADE, last_qty=qty, last_px=self._net_price(intent.legs, offer),
            fee=fee, legs=tuple(
                LegFill(symbol=leg.symbol, last_px=px)
                for leg, px in zip(intent.legs, offer.prices, strict=True)
            ),
        )


def _gone(order: PaperOrder | None) -> Refusal:
    """Say why there is nothing to cancel or change."""
    if order is None:
        return Refusal(RejReason.UNKNOWN_ORDER, "unknown order")
    return Refusal(RejReason.TOO_LATE, "the order is done")
