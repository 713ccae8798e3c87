"""When is a difference a break, what does it halt, and how does it end?"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.makers import (
    ACCOUNT,
    OPEN,
    Trader,
    a_report,
    a_route,
    a_statement,
    a_trade,
    of,
    some_settings,
    the,
)

from tradebot.core import recon
from tradebot.core.book import orders
from tradebot.core.model.commands import AcceptBreak, ActivateSettings, ClearHalt, Reconcile
from tradebot.core.model.drift import BreakKind
from tradebot.core.model.events import (
    EVERYTHING,
    BreakAccepted,
    BreakClosed,
    BreakFound,
    Event,
    HaltCleared,
    InstrumentHalted,
    IntentRefused,
    OrderInDoubt,
    OrderReported,
    OrderSubmitted,
    ReportIgnored,
    RouteConnected,
    StatementCompared,
    TradeBooked,
)
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.money import ONE
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType, Holding, OpenOrder, Report

SPY_ONE = (Holding(symbol="SPY", qty=Decimal(1)),)
OTHERS = OpenOrder(cl_ord_id=ClOrdID("other"), symbols=("IBM",), leaves_qty=Decimal(3))


def look(
    trader: Trader, *fills: Report, is_routine: bool = False, **differs: Any
) -> list[Event]:
    """Compare with a statement that agrees with the book but for what `differs`."""
    trader.seconds += 1
    return trader.tell(Reconcile(
        route="paper", statement=trader.statement(**differs), because="test", fills=fills,
        is_routine=is_routine,
    ))


def an_order(trader: Trader, symbol: str = "SPY", price: str = "500") -> ClOrdID:
    """Send an order that the broker works."""
    sent = the(trader.submit(symbol=symbol, price=price), OrderSubmitted)
    trader.tell(a_report("new", sent.cl_ord_id))
    return ClOrdID(sent.cl_ord_id)


def broken(trader: Trader, **differs: Any) -> BreakFound:
    """Find one break by two looks."""
    assert not of(look(trader, **differs), BreakFound)
    return the(look(trader, **differs), BreakFound)


@pytest.mark.fault(64)
def test_one_look_is_no_break() -> None:
    trader = Trader()
    seen = the(look(trader, holdings=SPY_ONE), StatementCompared)
    assert [drift.kind for drift in seen.drifts] == [BreakKind.POSITION]
    assert not trader.book.recon.breaks
    assert not trader.book.halted


def test_two_looks_at_one_statement_are_one_look() -> None:
    trader = Trader()
    stated = trader.statement(holdings=SPY_ONE)
    for _ in range(3):
        events = trader.tell(Reconcile(route="paper", statement=stated, because="test"))
        assert not of(events, BreakFound)


def test_a_difference_that_changes_is_no_break() -> None:
    trader = Trader()
    for cash in (1, 2, 3, 2):
        assert not of(look(trader, cash=Decimal(cash)), BreakFound)


def test_a_book_that_moved_between_two_looks_proves_nothing() -> None:
    """A round trip leaves the same two numbers; both statements were late by one fill."""
    trader = Trader()
    look(trader, holdings=SPY_ONE)
    for number, side in enumerate(("buy", "sell")):
        sent = the(trader.submit(side, 1), OrderSubmitted)
        trader.tell(a_trade(f"X{number}", 1, "500", sent.cl_ord_id))
    assert not trader.book.ledger.net_qty(ACCOUNT, "SPY")
    assert not of(look(trader, holdings=SPY_ONE), BreakFound)


def test_an_order_on_its_way_is_not_missing() -> None:
    trader = Trader()
    trader.submit()
    for _ in range(3):
        assert not the(look(trader, working=()), StatementCompared).drifts


def test_the_statement_of_one_account_says_nothing_of_the_orders_in_another() -> None:
    trader = Trader(some_settings(routes=("paper", "second")))
    an_order(trader)
    other = a_statement(account="OTHER", as_of=trader.now)
    trader.tell(a_route("second", statement=other))
    told = trader.tell(Reconcile(route="second", statement=other, because="test"))
    assert not the(told, StatementCompared).drifts


def test_a_cent_is_no_difference_and_more_is_one() -> None:
    trader = Trader()
    cash = trader.book.ledger.accounts[ACCOUNT].cash
    assert not the(look(trader, cash=cash + Decimal("0.01")), StatementCompared).drifts
    assert the(look(trader, cash=cash + Decimal("0.011")), StatementCompared).drifts


@pytest.mark.promise(4, 27)
@pytest.mark.fault(21, 33, 73)
def test_a_position_break_halts_its_instrument_and_a_cash_break_everything() -> None:
    trader = Trader()
    broken(trader, holdings=SPY_ONE)
    assert set(trader.book.halted) == {"SPY"}
    assert not of(trader.submit(symbol="SPY"), OrderSubmitted)
    assert of(trader.submit(symbol="IBM", price="200"), OrderSubmitted)
    trader = Trader()
    broken(trader, cash=Decimal(1))
    assert set(trader.book.halted) == {EVERYTHING}
    assert of(trader.submit(symbol="IBM", price="200"), IntentRefused)


@pytest.mark.fault(64)
def test_a_position_that_the_statement_does_not_name_is_a_break_and_never_flat() -> None:
    trader = Trader()
    trader.tell(a_trade("X1", 10, "500", an_order(trader)))
    found = broken(trader, holdings=())
    assert (found.drift.kind, found.drift.book, found.drift.statement) == (
        BreakKind.POSITION, 10, 0
    )
    assert trader.book.ledger.net_qty(ACCOUNT, "SPY") == 10


def test_a_halt_that_was_cleared_comes_back_while_its_break_stands() -> None:
    trader = Trader()
    broken(trader, holdings=SPY_ONE)
    trader.tell(ClearHalt(symbol="SPY", reason="in a hurry", by="alice"))
    events = look(trader, holdings=SPY_ONE)
    assert the(events, InstrumentHalted).symbol == "SPY"
    assert not of(events, BreakFound)


def test_a_break_that_vanishes_is_closed_and_its_halt_waits_for_a_person() -> None:
    trader = Trader()
    found = broken(trader, holdings=SPY_ONE)
    assert the(look(trader), BreakClosed).drift == found.drift
    assert not trader.book.recon.breaks
    assert set(trader.book.halted) == {"SPY"}


@pytest.mark.promise(4)
@pytest.mark.fault(66)
def test_a_fill_that_was_missed_is_booked_and_leaves_no_difference() -> None:
    trader = Trader()
    order = an_order(trader)
    fill = a_trade("X1", 4, "500", order, transact_time=OPEN)
    expected = {
        "cash": trader.book.ledger.accounts[ACCOUNT].cash - 2000,
        "holdings": (Holding(symbol="SPY", qty=Decimal(4)),),
        "working": (OpenOrder(cl_ord_id=order, leaves_qty=Decimal(6)),),
    }
    trader.seconds += 60
    events = look(trader, fill, **expected)
    assert the(events, TradeBooked).qty == 4
    seen = the(events, StatementCompared)
    assert (seen.recovered, seen.drifts) == (("X1",), ())
    assert not the(look(trader, fill, **expected), StatementCompared).recovered


@pytest.mark.fault(54)
def test_a_fill_of_an_order_that_the_book_forgot_is_not_booked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(orders, "FINISHED_MAX", 1)
    trader = Trader()
    fill = a_trade("X1", 10, "500", an_order(trader))
    trader.tell(fill)
    trader.tell(a_trade("X2", 10, "500", an_order(trader, price="500.01")))
    assert trader.book.orders.find(fill.cl_ord_id) is None
    told = replace(fill, symbol="SPY", is_sell=False)
    assert recon.unheard(trader.book, (told,)) == ()
    (ignored,) = trader.tell(told)
    assert isinstance(ignored, ReportIgnored)
    assert ignored.reason is Reason.OMS_DUPLICATE_EXECUTION


@pytest.mark.promise(3)
@pytest.mark.fault(54)
def test_a_known_execution_with_other_numbers_is_news_and_halts_its_instrument() -> None:
    trader = Trader()
    fill = a_trade("X1", 4, "500", an_order(trader))
    trader.tell(fill)
    found = look(trader, fill, replace(fill, last_qty=Decimal(5)))
    assert the(found, ReportIgnored).reason is Reason.OMS_CONFLICTING_EXECUTION
    assert the(found, InstrumentHalted).symbol == "SPY"


def test_what_was_corrected_may_be_told_by_its_first_id_as_it_stands_now() -> None:
    trader = Trader()
    fill = a_trade("X1", 4, "500", an_order(trader))
    trader.tell(fill)
    corrected = replace(
        fill, exec_type=ExecType.TRADE_CORRECT, exec_id=ExecID("X2"), exec_ref_id=ExecID("X1"),
        last_px=Decimal(499),
    )
    trader.tell(corrected)
    assert not of(look(trader, replace(fill, last_px=Decimal(499))), InstrumentHalted)
    assert not of(look(trader, fill), InstrumentHalted)
    found = look(trader, replace(fill, last_px=Decimal(498)))
    assert the(found, ReportIgnored).reason is Reason.OMS_CONFLICTING_EXECUTION


def test_a_fill_that_may_still_be_on_its_way_counts_as_none_that_was_missed() -> None:
    trader = Trader()
    order = an_order(trader)
    fill = a_trade("X1", 4, "500", order, transact_time=trader.now)
    assert not the(look(trader, fill), StatementCompared).recovered


@pytest.mark.promise(12)
@pytest.mark.fault(63)
def test_an_order_that_the_broker_lost_is_in_doubt_and_keeps_its_risk() -> None:
    trader = Trader()
    order = an_order(trader)
    trader.tell(a_trade("X1", 4, "500", order))
    look(trader, working=())
    assert the(look(trader, working=()), OrderInDoubt).cl_ord_id == order
    state = trader.book.orders.working[order]
    assert trader.book.orders.reserved[ACCOUNT] == state.reserved
    assert not trader.book.halted
    assert not of(look(trader, working=()), OrderInDoubt)


def test_accepting_that_an_order_is_gone_ends_it() -> None:
    trader = Trader()
    order = an_order(trader)
    broken(trader, working=())
    events = trader.tell(AcceptBreak(
        target=f"{ACCOUNT}/{order}", reason="the broker was reset", by="alice"
    ))
    assert the(events, OrderReported).report.exec_type is ExecType.CANCELED
    assert order not in trader.book.orders.working
    assert not trader.book.orders.reserved.get(ACCOUNT)
    assert not trader.book.orders.doubts


@pytest.mark.fault(73)
def test_accepting_a_position_and_cash_makes_the_book_follow_without_profit() -> None:
    trader = Trader()
    before = trader.book.ledger.accounts[ACCOUNT]
    mark, realized = before.high_water, before.realized
    differs = {"holdings": SPY_ONE, "cash": before.cash - 450}
    look(trader, **differs)
    look(trader, **differs)
    for subject in ("cash", "SPY"):
        events = trader.tell(AcceptBreak(
            target=f"{ACCOUNT}/{subject}", reason="bought in the app", by="alice"
        ))
        assert the(events, BreakAccepted).by == "alice"
        assert the(events, HaltCleared)
        assert not of(events, OrderSubmitted)
    account = trader.book.ledger.accounts[ACCOUNT]
    assert trader.book.ledger.net_qty(ACCOUNT, "SPY") == 1
    assert account.realized == realized
    assert account.high_water == mark - 450 + 500 == account.equity  # as quoted, not as paid
    assert trader.book.exposure.of(ACCOUNT).stake("SPY").held == 500
    assert not the(look(trader), StatementCompared).drifts
    assert not trader.book.halted


def test_a_halt_that_another_break_makes_too_outlasts_the_first() -> None:
    trader = Trader()
    order = an_order(trader)
    differs = {"holdings": SPY_ONE, "working": (OpenOrder(cl_ord_id=order, leaves_qty=ONE),)}
    look(trader, **differs)
    look(trader, **differs)
    trader.tell(AcceptBreak(target=f"{ACCOUNT}/SPY", reason="mine", by="alice"))
    assert set(trader.book.halted) == {"SPY"}
    trader.tell(AcceptBreak(target=f"{ACCOUNT}/{order}", reason="mine", by="alice"))
    assert not trader.book.halted


@pytest.mark.fault(21, 28, 73)
def test_an_order_of_others_halts_its_instrument_or_is_adopted_by_policy() -> None:
    trader = Trader()
    broken(trader, working=(OTHERS,))
    assert set(trader.book.halted) == {"IBM"}
    trader = Trader()
    trader.tell(ActivateSettings(settings=some_settings(recon_adopts_orders=True), version="2"))
    broken(trader, working=(OTHERS,))
    assert not trader.book.halted
    assert not trader.book.recon.breaks
    assert not of(look(trader, working=(OTHERS,)), BreakFound)


@pytest.mark.fault(21, 28)
def test_an_unknown_order_by_an_id_of_ours_is_adopted_by_no_policy() -> None:
    trader = Trader()
    trader.tell(ActivateSettings(settings=some_settings(recon_adopts_orders=True), version="2"))
    broken(trader, working=(replace(OTHERS, cl_ord_id=ClOrdID("tb7QX")),))
    assert set(trader.book.halted) == {"IBM"}
    assert trader.book.recon.breaks


def test_an_adopted_order_that_went_is_forgotten() -> None:
    trader = Trader()
    found = broken(trader, working=(OTHERS,))
    trader.tell(AcceptBreak(target=found.drift.name, reason="mine, by hand", by="alice"))
    assert not of(look(trader, working=(OTHERS,)), BreakFound)
    look(trader)
    assert broken(trader, working=(OTHERS,))


def test_an_order_that_ended_here_and_works_there_halts_its_instrument() -> None:
    trader = Trader()
    order = an_order(trader)
    trader.tell(a_report("canceled", order))
    found = broken(trader, working=(OpenOrder(cl_ord_id=order, leaves_qty=Decimal(10)),))
    assert found.drift.kind is BreakKind.FINISHED_ORDER
    assert set(trader.book.halted) == {"SPY"}


@pytest.mark.fault(74)
def test_a_route_that_leads_to_another_account_halts_everything_until_accepted() -> None:
    trader = Trader()
    elsewhere = a_route(statement=trader.statement(account="OTHER"))
    events = trader.tell(elsewhere)
    assert the(events, BreakFound).drift.kind is BreakKind.ACCOUNT
    assert not of(events, RouteConnected)
    assert set(trader.book.halted) == {EVERYTHING}
    assert not of(trader.tell(elsewhere), BreakFound)
    trader.tell(AcceptBreak(target=f"{ACCOUNT}/OTHER", reason="moved", by="alice"))
    assert the(trader.tell(elsewhere), RouteConnected).account == "OTHER"
    back = trader.tell(a_route(statement=trader.statement()))
    assert the(back, BreakFound).drift.kind is BreakKind.ACCOUNT  # each way is asked anew


@pytest.mark.promise(30)
@pytest.mark.fault(65, 80)
def test_a_statement_with_what_is_no_number_is_no_evidence() -> None:
    trader = Trader()
    events = look(trader, cash=Decimal("NaN"))
    assert the(events, InstrumentHalted).symbol == EVERYTHING
    assert not of(events, StatementCompared)


def test_finished_orders_wait_for_a_statement_that_agrees() -> None:
    trader = Trader()
    order = an_order(trader)
    trader.tell(a_trade("X1", 10, "500", order))
    assert the(look(trader, cash=Decimal(1)), StatementCompared).matched == 0
    assert the(look(trader), StatementCompared).matched == 1
    assert the(look(trader), StatementCompared).matched == 0


def test_a_routine_look_tells_only_what_is_new() -> None:
    trader = Trader()
    order = an_order(trader)
    assert the(look(trader, is_routine=True), StatementCompared).orders == 1
    assert not look(trader, is_routine=True)
    assert look(trader), "somebody asked for it"
    trader.tell(a_trade("X1", 10, "500", order))
    assert the(look(trader, is_routine=True), StatementCompared).matched == 1
    assert not look(trader, is_routine=True)
    assert the(look(trader, is_routine=True, cash=Decimal(1)), StatementCompared).drifts
    assert not the(look(trader, is_routine=True), StatementCompared).drifts, "it agrees again"
    assert not look(trader, is_routine=True)


def test_a_routine_look_goes_on_telling_while_a_break_stands() -> None:
    trader = Trader()
    broken(trader, holdings=SPY_ONE)
    assert of(look(trader, is_routine=True, holdings=SPY_ONE), StatementCompared)
    assert of(look(trader, is_routine=True), BreakClosed)
