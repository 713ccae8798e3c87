"""Do the views tell what happened, also after the book has forgotten it?"""

import asyncio
import json
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, get_args

import pytest
from tests.tiny_daemon import AT, TinyDaemon

from tradebot.core.book import orders as book_orders
from tradebot.core.book.book import FOLDS, Book
from tradebot.core.model.commands import Delivery, Mark, ReportDelivery, RequestCancel, SubmitIntent
from tradebot.core.model.events import CancelRequested, Event
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID, StrategyId, keyed_intent_id
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, Source
from tradebot.core.model.report import ExecType
from tradebot.shell.api.answers import SLICE_MAX, answer_by_rows
from tradebot.shell.views.filters import ALL, Filters
from tradebot.shell.views.history import RECORDS
from tradebot.shell.views.views import Views


def an_order(
    daemon: TinyDaemon, key: str, *, qty: str = "10", side: Side = Side.BUY, symbol: str = "SPY",
    strategy: str | None = None,
) -> dict[str, Any]:
    daemon.decide(SubmitIntent(intent=Intent(
        legs=(Leg(symbol=symbol, side=side),), order_qty=Decimal(qty), key=key,
        source=Source.CLI, strategy_id=StrategyId(strategy) if strategy else None,
    )))
    found = daemon.views.pipeline_result(keyed_intent_id(key))
    assert found is not None
    return found


def test_every_event_class_has_a_row_in_the_histories() -> None:
    assert set(RECORDS) == set(get_args(Event)) == set(FOLDS)


def test_the_views_book_equals_the_deciding_book(daemon: TinyDaemon) -> None:
    order = an_order(daemon, "k1")["client_order_id"]
    daemon.fill(order, "10", "500.01", "X1")
    for field in fields(Book):
        assert getattr(daemon.views.book, field.name) == getattr(daemon.book, field.name)


def test_status_warns_of_a_drawdown_of_ten_percent(daemon: TinyDaemon) -> None:
    order = an_order(daemon, "k1", qty="80")["client_order_id"]
    daemon.fill(order, "80", "500", "X1")
    warned = []
    for px in ("375.02", "375", "374.98"):
        quote = Quote(symbol="SPY", bid=Decimal(px), ask=Decimal(px), as_of=AT)
        daemon.decide(Mark(quotes=(quote,)))
        (told,) = daemon.views.status()["drawdowns"]
        warned.append((told["fallen"], told["warning"]))
    assert told["high_water"] == "100000"
    assert warned == [("9999.65", False), ("10001.25", True), ("10002.85", True)]


def test_a_passed_intent_tells_its_order_and_every_gate_with_numbers(daemon: TinyDaemon) -> None:
    found = an_order(daemon, "k1")
    assert found["success"] is True
    assert (found["stage"], found["verdict"], found["reason_code"]) == ("dispatch", "pass", None)
    assert found["idempotency_key"] == "k1"
    assert found["order"]["ord_status"] == "pending_new"
    assert found["order"]["leaves_qty"] == "10"
    gates = {gate["gate"]: gate for gate in found["gates"]}
    assert gates["order_quantity"] == {
        "gate": "order_quantity", "verdict": "ALLOW", "reason": None, "limit": "100",
        "actual": "10",
    }
    assert [event["event"] for event in found["events"]][-1] == "OrderSubmitted"


def test_a_refused_intent_tells_the_gate_that_blocked_it(daemon: TinyDaemon) -> None:
    found = an_order(daemon, "k1", qty="101")
    assert found["success"] is False
    assert (found["stage"], found["verdict"]) == ("risk", "refuse")
    assert found["reason_code"] == "RISK_ORDER_QUANTITY"
    assert found["order"] is None
    blocked = [gate for gate in found["gates"] if gate["verdict"] == "BLOCK"]
    assert [(g["gate"], g["actual"], g["limit"]) for g in blocked] == [
        ("order_quantity", "101", "100"), ("order_notional", "50502.02", "50000"),
    ]
    assert "order_quantity 101 against 100" in found["reason_detail"]


def test_a_held_intent_tells_what_it_waits_for(daemon: TinyDaemon) -> None:
    del daemon.facts.quotes["IBM"]
    found = an_order(daemon, "k1", symbol="IBM")
    assert (found["verdict"], found["reason_code"]) == ("hold", "RISK_STALE_DATA")
    assert found["needs"] == ["quote:IBM"]
    assert daemon.views.status()["counts"]["intents_held"] == 1


