"""Is every check worth its lines? Known bugs are planted one by one; each must be found."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from tests.properties import checks
from tests.properties.walk import Day, a_day

from tradebot.core.book import book as books
from tradebot.core.book import orders as order_book
from tradebot.core.book.intents import Intents
from tradebot.core.book.ledger import Ledger
from tradebot.core.book.orders import Orders
from tradebot.core.gates import panel, worth
from tradebot.core.gates.answers import ALLOW
from tradebot.core.gates.stale_quote import stale_quote
from tradebot.core.model import order as orders
from tradebot.core.model.events import OrderReported, OrderSubmitted, StagesPassed
from tradebot.core.model.reason import Reason, Stage
from tradebot.core.model.verdict import Pass
from tradebot.core.pipeline import handle as handling
from tradebot.core.pipeline import pipeline, s7_post_trade, s8_recon
from tradebot.core.pipeline import s6_execution as execution

Plant = pytest.MonkeyPatch
SEEDS = range(60)


def a_duplicate_fill_is_booked_twice(plant: Plant) -> None:
    right = execution.why_ignored

    def wrong(state: Any, report: Any) -> Reason | None:
        reason = right(state, report)
        return None if reason is Reason.OMS_DUPLICATE_EXECUTION else reason

    plant.setattr(execution, "why_ignored", wrong)


def a_fill_after_the_end_is_dropped(plant: Plant) -> None:
    right = execution.why_ignored

    def wrong(state: Any, report: Any) -> Reason | None:
        is_late = state is not None and state.order.standing in orders.DEAD
        return Reason.OMS_NOTHING_NEW if is_late else right(state, report)

    plant.setattr(execution, "why_ignored", wrong)


def a_bust_is_forgotten(plant: Plant) -> None:
    right = s7_post_trade._bookings

    def wrong(book: Any, exec_type: Any, move: Any, undone: Any) -> Iterator[Any]:
        if exec_type is execution.ExecType.TRADE_CANCEL:
            return iter(())
        return right(book, exec_type, move, undone)

    plant.setattr(s7_post_trade, "_bookings", wrong)


def a_bust_is_taken_back_at_the_average_of_the_moment(plant: Plant) -> None:
    right = s7_post_trade._reversal

    def wrong(undone: Any, held: Any, exec_id: Any, fee: Any) -> Any:
        cost, realized = s7_post_trade.effect_of_trade(
            held, -undone.qty, undone.px, undone.multiplier
        )
        return replace(right(undone, held, exec_id, fee), cost=cost, realized=realized)

    plant.setattr(s7_post_trade, "_reversal", wrong)


def fees_are_not_paid(plant: Plant) -> None:
    right = s7_post_trade._trade
    plant.setattr(s7_post_trade, "_trade", lambda book, move: right(
        book, replace(move, fee=Decimal(0))
    ))


def the_multiplier_is_forgotten(plant: Plant) -> None:
    plant.setattr(books.Book, "multiplier", lambda book, symbol: Decimal(1))


def a_late_fill_is_not_handed_over_again(plant: Plant) -> None:
    right = Orders.reported

    def wrong(self: Orders, event: OrderReported, now: datetime, *, is_killed: bool) -> Any:
        state = self.of_report(event.report)
        assert state is not None
        was = state.is_handed_off
        right(self, event, now, is_killed=is_killed)
        state.is_handed_off = was and state.order.is_done
        return state

    plant.setattr(Orders, "reported", wrong)


def nothing_is_handed_over(plant: Plant) -> None:
    plant.setattr(pipeline, "INBOUND", (s7_post_trade.book_trade,))
    assert s8_recon.hand_off is not None


def the_kill_switch_gate_is_left_out(plant: Plant) -> None:
    _replace_gate(plant, "kill_switch", lambda look: ALLOW)


def an_old_quote_will_do(plant: Plant) -> None:
    plant.setitem(stale_quote.__globals__, "age_s", lambda as_of, at: Decimal(0))


def doubt_is_no_obstacle(plant: Plant) -> None:
    _replace_gate(plant, "in_doubt", lambda look: ALLOW)


def an_order_is_worth_nothing(plant: Plant) -> None:
    plant.setattr(worth, "unit_worth", lambda book, body, facts: Decimal(0))


def a_dead_order_comes_back(plant: Plant) -> None:
    revived = {**orders.LIFECYCLE, **{
        (dead, orders.ExecType.SUSPENDED): orders.OrdStatus.SUSPENDED for dead in orders.DEAD
    }}
    plant.setattr(orders, "LIFECYCLE", revived)
    plant.setattr(execution, "LIFECYCLE", revived)


def an_attempt_reuses_its_id(plant: Plant) -> None:
    right = Intents.never_left

    def wrong(self: Intents, event: Any, intent_id: Any) -> None:
        right(self, event, intent_id)
        self.open[intent_id].attempt -= 1

    plant.setattr(Intents, "never_left", wrong)


def a_canceled_order_is_sent_again(plant: Plant) -> None:
    right = Orders.cancel_requested

    def wrong(self: Orders, event: Any, now: datetime) -> None:
        right(self, replace(event, by=""), now)

    plant.setattr(Orders, "cancel_requested", wrong)


def an_answer_clears_a_doubt(plant: Plant) -> None:
    plant.setattr(order_book, "_NO_EVIDENCE", frozenset())


def keys_are_forgotten(plant: Plant) -> None:
    right = Intents.received

    def wrong(self: Intents, event: Any) -> None:
        right(self, event)
        self.keys.pop(event.intent.key or "", None)

    plant.setattr(Intents, "received", wrong)


def a_reservation_is_never_released(plant: Plant) -> None:
    right = Orders._moved

    def wrong(self: Orders, state: Any) -> None:
        right(self, state)
        if state.order.is_done:
            self.reserved[state.account] = self.reserved.get(state.account, Decimal(0)) + 1

    plant.setattr(Orders, "_moved", wrong)


def a_position_is_never_valued_anew(plant: Plant) -> None:
    plant.setattr(books, "_held", lambda book, account, symbol: None)


def a_stage_is_skipped(plant: Plant) -> None:
    outbound = tuple(row for row in pipeline.OUTBOUND if row[0] is not Stage.RISK)

    no_last_look = partial(pipeline.dispatch.commit, ())
    plant.setattr(pipeline, "OUTBOUND", (*outbound[:-1], (Stage.DISPATCH, no_last_look)))


def an_event_is_not_recorded(plant: Plant) -> None:
    """A handler changes the book behind the journal's back."""
    right = handling._tick

    def wrong(book: Any, command: Any, facts: Any, at: Any) -> Iterator[Any]:
        book.disabled["sma"] = "secretly"
        yield from right(book, command, facts, at)

    plant.setattr(handling, "HANDLERS", {**handling.HANDLERS, handling.c.Tick: wrong})


