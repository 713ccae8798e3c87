"""Does the headroom of each limit tell what its gate would say of the least order more?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import makers
from tests.core.gates.asking import a_trader, answer, ask, holds, said, works
from tests.core.gates.desks import PUTS, a_desk, holding

from tradebot.core.book.intents import IntentState
from tradebot.core.gates import REQUIRED
from tradebot.core.gates.desk import DESK
from tradebot.core.gates.headroom import COUNTING, Headroom, headroom
from tradebot.core.gates.look import Look
from tradebot.core.gates.portfolio_greeks import portfolio_delta
from tradebot.core.model.commands import Mark
from tradebot.core.model.desk_policy import Excess, GreekLimits
from tradebot.core.model.events import SettingsActivated
from tradebot.core.model.ids import IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.reason import Answer, GateResult
from tradebot.core.model.settings import Policy

LEAST: Final = Decimal("0.0000001")
NEAR: Final = Decimal("0.001")  # the least order costs as much, not nothing
GATES: Final = {gate.__name__: gate for gate in (*REQUIRED, *DESK)}
COUNTS: Final = {gate.__name__ for gate in COUNTING}
days = st.lists(st.tuples(
    st.sampled_from(["buy", "sell"]), st.integers(1, 30), st.sampled_from(["SPY", "IBM"]),
    st.booleans(),
), max_size=6)
policies = st.builds(
    lambda frac, count: replace(
        Policy(), positions_max=count, positions_symbol_max=count, orders_per_day_max=2 * count,
        open_orders_max=count, open_orders_symbol_max=count, messages_per_minute_max=2 * count,
        **{name: getattr(Policy(), name) * frac for name in (
            "position_max_frac", "symbol_exposure_max_frac", "sector_exposure_max_frac",
            "buying_power_multiple", "order_risk_max_frac", "heat_max_frac", "day_risk_max_frac",
            "daily_loss_max_frac", "margin_use_max_frac", "equity_min_usd",
        )},
    ),
    st.integers(1, 40).map(lambda n: Decimal(n) / 20), st.integers(0, 4),
)


def a_day(orders: list[tuple[str, int, str, bool]]) -> makers.Trader:
    """Fill some orders, leave others at work, and let the market fall a little."""
    trader = a_trader()
    for side, qty, symbol, is_filled in orders:
        price = {"SPY": "500", "IBM": "200"}[symbol]
        (holds if is_filled else works)(trader, side, qty, symbol=symbol, price=price)
    trader.facts.quotes["SPY"] = makers.a_quote("SPY", "494", "494")
    trader.tell(Mark(quotes=tuple(
        q for s, q in trader.facts.quotes.items()
        if s in trader.book.ledger.nets.get(makers.ACCOUNT, {})
    )))
    return trader


def least_more(trader: makers.Trader, row: Headroom) -> Intent:
    """Make the least order that opens something where the limit is."""
    symbol = row.key if row.key in ("SPY", "IBM") else "IBM"
    if row.gate == "positions":
        symbol = "BTC/USD"
    if row.gate == "positions_symbol":
        symbol = {"SPY": makers.CALL, "IBM": "IBM260918C00200000"}[row.key]
    if row.gate == "sector_exposure" and "IBM" not in trader.book.exposure.of(row.account).bets:
        symbol = "SPY"
    stake = trader.book.exposure.of(makers.ACCOUNT).stake(symbol)
    return makers.an_intent("sell" if stake.short > stake.long else "buy", LEAST, symbol, None)


def told_by_gate(trader: makers.Trader, row: Headroom) -> GateResult:
    state = IntentState(
        intent_id=IntentId("I"), body=least_more(trader, row), expires=makers.at(99_999)
    )
    return answer(GATES[row.gate], Look(trader.book, state, trader.facts, trader.now))


@settings(max_examples=40)
@given(days, policies)
def test_what_is_told_is_what_the_gate_says_of_the_least_order_more(
    orders: list[tuple[str, int, str, bool]], policy: Policy
) -> None:
    trader = a_day(orders)
    changed = replace(trader.book.settings, policy=policy)
    trader.book.apply(SettingsActivated(settings=changed, version="drawn"))
    rows = list(headroom(trader.book, trader.facts, trader.now))
    assert {"heat", "cash_buffer", "open_orders"} <= {row.gate for row in rows}
    for row in rows:
        found = told_by_gate(trader, row)
        if row.gate.startswith("portfolio_"):
            continue  # asked of options alone, see below
        assert (row.is_breached is True) is (found.answer is not Answer.ALLOW), (row, found)
        assert found.actual is not None
        assert found.limit is not None
        assert row.actual is not None
        assert row.limit is not None
        own = 1 if row.gate in COUNTS else 0
        room = found.limit - (found.actual - own)
        assert abs((row.limit - row.actual) - room) < NEAR, (row, found)
        if row.gate not in ("buying_power", "cash_buffer"):  # these tell what is left
            assert abs(row.actual - (found.actual - own)) < NEAR, (row, found)


def of(trader: makers.Trader, gate: str, key: str = "") -> Headroom:
    found = headroom(trader.book, trader.facts, trader.now)
    return next(row for row in found if (row.gate, row.key) == (gate, key))


def test_an_account_that_lost_too_much_today_is_told_as_breached() -> None:
    trader = a_trader(daily_loss_max_frac="0.001")
    holds(trader, "buy", 50)
    trader.tell(Mark(quotes=(makers.a_quote("SPY", "490", "490"),)))
    lost = of(trader, "daily_loss")
    assert (lost.actual, lost.limit, lost.is_breached) == (500, 100, True)
    assert lost.used_frac == 5


def test_what_is_taken_of_the_buying_power_is_told_not_what_is_left() -> None:
    trader = a_trader(cash_buffer_min_frac="0.2")
    holds(trader, "buy", 10)
    works(trader, "buy", 10)
    for gate, whole in (("buying_power", 100_000), ("cash_buffer", 80_000)):
        found = of(trader, gate)
        assert (found.limit, found.is_breached) == (whole, False)
        assert found.actual == pytest.approx(Decimal(10_000), abs=1)


def test_only_the_worst_few_symbols_are_told() -> None:
    trader = a_trader()
    for count in range(1, 9):
        trader.book.exposure.held(makers.ACCOUNT, f"SYM{count}", Decimal(count))
    rows = list(headroom(trader.book, trader.facts, trader.now))
    symbols = [row.key for row in rows if row.gate == "position_size"]
    assert symbols == [f"SYM{count}" for count in (8, 7, 6, 5, 4)]


def test_what_nobody_knows_is_neither_within_nor_beyond_a_limit() -> None:
    trader = a_trader()
    trader.book.ledger.accounts[makers.ACCOUNT].unmarked["SPY"] = None
    heat = of(trader, "heat")
    assert (heat.actual, heat.limit, heat.is_breached, heat.used_frac) == (None, None, None, None)


def test_a_loss_without_end_is_beyond_every_limit() -> None:
    trader = a_trader()
    trader.book.ledger.accounts[makers.ACCOUNT].endless = 1
    assert of(trader, "heat").is_breached is True


def test_a_strategy_that_rests_has_used_up_its_losses() -> None:
    trader = a_trader()
    runs, now, limits = trader.book.losses, trader.now, trader.book.settings.policy
    runs.ended("sma", Decimal(-1), now, limits)
    assert (of(trader, "consecutive_losses", "sma").actual) == 1
    runs.runs["sma"].rests_until = now + timedelta(seconds=9)
    rests = of(trader, "consecutive_losses", "sma")
    assert (rests.used_frac, rests.is_breached) == (1, True)


@pytest.mark.parametrize(("count", "told"), [(1, False), (2, True)])
def test_what_brokers_rejected_is_told_by_strategy_and_symbol(count: int, told: bool) -> None:
    trader = a_trader(rejections_max=2)
    for _ in range(count):
        trader.book.flow.rejected(makers.an_intent(), trader.now, trader.book.settings.policy)
    found = of(trader, "rejections", "sma|SPY")
    assert (found.actual, found.limit, found.is_breached) == (count, 2, told)


@pytest.mark.parametrize("excess", Excess)
def test_how_far_the_options_lean_is_told_for_what_is_held(excess: Excess) -> None:
    greeks = replace(GreekLimits(), excess=excess, delta_max_frac=Decimal("0.15"))
    desk = holding((PUTS[0], 2), desk=a_desk(greeks=greeks))
    found = of(desk, "portfolio_delta")
    assert said(ask(portfolio_delta, desk, makers.an_intent("buy", LEAST, PUTS[0], price="2"))) == (
        f"{'BLOCK' if excess is Excess.BLOCK else 'ALLOW'} 20000 against 15000"
    )
    assert (found.actual, found.limit, found.is_breached) == (20_000, 15_000, True)
    del desk.facts.options[PUTS[0]]
    assert of(desk, "portfolio_delta").is_breached is None
