"""Does the book come to the venue's truth when days at Alpaca go as badly as they may?

Each scene runs through the whole wire: core, journal, link, reconciling, the adapter, real sockets.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, Final, TypeAlias

import pytest
from tests.conformance.alpaca import AlpacaBench
from tests.conformance.cases_of_orders import spread
from tests.conformance.desk import Desk
from tests.conformance.harness import run
from tests.conformance.port import Port
from tests.conformance.promise import MORNING, Case
from tests.fakes.alpaca.troubles import SUFFERS
from tests.fakes.faults import FaultKind, Request
from tests.makers import CALL

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.intent import Side
from tradebot.ports import LoginRefused

Scene: TypeAlias = Callable[["Desk", "AlpacaBench"], Awaitable[None]]

SCENES: Final = list[Scene]()
PRONE: Final = {
    on: tuple(kind for kind in kinds if kind is not FaultKind.SKEW)
    for on, kinds in SUFFERS.items() if on is not Request.DATA
}


class NothingCarried(AlpacaBench):
    """An Alpaca where what replaced an order counts its own fills only."""

    carries_fills: ClassVar = False


def a_scene(scene: Scene) -> Scene:
    SCENES.append(scene)
    return scene


def played(scene: Scene, bench_type: type[AlpacaBench] = AlpacaBench) -> None:
    async def play(desk: Desk) -> None:
        assert isinstance(desk.bench, AlpacaBench)
        await desk.open()
        await scene(desk, desk.bench)

    run(bench_type, Case(scene.__name__, play, Desk, (), MORNING))


async def cum_qty_is(desk: Desk, order: str, qty: int) -> None:
    await desk.until(lambda: desk.state(order).order.cum_qty == qty, f"{qty} filled")


async def is_changed(desk: Desk, order: str) -> None:
    await desk.until(lambda: desk.state(order).order.chain, "a change")


async def fills_up(desk: Desk, order: str) -> None:
    """Let the market come to the order, and see that all agree."""
    await desk.price("99.40", "99.50")
    await desk.comes_to(order, "filled")
    await desk.agrees()


@a_scene
async def an_order_trades_before_and_after_a_change_and_a_break(
    desk: Desk, alpaca: AlpacaBench
) -> None:
    order = await desk.work()
    await alpaca.trade(order, 4)
    await cum_qty_is(desk, order, 4)
    await desk.change(order, qty=12, price="99.50")
    await is_changed(desk, order)
    alpaca.venue.fill(alpaca.venue.working()[0], 3, "99.5")
    await cum_qty_is(desk, order, 7)
    await desk.reconnected()
    await fills_up(desk, order)
    assert desk.held() == {"SPY": Decimal(12)}


@a_scene
async def an_old_and_a_new_order_trade_while_nobody_listens(
    desk: Desk, alpaca: AlpacaBench
) -> None:
    order = await desk.work()
    await desk.change(order, price="99.50")
    await is_changed(desk, order)
    old, new = alpaca.order(order), alpaca.venue.working()[0]
    await alpaca.cut()
    alpaca.venue.fill(old, 2, "99")
    alpaca.venue.fill(new, 3, "99.5")
    await cum_qty_is(desk, order, 5)
    await desk.agrees()


@a_scene
async def a_part_trades_while_a_change_is_on_its_way(desk: Desk, alpaca: AlpacaBench) -> None:
    order = await desk.work()
    alpaca.fake.desk.holds.add(Request.REPLACE)
    await desk.change(order, price="99.50")
    await desk.until(lambda: desk.status(order) == "pending_replace", "a change on its way")
    await alpaca.trade(order, 4)
    await cum_qty_is(desk, order, 4)
    alpaca.fake.desk.release()
    await is_changed(desk, order)
    await desk.reconnected()
    assert desk.state(order).order.leaves_qty == 6
    await fills_up(desk, order)


@a_scene
async def all_trades_while_a_change_is_on_its_way(desk: Desk, alpaca: AlpacaBench) -> None:
    order = await desk.work()
    alpaca.fake.desk.holds.add(Request.REPLACE)
    await desk.change(order, price="99.50")
    await desk.until(lambda: desk.status(order) == "pending_replace", "a change on its way")
    await alpaca.trade(order, 10)
    alpaca.fake.desk.release()
    await desk.comes_to(order, "filled")
    await desk.until(lambda: desk.is_settled(order), "an answer to the change")
    await desk.agrees()


@a_scene
async def the_answer_to_a_change_that_waits_is_lost(desk: Desk, alpaca: AlpacaBench) -> None:
    order = await desk.work()
    alpaca.fake.desk.holds.add(Request.REPLACE)
    alpaca.faults.push(FaultKind.ACCEPT_DROP, on=Request.REPLACE)
    await desk.change(order, price="99.50")
    await desk.until(lambda: not alpaca.faults.left, "the drop")
    alpaca.fake.desk.release()
    await is_changed(desk, order)
    await fills_up(desk, order)


@a_scene
async def somebody_changes_our_order_by_hand(desk: Desk, alpaca: AlpacaBench) -> None:
    order = await desk.work()
    new = alpaca.venue.supersede(
        alpaca.order(order), "by-hand", limit=Decimal("98.50"), keeps_fills=True)
    await desk.quiet()
    alpaca.venue.fill(new, 3, "98.5")
    await cum_qty_is(desk, order, 3)
    await alpaca.cut()
    last = alpaca.venue.supersede(new, "by-hand-again", limit=Decimal(98), keeps_fills=True)
    alpaca.venue.fill(last, 2, "98")
    await cum_qty_is(desk, order, 5)
    await desk.agrees()


@a_scene
async def a_part_trades_and_the_rest_is_canceled_while_nobody_listens(
    desk: Desk, alpaca: AlpacaBench
) -> None:
    order = await desk.work()
    alpaca.fake.desk.holds.add(Request.CANCEL)
    await desk.cancel(order)
    await desk.until(lambda: desk.status(order) == "pending_cancel", "a cancel on its way")
    await alpaca.trade(order, 2)
    await alpaca.cut()
    alpaca.fake.desk.release()
    await desk.comes_to(order, "canceled")
    assert desk.held() == {"SPY": Decimal(2)}
    await desk.agrees()


@pytest.mark.parametrize("qty", [4, 5])  # of a price alone the history tells under the old name
def test_a_correction_is_not_booked_again_by_whoever_reads_the_history(qty: int) -> None:
    async def scene(desk: Desk, alpaca: AlpacaBench) -> None:
        order = await desk.work()
        await alpaca.trade(order, 5)
        await cum_qty_is(desk, order, 5)
        await alpaca.correct(order, qty, "98.90")
        await desk.until(lambda: desk.cash() == alpaca.truth()[0], "the correction")
        await desk.reconnected()
        await desk.agrees()

    played(scene)


@a_scene
async def alpaca_is_away_and_comes_back(desk: Desk, alpaca: AlpacaBench) -> None:
    order, other = await desk.work(), await desk.work(price="98")
    await alpaca.fake.stop()
    await alpaca.trade(order, 5)
    await alpaca.end(other)
    await desk.until(lambda: not desk.is_up, "the loss")
    await alpaca.fake.start()
    await desk.comes_to(other, "canceled")
    await cum_qty_is(desk, order, 5)
    await desk.agrees()


@a_scene
async def an_order_whose_answer_is_lost_is_not_found_at_first(
    desk: Desk, alpaca: AlpacaBench
) -> None:
    alpaca.fake.desk.finds_late = 12
    alpaca.faults.push(FaultKind.ACCEPT_DROP, on=Request.SUBMIT)
    order = await desk.place()
    await desk.comes_to(order, "new")
    assert alpaca.copies(order) == 1


@a_scene
async def we_and_others_sell_short_while_nobody_listens(
    desk: Desk, alpaca: AlpacaBench
) -> None:
    order = await desk.work(side=Side.SELL, price="101")
    await alpaca.cut()
    await alpaca.trade(order, 10, "101")
    alpaca.venue.place_external("SPY", 3, side="sell")
    await desk.comes_to(order, "filled")
    await desk.until(lambda: desk.held() == {"SPY": Decimal(-13)}, "both sales")
    await desk.agrees(halts=True)


@a_scene
async def others_trade_shares_and_options_on_the_account(desk: Desk, alpaca: AlpacaBench) -> None:
    await desk.work()
    alpaca.venue.place_external("SPY", 3)
    alpaca.venue.place_external(CALL, 2)
    await desk.until(lambda: len(desk.held()) == 2, "what others traded")
    await desk.reconnected()
    await desk.agrees(halts=True)


@a_scene
async def the_only_seat_at_the_stream_is_taken_for_a_while(
    desk: Desk, alpaca: AlpacaBench
) -> None:
    order = await desk.work()
    alpaca.fake.updates.listeners_max = 0
    await alpaca.cut()
    await alpaca.trade(order, 5)
    await desk.until(lambda: len(desk.alarms) >= 2, "an attempt that failed")
    alpaca.fake.updates.listeners_max = 1
    await cum_qty_is(desk, order, 5)
    await desk.agrees()


@a_scene
async def a_leg_trades_alone_and_is_taken_back(desk: Desk, alpaca: AlpacaBench) -> None:
    order = await desk.place(spread("1.00"))
    await desk.comes_to(order, "new")
    alpaca.venue.fill_leg(alpaca.order(order), CALL, 1, "5.10")
    await desk.until(lambda: desk.held() == {CALL: Decimal(1)}, "the leg")
    alpaca.venue.bust(alpaca.venue.executions[-1])
    await desk.until(lambda: not desk.held(), "the end of it")
    await desk.agrees()


@a_scene
async def the_history_lags_behind_a_combo(desk: Desk, alpaca: AlpacaBench) -> None:
    alpaca.fake.office.history_lag = timedelta(seconds=0.5)
    order = await desk.place(spread("3.20"))
    await desk.comes_to(order, "filled")
    await desk.agrees()


@a_scene
async def the_history_lags_too_long_behind_a_combo(desk: Desk, alpaca: AlpacaBench) -> None:
    alpaca.fake.office.history_lag = timedelta(hours=1)
    order = await desk.place(spread("3.20"))
    await desk.until(lambda: not desk.is_up, "an end to trust")
    alpaca.fake.office.history_lag = timedelta()
    await desk.comes_to(order, "filled")
    await desk.agrees()


@a_scene
async def a_combo_trades_in_parts_around_a_change(desk: Desk, alpaca: AlpacaBench) -> None:
    order = await desk.place(spread("1.00"))
    await desk.comes_to(order, "new")
    alpaca.venue.fill(alpaca.order(order), 1, "1")
    await cum_qty_is(desk, order, 1)
    await desk.change(order, price="1.50")
    await is_changed(desk, order)
    await desk.reconnected()
    alpaca.venue.fill(alpaca.venue.working()[0], 1, "1.5")
    await desk.comes_to(order, "filled")
    await desk.agrees()


def test_a_key_that_is_revoked_is_noticed_though_the_stream_goes_on() -> None:
    async def play(port: Port) -> None:
        alpaca = port.bench
        assert isinstance(alpaca, AlpacaBench)
        await port.connect()
        alpaca.fake.site.secret = "another one"
        with pytest.raises(LoginRefused):
            await port.broker.statement()

    run(AlpacaBench, Case("a_revoked_key", play, Port, (), MORNING))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_the_book_is_right_in_the_end(scene: Scene) -> None:
    played(scene)


@pytest.mark.parametrize("scene", SCENES[:3], ids=lambda scene: scene.__name__)
def test_it_is_right_as_well_where_no_fills_are_carried_over(scene: Scene) -> None:
    played(scene, NothingCarried)


@pytest.mark.parametrize("seed", range(3))
def test_a_session_in_which_a_fifth_of_everything_fails_loses_and_doubles_nothing(
    seed: int,
) -> None:
    async def scene(desk: Desk, alpaca: AlpacaBench) -> None:
        alpaca.faults.seeded(seed, 0.2, PRONE)
        for number in range(10):
            await desk.ask(price=str(99 + number % 3))
            sent = [event.cl_ord_id for event in desk.of(OrderSubmitted)]
            if number % 4 == 1:
                await desk.change(sent[-1], price="99.30")
            if number % 4 == 2:
                await desk.cancel(sent[-1])
            await desk.price("99.00", f"99.{10 + number}")
            await asyncio.sleep(0.5)
        alpaca.faults.seeded(seed, 0)
        sent = [event.cl_ord_id for event in desk.of(OrderSubmitted)]
        await desk.until(lambda: desk.is_up and all(is_known(desk, o) for o in sent), "an end", 90)
        assert all(len(alpaca.venue.called(order)) <= 1 for order in sent)
        assert alpaca.faults.fired.total() >= 3
        await desk.agrees()

    def is_known(desk: Desk, order: str) -> bool:
        """Tell whether it is over, settled, or provably never came."""
        state, bench = desk.state(order), desk.bench
        assert isinstance(bench, AlpacaBench)
        is_over = state.root not in desk.book.orders.working
        return is_over or desk.is_settled(order) or not bench.venue.called(order)

    played(scene)
