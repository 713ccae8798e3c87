"""Whose position does a kill close? Each owner's own, or a strategy would close it once more."""

from decimal import Decimal

import pytest
from tests import makers

from tradebot.core.book.book import Book
from tradebot.core.model import events as e
from tradebot.core.model.commands import ActivateSettings, Flatten, SetKillSwitch
from tradebot.core.model.ids import ClOrdID, StrategyId
from tradebot.core.model.report import Holding
from tradebot.core.pipeline.handle import handle


def a_book(**held: int) -> Book:
    book = Book()
    for command in makers.a_morning(makers.some_settings()):
        list(handle(book, command, makers.some_facts(), makers.OPEN))
    for owner, qty in held.items():
        book.apply(e.TradeBooked(
            cl_ord_id=ClOrdID("C"), exec_id=owner, account=makers.ACCOUNT,  # type: ignore[arg-type]
            strategy_id=owner, symbol="SPY", qty=Decimal(qty), px=Decimal(500),
            cash=Decimal(-500 * qty), cost=Decimal(500 * qty),
        ))
    list(handle(
        book, SetKillSwitch(engaged=True, reason="enough", by="alice"), makers.some_facts(),
        makers.OPEN,
    ))
    return book


def exits(book: Book, qty: int) -> list[tuple[StrategyId | None, str, Decimal]]:
    statement = makers.a_statement(holdings=(
        Holding(symbol="SPY", qty=Decimal(qty), avg_px=Decimal(500)),
    ))
    command = Flatten(route="paper", statement=statement, by="alice")
    events = list(handle(book, command, makers.some_facts(), makers.OPEN))
    return [
        (event.intent.strategy_id, event.intent.side.value, event.intent.order_qty)
        for event in events if isinstance(event, e.OrderSubmitted)
    ]


def test_each_owner_gets_an_order_for_its_own_share() -> None:
    assert exits(a_book(sma=10, quoter=4), 14) == [("sma", "sell", 10), ("quoter", "sell", 4)]


def test_what_an_owner_holds_in_another_account_is_not_its_share_of_this_one() -> None:
    book = a_book(sma=10)
    other = makers.a_statement(account="OTHER", holdings=(
        Holding(symbol="SPY", qty=Decimal(4), avg_px=Decimal(500)),
    ))
    told = [event for command in (
        ActivateSettings(settings=makers.some_settings(routes=("paper", "second")), version="2"),
        makers.a_route("second", statement=other), Flatten(route="second", statement=other, by="a"),
    ) for event in handle(book, command, makers.some_facts(), makers.OPEN)]
    (order,) = [event for event in told if isinstance(event, e.OrderSubmitted)]
    assert (order.account, order.intent.order_qty) == ("OTHER", 4)
    assert order.intent.strategy_id != "sma"


def test_what_nobody_of_ours_holds_is_the_kills_own() -> None:
    assert exits(a_book(sma=10), 12) == [("sma", "sell", 10), (None, "sell", 2)]


def test_no_more_is_closed_than_the_statement_says() -> None:
    assert exits(a_book(sma=10, quoter=-4), 6) == [("sma", "sell", 6)]
    assert exits(a_book(sma=10), 3) == [("sma", "sell", 3)]
    assert exits(a_book(sma=10), 0) == []


def test_a_short_position_is_bought_back_by_its_owner() -> None:
    assert exits(a_book(sma=-10), -10) == [("sma", "buy", 10)]


def test_asking_twice_closes_once() -> None:
    book = a_book(sma=10, quoter=4)
    assert len(exits(book, 14)) == 2
    assert exits(book, 14) == []


def test_the_exit_of_what_came_from_outside_is_ours_and_can_be_taken_back() -> None:
    book = a_book(external=5)
    assert exits(book, 5) == [("external", "sell", 5)]
    (exit_id,) = book.orders.working
    fill = makers.a_trade("X1", 5, "500", exit_id)
    bust = makers.a_report("trade_cancel", exit_id, exec_id="B1", exec_ref_id="X1")
    told = [event for report in (fill, bust) for event in handle(
        book, report, makers.some_facts(), makers.OPEN
    )]
    booked = [event for event in told if isinstance(event, e.TradeBooked)]
    assert [(event.qty, event.is_external) for event in booked] == [(-5, False), (5, False)]


def told_flat(book: Book, **changes: object) -> list[e.RouteFlattened]:
    command = Flatten(route="paper", statement=makers.a_statement(**changes), by="alice")
    events = handle(book, command, makers.some_facts(), makers.OPEN)
    return [event for event in events if isinstance(event, e.RouteFlattened)]


def asked_to_flatten(book: Book) -> Book:
    command = SetKillSwitch(engaged=True, reason="all of it", by="alice", flatten=True)
    list(handle(book, command, makers.some_facts(), makers.OPEN))
    return book


@pytest.mark.promise(27)
@pytest.mark.fault(64, 65, 84)
def test_a_statement_without_rows_is_no_evidence_that_a_route_is_flat() -> None:
    book = asked_to_flatten(a_book(sma=10))
    assert not told_flat(book)
    assert book.kill.to_flatten == {"paper": "alice"}


def test_a_route_is_flat_once_where_book_and_broker_hold_nothing() -> None:
    book = asked_to_flatten(a_book())
    assert [event.route for event in told_flat(book)] == ["paper"]
    assert not told_flat(book)
    assert not told_flat(a_book()), "nobody asked for it"
    assert not told_flat(asked_to_flatten(a_book()), account="ANOTHER")


def test_no_route_is_flat_while_an_exit_works() -> None:
    book = asked_to_flatten(a_book())
    assert exits(book, 3)
    assert not told_flat(book)
