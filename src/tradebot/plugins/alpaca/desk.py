"""What does Alpaca hold true of orders and executions? It is asked, page by page, and remembered.

Its lists may lag behind each other. An execution that an order counts and the account's history
does not tell yet is waited for, so long as the settings allow: none is ever made up.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.ids import ClOrdID, OrderID
from tradebot.core.model.money import ZERO
from tradebot.core.model.report import RejReason
from tradebot.plugins.alpaca.known import ToldOrders
from tradebot.plugins.alpaca.rest import AlpacaRest
from tradebot.plugins.alpaca.told import (
    ToldExecution,
    ToldOrder,
    Unreadable,
    read_activity,
    read_order,
    rows,
    text,
)
from tradebot.ports import Declined, DeliveryUnknown

FILLS: Final = "/account/activities/FILL"
_ORDERS_A_PAGE, _FILLS_A_PAGE = 500, 100  # the most that it gives
_PAGES_MAX: Final = 200
_CHAIN_MAX: Final = 100
_WAITS: Final = (Decimal(0), Decimal("0.1"), Decimal("0.3"), Decimal("0.6"))  # parts of the lag
_A_DAY: Final = timedelta(days=1)  # no combo of options works longer
_A_SECOND: Final = timedelta(seconds=1)


class AlpacaDesk:
    """Orders and executions of one account, by whatever id they are asked for."""

    def __init__(self, rest: AlpacaRest, lag_s: float) -> None:
        self.known = ToldOrders()
        self._rest = rest
        self._waits_s = [float(part) * lag_s for part in _WAITS]

    def learn(self, row: Any) -> ToldOrder:
        return self.known.learn(read_order(row))

    async def named(self, cl_ord_id: ClOrdID) -> ToldOrder | None:
        """Return an order of ours as it stands now; None where Alpaca goes on to know of none."""
        for wait_s in self._waits_s:
            await asyncio.sleep(wait_s)
            if (found := await self._named(cl_ord_id)) is not None:
                return found
        return None

    async def order(self, order_id: OrderID) -> ToldOrder:
        return self.learn(await self._rest.get(f"/orders/{order_id}", nested="true"))

    async def recalled(self, order_id: OrderID) -> ToldOrder:
        """Return an order as it was told last; ask only where nobody told of it."""
        return self.known.order(order_id) or await self.order(order_id)

    async def chain(self, member: ToldOrder) -> list[ToldOrder]:
        """Return an order with all whose place it took, and all that took its place, in order.

        A change that is not in force, or never was, is left out.
        """
        found = [member]
        while (earlier := found[0].replaces) is not None and len(found) < _CHAIN_MAX:
            old = await self.order(earlier)
            found = [old, *found] if old.replaced_by == found[0].order_id else [old]
        while (later := found[-1].replaced_by) is not None and len(found) < _CHAIN_MAX:
            found.append(await self.order(later))
        return found

    async def whole_of(self, execution: ToldExecution) -> ToldOrder:
        """Return the order that an execution is of: of a leg, the order that it is a part of."""
        if self.known.order(execution.order_id) is None:
            await self.learn_legs(execution.at)
        return await self.recalled(execution.order_id)

    async def working(self) -> list[ToldOrder]:
        return await self._orders(status="open")

    async def learn_legs(self, at: datetime) -> None:
        """Learn which orders of the day before are legs: nothing in a leg tells of what."""
        await self._orders(status="all", after=(at - _A_DAY).isoformat())

    async def executions_since(self, since: datetime) -> list[ToldExecution]:
        return await self._executions(after=since.isoformat())

    async def history(
        self, order: ToldOrder
    ) -> tuple[list[ToldOrder], list[ToldExecution]]:
        """Return an order's chain with all of its executions; raise while some are not told."""
        for wait_s in self._waits_s:
            await asyncio.sleep(wait_s)
            chain = await self.chain(await self.order(order.order_id))
            told = await self._of_parts(chain)
            if _is_whole(chain, told):
                return chain, told
        raise DeliveryUnknown("Alpaca does not tell of all executions yet")

    async def _named(self, cl_ord_id: ClOrdID) -> ToldOrder | None:
        try:
            row = await self._rest.get("/orders:by_client_order_id", client_order_id=cl_ord_id)
        except Declined as refusal:
            if refusal.rej_reason is RejReason.UNKNOWN_ORDER:
                return None
            raise
        return self.learn(row)

    async def _of_parts(self, orders: Sequence[ToldOrder]) -> list[ToldExecution]:
        if not any(part.cum_qty for order in orders for part in _parts(order)):
            return []
        parts = {part.order_id for order in orders for part in _parts(order)}
        since = min((order.at for order in orders if order.at is not None), default=None)
        asked = {} if since is None else {"after": (since - _A_SECOND).isoformat()}
        # A combo's legs are asked for at once: it is of today. A single order may be old.
        sifted = [{}] if orders[0].legs else [{"order_id": part} for part in sorted(parts)]
        told = [
            one for sift in sifted for one in await self._executions(**asked, **sift)
            if one.order_id == sift.get("order_id", one.order_id) and one.order_id in parts
        ]
        return sorted(told, key=lambda one: (one.at, one.cum_qty))

    async def _orders(self, **asked: str) -> list[ToldOrder]:
        """Ask for orders, oldest first; a page begins behind the last order of the one before."""
        found: list[ToldOrder] = []
        for _ in range(_PAGES_MAX):
            page = rows(await self._rest.get(
                "/orders", nested="true", direction="asc", limit=str(_ORDERS_A_PAGE), **asked
            ))
            found += map(self.learn, page)
            if len(page) < _ORDERS_A_PAGE:
                return found
            asked["after"] = text(page[-1], "submitted_at")
        raise Unreadable("orders without end")

    async def _executions(self, **asked: str) -> list[ToldExecution]:
        found: list[ToldExecution] = []
        for _ in range(_PAGES_MAX):
            page = rows(await self._rest.get(
                FILLS, direction="asc", page_size=str(_FILLS_A_PAGE), **asked
            ))
            found += map(read_activity, page)
            if len(page) < _FILLS_A_PAGE:
                return found
            asked["page_token"] = text(page[-1], "id")
        raise Unreadable("executions without end")


def _parts(order: ToldOrder) -> Iterable[ToldOrder]:
    return order.legs or (order,)


def _is_whole(orders: Sequence[ToldOrder], told: Sequence[ToldExecution]) -> bool:
    """Tell whether each order's executions make what it says is filled; more may be known by now.

    A successor may count what its predecessors had filled, or not: no source says which.
    """
    before: dict[str, Decimal] = {}
    for order in orders:
        for part in _parts(order):
            own = sum((e.qty for e in told if e.order_id == part.order_id), ZERO)
            earlier = before.get(part.symbol, ZERO)
            if own < part.cum_qty and own + earlier != part.cum_qty:
                return False
            before[part.symbol] = earlier + own
    return True
