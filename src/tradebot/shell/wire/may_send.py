"""May this order leave, now? The last statement before the socket, asked anew by every attempt."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.gates.session import may_trade
from tradebot.core.model.commands import Control
from tradebot.core.model.events import OrderSubmitted, ReplaceRequested
from tradebot.core.model.intent import Source
from tradebot.ports import Clock
from tradebot.shell.engine import Engine
from tradebot.shell.kill_flag import Latch
from tradebot.shell.wire.armed import Armed

Outgoing: TypeAlias = OrderSubmitted | ReplaceRequested
MaySend: TypeAlias = Callable[[Outgoing], str | None]


def last_look(engine: Engine, latch: Latch, clock: Clock) -> MaySend:
    """Build what links ask, for the loop that runs now."""
    armed = Armed(engine.book, asyncio.get_running_loop().time)
    engine.listeners.append(armed.on_decision)
    return partial(may_send, engine.book, latch, armed, clock)


def may_send(
    book: Book, latch: Latch, armed: Armed, clock: Clock, order: Outgoing
) -> str | None:
    """Return why not, or None. What the kill itself sends only reduces: it passes the latch."""
    is_exit = order.intent.source is Source.KILL
    if latch.reason is not None and not is_exit:
        return f"kill latch: {latch.reason}"
    if book.kill_reason is not None and not is_exit:
        return f"kill switch: {book.kill_reason}"
    if Control.CLOCK_SET in book.controls and not is_exit:
        return f"clock: {book.controls[Control.CLOCK_SET]}"
    now = clock.now()
    if not (now <= order.send_by):
        return "the clearance ended before it could be sent"
    for leg in order.intent.legs:
        if not may_trade(book, book.instruments[leg.symbol].calendar, now):
            return f"{leg.symbol}: the session ended"
    return None if is_exit else armed.why_not(order)
