"""What became of an order of which nobody knows? Only what the broker says settles that."""

import asyncio
from collections.abc import Container
from datetime import datetime, timedelta
from typing import Final

from tradebot.core import recon
from tradebot.core.book.order_state import OrderState
from tradebot.core.model.commands import Delivery, Tick
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Side
from tradebot.core.model.sound import legible
from tradebot.ports import WIRE_TROUBLE, BrokerOrder
from tradebot.shell.wire.line import Line

OVERLAP: Final = timedelta(minutes=1)  # fills are asked for from before we last heard
AFTER_S: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)  # when to ask, or to try a cancel, once more
ID_TAKEN: Final = "id already used by another order"


class Asking:
    """Asks about orders. No timer and no silence ever settles one.

    `sending` names those of which a send is under way: it may arrive behind the question.
    """

    def __init__(self, line: Line, sending: Container[ClOrdID]) -> None:
        self._line = line
        self._sending = sending

    async def ask(self, cl_ord_id: ClOrdID, after_s: tuple[float, ...] = AFTER_S) -> bool:
        """Tell whether the broker's word has settled it; absence may be proof."""
        line = self._line
        for delay_s in after_s:
            await asyncio.sleep(delay_s)
            if not line.is_up:
                continue
            is_proof = line.broker.capabilities.absence_is_proof
            is_on_its_way = cl_ord_id in self._sending
            try:
                found = await line.make(line.broker.find(cl_ord_id))
            except WIRE_TROUBLE:
                continue
            if found is not None:
                await self._hear(cl_ord_id, found)
                return True
            if is_proof and not is_on_its_way:
                await line.tell(cl_ord_id, Delivery.NEVER_LEFT, "the broker never saw it")
                return True
        return False

    async def recover(self, since: datetime) -> None:
        """Ask about every order of this route that has not finished, and fetch missed fills.

        One whose sending is under way is left to that: it may arrive after any answer. Of one that
        is in doubt already nothing is new where the broker has no word: there may be many.
        """
        line = self._line
        for state in await self._orders():
            if state.root in self._sending:
                continue
            if state.in_doubt:
                await self.ask(state.root, AFTER_S[:1])
            elif not await self.ask(state.root, AFTER_S[:2]):
                detail = "no word from the broker at start"
                await line.tell(state.root, Delivery.UNKNOWN, detail)
                await line.make(line.broker.statement())  # what is gone meanwhile ends here
        told = map(legible, await line.make(line.broker.fills_since(since - OVERLAP)))
        for report in recon.unheard(line.engine.book, told):
            await line.engine.deliver(report)
        await line.engine.drain()

    async def ask_about_unknown(self) -> None:
        """Ask once more about what is in doubt, or never answered: its reports may be lost."""
        for state in await self._orders():
            if state.in_doubt or state.is_unanswered:
                await self.ask(state.root, AFTER_S[:1])

    async def doubt_unanswered(self, detail: str) -> None:
        """Doubt what was sent and not answered, now that the line is down."""
        for state in await self._orders():
            if state.is_unanswered and not state.in_doubt and state.root not in self._sending:
                await self._line.tell(state.root, Delivery.UNKNOWN, detail)

    async def _orders(self) -> list[OrderState]:
        """Return the route's orders once all of them are published, and their sending is begun.

        The book runs ahead: what it has decided and not told may be sent behind any question.
        """
        working = self._line.engine.book.orders.working.values()
        found = [state for state in working if state.route == self._line.route]
        await self._line.engine.submit(Tick())  # answered when all before it is published
        return found

    async def _hear(self, cl_ord_id: ClOrdID, found: BrokerOrder) -> None:
        """Take in what the broker says of our order; one that is not ours has taken its id."""
        line = self._line
        state = line.engine.book.orders.find(cl_ord_id)
        if state is not None and state.is_unanswered and _is_another(found, state):
            await line.tell(cl_ord_id, Delivery.ID_TAKEN, ID_TAKEN)
            return
        for report in found.reports:
            await line.engine.deliver(report)


def _is_another(found: BrokerOrder, ours: OrderState) -> bool:
    """Tell whether the broker's order differs from ours in anything that it tells of itself.

    Ids come from what a journal holds: two journals on one account can come to the same one.
    """
    body = ours.intent
    wanted = (body.symbol, body.side is Side.SELL, body.order_qty)
    told = (found.symbol, found.is_sell, found.order_qty)
    return any(b is not None and a != b for a, b in zip(wanted, told, strict=True))
