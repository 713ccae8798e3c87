"""Do the gates only ever close as risk grows, and never open without a fact?"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import makers

from tradebot.core.book.book import Book
from tradebot.core.book.flow import content_of
from tradebot.core.book.intents import IntentState
from tradebot.core.book.losses import LossRun
from tradebot.core.gates import REQUIRED, panel
from tradebot.core.gates.desk import DESK
from tradebot.core.gates.lists import GATE_LIST, GATE_LISTS, gates_of
from tradebot.core.gates.look import Look
from tradebot.core.model import events as e
from tradebot.core.model.commands import Control, Phase
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent, Side
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Policy
from tradebot.core.model.verdict import Hold, Pass, Refuse
from tradebot.core.pipeline.handle import handle
from tradebot.core.pipeline.s5_dispatch import LAST_LOOK

RANK = {Pass: 0, Hold: 1, Refuse: 2}
cents = st.integers(1, 60_000).map(lambda n: Decimal(n) / 100)
limits = st.builds(
    Policy,
    order_qty_max=st.integers(1, 200).map(Decimal),
    order_notional_max_usd=st.integers(1, 100_000).map(Decimal),
    price_collar_frac=st.integers(0, 100).map(lambda n: Decimal(n) / 100),
    quote_age_max_s=st.integers(0, 60).map(Decimal),
    trade_loss_max_frac=st.integers(1, 40).map(lambda n: Decimal(n) / 100),
    order_risk_max_frac=st.integers(1, 40).map(lambda n: Decimal(n) / 100),
    day_risk_max_frac=st.integers(1, 40).map(lambda n: Decimal(n) / 100),
    cash_buffer_min_frac=st.integers(0, 40).map(lambda n: Decimal(n) / 100),
)


class Case:
    """One intent before the gates, with everything they read."""

    def __init__(self, body: Intent, policy: Policy, held: int, bid: Decimal, age_s: int) -> None:
        self.book, self.body = Book(), body
        self.at = makers.at(60)
        quotes = [
            makers.a_quote(symbol, bid, bid + Decimal("0.02"), makers.at(60 - age_s))
            for symbol in ("SPY", "IBM")
        ]
        self.facts = makers.Known(quotes)
        settings = replace(makers.some_settings(), policy=policy)
        for command in makers.a_morning(settings):
            list(handle(self.book, command, self.facts, self.at))
        if held:
            self.hold(held, bid)

    def hold(self, qty: int, px: Decimal) -> None:
        self.book.apply(e.TradeBooked(
            cl_ord_id=ClOrdID("C"), exec_id="X", account=makers.ACCOUNT,  # type: ignore[arg-type]
            strategy_id="sma", symbol="SPY", qty=Decimal(qty), px=px, cash=-qty * px, cost=qty * px,
        ))

    def state(self) -> IntentState:
        return IntentState(intent_id=IntentId("I"), body=self.body, expires=makers.at(9999))

    def rank(self) -> int:
        return RANK[type(panel.ask(REQUIRED, self.look(self.state())))]

    def look(self, state: IntentState) -> Look:
        return Look(self.book, state, self.facts, self.at)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    bid = draw(cents)
    price = draw(st.none() | st.integers(-500, 500).map(lambda n: bid + Decimal(n) / 100))
    if price is not None and price <= 0:
        price = None
    side, qty = draw(st.sampled_from(["buy", "sell"])), draw(st.integers(1, 250))
    body = makers.an_intent(side, qty, "SPY", price)
    return Case(body, draw(limits), draw(st.integers(-150, 150)), bid, draw(st.integers(0, 40)))


Worsen: TypeAlias = Callable[[Case], Any]


def _limit(name: str) -> Worsen:
    def worsen(case: Case) -> None:
        policy = case.book.settings.policy
        tighter = replace(policy, **{name: getattr(policy, name) / 2})
        case.book.settings = replace(case.book.settings, policy=tighter)

    return worsen


def _more(case: Case) -> None:
    case.body = replace(case.body, order_qty=case.body.order_qty * 2)


def _less_cash(case: Case) -> None:
    case.book.ledger.accounts[makers.ACCOUNT].cash /= 2


def _older_quotes(case: Case) -> None:
    for symbol, quote in case.facts.quotes.items():
        case.facts.quotes[symbol] = replace(quote, as_of=makers.at(0))


def _further_from_the_market(case: Case) -> None:
    if case.body.price is not None and case.body.side.sign > 0:
        case.body = replace(case.body, price=case.body.price * 2)


def _kill(case: Case) -> None:
    case.book.apply(e.KillSwitchSet(engaged=True, reason="", by=""))


def _latch(case: Case) -> None:
    case.facts.latched = "flag file"


def _halt(case: Case) -> None:
    case.book.apply(e.InstrumentHalted(symbol="SPY", reason=Reason.OMS_EXTERNAL))


def _doubt(case: Case) -> None:
    case.book.orders.doubts["SPY"] = 1


def _reserve(case: Case) -> None:
    reserved = case.book.orders.reserved
    reserved[makers.ACCOUNT] = reserved.get(makers.ACCOUNT, Decimal(0)) + 50_000


def _close(case: Case) -> None:
    case.book.apply(e.SessionEntered(calendar="XNYS", phase=Phase.CLOSED))


def _control(control: Control) -> Worsen:
    return lambda case: case.book.apply(
        e.ControlSet(control=control, engaged=True, reason="", by="")
    )


def _black_out(case: Case) -> None:
    policy = replace(case.book.settings.policy, blackout_symbols=("SPY",))
    case.book.settings = replace(case.book.settings, policy=policy)


def _sent_before(case: Case) -> None:
    policy = replace(case.book.settings.policy, duplicate_within_s=10)
    case.book.settings = replace(case.book.settings, policy=policy)
    case.book.flow.sent[content_of(case.body)] = (case.at, IntentId("another"))


def _leapt(case: Case) -> None:
    quote = case.facts.quotes["SPY"]
    case.facts.quotes["SPY"] = replace(
        quote, prior_mid=quote.mid * 2, prior_as_of=quote.as_of
    )


def _wider(case: Case) -> None:
    """Move the side away that the order does not meet: the other would only make it meeker."""
    quote = case.facts.quotes["SPY"]
    is_buy = case.body.legs[0].side is Side.BUY
    wider = replace(quote, bid=quote.bid / 2) if is_buy else replace(quote, ask=quote.ask * 2)
    case.facts.quotes["SPY"] = wider


def _other_position(case: Case) -> None:
    case.book.exposure.held(makers.ACCOUNT, "IBM", Decimal(20_000))


def _messages(case: Case) -> None:
    for _ in range(20):
        case.book.flow.message(case.at)
    case.book.flow.orders_today += 50


def _rejected(case: Case) -> None:
    for _ in range(5):
        case.book.flow.rejected(case.body, case.at, case.book.settings.policy)


def _at_risk(case: Case) -> None:
    at_risk = case.book.orders.at_risk
    at_risk[makers.ACCOUNT] = at_risk.get(makers.ACCOUNT, Decimal(0)) + 3_000


def _taken(case: Case) -> None:
    case.book.orders.taken[makers.ACCOUNT] = Decimal(3_000)


def _was_richer(case: Case) -> None:
    case.book.ledger.accounts[makers.ACCOUNT].high_water *= 2


def _began_richer(case: Case) -> None:
    case.book.ledger.accounts[makers.ACCOUNT].day_equity *= 2


def _tired(case: Case) -> None:
    case.book.losses.runs["sma"] = LossRun(rests_until=makers.at(99))


def _want_more(name: str) -> Worsen:
    def worsen(case: Case) -> None:
        policy = case.book.settings.policy
        higher = replace(policy, **{name: getattr(policy, name) * 2})
        case.book.settings = replace(case.book.settings, policy=higher)

    return worsen


_LOSSES = (
    "trade_loss_max_frac", "order_risk_max_frac", "heat_max_frac", "day_risk_max_frac",
    "daily_loss_max_frac", "drawdown_entry_max_frac", "margin_use_max_frac",
)
_WANTED = (
    "linear_shock_frac", "equity_min_usd", "cash_buffer_min_frac", "margin_initial_frac",
)
WORSE: dict[str, Worsen] = {
    "pause": _control(Control.PAUSE),
    "reduce-only": _control(Control.REDUCE_ONLY),
    "a clock that was set": _control(Control.CLOCK_SET),
    "blackout": _black_out,
    "the same order before": _sent_before,
    "a quote that leapt": _leapt,
    "a wider market": _wider,
    "another position": _other_position,
    "messages and orders before": _messages,
    "rejections before": _rejected,
    "smaller positions": _limit("position_max_frac"),
    "less in one symbol": _limit("symbol_exposure_max_frac"),
    "less in one sector": _limit("sector_exposure_max_frac"),
    "less alike": _limit("correlation_max_frac"),
    "less slippage": _limit("slippage_max_bps"),
    **{f"smaller {name}": _limit(name) for name in _LOSSES},
    **{f"larger {name}": _want_more(name) for name in _WANTED},
    "more at risk": _at_risk,
    "more risk taken today": _taken,
    "a higher high-water mark": _was_richer,
    "a richer morning": _began_richer,
    "a strategy that rests": _tired,
    "smaller quantity limit": _limit("order_qty_max"),
    "smaller notional limit": _limit("order_notional_max_usd"),
    "narrower collar": _limit("price_collar_frac"),
    "younger quotes wanted": _limit("quote_age_max_s"),
    "less leverage": _limit("buying_power_multiple"),
    "larger order": _more,
    "less cash": _less_cash,
    "older quotes": _older_quotes,
    "price further through the market": _further_from_the_market,
    "kill switch": _kill,
    "latch": _latch,
    "halted instrument": _halt,
    "order in doubt": _doubt,
    "more reserved": _reserve,
    "closed market": _close,
}


@pytest.mark.promise(13)
@pytest.mark.parametrize("worsen", WORSE.values(), ids=WORSE)
@given(case=cases())
def test_more_risk_never_opens_a_gate(worsen: Worsen, case: Case) -> None:
    before = case.rank()
    worsen(case)
    assert case.rank() >= before


@pytest.mark.promise(5)
@pytest.mark.parametrize("worsen", [_kill, _latch, _halt], ids=["kill", "latch", "halt"])
@given(case=cases())
def test_what_stops_all_refuses_all(worsen: Worsen, case: Case) -> None:
    worsen(case)
    assert case.rank() == RANK[Refuse]


def _no_quote(case: Case) -> None:
    case.facts.quotes.clear()


def _no_session(case: Case) -> None:
    case.book.markets.clear()


def _no_route(case: Case) -> None:
    case.book.routes.clear()


def _no_account(case: Case) -> None:
    case.book.ledger.accounts.clear()


def _future_quote(case: Case) -> None:
    case.facts.quotes["SPY"] = replace(case.facts.quotes["SPY"], as_of=makers.at(61))


def _crossed_quote(case: Case) -> None:
    case.facts.quotes["SPY"] = replace(case.facts.quotes["SPY"], ask=Decimal("0.001"))


def _empty_quote(case: Case) -> None:
    nothing = Decimal(0)
    case.facts.quotes["SPY"] = replace(case.facts.quotes["SPY"], bid=nothing, ask=nothing)


def _quote_of_no_number(case: Case) -> None:
    case.facts.quotes["SPY"] = replace(case.facts.quotes["SPY"], ask=Decimal("NaN"))


MISSING = (
    _no_quote, _no_session, _no_route, _no_account, _future_quote, _crossed_quote, _empty_quote,
    _quote_of_no_number,
)


@pytest.mark.promise(15, 30)
@pytest.mark.parametrize("take_away", MISSING, ids=lambda f: f.__name__.strip("_"))
@given(case=cases())
def test_without_a_fact_nothing_passes(take_away: Worsen, case: Case) -> None:
    take_away(case)
    assert case.rank() > RANK[Pass]


@pytest.mark.parametrize("name", ["order_qty_max", "order_notional_max_usd", "price_collar_frac"])
def test_a_limit_that_is_no_number_lets_nothing_pass(name: str) -> None:
    policy = replace(makers.some_settings().policy, **{name: Decimal("NaN")})
    case = Case(makers.an_intent(), policy, 0, Decimal(500), 0)
    assert case.rank() == RANK[Refuse]


def test_an_ordinary_order_passes() -> None:
    """Without this, gates that refuse all would do."""
    case = Case(makers.an_intent(), makers.some_settings().policy, 0, Decimal("499.99"), 1)
    assert case.rank() == RANK[Pass]


def test_the_newest_gate_list_names_the_gates() -> None:
    """A gate that comes, goes or moves needs a new list: the journal holds readings by place."""
    assert GATE_LISTS[GATE_LIST] == tuple(gate.__name__ for gate in (*REQUIRED, *DESK))


def test_readings_are_told_under_the_list_of_their_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GATE_LISTS, 0, ("a_gate_of_old", "stale_quote"))  # type: ignore[arg-type]
    told = gates_of(0, "1<=2,", makers.some_settings().policy)
    names = [(gate.gate, gate.limit) for gate in told]
    assert names == [("a_gate_of_old", 2), ("stale_quote", None)]


@given(cases())
def test_readings_say_what_the_gates_said(case: Case) -> None:
    """Where a limit is left out, the reader must come to just the same."""
    look = case.look(case.state())
    told = gates_of(GATE_LIST, panel.ask(REQUIRED, look).readings, look.policy)
    for gate, result in zip(REQUIRED, told, strict=True):
        said = gate(look)
        if said and isinstance(said, tuple):
            assert (str(result.actual), str(result.limit)) == (str(said[0]), str(said[1]))
        else:
            assert (result.actual, result.limit) == (None, None)


@given(cases())
def test_what_is_not_asked_again_answers_alike_once_a_route_is_chosen(case: Case) -> None:
    chosen = replace(case.state(), route="paper")  # by stage 4, where there is no other
    for gate in REQUIRED:
        if gate not in LAST_LOOK:
            assert gate(case.look(chosen)) == gate(case.look(case.state()))


def test_the_last_look_asks_required_gates_in_their_order() -> None:
    places = [REQUIRED.index(gate) for gate in LAST_LOOK]
    assert places == sorted(places)
