"""Do the gates that ask about the order itself, its market and its money answer at their limits?"""

from typing import Any

import pytest
from tests import makers
from tests.core.gates.accounts import Asked
from tests.core.gates.asking import answer as told_by

from tradebot.core.book.intents import IntentState
from tradebot.core.gates.buying_power import buying_power
from tradebot.core.gates.halted_instrument import halted_instrument
from tradebot.core.gates.in_doubt import in_doubt
from tradebot.core.gates.kill_switch import kill_switch
from tradebot.core.gates.look import Look
from tradebot.core.gates.mode import mode
from tradebot.core.gates.order_notional import order_notional
from tradebot.core.gates.order_quantity import order_quantity
from tradebot.core.gates.panel import Gate
from tradebot.core.gates.price_collar import price_collar
from tradebot.core.gates.session import session
from tradebot.core.gates.stale_quote import stale_quote
from tradebot.core.model.commands import Delivery, Phase, ReportDelivery
from tradebot.core.model.events import (
    EVERYTHING,
    InstrumentHalted,
    KillSwitchSet,
    OrderSubmitted,
    SettingsActivated,
)
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import Answer, Reason, doubt_need, quote_need, session_need
from tradebot.core.model.settings import Mode

ALLOW, PAUSE, BLOCK = Answer.ALLOW, Answer.PAUSE, Answer.BLOCK


def test_kill_switch_is_the_event_or_the_latch() -> None:
    asked = Asked()
    assert asked.ask(kill_switch, "buy", 1).answer is ALLOW
    asked.facts.latched = "flag file"
    assert asked.ask(kill_switch, "sell", 1).answer is BLOCK
    asked.facts.latched = None
    asked.book.apply(KillSwitchSet(engaged=True, reason="", by=""))
    assert asked.ask(kill_switch, "buy", 1).answer is BLOCK


@pytest.mark.parametrize(
    ("symbol", "answer"), [("SPY", BLOCK), ("IBM", ALLOW), (EVERYTHING, BLOCK)]
)
def test_halted_instrument_stops_its_own_orders(symbol: str, answer: Answer) -> None:
    asked = Asked()
    asked.book.apply(InstrumentHalted(symbol=symbol, reason=Reason.OMS_EXTERNAL))
    assert asked.ask(halted_instrument, "buy", 1).answer is answer


@pytest.mark.parametrize(("phase", "answer"), [
    (Phase.TRADING, ALLOW), (Phase.PRE_MARKET, PAUSE), (Phase.POST_MARKET, PAUSE),
    (Phase.CLOSED, PAUSE),
])
def test_session_waits_for_its_market(phase: Phase, answer: Answer) -> None:
    asked = Asked()
    asked.tell(makers.a_session(phase))
    result = asked.ask(session, "buy", 1)
    need = None if answer is ALLOW else session_need("XNYS")
    assert (result.answer, result.need) == (answer, need)
    asked.book.markets.clear()
    assert asked.ask(session, "buy", 1).answer is PAUSE


def test_mode_must_fit_the_route_that_was_chosen() -> None:
    asked = Asked()
    for wanted, answer in (("paper", ALLOW), ("mock", BLOCK)):
        settings = makers.some_settings(mode=Mode(wanted))
        asked.book.apply(SettingsActivated(settings=settings, version=wanted))
        state = IntentState(
            intent_id=IntentId("I"), body=makers.an_intent(), expires=makers.at(99), route="paper"
        )
        assert told_by(mode, Look(asked.book, state, asked.facts, asked.now)).answer is answer


def told(gate: Gate, qty: int, px: int) -> tuple[Answer, Any, Any]:
    asked = Asked()
    asked.price("SPY", px)
    result = asked.ask(gate, "buy", qty)
    return result.answer, result.actual, result.limit


def test_order_quantity_is_ten_thousand() -> None:
    assert told(order_quantity, 10_000, 1) == (ALLOW, 10_000, 10_000)
    assert told(order_quantity, 10_001, 1) == (BLOCK, 10_001, 10_000)


def test_order_notional_is_fifty_thousand() -> None:
    assert told(order_notional, 100, 500) == (ALLOW, 50_000, 50_000)
    assert told(order_notional, 101, 500) == (BLOCK, 50_500, 50_000)


def test_buying_power_is_the_accounts_equity() -> None:
    assert told(buying_power, 200, 500) == (ALLOW, 100_000, 100_000)
    assert told(buying_power, 201, 500) == (BLOCK, 100_500, 100_000)


@pytest.mark.parametrize("gate", [order_notional, buying_power, price_collar, stale_quote])
def test_without_a_quote_it_waits_for_one(gate: Gate) -> None:
    asked = Asked()
    asked.facts.quotes.clear()
    result = asked.ask(gate, "buy", 1)
    assert (result.answer, result.need) == (PAUSE, quote_need("SPY"))


@pytest.mark.promise(15)
@pytest.mark.parametrize(("side", "price", "answer"), [
    ("buy", "525", ALLOW), ("buy", "525.06", BLOCK), ("buy", "1", ALLOW),
    ("sell", "475", ALLOW), ("sell", "474.94", BLOCK), ("sell", "900", ALLOW),
])
def test_price_collar_is_five_percent_on_the_bad_side(
    side: str, price: str, answer: Answer
) -> None:
    assert Asked().ask(price_collar, side, 1, price=price).answer is answer


@pytest.mark.promise(15)
@pytest.mark.fault(66, 82)
@pytest.mark.parametrize(("age_s", "answer"), [(0, ALLOW), (15, ALLOW), (16, PAUSE), (-1, PAUSE)])
def test_stale_quote_is_older_than_fifteen_seconds_or_from_the_future(
    age_s: int, answer: Answer
) -> None:
    asked = Asked()
    asked.seconds += age_s
    assert asked.ask(stale_quote, "buy", 1).answer is answer


@pytest.mark.promise(12)
def test_in_doubt_waits_for_the_brokers_word() -> None:
    asked = Asked()
    order: Any = makers.the(asked.submit("buy", 1, price=None), OrderSubmitted)
    assert asked.ask(in_doubt, "sell", 1).answer is ALLOW
    asked.tell(ReportDelivery(cl_ord_id=order.cl_ord_id, delivery=Delivery.UNKNOWN))
    result = asked.ask(in_doubt, "sell", 1)
    assert (result.answer, result.need) == (PAUSE, doubt_need("SPY"))
    assert asked.ask(in_doubt, "buy", 1, symbol="IBM").answer is ALLOW
