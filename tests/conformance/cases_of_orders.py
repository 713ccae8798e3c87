"""Does an order live at the broker as it was meant? From its first byte to its last report."""

from contextlib import suppress
from decimal import Decimal
from typing import Final

from tests.conformance.bench import PARTED, SPY
from tests.conformance.desk import Desk
from tests.conformance.port import Port, resting, spread
from tests.conformance.promise import EARLY, at_the_port, through_the_wire
from tests.fakes.venue_facts import reject
from tests.makers import CALL, HIGHER_CALL

from tradebot.core.model.events import IntentRefused, OrderReported, OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import Intent, OrdType, TimeInForce
from tradebot.core.model.report import ExecType, RejReason
from tradebot.core.model.settings import RouteKind
from tradebot.ports import Declined, DeliveryUnknown

ENDED: Final = (ExecType.REJECTED, ExecType.CANCELED, ExecType.EXPIRED)


@at_the_port()
async def connecting_twice_and_hanging_up_twice_does_no_harm(port: Port) -> None:
    await port.connect()
    await port.broker.connect()
    await port.broker.statement()
    await port.reconnect()
    await port.broker.disconnect()
    await port.broker.disconnect()
    await port.deafen()
    await port.connect()
    await port.submit()


@at_the_port()
async def it_knows_whose_money_it_moves(port: Port) -> None:
    await port.connect()
    is_live = port.bench.kind is RouteKind.LIVE
    assert port.broker.capabilities.real_money is is_live


@at_the_port("trade")
async def an_order_is_acknowledged_and_filled_in_parts_once_each(port: Port) -> None:
    await port.connect()
    order = await port.submit()
    await port.until(lambda: port.of(order, ExecType.NEW), "an acknowledgement")
    await port.bench.trade(order, 4)
    await port.bench.trade(order, 6)
    await port.until(lambda: len(port.fills(order)) >= 2, "two executions")
    await port.quiet()
    assert port.fills(order) == [(Decimal(4), Decimal(99)), (Decimal(6), Decimal(99))]
    assert len({report.exec_id for report in port.of(order, ExecType.TRADE)}) == 2
    assert port.about(order)[0].exec_type is ExecType.NEW


@at_the_port("trade", "fills since")
async def what_is_told_now_is_told_later_under_the_same_name(port: Port) -> None:
    began = port.bench.clock.now()
    await port.connect()
    order = await port.submit()
    await port.bench.trade(order, 4)
    await port.bench.trade(order, 6, "98.50")
    await port.until(lambda: len(port.fills(order)) == 2, "two executions")
    told = [(r.exec_id, r.last_qty, r.last_px) for r in port.of(order, ExecType.TRADE)]
    for _ in range(2):
        later = [
            (r.exec_id, r.last_qty, r.last_px) for r in await port.broker.fills_since(began)
            if r.cl_ord_id == order and r.exec_type is ExecType.TRADE
        ]
        assert later == told
        await port.reconnect()


@at_the_port("id memory")
async def the_same_id_twice_is_one_order(port: Port) -> None:
    await port.connect()
    order = port.order()
    await port.broker.submit(order)
    await port.until(lambda: port.about(order.cl_ord_id), "an answer")
    await _is_taken_once(port, order)


@at_the_port("id memory", "restart")
async def the_same_id_from_a_new_process_is_one_order(port: Port) -> None:
    await port.connect()
    order = port.order()
    await port.broker.submit(order)
    await port.until(lambda: port.about(order.cl_ord_id), "an answer")
    await port.restart()
    await _is_taken_once(port, order)


async def _is_taken_once(port: Port, order: OrderSubmitted) -> None:
    """Send an order again: there is one, and nothing that is told ends the first.

    A plain refusal would: the wire makes it the end of the order under this id, which lives.
    """
    with suppress(DeliveryUnknown):
        await port.broker.submit(order)
    await port.quiet()
    assert port.bench.copies(order.cl_ord_id) == 1
    ends = [r for r in port.about(order.cl_ord_id) if r.exec_type in ENDED]
    assert all(report.is_duplicate_order for report in ends)


@at_the_port("trade")
async def a_canceled_order_keeps_what_it_filled(port: Port) -> None:
    await port.connect()
    order = await port.submit()
    await port.bench.trade(order, 3)
    await port.broker.cancel(order, _request(order))
    await port.until(lambda: port.of(order, ExecType.CANCELED), "the end of an order")
    await port.quiet()
    assert port.fills(order) == [(Decimal(3), Decimal(99))]
    assert not port.bench.is_working(order)


