"""Do messages wait where too many went out lately, and go on by themselves?"""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.gates.asking import a_trader, ask, said, works
from tests.makers import OPEN, an_intent, of

from tradebot.core.book.flow import Recently
from tradebot.core.gates.order_rate import messages_per_minute, messages_per_second
from tradebot.core.model.commands import RequestCancel, SubmitIntent, Tick
from tradebot.core.model.events import IntentHeld, OrderSubmitted
from tradebot.core.pipeline.handle import handle


@pytest.mark.parametrize(("limit", "expected"), [
    (4, "ALLOW 3 against 4"), (3, "ALLOW 3 against 3"), (2, "PAUSE 3 against 2"),
])
def test_orders_and_cancels_of_the_last_minute_count(limit: int, expected: str) -> None:
    trader = a_trader(messages_per_minute_max=limit)
    trader.book.settings, narrow = a_trader().book.settings, trader.book.settings
    order = works(trader)
    trader.tell(RequestCancel(target=order, by="alice"))
    trader.book.settings = narrow
    assert said(ask(messages_per_minute, trader)) == expected
    trader.seconds += 64
    assert said(ask(messages_per_minute, trader)) == f"ALLOW 1 against {limit}"


@pytest.mark.promise(14)
@pytest.mark.parametrize(("limit", "answer"), [(2, "ALLOW"), (1, "PAUSE")])
def test_a_second_has_its_own_limit(limit: int, answer: str) -> None:
    trader = a_trader(messages_per_second_max=limit)
    works(trader)
    found = ask(messages_per_second, trader)
    assert said(found) == f"{answer} 2 against {limit}"
    if found.until is not None:
        assert trader.now < found.until <= trader.now + timedelta(seconds=1.1)


def test_what_is_too_much_goes_out_a_second_later() -> None:
    trader = a_trader(messages_per_second_max=1)
    at, sent = trader.now, 0
    for number in range(3):
        command = SubmitIntent(intent=an_intent("buy", number + 1))
        sent += len(of(handle(trader.book, command, trader.facts, at), OrderSubmitted))
    assert sent == 1
    for _ in range(2):
        due = trader.book.next_due()
        assert due is not None
        events = list(handle(trader.book, Tick(), trader.facts, due))
        assert len(of(events, OrderSubmitted)) == 1
    assert not of(trader.tell(Tick()), IntentHeld)


@pytest.mark.promise(14)
@example([1], 999)
@given(st.lists(st.integers(0, 3_000), max_size=60), st.integers(0, 1_200))
def test_no_window_is_ever_counted_too_low(sent_ms: list[int], later_ms: int) -> None:
    window = Recently(timedelta(milliseconds=50))
    for millisecond in sorted(sent_ms):
        window.add(OPEN + timedelta(milliseconds=millisecond))
    now_ms = max(sent_ms, default=0) + later_ms
    within = sum(now_ms - 1_000 < sent <= now_ms for sent in sent_ms)
    a_step_more = sum(now_ms - 1_100 < sent <= now_ms for sent in sent_ms)
    assert within <= window.count(OPEN + timedelta(milliseconds=now_ms)) <= a_step_more


@pytest.mark.promise(20)
def test_memory_stays_small_at_any_rate() -> None:
    trader = a_trader()
    for number in range(5_000):
        trader.book.flow.message(trader.now + timedelta(milliseconds=number * 7))
    assert len(trader.book.flow.a_second.steps) <= 22
    assert len(trader.book.flow.a_minute.steps) <= 22
    last = trader.now + timedelta(milliseconds=4_999 * 7)
    assert 142 <= trader.book.flow.a_second.count(last) <= 151
    assert trader.book.flow.a_minute.count(last) == 5_000
