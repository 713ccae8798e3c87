"""Is every owner given what an option's end comes to, once, whenever it is told?"""

from decimal import Decimal
from typing import Any

import pytest
from tests.makers import (
    ACCOUNT,
    CALL,
    Trader,
    a_report,
    a_trade,
    at,
    number,
    of,
    some_settings,
    the,
)

from tradebot.core.model.commands import Reconcile
from tradebot.core.model.events import (
    BreakFound,
    Event,
    InstrumentHalted,
    OrderSubmitted,
    PositionSettled,
    ReportIgnored,
    StatementCompared,
    TradeBooked,
)
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import Holding, LegFill, Report


def a_trader(**held: int) -> Trader:
    """Let strategies hold so many calls, bought or sold at 10."""
    trader = Trader(some_settings(policy={"order_notional_max_usd": Decimal(10**9)}))
    for owner, qty in held.items():
        side = "buy" if qty > 0 else "sell"
        sent = trader.submit(
            side, abs(qty), symbol=CALL, price=10, strategy_id=StrategyId(owner)
        )
        order = the(sent, OrderSubmitted).cl_ord_id
        trader.tell(a_trade(f"X{owner}", abs(qty), 10, order))
    return trader


def settlement(qty: int, px: str = "12", spot: str | None = "512", **changes: Any) -> Report:
    """Settle so many calls; held ones where the number is positive."""
    legs = (LegFill(symbol="SPY", last_px=number(spot)),) if spot else ()
    return a_report("settlement", **{
        "cl_ord_id": "S1", "exec_id": "S1", "symbol": CALL, "is_sell": qty > 0,
        "last_qty": abs(qty), "last_px": px, "legs": legs, **changes,
    })


def holds(trader: Trader, owner: str) -> tuple[Decimal, Decimal]:
    """Return an owner's calls and shares."""
    ledger = trader.book.ledger
    return ledger.held_by(owner, CALL).qty, ledger.held_by(owner, "SPY").qty


def cash(trader: Trader) -> Decimal:
    return trader.book.ledger.accounts[ACCOUNT].cash


def booked(events: list[Event]) -> list[tuple[str, str, int]]:
    return [(e.strategy_id, e.symbol, int(e.qty)) for e in of(events, TradeBooked)]


def test_each_owner_gets_his_share_and_the_strike_moves_in_cash() -> None:
    trader = a_trader(rsi=3, sma=-1)
    before = cash(trader)
    events = trader.tell(settlement(2))
    assert booked(events) == [
        ("rsi", CALL, -3), ("rsi", "SPY", 300), ("sma", CALL, 1), ("sma", "SPY", -100),
    ]
    assert cash(trader) == before - 2 * 100 * 500
    assert not of(events, InstrumentHalted)


def test_the_profit_is_the_option_s_and_equity_does_not_jump() -> None:
    trader = a_trader(sma=2)
    trader.tell(settlement(2))
    account, ledger = trader.book.ledger.accounts[ACCOUNT], trader.book.ledger
    assert ledger.held_by("sma", CALL).realized == 400
    assert ledger.held_by("sma", "SPY").cost == 2 * 100 * 512
    assert account.equity == 100_000 + 400
    assert account.options_gross == account.options_loss == 0


def test_in_cash_nothing_is_delivered() -> None:
    trader = a_trader(sma=2)
    before = cash(trader)
    assert booked(trader.tell(settlement(2, spot=None))) == [("sma", CALL, -2)]
    assert cash(trader) == before + 2_400


def test_a_part_is_taken_owner_by_owner() -> None:
    trader = a_trader(rsi=2, sma=3)
    assert booked(trader.tell(settlement(4, spot=None))) == [("rsi", CALL, -2), ("sma", CALL, -2)]
    assert holds(trader, "sma") == (1, 0)


def test_more_than_is_known_waits_for_the_fill_that_is_missing() -> None:
    trader = a_trader(sma=1)
    assert booked(trader.tell(settlement(3, spot=None))) == [
        ("sma", CALL, -1), ("external", CALL, -2),
    ]


@pytest.mark.fault(54)
def test_what_is_told_twice_is_booked_once() -> None:
    trader = a_trader(sma=2)
    trader.tell(settlement(2))
    before = cash(trader)
    again = trader.tell(settlement(2))
    assert the(again, ReportIgnored).reason is Reason.OMS_DUPLICATE_EXECUTION
    assert len(again) == 1
    assert cash(trader) == before


def test_what_happened_while_nobody_listened_is_booked_by_the_next_look() -> None:
    """The broker's statement is flat in calls already; then both agree, and nothing is halted."""
    trader = a_trader(sma=2)
    ended = settlement(2, transact_time=trader.now)
    stated = trader.statement(
        holdings=(Holding(symbol="SPY", qty=Decimal(200)),), cash=cash(trader) - 100_000
    )
    for _ in range(2):
        events = trader.tell(Reconcile(
            route="paper", statement=stated, because="test", fills=(ended,)
        ))
        assert not the(events, StatementCompared).drifts
        assert not of(events, BreakFound, InstrumentHalted)
    assert len(of(trader.events, PositionSettled)) == 1
    assert holds(trader, "sma") == (0, 200)


def test_one_that_the_ledger_opened_with_is_no_news() -> None:
    trader = a_trader()
    events = trader.tell(settlement(2, transact_time=at(-60)))
    assert the(events, ReportIgnored).reason is Reason.OMS_BEFORE_OPENING


@pytest.mark.parametrize("changes", [
    {"symbol": "SPY"}, {"symbol": None}, {"is_sell": None}, {"last_qty": 0}, {"last_px": "-1"},
    {"exec_id": None}, {"legs": (LegFill(symbol="IBM", last_px=Decimal(5)),)},
    {"legs": (LegFill(symbol="SPY", last_px=Decimal(0)),)},
])
def test_one_that_cannot_be_read_halts_and_books_nothing(changes: dict[str, Any]) -> None:
    trader = a_trader(sma=2)
    events = trader.tell(settlement(2, **changes))
    assert the(events, ReportIgnored).reason is Reason.OMS_MALFORMED_REPORT
    assert of(events, InstrumentHalted)
    assert not of(events, TradeBooked)


def test_one_of_a_route_that_nobody_knows_halts_everything() -> None:
    trader = a_trader(sma=2)
    events = trader.tell(settlement(2, route="another"))
    assert the(events, InstrumentHalted).symbol == "*"
    assert not of(events, TradeBooked)