@at_the_port()
async def a_cancel_of_what_has_ended_is_an_answer(port: Port) -> None:
    await port.connect()
    order = await port.submit(resting(price="101"))
    await port.until(lambda: port.fills(order), "an execution")
    told = RejReason.OTHER
    try:
        await port.broker.cancel(order, _request(order))
        await port.until(lambda: port.of(order, ExecType.CANCEL_REJECTED), "a refusal")
    except Declined as error:
        told = error.rej_reason or told
    for report in port.of(order, ExecType.CANCEL_REJECTED):
        told = report.rej_reason or told
    assert told in (RejReason.TOO_LATE, RejReason.UNKNOWN_ORDER)
    assert not port.of(order, ExecType.CANCELED)


@at_the_port("end")
async def an_order_that_ends_there_ends_here(port: Port) -> None:
    await port.connect()
    order = await port.submit()
    await port.bench.end(order)
    await port.until(lambda: port.of(order, ExecType.CANCELED), "the end of an order")


@at_the_port("plan")
async def each_of_its_refusals_has_a_reason(port: Port) -> None:
    await port.connect()
    assert port.bench.rejects, "the bench lists no code of refusal"
    for code, reason in port.bench.rejects.items():
        port.bench.plan(reject(code))
        order = port.order()
        try:
            await port.broker.submit(order)
        except Declined as error:
            told, text = error.rej_reason, str(error)
        else:
            about = order.cl_ord_id
            await port.until(lambda about=about: port.of(about, ExecType.REJECTED), f"a {code}")
            (report,) = port.of(about, ExecType.REJECTED)
            told, text = report.rej_reason, report.text
        assert told is reason is not RejReason.OTHER, f"{code}: {told}"
        assert text, f"{code}: a refusal without the broker's words"


@through_the_wire("plan")
async def the_reason_of_a_refusal_reaches_the_book(desk: Desk) -> None:
    await desk.open()
    for code, reason in desk.bench.rejects.items():
        desk.bench.plan(reject(code))
        order = await desk.place()
        await desk.comes_to(order, "rejected")  # the book runs ahead of what is published
        await desk.until(lambda about=order: _reasons(desk, about), f"a {code}")
        assert _reasons(desk, order)[-1] is reason, code
    await desk.agrees()


@at_the_port("sent")
async def every_digit_goes_out_as_it_is(port: Port) -> None:
    """A float has 16 digits: the number is chosen so that none can hold it."""
    await port.connect()
    price = "90071992547409.93"
    order = await port.submit(resting(7, price, side="sell"))
    assert price.encode() in port.bench.sent(order)
    assert port.bench.terms(order).limit == Decimal(price)
    plain = await port.submit(resting(3, "0.1000"))
    sent = port.bench.sent(plain)
    assert b"e-" not in sent.lower()
    assert port.bench.terms(plain).limit == Decimal("0.1")


@at_the_port("terms")
async def what_it_takes_is_taken_for_what_it_is(port: Port) -> None:
    await port.connect()
    symbols = {AssetClass.EQUITY: SPY, AssetClass.OPTION: CALL}
    tried = 0
    for taken in port.broker.capabilities.takes:
        for tif in taken.times_in_force if taken.asset_class in symbols else ():
            intent = _typed(symbols[taken.asset_class], taken.ord_type, tif)
            order = await port.submit(intent)
            terms = port.bench.terms(order)
            found = (terms.ord_type, terms.time_in_force, terms.qty, terms.limit, terms.stop)
            wanted = (taken.ord_type, tif, intent.order_qty, intent.price, intent.stop_px)
            assert found == wanted
            assert not terms.outside_hours, "nobody asked for more than regular hours"
            tried += 1
    assert tried


@through_the_wire()
async def what_it_does_not_take_never_leaves(desk: Desk) -> None:
    await desk.open()
    can = desk.broker.capabilities
    if AssetClass.EQUITY not in can.fractional:
        told = await desk.ask(resting("0.5", None, symbol=PARTED))
        assert isinstance(told[-1], IntentRefused), "a part of a share"
    taken = {
        (t.asset_class, t.ord_type, tif)
        for t in can.takes for tif in t.times_in_force
    }
    for asset_class, symbol in ((AssetClass.EQUITY, SPY), (AssetClass.OPTION, CALL)):
        for ord_type in OrdType:
            for tif in TimeInForce:
                if (asset_class, ord_type, tif) not in taken:
                    told = await desk.ask(_typed(symbol, ord_type, tif))
                    assert isinstance(told[-1], IntentRefused), f"{ord_type} {tif} of {symbol}"
    assert not desk.of(OrderSubmitted)


@through_the_wire()
async def a_price_off_the_tick_and_a_part_of_a_lot_never_leave(desk: Desk) -> None:
    await desk.open()
    for intent in (resting(price="99.001"), resting("10.5"), resting("0")):
        refused = (await desk.ask(intent))[-1]
        assert isinstance(refused, IntentRefused), refused
    assert not desk.of(OrderSubmitted)


