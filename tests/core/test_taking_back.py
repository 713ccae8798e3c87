"""Is money that the broker takes back gone to the cent, whoever holds what by then?"""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.makers import (
    ACCOUNT,
    CALL,
    HIGHER_CALL,
    OPEN,
    Trader,
    a_report,
    a_route,
    a_statement,
    a_trade,
    at,
    of,
    some_settings,
    the,
)

from tradebot.core.model.commands import (
    ClearHalt,
    Delivery,
    ReportDelivery,
    RequestCancel,
    SetKillSwitch,
)
from tradebot.core.model.events import (
    CancelRequested,
    HaltCleared,
    InstrumentHalted,
    IntentRefused,
    OrderReported,
    OrderSubmitted,
    ReconRequested,
    ReportIgnored,
    TradeBooked,
)
from tradebot.core.model.intent import Leg, Side
from tradebot.core.model.report import ExecType, Holding, LegFill, Report

WIDE = {"order_notional_max_usd": Decimal(10**9), "price_collar_frac": Decimal(100)}


def a_trader() -> Trader:
    trader = Trader(some_settings(policy=WIDE))
    return trader


def money(trader: Trader) -> tuple[object, ...]:
    account = trader.book.ledger.accounts[ACCOUNT]
    shares = {
        names: (share.qty, share.cost, share.realized, share.fees)
        for *names, share in trader.book.ledger.shares()
        for names in (tuple(names),)
        if share.qty or share.realized or share.fees
    }
    sums = (account.cash, account.realized, account.fees, account.net_value)
    return (*sums, shares, trader.book.ledger.nets.get(ACCOUNT))


def filled(trader: Trader, side: str, qty: int, px: str, exec_id: str, fee: str = "0") -> str:
    order = the(trader.submit(side, qty, price="500"), OrderSubmitted)
    trader.tell(a_trade(exec_id, qty, px, order.cl_ord_id, fee=fee))
    return order.cl_ord_id


@pytest.mark.promise(27)
@pytest.mark.fault(59)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 9), st.integers(40_000, 60_000)), max_size=4),
    st.booleans(), st.integers(1, 9),
)
def test_a_fill_and_its_bust_leave_the_money_as_it_was(
    before: list[tuple[bool, int, int]], is_buy: bool, qty: int
) -> None:
    trader = a_trader()
    for number, (was_buy, was_qty, cents) in enumerate(before):
        side = "buy" if was_buy else "sell"
        filled(trader, side, was_qty, str(Decimal(cents) / 100), f"B{number}")
    then = money(trader)
    order = filled(trader, "buy" if is_buy else "sell", qty, "512.34", "X1", fee="1.25")
    assert money(trader) != then
    trader.tell(a_report("trade_cancel", order, exec_id="X2", exec_ref_id="X1"))
    now, dust = money(trader), Decimal("1e-15")
    assert now[0] == then[0] and now[2] == then[2]
    before_, after = then[4], now[4]
    assert isinstance(before_, dict) and isinstance(after, dict)
    for names in {*before_, *after}:
        zeros = (Decimal(0),) * 4
        for old, new in zip(before_.get(names, zeros), after.get(names, zeros), strict=True):
            assert abs(old - new) < dust


@pytest.mark.fault(59)
def test_a_corrected_sale_has_the_profit_of_the_right_price() -> None:
    trader = a_trader()
    filled(trader, "buy", 10, "100", "X1")
    order = filled(trader, "sell", 10, "110", "X2", fee="2")
    trader.tell(a_report(
        "trade_correct", order, exec_id="X3", exec_ref_id="X2", last_qty=10, last_px=109, fee="2"
    ))
    account = trader.book.ledger.accounts[ACCOUNT]
    assert (account.cash, account.realized, account.fees) == (100_088, 90, 2)


def test_each_leg_of_a_combo_is_taken_back() -> None:
    trader = a_trader()
    legs = (Leg(symbol=CALL, side=Side.BUY), Leg(symbol=HIGHER_CALL, side=Side.SELL))
    order = the(trader.submit("buy", 2, legs=legs, price="5"), OrderSubmitted)
    then = money(trader)
    trader.tell(a_trade("X1", 2, "5", order.cl_ord_id, fee="3", legs=(
        LegFill(symbol=CALL, last_px=Decimal(10)), LegFill(symbol=HIGHER_CALL, last_px=Decimal(5)),
    )))
    trader.tell(a_report("trade_cancel", order.cl_ord_id, exec_id="X2", exec_ref_id="X1"))
    assert money(trader)[:5] == then[:5]


def test_two_accounts_keep_their_averages_apart() -> None:
    trader = Trader(some_settings(policy=WIDE, routes=("paper", "second")))
    trader.tell(a_route("second", statement=a_statement(account="PAPER-2")))
    filled(trader, "buy", 10, "100", "X1")
    for side, px, exec_id in (("buy", "200", "X1"), ("sell", "210", "X2")):
        order = the(trader.submit(side, 10, route="second"), OrderSubmitted)
        assert order.account == "PAPER-2"
        trader.tell(a_trade(exec_id, 10, px, order.cl_ord_id, route="second"))
    ledger = trader.book.ledger
    assert ledger.accounts["PAPER-2"].realized == 100
    assert ledger.holding(ACCOUNT, "sma", "SPY").cost == 1000
    assert ledger.held_by("sma", "SPY").qty == 10