def test_a_rejected_order_is_no_success_and_tells_the_brokers_words(daemon: TinyDaemon) -> None:
    order = an_order(daemon, "k1")["client_order_id"]
    daemon.report(order, ExecType.REJECTED, text="no shorts today")
    found = daemon.views.pipeline_result(keyed_intent_id("k1"))
    assert found is not None
    assert (found["success"], found["reason_detail"]) == (False, "no shorts today")
    assert found["order"]["ord_status"] == "rejected"
    assert found["is_open"] is False


def test_fills_move_position_profit_and_order(daemon: TinyDaemon) -> None:
    first = an_order(daemon, "k1", strategy="sma")["client_order_id"]
    daemon.fill(first, "4", "500.00", "X1")
    daemon.fill(first, "6", "501.00", "X2")
    row = daemon.views.orders()[0]
    assert (row["ord_status"], row["cum_qty"], row["avg_px"]) == ("filled", "10", "500.6")
    assert row["fees"] == "2.5"
    daemon.decide(Mark(quotes=(Quote(
        symbol="SPY", bid=Decimal("502.00"), ask=Decimal("502.20"), as_of=AT
    ),)))
    position = daemon.views.positions()[0]
    assert (position["strategy_id"], position["qty"], position["avg_px"]) == ("sma", "10", "500.6")
    assert position["unrealized"] == "15"
    second = an_order(daemon, "k2", side=Side.SELL, qty="10", strategy="sma")
    daemon.fill(second["client_order_id"], "10", "500.10", "X3")
    account = daemon.views.account()
    profit = account["strategies"][0]
    assert (profit["realized"], profit["fees"], profit["unrealized"]) == ("-5", "3.75", "0")
    assert profit["net"] == "-8.75"
    assert account["accounts"][0]["equity"] == "99991.25"
    assert daemon.views.positions() == []
    assert [f"{fill['side']} {fill['qty']}" for fill in daemon.views.fills()] == [
        "buy 4", "buy 6", "sell 10"
    ]


def test_an_orders_history_survives_the_book(
    daemon: TinyDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_orders, "FINISHED_MAX", 1)
    ids = []
    for number in range(3):
        order = an_order(daemon, f"k{number}")["client_order_id"]
        daemon.fill(order, "10", "500.01", f"X{number}")
        ids.append(order)
    assert daemon.views.book.orders.find(ids[0]) is None
    rows = {row["client_order_id"]: row for row in daemon.views.orders()}
    assert rows[ids[0]]["ord_status"] == "filled"
    found = daemon.views.pipeline_result(keyed_intent_id("k0"))
    assert found is not None
    assert (found["stage"], found["is_open"]) == ("recon", False)


def test_histories_are_bounded_and_open_orders_never_leave(daemon: TinyDaemon) -> None:
    small = Views(size=3)
    working = an_order(daemon, "working")["client_order_id"]
    for number in range(10):
        order = an_order(daemon, f"k{number}", qty="1")["client_order_id"]
        daemon.fill(order, "1", "500.01", f"X{number}")
    for decision in daemon.decisions:
        small.apply(decision)
    rows = small.orders()
    assert len(rows) <= 4
    assert rows[0]["client_order_id"] == working
    assert len(small.fills()) == 3
    assert len(small.intents()) <= 4


def test_a_cancel_request_finds_the_order_and_its_answer_is_shown(daemon: TinyDaemon) -> None:
    order = an_order(daemon, "k1")["client_order_id"]
    decision = daemon.decide(RequestCancel(target=order, by="alice"))
    assert decision is not None
    requested = decision.events[0]
    assert isinstance(requested, CancelRequested)
    request = requested.request_id
    asked = daemon.views.order(request)
    assert asked is not None
    assert asked["ord_status"] == "pending_cancel"
    daemon.report(request, ExecType.CANCELED, orig_cl_ord_id=ClOrdID(order))
    row = daemon.views.order(request)
    assert row is not None
    assert (row["client_order_id"], row["ord_status"]) == (order, "canceled")


