"""What comes of a combo whose legs a broker tells one by one? The same as if told at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.makers import (
    ACCOUNT,
    CALL,
    HIGHER_CALL,
    Trader,
    a_report,
    a_trade,
    number,
    of,
    some_settings,
    the,
)

from tradebot.core.book.orders import OrderState
from tradebot.core.model.combo import net_price
from tradebot.core.model.events import (
    InstrumentHalted,
    OrderSubmitted,
    ReconRequested,
    ReportIgnored,
    TradeBooked,
)
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Leg, Side
from tradebot.core.model.order import OrdStatus
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import LegFill

NO_LIMITS = some_settings(policy={
    "order_notional_max_usd": Decimal(10**9), "price_collar_frac": Decimal(10**6),
})
PAIR = (
    Leg(symbol="SPY", side=Side.BUY), Leg(symbol="IBM", side=Side.SELL, ratio_qty=Decimal(2)),
)


class Scene:
    """A combo at work: `state` is what the book has of it."""

    def __init__(self, qty: int = 2, legs: tuple[Leg, ...] = PAIR) -> None:
        self.trader = Trader(NO_LIMITS)
        sent = self.trader.submit("buy", qty, legs=legs, price="1")
        self.order = ClOrdID(the(sent, OrderSubmitted).cl_ord_id)

    @property
    def state(self) -> OrderState:
        state = self.trader.book.orders.find(self.order)
        assert state is not None
        return state

    def leg(self, exec_id: str, symbol: str, qty: int, px: str = "5", fee: str = "0") -> list:
        return self.trader.tell(a_trade(exec_id, qty, px, self.order, symbol=symbol, fee=fee))

    def held(self, symbol: str) -> Decimal:
        return self.trader.book.ledger.net_qty(ACCOUNT, symbol)


def test_a_leg_is_booked_at_once_and_the_combo_counts_when_it_is_whole() -> None:
    scene = Scene()
    booked = the(scene.leg("X1", "SPY", 1, "10", fee="0.65"), TradeBooked)
    assert (booked.symbol, booked.qty, booked.px, booked.exec_id) == ("SPY", 1, 10, "X1")
    assert booked.cash == Decimal("-10.65")
    assert (scene.state.order.cum_qty, scene.state.order.ord_status) == (0, OrdStatus.NEW)
    scene.leg("X2", "IBM", 1, "4")
    assert scene.state.order.cum_qty == 0
    scene.leg("X3", "IBM", 1, "6")
    order = scene.state.order
    assert (order.cum_qty, order.leaves_qty, order.avg_px) == (1, 1, 0)  # 10 paid, 2 x 5 received
    assert (scene.held("SPY"), scene.held("IBM")) == (1, -2)


def test_the_last_leg_finishes_the_order() -> None:
    scene = Scene()
    scene.leg("X1", "IBM", 4)
    events = scene.leg("X2", "SPY", 2, "12")
    assert of(events, ReconRequested)
    assert not of(events, InstrumentHalted)
    assert (scene.state.order.ord_status, scene.state.order.avg_px) == (OrdStatus.FILLED, 2)


def test_whole_combos_and_single_legs_add_up() -> None:
    scene = Scene(qty=3)
    fills = (
        LegFill(symbol="SPY", last_px=Decimal(10)), LegFill(symbol="IBM", last_px=Decimal(4))
    )
    scene.trader.tell(a_trade("X1", 2, 2, scene.order, legs=fills))
    scene.leg("X2", "SPY", 1, "11")
    scene.leg("X3", "IBM", 2, "3")
    order = scene.state.order
    assert (order.cum_qty, order.ord_status, order.avg_px) == (3, OrdStatus.FILLED, 3)
    assert not of(scene.trader.events, InstrumentHalted)


@pytest.mark.fault(67)
def test_the_same_leg_execution_is_booked_once() -> None:
    scene = Scene()
    scene.leg("X1", "SPY", 1)
    assert the(scene.leg("X1", "SPY", 1), ReportIgnored).reason is Reason.OMS_DUPLICATE_EXECUTION
    other = scene.leg("X1", "IBM", 1)
    assert the(other, ReportIgnored).reason is Reason.OMS_CONFLICTING_EXECUTION
    assert scene.held("SPY") == 1


def test_a_bust_of_a_leg_takes_back_the_combo_that_it_made() -> None:
    scene = Scene()
    scene.leg("X1", "SPY", 1, "10", fee="1")
    scene.leg("X2", "IBM", 2, "4")
    scene.trader.tell(a_report("trade_cancel", scene.order, exec_id="X3", exec_ref_id="X1"))
    assert (scene.state.order.cum_qty, scene.state.order.avg_px) == (0, None)
    assert (scene.held("SPY"), scene.held("IBM")) == (0, -2)
    assert scene.trader.book.ledger.accounts[ACCOUNT].cash == 100_000 + 8


@pytest.mark.parametrize("symbol", [None, "SPY"])
def test_a_correction_of_a_leg_changes_that_leg_alone(symbol: str | None) -> None:
    scene = Scene()
    scene.leg("X1", "SPY", 1, "10")
    scene.trader.tell(a_report(
        "trade_correct", scene.order, exec_id="X2", exec_ref_id="X1", symbol=symbol, last_qty=2,
        last_px=9,
    ))
    scene.leg("X3", "IBM", 4, "4")
    assert (scene.held("SPY"), scene.state.order.avg_px) == (2, 1)
    assert scene.trader.book.ledger.accounts[ACCOUNT].cash == 100_000 - 18 + 16


def test_a_correction_that_comes_before_its_leg_waits_for_it() -> None:
    scene = Scene()
    early = scene.trader.tell(a_report(
        "trade_correct", scene.order, exec_id="X2", exec_ref_id="X1", symbol="SPY", last_qty=2,
        last_px=9,
    ))
    assert the(early, ReportIgnored).reason is Reason.OMS_UNKNOWN_EXECUTION
    scene.leg("X1", "SPY", 1, "10")
    assert scene.held("SPY") == 2


@pytest.mark.parametrize("changes", [
    {"symbol": "IBM"}, {"legs": (LegFill(symbol="SPY", last_px=Decimal(9)),)},
])
def test_a_correction_that_names_something_else_is_no_correction(changes: dict) -> None:
    scene = Scene()
    scene.leg("X1", "SPY", 1, "10")
    events = scene.trader.tell(a_report(
        "trade_correct", scene.order, exec_id="X2", exec_ref_id="X1", last_qty=2, last_px=9,
        **changes,
    ))
    assert the(events, ReportIgnored).reason is Reason.OMS_MALFORMED_REPORT
    assert scene.held("SPY") == 1


@pytest.mark.parametrize("end", ["canceled", "expired"])
def test_legs_that_stay_uneven_when_the_order_ends_halt_all_of_them(end: str) -> None:
    scene = Scene()
    scene.leg("X1", "SPY", 1)
    halted = of(scene.trader.tell(a_report(end, scene.order)), InstrumentHalted)
    assert {(halt.symbol, halt.reason) for halt in halted} == {
        ("SPY", Reason.OMS_UNEVEN_LEGS), ("IBM", Reason.OMS_UNEVEN_LEGS)
    }


def test_legs_that_are_even_when_the_order_ends_halt_nothing() -> None:
    scene = Scene()
    scene.leg("X1", "SPY", 1)
    scene.leg("X2", "IBM", 2)
    assert not of(scene.trader.tell(a_report("canceled", scene.order)), InstrumentHalted)


@pytest.mark.fault(63)
def test_more_of_a_leg_than_was_ordered_is_an_overfill() -> None:
    scene = Scene()
    assert not of(scene.leg("X1", "IBM", 4), InstrumentHalted)
    halted = of(scene.leg("X2", "IBM", 1), InstrumentHalted)
    assert {halt.reason for halt in halted} == {Reason.OMS_OVERFILL}
    assert scene.held("IBM") == -5


@dataclass
class Told:
    """One execution of a leg as a broker would remember it."""

    leg: Leg
    qty: int
    px: int


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[Leg, ...], int, list[tuple[Told, str]]]:
    """Draw a structure, how many of it, and all its executions in any order, some taken back."""
    symbols = draw(st.lists(
        st.sampled_from(["SPY", "IBM", CALL, HIGHER_CALL]), min_size=2, max_size=4, unique=True
    ))
    sides = {CALL: st.just(Side.BUY), HIGHER_CALL: st.just(Side.BUY)}  # nothing uncovered
    legs = tuple(
        Leg(
            symbol=symbol, side=draw(sides.get(symbol, st.sampled_from(Side))),
            ratio_qty=Decimal(draw(st.integers(1, 3))),
        ) for symbol in symbols
    )
    qty, told = draw(st.integers(1, 4)), list[tuple[Told, str]]()
    for leg in legs:
        left = qty * int(leg.ratio_qty)
        while left:
            part = draw(st.integers(1, left))
            fate = draw(st.sampled_from(["", "", "bust", "correct"]))
            told.append((Told(leg, part, draw(st.integers(1, 20))), fate))
            left -= 0 if fate == "bust" else part
            if len(told) > 40:
                break
    return legs, qty, draw(st.permutations(told))


def brute_force(legs: Sequence[Leg], told: Sequence[Told]) -> int:
    """Take away whole combos, one after the other, until something lacks."""
    piles = {leg.symbol: sum(t.qty for t in told if t.leg is leg) for leg in legs}
    whole = 0
    while all(piles[leg.symbol] >= leg.ratio_qty for leg in legs):
        piles = {leg.symbol: piles[leg.symbol] - int(leg.ratio_qty) for leg in legs}
        whole += 1
    return whole


@given(days())
@settings(max_examples=60)
def test_legs_in_any_order_book_what_whole_combos_would(
    day: tuple[tuple[Leg, ...], int, list[tuple[Told, str]]],
) -> None:
    legs, qty, executions = day
    scene = Scene(qty, legs)
    stands = list[Told]()
    for number_, (told, fate) in enumerate(executions):
        scene.leg(f"X{number_}", told.leg.symbol, told.qty, str(told.px))
        stands.append(told)
        if fate == "bust":
            stands.pop()
            scene.trader.tell(a_report(
                "trade_cancel", scene.order, exec_id=f"B{number_}", exec_ref_id=f"X{number_}"
            ))
        elif fate == "correct":
            stands[-1] = Told(told.leg, told.qty, told.px + 1)
            scene.trader.tell(a_report(
                "trade_correct", scene.order, exec_id=f"B{number_}", exec_ref_id=f"X{number_}",
                symbol=told.leg.symbol, last_qty=told.qty, last_px=told.px + 1,
            ))
        assert_books(scene, legs, stands)
    order = scene.state.order
    assert order.is_filled is (brute_force(legs, stands) == qty)


def assert_books(scene: Scene, legs: Sequence[Leg], stands: Sequence[Told]) -> None:
    book, order, cash = scene.trader.book, scene.state.order, Decimal(100_000)
    averages = []
    for leg in legs:
        mine = [told for told in stands if told.leg is leg]
        units, value = sum(t.qty for t in mine), sum(t.qty * t.px for t in mine)
        assert scene.held(leg.symbol) == leg.side.sign * units
        cash -= leg.side.sign * value * book.multiplier(leg.symbol)
        averages.append(number(value) / units if units else number(0))
    assert book.ledger.accounts[ACCOUNT].cash == cash
    whole = brute_force(legs, stands)
    assert order.cum_qty == whole
    if whole:
        assert order.avg_px is not None
        net = net_price(tuple(legs), averages, book.multiplier)
        assert abs(order.avg_px - net) < Decimal("1e-9")