@at_the_port("fractions", "terms")
async def a_part_of_a_unit_is_bought_exactly(port: Port) -> None:
    await port.connect()
    order = await port.submit(resting("0.123456789", None, symbol=PARTED))
    await port.until(lambda: port.fills(order), "an execution")
    assert [qty for qty, _ in port.fills(order)] == [Decimal("0.123456789")]
    assert port.bench.truth()[1] == {PARTED: Decimal("0.123456789")}


@through_the_wire("combos")
async def a_combo_is_booked_leg_by_leg(desk: Desk) -> None:
    await desk.open()
    order = await desk.place(spread("3.30"))
    await desk.comes_to(order, "filled")
    await desk.agrees()
    assert desk.held() == {CALL: Decimal(2), HIGHER_CALL: Decimal(-2)}


@at_the_port("early and late", "early", "terms", begins=EARLY)
async def an_order_may_trade_before_the_open(port: Port) -> None:
    await port.bench.early()
    await port.connect()
    order = await port.submit(resting(price="101"))
    await port.until(lambda: port.fills(order), "an execution")
    assert port.bench.terms(order).outside_hours


@through_the_wire("combos", "trade_leg")
async def a_combo_whose_legs_fill_one_by_one_is_whole_in_the_end(desk: Desk) -> None:
    await desk.open()
    order = await desk.work(intent=spread("1.00"))
    for symbol, qty in ((CALL, 1), (HIGHER_CALL, 1), (CALL, 1)):
        await desk.bench.trade_leg(order, symbol, qty, "2.00")
    await desk.until(lambda: desk.held().get(CALL) == 2, "three executions")
    assert desk.state(order).order.cum_qty == 1
    await desk.bench.trade_leg(order, HIGHER_CALL, 1, "1.50")
    await desk.comes_to(order, "filled")
    await desk.agrees()


@at_the_port()
async def its_statement_is_what_is_true_there(port: Port) -> None:
    await port.connect()
    await port.submit(resting(price="101"))
    await port.submit(resting(4, "99.99", side="sell"))
    kept = await port.submit(resting(7, "98.76"))
    await port.until(lambda: len([r for r in port.told if r.last_qty]) == 2, "two executions")
    cash, held = port.bench.truth()
    stated = await port.broker.statement()
    assert stated.account == port.bench.account
    assert (stated.cash, {h.symbol: h.qty for h in stated.holdings}) == (cash, held)
    (order,) = stated.working
    assert order.cl_ord_id == kept
    assert (order.symbols, order.leaves_qty, order.price) == ((SPY,), 7, Decimal("98.76"))


@at_the_port("trade")
async def an_order_is_found_as_it_stands(port: Port) -> None:
    await port.connect()
    order = await port.submit()
    await port.bench.trade(order, 4)
    await port.until(lambda: port.fills(order), "an execution")
    found = await port.broker.find(order)
    assert found is not None
    assert found.cl_ord_id == order
    trades = [r for r in found.reports if r.exec_type is ExecType.TRADE]
    assert [(r.exec_id, r.last_qty) for r in trades] == [
        (r.exec_id, r.last_qty) for r in port.of(order, ExecType.TRADE)
    ]
    told = (found.symbol, found.is_sell, found.order_qty)
    wanted = (SPY, False, Decimal(10))
    assert all(a in (None, b) for a, b in zip(told, wanted, strict=True))


@at_the_port()
async def an_order_that_nobody_sent_is_not_found(port: Port) -> None:
    await port.connect()
    stranger = port.order().cl_ord_id
    try:
        assert await port.broker.find(stranger) is None
    except DeliveryUnknown:
        assert not port.broker.capabilities.absence_is_proof


@at_the_port("trade")
async def what_nobody_reads_is_kept(port: Port) -> None:
    await port.connect()
    order = await port.submit(resting(50))
    await port.deafen()
    for _ in range(50):
        await port.bench.trade(order, 1)
    await port.quiet()
    port.listen()
    await port.until(lambda: len(port.fills(order)) == 50, "fifty executions")


def _typed(symbol: str, ord_type: OrdType, tif: TimeInForce) -> Intent:
    """Buy some so that it rests, where its type can rest."""
    limit, stop = ("99", "101") if symbol == SPY else ("4.00", "6.00")
    is_limited, is_stop = "limit" in ord_type.value, "stop" in ord_type.value
    price = ("101.5" if symbol == SPY else "6.50") if is_stop else limit
    return resting(
        3, price if is_limited else None, symbol=symbol, ord_type=ord_type, time_in_force=tif,
        stop_px=Decimal(stop) if is_stop else None,
    )


def _reasons(desk: Desk, order: ClOrdID) -> list[RejReason | None]:
    return [e.report.rej_reason for e in desk.of(OrderReported) if e.report.cl_ord_id == order]


def _request(cl_ord_id: ClOrdID) -> ClOrdID:
    return ClOrdID(f"{cl_ord_id[:-1]}Z")
