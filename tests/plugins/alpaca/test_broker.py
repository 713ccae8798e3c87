"""What does the adapter make of Alpaca's ways: chains of changes, combos, lists that lag?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.fakes.alpaca.rules import Account
from tests.fakes.faults import FaultKind, Request
from tests.fakes.venue_facts import REST, Hours, Leg, partial
from tests.makers import CALL, HIGHER_CALL, at
from tests.plugins.alpaca.playing import Playing, playing, resting, said, spread

from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import BrokerOrder, ExecType, RejReason
from tradebot.ports import Declined, DeliveryUnknown, LoginRefused

FIRST, SECOND = ClOrdID("tb1"), ClOrdID("tb1R1")
HOUR = timedelta(hours=1)


async def found_by(play: Playing, name: ClOrdID) -> BrokerOrder:
    found = await play.broker.find(name)
    assert found is not None
    return found


def exec_ids(play: Playing) -> list[str | None]:
    return [r.exec_id for r in play.told if r.exec_type is ExecType.TRADE]


async def test_an_execution_has_one_name_however_it_is_told() -> None:
    async with playing() as play:
        play.venue.plan(partial(4))
        await play.submit(resting())
        play.venue.fill(play.venue.called(FIRST)[0], 6, "98.99")
        await play.until(lambda: len(exec_ids(play)) == 2)
        history = await play.broker.fills_since(play.clock.now() - HOUR)
        found = await found_by(play, FIRST)
        assert [said(report) for report in history] == ["SPY 4@99", "SPY 6@98.99"]
        assert exec_ids(play) == [report.exec_id for report in history]
        assert exec_ids(play) == [report.exec_id for report in found.reports if report.last_qty]


@pytest.mark.parametrize("carries_fills", [True, False])
async def test_a_chain_of_changes_is_found_whole_by_its_first_name(carries_fills: bool) -> None:
    async with playing(carries_fills=carries_fills) as play:
        play.venue.plan(partial(4))
        await play.submit(resting())
        await play.broker.replace(FIRST, SECOND, Decimal(12), Decimal("98.5"))
        await play.broker.replace(SECOND, ClOrdID("tb1R2"), Decimal(12), Decimal("98.75"))
        play.venue.fill(play.venue.called("tb1R2")[0], 3, "98.75")
        await play.until(lambda: len(exec_ids(play)) == 2)
        found = await found_by(play, FIRST)
        assert found.cl_ord_id == "tb1R2"
        assert [said(report) for report in found.reports] == [
            "new", "SPY 4@99", "replaced", "replaced", "SPY 3@98.75",
        ]
        assert [r.order_qty for r in found.reports if r.exec_type is ExecType.REPLACED] == [12, 12]
        assert found.order_qty == 10
        assert [r.exec_id for r in found.reports if r.last_qty] == exec_ids(play)


async def test_a_change_is_told_under_both_names_once() -> None:
    async with playing() as play:
        await play.submit(resting())
        await play.broker.replace(FIRST, SECOND, Decimal(12), None)
        await play.until(lambda: len(play.told) == 2)
        await play.quiet()
        (changed,) = (r for r in play.told if r.exec_type is ExecType.REPLACED)
        assert (changed.cl_ord_id, changed.orig_cl_ord_id) == (SECOND, FIRST)
        assert changed.order_qty == 12
        assert play.words(FIRST) == ["new", "replaced"]


async def test_a_change_names_only_what_differs() -> None:
    async with playing() as play:
        await play.submit(resting("0.5", "99"))
        await play.broker.replace(FIRST, SECOND, Decimal("0.5"), Decimal("98"))
        (asked,) = (asked for asked in play.fake.asked if asked.method == "PATCH")
        assert b"qty" not in asked.body
        assert b'"limit_price": "98"' in asked.body


async def test_a_late_execution_on_the_old_name_is_told_under_it() -> None:
    async with playing() as play:
        await play.submit(resting())
        await play.broker.replace(FIRST, SECOND, Decimal(12), None)
        play.venue.fill(play.venue.called(FIRST)[0], 2, "99")
        await play.until(lambda: exec_ids(play))
        (late,) = (r for r in play.told if r.exec_type is ExecType.TRADE)
        assert (late.cl_ord_id, late.last_qty) == (FIRST, 2)


async def test_a_change_that_came_too_late_leaves_the_order_as_it_is() -> None:
    async with playing() as play:
        await play.submit(resting())
        play.fake.desk.holds.add(Request.REPLACE)
        await play.broker.replace(FIRST, SECOND, Decimal(12), None)
        play.venue.fill(play.venue.called(FIRST)[0], 10, "99")
        play.fake.desk.release()
        await play.until(lambda: "cancel_rejected" in play.words(FIRST))
        await play.quiet()
        assert play.words(FIRST)[:3] == ["new", "pending_replace", "SPY 10@99"]
        assert "rejected" not in play.words(FIRST) + play.words(SECOND)
        refusals = [r for r in play.told if r.exec_type is ExecType.CANCEL_REJECTED]
        assert {(r.cl_ord_id, r.orig_cl_ord_id, r.rej_reason) for r in refusals} == {
            (SECOND, FIRST, RejReason.TOO_LATE),
        }
        assert (await found_by(play, FIRST)).cl_ord_id == FIRST
        assert (await found_by(play, SECOND)).cl_ord_id == FIRST


async def test_a_change_on_its_way_is_not_listed_beside_what_it_changes() -> None:
    async with playing() as play:
        await play.submit(resting())
        play.fake.desk.holds.add(Request.REPLACE)
        await play.broker.replace(FIRST, SECOND, Decimal(12), None)
        assert [o.cl_ord_id for o in (await play.broker.statement()).working] == [FIRST]
        play.fake.desk.release()
        (working,) = (await play.broker.statement()).working
        assert (working.cl_ord_id, working.leaves_qty) == (SECOND, None)


async def test_a_cancel_follows_a_change_whose_answer_was_lost() -> None:
    async with playing() as play:
        await play.submit(resting())
        play.fake.faults.push(FaultKind.ACCEPT_DROP, on=Request.REPLACE)
        with pytest.raises(DeliveryUnknown):
            await play.broker.replace(FIRST, SECOND, Decimal(12), None)
        await play.broker.cancel(FIRST, ClOrdID("tb1C1"))
        assert not play.venue.working()
        await play.until(lambda: "canceled" in play.words(SECOND))


async def test_a_cancel_that_came_too_late_is_told_under_its_own_name() -> None:
    async with playing() as play:
        await play.submit(resting())
        play.fake.desk.holds.add(Request.CANCEL)
        await play.broker.cancel(FIRST, ClOrdID("tb1C1"))
        play.venue.fill(play.venue.called(FIRST)[0], 10, "99")
        play.fake.desk.release()
        await play.until(lambda: "cancel_rejected" in play.words("tb1C1"))
        assert play.words("tb1C1") == ["pending_cancel", "cancel_rejected"]
        with pytest.raises(Declined) as refused:
            await play.broker.cancel(FIRST, ClOrdID("tb1C2"))
        assert refused.value.rej_reason is RejReason.TOO_LATE


async def test_an_id_that_alpaca_has_seen_is_asked_about_and_never_an_error() -> None:
    async with playing() as play:
        await play.submit(resting())
        with pytest.raises(DeliveryUnknown):
            await play.send(resting(), FIRST)
        assert len(play.venue.orders) == 1


@pytest.mark.parametrize("one_by_leg", [True, False])
async def test_a_combo_is_told_leg_by_leg_once(one_by_leg: bool) -> None:
    async with playing(one_by_leg=one_by_leg) as play:
        play.venue.plan(partial(1))
        await play.submit(spread(3, ratio=2, price="8.00"))
        play.venue.fill(play.venue.called(FIRST)[0], 2, "8.00")
        await play.until(lambda: len(exec_ids(play)) == 4)
        await play.quiet()
        history = await play.broker.fills_since(play.clock.now() - HOUR)
        told = [r for r in play.told if r.last_qty]
        assert sorted(map(said, told)) == sorted(map(said, history))
        assert sorted(exec_ids(play)) == sorted(r.exec_id for r in history)
        assert len(set(exec_ids(play))) == 4
        assert {(r.cl_ord_id, r.symbol, r.is_sell, r.last_qty) for r in told} == {
            (FIRST, CALL, False, 2), (FIRST, HIGHER_CALL, True, 1),
            (FIRST, CALL, False, 4), (FIRST, HIGHER_CALL, True, 2),
        }


async def test_legs_are_known_for_legs_by_a_process_that_knows_nothing() -> None:
    async with playing() as play:
        await play.submit(spread(price="8.00"))
        await play.until(lambda: len(exec_ids(play)) == 2)
        after = Playing(play.fake, None)
        await play.close()
        await after.open()
        history = await after.broker.fills_since(after.clock.now() - HOUR)
        await after.close()
        assert {(r.cl_ord_id, r.symbol) for r in history} == {(FIRST, CALL), (FIRST, HIGHER_CALL)}
        assert [r.exec_id for r in history] == exec_ids(play)


async def test_a_leg_told_of_before_its_combo_finds_its_combo() -> None:
    async with playing(one_by_leg=True) as play:
        (listener,) = play.fake.updates.listeners
        listener.listens = False
        legs = Leg(CALL, Decimal(1)), Leg(HIGHER_CALL, Decimal(-1))
        order = play.venue.submit(FIRST, legs, Decimal(2), limit=Decimal("1.00"))
        listener.listens = True
        play.venue.fill_leg(order, CALL, 1, "5.00")
        await play.until(lambda: exec_ids(play))
        assert {r.cl_ord_id for r in play.told} == {FIRST}


async def test_an_order_that_is_found_late_is_found() -> None:
    async with playing(lag_s=0.2) as play:
        play.fake.desk.finds_late = 3
        await play.submit(resting())
        assert (await found_by(play, FIRST)).cl_ord_id == FIRST


async def test_a_history_that_lags_is_waited_for_and_never_filled_up() -> None:
    async with playing(lag_s=0.2) as play:
        await play.submit(resting(price="101"))
        await play.until(lambda: exec_ids(play))
        executions, play.venue.executions = play.venue.executions, []
        with pytest.raises(DeliveryUnknown, match="yet"):
            await play.broker.find(FIRST)
        play.venue.executions = executions
        assert [said(r) for r in (await found_by(play, FIRST)).reports] == ["new", "SPY 10@100.01"]


async def test_all_pages_are_read() -> None:
    async with playing() as play:
        for number in range(203):
            order = play.venue.submit(f"tb{number}", "SPY", Decimal(1), limit=Decimal(50))
            play.venue.fill(order, 1, "50")
        history = await play.broker.fills_since(play.clock.now() - HOUR)
        assert [r.cl_ord_id for r in history] == [f"tb{number}" for number in range(203)]


async def test_more_orders_work_than_a_page_holds() -> None:
    async with playing() as play:
        for number in range(503):
            play.venue.submit(f"tb{number}", "SPY", Decimal(1), limit=Decimal(50))
        working = (await play.broker.statement()).working
        assert len({order.cl_ord_id for order in working}) == len(working) == 503


async def test_a_trade_taken_back_names_what_it_was() -> None:
    async with playing() as play:
        await play.submit(resting(price="101"))
        await play.until(lambda: exec_ids(play))
        play.venue.bust(play.venue.executions[-1])
        await play.until(lambda: "trade_cancel" in play.words(FIRST))
        assert play.told[-1].exec_ref_id == exec_ids(play)[0]
        assert play.told[-1].exec_id not in exec_ids(play)


async def test_a_trade_corrected_names_what_it_replaces() -> None:
    async with playing() as play:
        await play.submit(resting(price="101"))
        await play.until(lambda: exec_ids(play))
        play.venue.correct(play.venue.executions[-1], Decimal(10), Decimal("100.5"))
        await play.until(lambda: "trade_correct" in play.words(FIRST))
        corrected = play.told[-1]
        assert (corrected.exec_ref_id, corrected.last_px) == (exec_ids(play)[0], Decimal("100.5"))
        assert corrected.exec_id not in exec_ids(play)


async def test_a_word_that_is_new_is_told_and_stops_nothing() -> None:
    async with playing() as play:
        play.fake.faults.push(FaultKind.UNKNOWN_WORD, on=Request.STREAM)
        await play.send(resting(price="101"))
        await play.until(lambda: exec_ids(play))
        texts = [r.text for r in play.told if r.exec_type is ExecType.ORDER_STATUS]
        assert texts == ["unknown event 'pondered'"]


async def test_before_the_open_a_limit_for_the_day_works_at_once() -> None:
    async with playing(now=at(-600)) as play:
        play.venue.open_hours(Hours.EXTENDED)
        await play.submit(resting(price="101"))
        await play.until(lambda: exec_ids(play))
        assert play.venue.called(FIRST)[0].outside_hours


async def test_while_the_market_is_open_no_order_asks_to_work_outside() -> None:
    async with playing(now=at(600)) as play:
        await play.submit(resting())
        assert not play.venue.called(FIRST)[0].outside_hours


@pytest.mark.parametrize("skew_s", [-3_600, 3_600])
async def test_a_clock_that_is_wrong_hides_no_execution(skew_s: int) -> None:
    async with playing() as play:
        play.fake.book.skew = timedelta(seconds=skew_s)
        await play.reopen()
        since = play.clock.now()
        await play.submit(resting(price="101"))
        history = await play.broker.fills_since(since - timedelta(seconds=1))
        assert [said(report) for report in history] == ["SPY 10@100.01"]
        assert not await play.broker.fills_since(since + timedelta(minutes=1))


@pytest.mark.parametrize("account", [
    Account(status="ACCOUNT_CLOSED"), Account(trading_blocked=True), Account(number="123456789"),
])
async def test_an_account_that_may_not_trade_lets_nobody_in(account: Account) -> None:
    async with playing() as play:
        await play.close()
        vars(play.fake.account).update(vars(account))
        with pytest.raises(LoginRefused):
            await play.broker.connect()


async def test_what_money_it_is_is_known_once_it_is_connected() -> None:
    async with playing() as play:
        fresh = Playing(play.fake, None)
        assert fresh.broker.capabilities.real_money is None
        assert play.broker.capabilities.real_money is False


async def test_a_look_beside_takes_nothing_from_who_trades() -> None:
    async with playing() as play:
        settings = play.broker.beside(play.broker._settings)
        beside = Playing(play.fake, None, listens=settings.listens)
        await beside.broker.connect()
        assert abs(await beside.broker.ping() - beside.clock.now()) < timedelta(seconds=5)
        look = await beside.broker.look()
        await beside.close()
        assert all(permission.is_given for permission in look.permissions)
        await play.submit(resting())
        assert not play.ended


async def test_nothing_is_asked_twice_of_what_is_not_there() -> None:
    async with playing() as play:
        play.venue.plan(REST)
        with pytest.raises(Declined) as refused:
            await play.broker.cancel(ClOrdID("tb9"), ClOrdID("tb9C1"))
        assert refused.value.rej_reason is RejReason.UNKNOWN_ORDER
        assert not [asked for asked in play.fake.asked if asked.method == "DELETE"]