def a_cache_leaks_from_one_decision_to_the_next(plant: Plant) -> None:
    seen: dict[str, Any] = {}
    right = worth.leg_price

    def wrong(leg: Any, facts: Any) -> Any:
        seen[leg.symbol] = seen.get(leg.symbol) or right(leg, facts)
        return seen[leg.symbol]

    plant.setattr(worth, "leg_price", wrong)


def profit_is_taken_at_the_wrong_cost(plant: Plant) -> None:
    right = s7_post_trade.effect_of_trade

    def wrong(held: Any, qty: Any, px: Any, multiplier: Any) -> Any:
        cost, realized = right(held, qty, px, multiplier)
        return cost, realized + (1 if realized else 0)

    plant.setattr(s7_post_trade, "effect_of_trade", wrong)


def external_fills_count_twice(plant: Plant) -> None:
    right = Ledger.booked

    def wrong(self: Ledger, event: Any, terms: Any) -> Any:
        profit = right(self, event, terms)
        self.accounts[event.account].external.clear()
        return profit

    plant.setattr(Ledger, "booked", wrong)


def an_order_goes_out_unannounced(plant: Plant) -> None:
    right = pipeline.record

    def wrong(book: Any, *events: Any) -> Iterator[Any]:
        kept = [x for x in events if not isinstance(x, StagesPassed) or x.through < Stage.DISPATCH]
        return right(book, *kept)

    plant.setattr(pipeline, "record", wrong)


