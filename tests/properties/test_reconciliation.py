"""Is any single difference between book and statement found, and called what it is?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from tests.makers import a_report, of
from tests.properties.walk import Day, a_day

from tradebot.core.model.commands import Reconcile
from tradebot.core.model.drift import BreakKind
from tradebot.core.model.events import BreakFound, Event, StatementCompared
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import Holding, OpenOrder, Statement

SEEDS: Final = range(8)
STEPS: Final = 150


def looks(day: Day, statement: Statement, count: int = 2) -> list[Event]:
    """Look at one statement so often, each made a little later."""
    found: list[Event] = []
    for _ in range(count):
        day.now += timedelta(seconds=3)
        before = len(day.journal)
        day.decide(Reconcile(
            route="paper", statement=replace(statement, as_of=day.now), because="test"
        ))
        found += [event for line in day.journal[before:] for event in line.events]
    return found


def a_quiet_day(seed: int) -> Day:
    """Return a day at whose end the route is up, all is told, and what never came is given up."""
    day = a_day(seed, STEPS)
    for state in list(day.book.orders.working.values()):
        if state.in_doubt and state.root not in day.broker.live():
            day.decide(a_report("rejected", state.root))
    day.decide(day._connect())
    return day


def other_cash(day: Day, true: Statement) -> Statement:
    return replace(true, cash=true.cash + Decimal("0.02"))


def another_share(day: Day, true: Statement) -> Statement:
    held = {holding.symbol: holding.qty for holding in true.holdings}
    held["SPY"] = held.get("SPY", Decimal(0)) + 1
    rows = tuple(Holding(symbol=symbol, qty=qty) for symbol, qty in held.items() if qty)
    return replace(true, holdings=rows)


def no_row(day: Day, true: Statement) -> Statement:
    return replace(true, holdings=true.holdings[1:])


def a_fill_unheard(day: Day, true: Statement) -> Statement:
    """Let the broker have bought one more of a working order, at a price of 5."""
    first, *rest = true.working
    assert first.leaves_qty is not None
    filled = replace(first, leaves_qty=first.leaves_qty - 1)
    return replace(
        another_share(day, true), cash=true.cash - 5, working=(filled, *rest)
    )


def an_order_gone(day: Day, true: Statement) -> Statement:
    """Let the list lack an order that the broker has answered: others may not have come yet."""
    answered = (
        stated for stated in true.working
        if (state := day.book.orders.find(stated.cl_ord_id)) and not state.is_unanswered
    )
    gone = next(answered)
    return replace(true, working=tuple(stated for stated in true.working if stated != gone))


def an_order_of_others(day: Day, true: Statement) -> Statement:
    other = OpenOrder(cl_ord_id=ClOrdID("other"), symbols=("IBM",), leaves_qty=Decimal(1))
    return replace(true, working=(*true.working, other))


def an_order_that_ended(day: Day, true: Statement) -> Statement:
    ended = next(iter(day.book.orders.finished))
    return replace(true, working=(*true.working, OpenOrder(cl_ord_id=ended)))


def another_account(day: Day, true: Statement) -> Statement:
    return replace(true, account="PAPER-2")


K = BreakKind
PLANTS: Final[dict[Callable[[Day, Statement], Statement], set[BreakKind]]] = {
    other_cash: {K.CASH}, another_share: {K.POSITION}, no_row: {K.POSITION},
    a_fill_unheard: {K.CASH, K.POSITION, K.FILL}, an_order_gone: {K.MISSING_ORDER},
    an_order_of_others: {K.UNKNOWN_ORDER}, an_order_that_ended: {K.FINISHED_ORDER},
    another_account: {K.ACCOUNT},
}


@pytest.mark.parametrize("seed", SEEDS)
def test_where_nothing_differs_nothing_is_found(seed: int) -> None:
    day = a_quiet_day(seed)
    events = looks(day, day.statement())
    assert [event.drifts for event in of(events, StatementCompared)] == [(), ()]
    assert not of(events, BreakFound)


@pytest.mark.promise(4, 27)
@pytest.mark.parametrize("plant", PLANTS, ids=[plant.__name__ for plant in PLANTS])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_difference_is_found_by_two_looks_and_called_what_it_is(
    seed: int, plant: Callable[[Day, Statement], Statement]
) -> None:
    day = a_quiet_day(seed)
    true = day.statement()
    if not true.working or not true.holdings or not day.book.orders.finished:
        pytest.skip("nothing works, or is held, at the end of this day")
    events = looks(day, plant(day, true))
    assert {event.drift.kind for event in of(events, BreakFound)} == PLANTS[plant]


def test_enough_days_end_with_something_to_differ_about() -> None:
    true = [a_quiet_day(seed).statement() for seed in SEEDS]
    assert sum(bool(stated.working and stated.holdings) for stated in true) >= len(SEEDS) // 2
