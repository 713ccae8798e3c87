"""Does the book come to what is true, wherever in a session the connection ends?

    python -m tests.plugins.alpaca.sweep [EVERY]     break every request (or each so many) in turn
"""

import asyncio
import sys
from decimal import Decimal
from itertools import count
from typing import Final

from tests.conformance.alpaca import AlpacaBench
from tests.conformance.desk import Desk
from tests.conformance.patient_loop import PatientLoop
from tests.conformance.port import resting
from tests.conformance.promise import MORNING
from tests.fakes.faults import Fault, FaultKind, Faults, Request
from tests.plugins.alpaca.playing import spread

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Intent
from tradebot.shell.clock import LoopClock

_SPEED: Final = Decimal(40)
_LOOK_S, _LOOKS = 2.0, 60
KINDS: Final = (FaultKind.DROP_BEFORE, FaultKind.ACCEPT_DROP)


class OneFault(Faults):
    """Breaks one request of all, by its number, and the stream at the same moment."""

    def __init__(self, number: int, kind: FaultKind, bench: AlpacaBench) -> None:
        super().__init__()
        self._number, self._kind, self._bench = number, kind, bench
        self.requests = 0

    def take(self, on: Request, *only: FaultKind) -> Fault | None:
        if on is Request.STREAM or (only and self._kind not in only):
            return None
        self.requests += 1
        if self.requests != self._number:
            return None
        self.fired[self._kind] += 1
        self._bench.fake.updates.drop()
        return Fault(self._kind, on)


def swept(number: int, kind: FaultKind) -> bool:
    """Play a session with its request of this number broken; tell whether there was one."""
    with asyncio.Runner(loop_factory=lambda: PatientLoop(_SPEED)) as runner:
        return runner.run(_session(number, kind))


async def _session(number: int, kind: FaultKind) -> bool:
    bench = AlpacaBench(LoopClock(MORNING, asyncio.get_running_loop()))
    await bench.open()
    faults = OneFault(number, kind, bench)
    bench.fake.site._faults = faults
    desk = Desk(bench, bench.broker())
    try:
        await desk.open()
        await _trade(desk)
        await _settled(desk)
        await desk.price("98.00", "98.02")
        await desk.until(lambda: not desk.book.orders.working, "an end to all orders")
        await desk.agrees()
        _check(desk)
    finally:
        await desk.close()
        await bench.close()
    return bool(faults.fired)


async def _trade(desk: Desk) -> None:
    """Have one order trade in parts and be changed, one canceled, a combo and one filled."""
    first = await _sent(desk, resting(10))
    await _settled(desk)
    await desk.bench.trade(first, 4)
    canceled = await _sent(desk, resting(5, "98.50", symbol="IBM"))
    await desk.change(first, qty=12, price="98.90")
    await _settled(desk)
    await desk.cancel(canceled)
    await _sent(desk, spread(price="3.30"))
    await _sent(desk, resting(3, "10.00", symbol="QQQ"))
    await _sent(desk, resting(7, "101", symbol="QQQ"))
    await desk.quiet()
    await desk.bench.price("QQQ", "9.00", "9.01")


async def _sent(desk: Desk, intent: Intent) -> ClOrdID:
    await _settled(desk)
    (sent,) = (event for event in await desk.ask(intent) if isinstance(event, OrderSubmitted))
    return sent.cl_ord_id


async def _settled(desk: Desk) -> None:
    """Wait; a person who sees that something stays open has the route compared."""
    for _ in range(_LOOKS):
        await asyncio.sleep(_LOOK_S)
        if _is_settled(desk):
            return
        if desk.is_up:
            await desk._spine.reconciler.compare_all("demand")
    await desk.until(lambda: _is_settled(desk), "an end to all doubts")


def _is_settled(desk: Desk) -> bool:
    return desk.is_up and all(
        desk.is_settled(name) and not state.is_unanswered
        for name, state in desk.book.orders.working.items()
    )


def _check(desk: Desk) -> None:
    """See that each order that was sent arrived once, and that each trade is booked once."""
    for event in desk.of(OrderSubmitted):
        assert desk.bench.copies(event.cl_ord_id) == 1
    executions = desk.bench.venue.executions  # type: ignore[attr-defined]
    assert len(desk.booked()) == len(executions)
    assert desk.held()["QQQ"] == Decimal(10)


def main() -> None:
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    for kind in KINDS:
        for number in count(1, every):
            if not swept(number, kind):
                break
            sys.stdout.write(f"{kind.value} at request {number}: the book is what is true\n")


if __name__ == "__main__":
    main()