def the_clearance_has_no_end(plant: Plant) -> None:
    right = pipeline.dispatch.commit

    def wrong(look: Any) -> Any:
        verdict = right(pipeline.REQUIRED, look)
        if not isinstance(verdict, Pass):
            return verdict
        sent = verdict.events[0]
        assert isinstance(sent, OrderSubmitted)
        return replace(verdict, events=(replace(sent, send_by=look.at),))

    plant.setattr(pipeline, "OUTBOUND", (*pipeline.OUTBOUND[:-1], (Stage.DISPATCH, wrong)))


def _replace_gate(plant: Plant, name: str, gate: panel.Gate) -> None:
    gates = tuple(gate if g.__name__ == name else g for g in pipeline.REQUIRED)

    swapped = {
        Stage.RISK: partial(pipeline.risk.clear, gates, pipeline.DESK),
        Stage.DISPATCH: partial(pipeline.dispatch.commit, gates),
    }
    plant.setattr(pipeline, "OUTBOUND", tuple(
        (stage, swapped.get(stage, decide)) for stage, decide in pipeline.OUTBOUND
    ))


# Each bug, and the check that must find it.
FOUND_BY = {
    a_duplicate_fill_is_booked_twice: checks.the_money_is_what_the_broker_moved,
    a_fill_after_the_end_is_dropped: checks.each_order_is_filled_as_the_broker_filled_it,
    a_bust_is_forgotten: checks.the_money_is_what_the_broker_moved,
    a_bust_is_taken_back_at_the_average_of_the_moment: checks.a_bust_takes_back_what_was_booked,
    fees_are_not_paid: checks.the_money_is_what_the_broker_moved,
    the_multiplier_is_forgotten: checks.the_money_is_what_the_broker_moved,
    a_late_fill_is_not_handed_over_again: checks.what_finished_was_handed_over_and_nothing_else,
    nothing_is_handed_over: checks.what_finished_was_handed_over_and_nothing_else,
    the_kill_switch_gate_is_left_out: checks.every_order_sent_was_allowed,
    an_old_quote_will_do: checks.every_order_sent_was_allowed,
    doubt_is_no_obstacle: checks.every_order_sent_was_allowed,
    an_order_is_worth_nothing: checks.every_order_sent_was_allowed,
    a_dead_order_comes_back: checks.an_ended_order_never_works_again,
    an_attempt_reuses_its_id: checks.every_order_sent_was_allowed,
    a_canceled_order_is_sent_again: checks.every_order_sent_was_allowed,
    an_answer_clears_a_doubt: checks.every_order_sent_was_allowed,
    keys_are_forgotten: checks.every_order_sent_was_allowed,
    a_reservation_is_never_released: checks.sums_that_gates_ask_for_are_right,
    a_position_is_never_valued_anew: checks.exposures_are_what_is_held_and_worked,
    a_stage_is_skipped: checks.every_order_sent_was_allowed,
    an_event_is_not_recorded: checks.refold_gives_the_same_book,
    a_cache_leaks_from_one_decision_to_the_next: checks.every_order_sent_was_allowed,
    profit_is_taken_at_the_wrong_cost: checks.bookings_sum_to_nothing,
    external_fills_count_twice: checks.the_money_is_what_the_broker_moved,
    an_order_goes_out_unannounced: checks.every_order_sent_was_allowed,
    the_clearance_has_no_end: checks.every_order_sent_was_allowed,
}


@pytest.mark.parametrize(
    ("bug", "check"), FOUND_BY.items(), ids=[bug.__name__ for bug in FOUND_BY]
)
def test_the_checks_find(
    bug: Callable[[Plant], None], check: Callable[[Day], None], monkeypatch: Plant
) -> None:
    bug(monkeypatch)
    for seed in SEEDS:
        try:
            day = a_day(seed)
        except AssertionError:
            continue  # the core itself stumbled over it: no day to look at
        try:
            check(day)
        except AssertionError:
            return
    pytest.fail(f"{check.__name__} did not notice that {bug.__name__}")
