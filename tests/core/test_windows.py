"""Does a promotion window open and close with its session, and let through what it may?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.makers import (
    CALL,
    HIGHER_CALL,
    Trader,
    a_quote,
    a_report,
    a_trade,
    at,
    of,
    some_settings,
    the,
)

from tradebot.core.model.commands import (
    ActivateSettings,
    Approve,
    EnterSession,
    FactArrived,
    Phase,
    RequestReplace,
    Tick,
)
from tradebot.core.model.events import (
    IntentHeld,
    IntentRefused,
    OrderSubmitted,
    ReplaceRefused,
    ReplaceRequested,
    RouteChosen,
)
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Leg, Side, Source
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Mode, Promotion, PromotionCap
from tradebot.core.model.window import Hours, PromotionWindow, Weekday

SMA = StrategyId("sma")
CLOSES = at(6.5 * 3600)


def a_window(**changes: Any) -> PromotionWindow:
    return PromotionWindow(**{"name": "morning", "starts": "open+1m", "ends": "open+3m", **changes})


def a_trader(
    *windows: PromotionWindow, promotion: Promotion = Promotion.AUTO_WINDOW, **changes: Any
) -> Trader:
    """A session that has just opened, under these windows."""
    trader = Trader(some_settings(
        promotion=promotion, eligible=(SMA,), windows=windows or (a_window(),), **changes
    ))
    trader.tell(a_day())
    return trader


def a_day(
    day: str = "2026-08-24", closes: datetime = CLOSES, phase: Phase = Phase.TRADING
) -> EnterSession:
    opens = datetime.fromisoformat(f"{day}T13:30:00+00:00")
    return EnterSession(
        calendar="XNYS", phase=phase, session=day, opens=opens, closes=opens + (closes - at(0))
    )


def tick_at(trader: Trader, seconds: int) -> list[Any]:
    trader.seconds = seconds - 1
    return trader.tell(Tick())


def test_an_intent_waits_for_its_window_and_goes_when_it_opens() -> None:
    trader = a_trader()
    held = the(trader.submit(), IntentHeld)
    assert (held.reason, held.until) == (Reason.POLICY_WINDOW_CLOSED, at(60))
    assert held.needs == ("window:XNYS", "settings")
    assert held.detail == "morning opens at 13:31 UTC"
    assert trader.book.next_due() == at(60)
    assert not of(tick_at(trader, 59), OrderSubmitted)
    gone = tick_at(trader, 60)
    assert the(gone, RouteChosen).window == "morning"
    assert the(gone, OrderSubmitted)


@pytest.mark.parametrize(("second", "goes"), [(59, False), (60, True), (179, True), (180, False)])
def test_a_window_opens_at_its_start_and_is_shut_at_its_end(second: int, goes: bool) -> None:
    trader = a_trader()
    trader.seconds = second - 1
    assert bool(of(trader.submit(), OrderSubmitted)) is goes


def test_no_order_leaves_after_its_window_closed() -> None:
    trader = a_trader()
    trader.seconds = 169
    assert the(trader.submit(), OrderSubmitted).send_by == at(180)


def test_what_missed_its_window_waits_for_the_next_session() -> None:
    trader = a_trader()
    trader.seconds = 200
    held = the(trader.submit(ttl_s=200_000), IntentHeld)
    assert (held.until, held.detail) == (None, "morning is over")
    trader.seconds = 86_400 - 1
    trader.tell(a_day("2026-08-25"))
    assert the(tick_at(trader, 86_460), OrderSubmitted)


@pytest.mark.parametrize(("closes_min", "ends_min"), [(390, 375), (210, 195), (14, None)])
def test_a_window_told_from_the_close_follows_an_early_close(
    closes_min: int, ends_min: int | None
) -> None:
    opens = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    span = a_window(starts="open", ends="close-15m").span(
        Hours(session="2026-11-27", opens=opens, closes=opens + timedelta(minutes=closes_min))
    )
    assert span == (opens, opens + timedelta(minutes=ends_min)) if ends_min else span is None


def test_a_window_that_would_outlast_the_session_ends_with_it() -> None:
    opens = at(0)
    day = Hours(session="2026-08-24", opens=opens, closes=CLOSES)
    assert a_window(ends="open+600m").span(day) == (at(60), CLOSES)


@pytest.mark.parametrize(("day", "is_open"), [("2026-08-24", True), ("2026-08-25", False)])
def test_a_window_opens_on_its_weekdays_alone(day: str, is_open: bool) -> None:
    window = a_window(weekdays=(Weekday.MON, Weekday.FRI))
    hours = Hours(session=day, opens=at(0), closes=CLOSES)
    assert (window.span(hours) is not None) is is_open


def test_a_window_of_a_market_whose_hours_nobody_knows_is_shut() -> None:
    trader = Trader(some_settings(
        promotion=Promotion.AUTO_WINDOW, eligible=(SMA,), windows=(a_window(starts="open"),)
    ))
    assert the(trader.submit(), IntentHeld).reason is Reason.POLICY_WINDOW_CLOSED


def test_a_window_lets_as_many_orders_through_as_it_may_in_a_session() -> None:
    trader = a_trader(a_window(orders_max=2))
    trader.seconds = 70
    assert of(trader.submit(), OrderSubmitted)
    assert of(trader.submit(), OrderSubmitted)
    held = the(trader.submit(ttl_s=200_000), IntentHeld)
    assert held.detail == "morning is used up: 2 of 2 orders"
    trader.seconds = 86_400
    trader.tell(a_day("2026-08-25"))
    assert the(tick_at(trader, 86_460), OrderSubmitted)


def test_a_window_lets_as_much_worth_through_as_it_may() -> None:
    trader = a_trader(a_window(notional_max_usd=Decimal("10000.2")))
    trader.seconds = 70
    assert of(trader.submit(qty=10, price="500.01"), OrderSubmitted)
    assert of(trader.submit(qty=10, price="500.01"), OrderSubmitted)
    held = the(trader.submit(qty=1, price="500.01"), IntentHeld)
    assert held.detail == "morning is used up: 10500.21 of 10000.2 USD with this order"


def test_a_second_window_takes_what_the_first_has_no_room_for() -> None:
    trader = a_trader(a_window(orders_max=1), a_window(name="day", ends="close"))
    trader.seconds = 70
    assert the(trader.submit(), RouteChosen).window == "morning"
    assert the(trader.submit(), RouteChosen).window == "day"


def test_a_window_opens_only_for_the_strategies_that_it_names() -> None:
    trader = a_trader(a_window(strategies=(StrategyId("other"),)))
    trader.seconds = 70
    assert the(trader.submit(), IntentHeld).needs == ("settings",)


def test_hybrid_waits_for_a_person_or_the_window_whichever_comes_first() -> None:
    for comes in ("person", "window"):
        trader = a_trader(promotion=Promotion.HYBRID)
        held = the(trader.submit(), IntentHeld)
        assert held.needs == ("approval", "window:XNYS", "settings")
        assert (held.reason, held.until) == (Reason.POLICY_NEEDS_APPROVAL, at(60))
        if comes == "person":
            body = trader.book.intents.open[held.intent_id].body
            gone = trader.tell(Approve(target=held.intent_id, digest=body.digest(), by="ann"))
        else:
            gone = tick_at(trader, 60)
        assert the(gone, RouteChosen).window == ("" if comes == "person" else "morning")


def test_what_was_staged_once_is_not_for_a_window() -> None:
    for promotion in (Promotion.AUTO_WINDOW, Promotion.HYBRID):
        trader = a_trader(a_window(starts="open"), promotion=promotion, mode=Mode.STAGE)
        assert the(trader.submit(), IntentHeld).reason is Reason.POLICY_STAGED
        settings = some_settings(
            promotion=promotion, eligible=(SMA,), windows=(a_window(starts="open"),)
        )
        assert not of(trader.tell(ActivateSettings(settings=settings, version="2")), OrderSubmitted)
        assert set(trader.book.intents.by_need) == {"approval", "settings"}


def test_without_staging_what_waits_for_a_window_is_refused() -> None:
    refused = the(a_trader(staging=False).submit(), IntentRefused)
    assert (refused.reason, refused.detail) == (Reason.POLICY_WINDOW_CLOSED, "staging is off")


def test_an_exit_needs_an_open_window_but_no_room_in_it() -> None:
    trader = a_trader(a_window(orders_max=1))
    trader.seconds = 70
    buy = the(trader.submit(), OrderSubmitted)
    fill(trader, buy, 10)
    assert of(trader.submit("sell", 10), OrderSubmitted)
    assert of(trader.submit(), IntentHeld)


def fill(trader: Trader, order: OrderSubmitted, qty: int) -> None:
    trader.tell(a_report("new", order.cl_ord_id))
    trader.tell(a_trade("E1", qty, 500, order.cl_ord_id))


def test_a_fact_that_arrives_opens_no_window() -> None:
    trader = a_trader()
    held = the(trader.submit(), IntentHeld)
    assert not of(trader.tell(FactArrived(needs=held.needs)), OrderSubmitted)


def test_what_a_change_adds_takes_room_in_the_window_and_none_when_it_is_shut() -> None:
    trader = a_trader(a_window(notional_max_usd=Decimal(15_000)))
    trader.seconds = 70
    sent = the(trader.submit(qty=10, price="500.01"), OrderSubmitted)
    trader.tell(a_report("new", sent.cl_ord_id))
    more = RequestReplace(target=sent.cl_ord_id, by="sma", order_qty=Decimal(18))
    asked = the(trader.tell(more), ReplaceRequested)
    trader.tell(a_report(
        "replaced", asked.request_id, orig_cl_ord_id=sent.cl_ord_id, order_qty=18
    ))
    assert the(trader.submit(qty=13, price="500.01"), IntentHeld)
    trader.seconds = 200
    refused = the(trader.tell(replace(more, order_qty=Decimal(19))), ReplaceRefused)
    assert refused.reason is Reason.POLICY_WINDOW_CLOSED


# By the market's own clock


def at_ten(utc_offset_s: int | None) -> Trader:
    trader = Trader(some_settings(
        promotion=Promotion.AUTO_WINDOW, eligible=(SMA,),
        windows=(a_window(starts="10:00", ends="10:05"),),
    ))
    trader.tell(replace(a_day(), utc_offset_s=utc_offset_s))
    return trader


def test_a_wall_time_is_that_of_the_market() -> None:
    trader = at_ten(-4 * 3600)
    assert the(trader.submit(), IntentHeld).until == at(1_800)
    assert the(tick_at(trader, 1_800), RouteChosen).window == "morning"


def test_where_nobody_knows_the_markets_clock_its_window_is_shut() -> None:
    assert the(at_ten(None).submit(), IntentHeld).until is None


def test_a_window_that_is_switched_off_stays_shut() -> None:
    trader = a_trader(a_window(starts="open", enabled=False))
    assert the(trader.submit(), IntentHeld).detail == "morning is over"


# What is eligible


def a_spread(qty: int) -> dict[str, Any]:
    legs = (Leg(symbol=CALL, side=Side.BUY), Leg(symbol=HIGHER_CALL, side=Side.SELL))
    return {"source": Source.DESK, "strategy_id": None, "price": "5.20", "legs": legs, "qty": qty}


@pytest.mark.parametrize(("promotion", "becomes"), [
    (Promotion.AUTO_WINDOW, Reason.POLICY_NOT_AUTO_ELIGIBLE),
    (Promotion.HYBRID, Reason.POLICY_NEEDS_APPROVAL),
])
def test_more_of_a_structure_than_its_cap_needs_a_person(
    promotion: Promotion, becomes: Reason
) -> None:
    trader = Trader(some_settings(
        promotion=promotion, eligible=("call_debit_spread",), windows=(a_window(starts="open"),),
        caps=(PromotionCap(name="call_debit_spread", order_qty_max=Decimal(2)),),
    ))
    trader.tell(a_day())
    assert the(trader.submit(**a_spread(2)), RouteChosen).window == "morning"
    end = trader.submit(**a_spread(3))[-1]
    assert (end.reason, end.detail) == (
        becomes, "3 call_debit_spread: 2 may go on without a person"
    )


def test_a_window_may_be_for_one_structure_alone() -> None:
    for name, goes in (("call_debit_spread", True), ("iron_condor", False)):
        trader = Trader(some_settings(
            promotion=Promotion.HYBRID, eligible=("call_debit_spread",),
            windows=(a_window(starts="open", strategies=(name,)),),
        ))
        trader.tell(a_day())
        assert bool(of(trader.submit(**a_spread(1)), OrderSubmitted)) is goes


# Gates before windows


def test_what_waited_for_a_window_is_asked_by_every_gate_again_when_it_opens() -> None:
    trader = a_trader(policy={"price_collar_frac": Decimal("0.05")})
    early = the(trader.submit(ttl_s=200_000), IntentHeld)
    assert early.reason is Reason.POLICY_WINDOW_CLOSED
    trader.facts.quotes["SPY"] = a_quote(bid="400", ask="400.02")
    refused = the(tick_at(trader, 60), IntentRefused)
    assert refused.reason is Reason.RISK_PRICE_COLLAR
    trader = a_trader()
    trader.submit(ttl_s=200_000)
    trader.facts.quotes.clear()
    assert the(tick_at(trader, 60), IntentHeld).reason is Reason.RISK_STALE_DATA
