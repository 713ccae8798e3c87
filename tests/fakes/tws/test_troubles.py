"""Does every fault do to every request what it says: its effect, its answer, the connection?"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

import ib_async
import pytest
from tests.fakes.faults import FaultKind, Request
from tests.fakes.tws.troubles import SUFFERS
from tests.fakes.tws.witness import Witness, settle, until, witnessing
from tests.fakes.venue_facts import FILL, VenueOrder

K = FaultKind
NO_EFFECT: Final = {K.DROP_BEFORE, K.ERROR_BEFORE, K.TOO_MANY}
HUNG_UP: Final = {K.DROP_BEFORE, K.ACCEPT_DROP}
NO_ANSWER: Final = {*HUNG_UP, K.HANG, K.MUTE}
CODES: Final = {K.ERROR_BEFORE: "322", K.ERROR_AFTER: "322", K.TOO_MANY: "100"}


def changed(w: Witness) -> Any:
    trade = w.ib.trades()[0]
    trade.order.lmtPrice = Decimal("498")
    return w.ib.placeOrder(trade.contract, trade.order)


ASK: Final[dict[Request, Callable[[Witness], Any]]] = {
    Request.SUBMIT: lambda w: w.ib.placeOrder(w.ib.trades()[0].contract, w.limit("BUY", 1, "510")),
    Request.CANCEL: lambda w: w.ib.cancelOrder(w.ib.trades()[0].order),
    Request.REPLACE: changed,
    Request.FIND: lambda w: w.ib.reqAllOpenOrdersAsync(),
    Request.FILLS: lambda w: w.ib.reqExecutionsAsync(),
    Request.STATEMENT: lambda w: w.ib.reqPositionsAsync(),
    Request.DATA: lambda w: w.ib.reqContractDetailsAsync(ib_async.Stock("SPY", "SMART", "USD")),
    Request.STREAM: lambda w: w.ib.reqCurrentTimeAsync(),
}
EFFECT: Final[dict[Request, Callable[[Witness, VenueOrder], bool]]] = {
    Request.SUBMIT: lambda w, _: len(w.venue.orders) == 2,
    Request.CANCEL: lambda _, order: not order.is_working,
    Request.REPLACE: lambda _, order: order.limit == 498,
}


@pytest.mark.parametrize(("on", "kind"), [(on, kind) for on in ASK for kind in SUFFERS[on]])
async def test_a_fault_has_its_answer_and_its_effect(on: Request, kind: FaultKind) -> None:
    async with witnessing(ib_async) as w:
        await w.connect()
        await w.place(w.limit("BUY", 10, "499", orderRef="mine"))
        if kind is K.FILL_BEFORE_ACK:
            w.venue.plan(FILL)
        w.gateway.recorded.clear()
        w.gateway.faults.push(kind, on=on, amount=60)
        ASK[on](w)
        await until(lambda: w.gateway.faults.fired == {kind: 1})
        said = [message for way, _, message in w.gateway.recorded if way == ">"]
        await until(lambda: w.ib.isConnected() is (kind not in HUNG_UP))
        if on in EFFECT:
            assert EFFECT[on](w, w.at_venue("mine")) is (kind not in NO_EFFECT)
        assert w.gateway.skew_s == (60 if kind is K.SKEW else 0)
        assert is_as_promised(kind, said), said
        w.gateway.recorded.clear()
        if kind is K.MUTE:
            w.gateway.broadcast(2104)
            assert not w.gateway.recorded


def is_as_promised(kind: FaultKind, said: list[tuple[str, ...]]) -> bool:
    if kind in NO_ANSWER:
        return said == []
    if kind in CODES:
        return [(message[0], message[3]) for message in said] == [("4", CODES[kind])]
    if kind is K.DUPLICATE_ACK:
        return said[::2] == said[1::2] and said != []
    if kind is K.UNKNOWN_WORD:
        return any("Pondering" in message for message in said)
    if kind is K.FILL_BEFORE_ACK:
        return said[0][0] == "11"
    return said != []


@pytest.mark.parametrize("kind", SUFFERS[Request.CONNECT])
async def test_a_fault_at_the_door_lets_nobody_in_or_somebody(kind: FaultKind) -> None:
    async with witnessing(ib_async) as w:
        w.gateway.faults.push(kind, on=Request.CONNECT, amount=60)
        connecting = asyncio.create_task(w.connect())
        await until(lambda: w.gateway.faults.fired == {kind: 1})
        if kind is K.SKEW:
            await until(w.ib.client.isReady)
        else:
            await settle()
            assert not w.ib.client.isReady()
        connecting.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await connecting
