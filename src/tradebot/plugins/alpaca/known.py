"""Which order is meant? Alpaca's ids, ours and those of legs, of the orders told of last."""

from dataclasses import replace

from tradebot.core.model.ids import ClOrdID, OrderID
from tradebot.plugins.alpaca.kept import Kept
from tradebot.plugins.alpaca.told import ToldOrder


class ToldOrders:
    """What was told last of each order; those that are forgotten are asked for again."""

    def __init__(self) -> None:
        self._orders = Kept[OrderID, ToldOrder]()
        self._ids = Kept[ClOrdID, OrderID]()
        self._wholes = Kept[OrderID, OrderID]()  # of legs, the order that they are a part of

    def learn(self, told: ToldOrder) -> ToldOrder:
        """Take in what was told; legs that it leaves out are still there."""
        if self.is_leg(told.order_id):
            return told
        before = self._orders.get(told.order_id)
        if before is not None and before.legs and not told.legs:
            told = replace(told, legs=before.legs)
        self._orders.put(told.order_id, told)
        self._ids.put(told.cl_ord_id, told.order_id)
        for leg in told.legs:
            self._wholes.put(leg.order_id, told.order_id)
        return told

    def order(self, order_id: OrderID) -> ToldOrder | None:
        """Return an order by its id, or by that of one of its legs."""
        return self._orders.get(self._wholes.get(order_id) or order_id)

    def named(self, cl_ord_id: ClOrdID) -> ToldOrder | None:
        order_id = self._ids.get(cl_ord_id)
        return None if order_id is None else self._orders.get(order_id)

    def is_leg(self, order_id: OrderID) -> bool:
        return self._wholes.get(order_id) is not None