def external(exec_id: str, qty: int = 5, **changes: Any) -> Report:
    told = {"symbol": "IBM", "is_sell": False, "cl_ord_id": "OTHER", **changes}
    return a_trade(exec_id, qty, "200", **told)


def test_the_bust_of_an_external_fill_takes_it_back_once() -> None:
    trader = a_trader()
    then = money(trader)
    trader.tell(external("X1", fee="1"))
    bust = a_report("trade_cancel", "OTHER", exec_id="X2", exec_ref_id="X1")
    events = trader.tell(bust)
    assert the(events, TradeBooked).is_external
    assert the(events, InstrumentHalted).symbol == "IBM"
    assert money(trader)[:4] == then[:4]
    assert not of(trader.tell(bust), TradeBooked)
    again = a_report("trade_cancel", "OTHER", exec_id="X3", exec_ref_id="X1")
    assert the(trader.tell(again), InstrumentHalted).symbol == "*"
    assert money(trader)[:4] == then[:4]


def test_an_external_fill_is_corrected() -> None:
    trader = a_trader()
    trader.tell(external("X1", 5))
    trader.tell(a_report(
        "trade_correct", "OTHER", exec_id="X2", exec_ref_id="X1", last_qty=3, last_px="200"
    ))
    assert trader.book.ledger.net_qty(ACCOUNT, "IBM") == 3


def test_two_accounts_may_use_one_execution_id() -> None:
    trader = Trader(some_settings(policy=WIDE, routes=("paper", "second")))
    trader.tell(a_route("second", statement=a_statement(account="PAPER-2")))
    trader.tell(external("X1"))
    trader.tell(external("X1", route="second"))
    assert trader.book.ledger.net_qty("PAPER-2", "IBM") == 5


def test_a_fill_from_before_the_opening_statement_is_part_of_it() -> None:
    trader = a_trader()
    early = trader.tell(external("X1", transact_time=OPEN))
    assert the(early, ReportIgnored).reason == "OMS_BEFORE_OPENING"
    assert not of(early, TradeBooked)
    assert of(trader.tell(external("X2", transact_time=at(1))), TradeBooked)


def test_an_unknown_option_counts_a_hundred_times() -> None:
    trader = a_trader()
    symbol = "SPY270115P00400000"
    events = trader.tell(external("X1", 2, symbol=symbol))
    assert the(events, TradeBooked).multiplier == 100
    assert trader.book.ledger.accounts[ACCOUNT].cash == 100_000 - 2 * 200 * 100
    assert the(events, InstrumentHalted).symbol == symbol


@pytest.mark.fault(57)
def test_what_nobody_knows_is_counted_once_and_halts_everything() -> None:
    trader = a_trader()
    events = trader.tell(external("X1", symbol="ESZ6"))
    assert the(events, TradeBooked).multiplier == 1
    assert [halt.symbol for halt in of(events, InstrumentHalted)] == ["*", "ESZ6"]
    assert the(trader.submit("buy", 1), IntentRefused).reason == "RISK_INSTRUMENT_HALTED"


def test_a_ledger_that_opens_with_what_nobody_knows_halts_everything() -> None:
    trader = a_trader()
    held = (Holding(symbol="ESZ6", qty=Decimal(1)), Holding(symbol=CALL, qty=Decimal(1)))
    events = trader.tell(a_route("second", statement=a_statement(account="P2", holdings=held)))
    assert the(events, InstrumentHalted).symbol == "*"


def test_a_late_fill_of_what_never_left_finds_its_owner_and_halts() -> None:
    trader = a_trader()
    first = the(trader.submit("buy", 4), OrderSubmitted)
    left = ReportDelivery(cl_ord_id=first.cl_ord_id, delivery=Delivery.NEVER_LEFT)
    second = the(trader.tell(left), OrderSubmitted)
    events = trader.tell(a_trade("X1", 4, "500", first.cl_ord_id))
    assert the(events, TradeBooked).strategy_id == "sma"
    halted = the(events, InstrumentHalted)
    assert (halted.symbol, halted.reason) == ("SPY", "ADAPTER_NEVER_LEFT")
    trader.tell(a_trade("X2", 4, "500", second.cl_ord_id))
    assert trader.book.ledger.held_by("sma", "SPY").qty == 8


def test_a_late_word_about_a_former_attempt_does_not_end_the_next() -> None:
    trader = a_trader()
    first = the(trader.submit("buy", 4), OrderSubmitted)
    left = ReportDelivery(cl_ord_id=first.cl_ord_id, delivery=Delivery.NEVER_LEFT)
    second = the(trader.tell(left), OrderSubmitted)
    assert the(trader.tell(a_report("new", first.cl_ord_id)), InstrumentHalted).symbol == "SPY"
    trader.tell(a_trade("X1", 1, "500", first.cl_ord_id))
    again = ReportDelivery(cl_ord_id=second.cl_ord_id, delivery=Delivery.NEVER_LEFT)
    assert of(trader.tell(again), IntentRefused)  # halted by now, and refused by name
    assert not trader.book.orders.reserved