def test_a_requests_id_finds_its_order_that_the_book_has_forgotten(
    daemon: TinyDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_orders, "FINISHED_MAX", 1)
    order = an_order(daemon, "k0")["client_order_id"]
    decision = daemon.decide(RequestCancel(target=order, by="alice"))
    assert decision is not None
    requested = decision.events[0]
    assert isinstance(requested, CancelRequested)
    daemon.report(order, ExecType.CANCELED)
    for number in (1, 2):
        daemon.fill(an_order(daemon, f"k{number}")["client_order_id"], "10", "500.01", f"X{number}")
    assert daemon.views.book.orders.find(requested.request_id) is None
    row = daemon.views.order(requested.request_id)
    assert row is not None
    assert row["client_order_id"] == order


def test_an_order_in_doubt_and_one_that_never_left_say_so(daemon: TinyDaemon) -> None:
    doubt = an_order(daemon, "k1")["client_order_id"]
    daemon.decide(ReportDelivery(
        cl_ord_id=ClOrdID(doubt), delivery=Delivery.UNKNOWN, detail="reset by peer"
    ))
    row = daemon.views.orders(Filters(status="in_doubt"))[0]
    assert (row["client_order_id"], row["is_open"]) == (doubt, True)
    assert daemon.views.status()["counts"]["orders_in_doubt"] == 1
    daemon.decide(ReportDelivery(
        cl_ord_id=ClOrdID(doubt), delivery=Delivery.NEVER_LEFT, detail="refused"
    ))
    gone, again = daemon.views.orders()
    assert (gone["ord_status"], gone["leaves_qty"], gone["is_open"]) == ("never_left", "0", False)
    assert (again["attempt"], again["ord_status"]) == (2, "pending_new")


def test_filters_choose_by_symbol_status_time_strategy_and_count(daemon: TinyDaemon) -> None:
    an_order(daemon, "k1", symbol="SPY", strategy="a")
    an_order(daemon, "k2", symbol="IBM", strategy="b")
    an_order(daemon, "k3", symbol="IBM", strategy="b", qty="101")
    views = daemon.views
    assert [r["symbol"] for r in views.orders(Filters(symbol="IBM"))] == ["IBM"]
    assert [r["idempotency_key"] for r in views.intents(Filters(status="refused"))] == ["k3"]
    assert [r["idempotency_key"] for r in views.intents(Filters(strategy="b"))] == ["k2", "k3"]
    assert [r["idempotency_key"] for r in views.intents(Filters(last=1))] == ["k3"]
    late = AT + timedelta(seconds=7)
    assert [r["idempotency_key"] for r in views.intents(Filters(since=late))] == ["k3"]


def test_a_combo_is_shown_with_its_legs(daemon: TinyDaemon) -> None:
    daemon.decide(SubmitIntent(intent=Intent(
        legs=(Leg(symbol="SPY", side=Side.BUY), Leg(symbol="IBM", side=Side.SELL)),
        order_qty=Decimal(1), ord_type=OrdType.LIMIT, price=Decimal("0.50"), key="combo",
        source=Source.CLI,
    )))
    row = daemon.views.intents(Filters(symbol="IBM"))[0]
    assert row["symbol"] == "SPY+IBM"
    assert [leg["side"] for leg in row["legs"]] == ["buy", "sell"]


async def test_a_long_answer_is_built_in_slices_and_others_get_their_turns() -> None:
    turns: list[int] = []

    async def others() -> None:
        while True:
            turns.append(len(built))
            await asyncio.sleep(0)

    built: list[int] = []
    rows = ({"row": built.append(n) or n} for n in range(10 * SLICE_MAX + 1))
    task = asyncio.create_task(others())
    response = await answer_by_rows("rows", rows)
    task.cancel()
    assert json.loads(response.text or "") == {"rows": [{"row": n} for n in range(501)]}
    between = [later - earlier for earlier, later in pairwise(turns)]
    assert len(between) == 9
    assert max(between) == SLICE_MAX


async def test_what_changes_between_two_slices_breaks_no_answer(daemon: TinyDaemon) -> None:
    for n in range(SLICE_MAX + 5):
        an_order(daemon, f"k{n}", qty="1")
    expected = daemon.views.intents()
    answering = asyncio.create_task(answer_by_rows("intents", daemon.views.each_intent(ALL)))
    while not answering.done():
        an_order(daemon, f"later {len(daemon.decisions)}")
        await asyncio.sleep(0)
    found = json.loads((await answering).text or "")["intents"]
    assert [row["intent_id"] for row in found] == [row["intent_id"] for row in expected]
