"""What does a strategy's record hold, and which kind of route has it earned by that?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.makers import Trader, a_report, a_session, a_trade, of, some_settings, the

from tradebot.core.book.records import COUNTS_FOR, STEP_TO, Record
from tradebot.core.model.commands import (
    ActivateSettings,
    Delivery,
    EnterSession,
    Reconcile,
    ReportDelivery,
)
from tradebot.core.model.events import BreakFound, IntentHeld, IntentRefused, OrderSubmitted
from tradebot.core.model.intent import Source
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType
from tradebot.core.model.settings import Promotion, RouteKind
from tradebot.core.model.trust import Trust, TrustLadder, TrustStep

K = RouteKind
FREE = TrustStep(
    sessions_min=0, clean_sessions_min=0, orders_min=0, fills_min=0, rejects_max_frac=Decimal(1)
)


def a_floor(**bounds: Any) -> Trader:
    """A paper account at which only so much is asked of a strategy."""
    ladder = TrustLadder(paper=replace(FREE, **bounds), live=FREE)
    return Trader(some_settings(trust=Trust.REQUIRED, ladder=ladder))


def record(floor: Trader, step: RouteKind = K.PAPER) -> Record:
    return floor.book.records.toward("sma", step)


def filled(floor: Trader, side: str, qty: int, px: str, fee: str = "0") -> None:
    order = the(floor.submit(side, qty, price=None), OrderSubmitted)
    name = f"X{floor.seconds}"
    floor.tell(a_trade(name, qty, px, order.cl_ord_id, fee=fee))


def test_what_opens_is_refused_with_what_is_missing_and_what_closes_goes() -> None:
    floor = a_floor()
    filled(floor, "buy", 10, "500")
    ladder = TrustLadder(paper=replace(FREE, orders_min=2, fills_min=3))
    settings = replace(floor.book.settings, ladder=ladder)
    floor.tell(ActivateSettings(settings=settings, version="stricter"))
    refused = the(floor.submit("buy", 1), IntentRefused)
    assert (refused.reason, refused.detail) == (
        Reason.POLICY_NOT_EARNED, "paper: orders 1 of 2, fills 1 of 3"
    )
    assert the(floor.submit("sell", 10, price=None), OrderSubmitted)


def test_people_need_no_record_and_leave_none() -> None:
    floor = a_floor(orders_min=1)
    for source in (Source.CLI, Source.API):
        order = the(floor.submit(source=source, key=source.value), OrderSubmitted)
        floor.tell(a_trade(source.value, 10, "500", order.cl_ord_id))
    assert floor.book.records.of == {}


def test_nobody_is_asked_to_approve_what_is_not_earned() -> None:
    floor = a_floor(orders_min=1)
    settings = replace(floor.book.settings, promotion=Promotion.MANUAL)
    floor.tell(ActivateSettings(settings=settings, version="manual"))
    events = floor.submit()
    assert of(events, IntentRefused) and not of(events, IntentHeld)


def test_without_trust_required_no_record_is_asked_for() -> None:
    floor = Trader(some_settings(ladder=TrustLadder(paper=replace(FREE, orders_min=9))))
    assert of(floor.submit(), OrderSubmitted)


def test_a_session_counts_once_however_many_orders_it_has() -> None:
    floor = a_floor()
    for day in ("2026-08-24", "2026-08-25"):
        floor.tell(EnterSession(calendar="XNYS", phase=a_session().phase, session=day))
        for qty in (1, 2):
            floor.submit(qty=qty)
    assert (record(floor).sessions, record(floor).orders) == (2, 4)


def test_an_order_that_took_two_attempts_is_one_order() -> None:
    floor = a_floor()
    first = the(floor.submit(), OrderSubmitted)
    again = the(floor.tell(ReportDelivery(
        cl_ord_id=first.cl_ord_id, delivery=Delivery.NEVER_LEFT
    )), OrderSubmitted)
    assert (again.attempt, record(floor).orders) == (2, 1)


def test_rejects_count_against_the_orders_there_are() -> None:
    floor = a_floor(rejects_max_frac=Decimal("0.5"))
    for qty in (1, 2, 3):
        order = the(floor.submit(qty=qty), OrderSubmitted)
        if qty > 1:
            floor.tell(a_report(ExecType.REJECTED, order.cl_ord_id))
    refused = the(floor.submit(qty=4), IntentRefused)
    assert refused.detail == "paper: rejects 2 over 1.5"


def test_profit_is_counted_after_fees_and_drawdown_from_its_highest() -> None:
    floor = a_floor()
    for bought, sold in (("500", "510"), ("510", "503"), ("503", "504")):
        filled(floor, "buy", 10, bought, fee="1")
        filled(floor, "sell", 10, sold, fee="1")
    found = record(floor)
    assert (found.net, found.highest, found.drawdown) == (
        Decimal(100 - 70 + 10 - 6), Decimal(98), Decimal(1 + 70 + 1 + 1)
    )
    assert found.fills == 6


def test_an_execution_that_is_busted_does_not_stay_in_the_record() -> None:
    floor = a_floor()
    order = the(floor.submit(qty=10), OrderSubmitted)
    floor.tell(a_trade("X1", 10, "500", order.cl_ord_id, fee="2"))
    floor.tell(a_report(ExecType.TRADE_CANCEL, order.cl_ord_id, exec_id="X2", exec_ref_id="X1"))
    assert (record(floor).fills, record(floor).net) == (0, Decimal(0))


def test_a_break_takes_the_clean_sessions_and_nothing_else() -> None:
    floor = a_floor(clean_sessions_min=0)
    filled(floor, "buy", 1, "500")
    assert record(floor).clean_sessions == 1
    for _ in range(3):
        floor.seconds += 60
        stated = floor.statement(cash=Decimal(7), as_of=floor.now + timedelta(seconds=1))
        floor.tell(Reconcile(route="paper", statement=stated, because="test"))
    assert of(floor.events, BreakFound)
    assert (record(floor).sessions, record(floor).clean_sessions) == (1, 0)
    assert record(floor, K.LIVE).clean_sessions == 0


def test_a_mock_earns_paper_and_only_simulated_money_or_more_earns_live() -> None:
    assert COUNTS_FOR[K.MOCK] == (K.PAPER,)
    assert {kind for kind in K if K.LIVE in COUNTS_FOR[kind]} == set(K) - {K.MOCK}
    assert set(K) - set(STEP_TO) == {K.MOCK}
    assert {kind for kind in K if STEP_TO.get(kind) is K.LIVE} == {K.LIVE}


BOUNDS = {
    "sessions_min": "sessions", "clean_sessions_min": "clean_sessions", "orders_min": "orders",
    "fills_min": "fills", "net_min_usd": "net",
}


@pytest.mark.parametrize("bound", BOUNDS)
def test_each_bound_passes_at_it_and_fails_below(bound: str) -> None:
    step = replace(FREE, **{bound: 3})
    assert Record(**{BOUNDS[bound]: 3}).lacks(step) == []
    assert len(Record(**{BOUNDS[bound]: 2}).lacks(step)) == 1


def test_a_drawdown_passes_at_its_bound_and_fails_above() -> None:
    step = replace(FREE, drawdown_max_usd=Decimal(100))
    assert Record(drawdown=Decimal(100)).lacks(step) == []
    assert Record(drawdown=Decimal("100.01")).lacks(step) == ["drawdown 100.01 over 100"]


@given(st.lists(st.decimals(-100, 100, places=2), max_size=30))
def test_drawdown_is_the_furthest_fall_of_the_running_sum(profits: list[Decimal]) -> None:
    found = Record()
    for profit in profits:
        found.booked(profit, is_reversal=False)
    sums = [sum(profits[:n], Decimal(0)) for n in range(len(profits) + 1)]
    falls = [max(sums[:n + 1]) - sums[n] for n in range(len(sums))]
    assert found.drawdown == max(falls)