@pytest.mark.promise(30)
@pytest.mark.fault(80)
def test_money_that_cannot_be_read_halts_its_instrument() -> None:
    for changes in ({"exec_id": None}, {"last_qty": 0}, {"last_px": 0}):
        trader = a_trader()
        order = the(trader.submit("buy", 4), OrderSubmitted)
        told = {"exec_id": "X1", "last_qty": 4, "last_px": 500, **changes}
        events = trader.tell(a_report(ExecType.TRADE, order.cl_ord_id, **told))
        assert the(events, ReportIgnored).reason == "OMS_MALFORMED_REPORT"
        assert the(events, InstrumentHalted).symbol == "SPY"


def test_a_fill_of_a_combo_in_what_is_no_leg_of_it_halts_every_leg() -> None:
    trader = a_trader()
    legs = (Leg(symbol=CALL, side=Side.BUY), Leg(symbol=HIGHER_CALL, side=Side.SELL))
    order = the(trader.submit("buy", 2, legs=legs, price="5"), OrderSubmitted)
    events = trader.tell(a_trade("X1", 2, "10", order.cl_ord_id, symbol="SPY"))
    assert {halt.symbol for halt in of(events, InstrumentHalted)} == {CALL, HIGHER_CALL}


def test_a_correction_beyond_the_order_is_an_overfill() -> None:
    trader = a_trader()
    order = filled(trader, "buy", 4, "500", "X1")
    events = trader.tell(a_report(
        "trade_correct", order, exec_id="X2", exec_ref_id="X1", last_qty=40, last_px=500
    ))
    assert the(events, InstrumentHalted).reason == "OMS_OVERFILL"


def test_a_fill_told_before_the_change_that_it_exceeds_is_an_overfill() -> None:
    trader = a_trader()
    order = the(trader.submit("buy", 4), OrderSubmitted).cl_ord_id
    assert not of(trader.tell(a_trade("X1", 3, "500", order)), InstrumentHalted)
    events = trader.tell(a_report("replaced", order + "R", orig_cl_ord_id=order, order_qty=2))
    assert the(events, InstrumentHalted).reason == "OMS_OVERFILL"


def test_a_replaced_order_reserves_what_it_may_trade_now() -> None:
    trader = a_trader()
    order = the(trader.submit("buy", 4), OrderSubmitted)
    trader.tell(a_report(
        "replaced", order.cl_ord_id + "R", orig_cl_ord_id=order.cl_ord_id, order_qty=8
    ))
    assert trader.book.orders.reserved[ACCOUNT] == 2 * order.reserved
    trader.tell(a_trade("X1", 2, "500", order.cl_ord_id))
    assert trader.book.orders.reserved[ACCOUNT] == 2 * order.reserved * 6 / 8


def test_an_order_that_a_bust_reopened_is_cancelled_by_its_intent() -> None:
    trader = a_trader()
    order = the(trader.submit("buy", 4), OrderSubmitted)
    assert of(trader.tell(a_trade("X1", 4, "500", order.cl_ord_id)), OrderReported, ReconRequested)
    trader.tell(a_report("trade_cancel", order.cl_ord_id, exec_id="X2", exec_ref_id="X1"))
    events = trader.tell(RequestCancel(target=order.intent_id, by="alice"))
    assert the(events, CancelRequested).cl_ord_id == order.cl_ord_id


def test_a_finished_order_is_remembered_for_a_week() -> None:
    trader = a_trader()
    order = filled(trader, "buy", 4, "500", "X1")
    for day in range(1, 10):
        trader.seconds = day * 86_400
        filled(trader, "buy", 1, "500", f"D{day}")
        if day < 7:
            events = trader.tell(a_trade("X1", 4, "500", order))
            assert the(events, ReportIgnored).reason == "OMS_DUPLICATE_EXECUTION"
    assert trader.book.orders.find(order) is None
    assert len(trader.book.orders.finished) <= 8


def test_clearing_the_kill_switch_leaves_the_halts_of_instruments() -> None:
    trader = a_trader()
    trader.tell(external("X1"))
    trader.tell(external("X2", symbol="ESZ6"))
    trader.tell(SetKillSwitch(engaged=False, reason="looked", by="alice"))
    assert set(trader.book.halted) == {"IBM", "ESZ6"}
    assert not trader.tell(SetKillSwitch(engaged=False, reason="again", by="alice"))
    clear = ClearHalt(symbol="IBM", reason="looked", by="alice")
    assert of(trader.tell(clear), HaltCleared)
    assert not trader.tell(clear)
    assert of(trader.submit("buy", 1, symbol="IBM", price="200"), OrderSubmitted)
