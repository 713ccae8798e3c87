"""Does what the ratchet calls tighter let no order pass that was refused before? By brute force.

Many situations are drawn: what is held, quoted, sent, approved and known. In each an order walks
all stages under settings that differ in one field, and under mixtures of many fields.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import permutations
from random import Random
from typing import Any

import pytest
from tests.core.gates.desks import CALLS, PUTS, a_condor, a_fact, a_spread, at_work, ranked
from tests.makers import (
    ACCOUNT,
    HIGHER_CALL,
    Trader,
    a_quote,
    an_instrument,
    an_intent,
    some_settings,
)

from tradebot.core import ratchet
from tradebot.core.book.flow import content_of
from tradebot.core.book.intents import IntentState
from tradebot.core.book.records import Record
from tradebot.core.gates.look import Look
from tradebot.core.model import events as e
from tradebot.core.model.commands import DefineInstruments, Phase
from tradebot.core.model.desk_policy import DeskEvent, Excess, StructureRule
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.instrument import parse_occ
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.settings import (
    Correlated,
    Mode,
    Promotion,
    PromotionCap,
    RouteKind,
    Sector,
    Settings,
)
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.model.trust import Trust, TrustStep
from tradebot.core.model.verdict import Pass
from tradebot.core.model.window import PromotionWindow, Weekday
from tradebot.core.pipeline.pipeline import OUTBOUND

SITUATIONS = 60
D = Decimal
DAY = datetime(2026, 8, 24, tzinfo=UTC)
ALL = tuple(StructureRule(strategy=strategy) for strategy in StrategyType)
CONDORS, SPREADS = StrategyType.IRON_CONDOR, StrategyType.PUT_CREDIT_SPREAD
WINDOW = PromotionWindow(name="day")


def _structures(**changes: Any) -> tuple[StructureRule, ...]:
    return tuple(replace(rule, **changes) for rule in ALL)


def _fracs(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(D, texts))


def _windows(*changes: Mapping[str, Any]) -> tuple[tuple[PromotionWindow, ...], ...]:
    return ((), (WINDOW,), *((replace(WINDOW, **change),) for change in changes))


# What each field is tried with; which of two is tighter only the ratchet says.
VALUES: dict[str, tuple[Any, ...]] = {
    "mode": (Mode.PAPER, Mode.STAGE, Mode.LIVE_BLOCKED, Mode.MOCK),
    "promotion": tuple(Promotion),
    "eligible": ((), ("sma",), ("sma", "iron_condor"), ("iron_condor",)),
    "caps": ((), (PromotionCap(name="sma", order_qty_max=D(3)),),
             (PromotionCap(name="sma", order_qty_max=D(20)),)),
    "windows": _windows(
        {"enabled": False}, {"orders_max": 0}, {"orders_max": 2}, {"notional_max_usd": D(2_000)},
        {"weekdays": (Weekday.FRI,)}, {"strategies": ("sma",)}, {"strategies": ("rsi",)},
        {"ends": "open+1m"}, {"starts": "close-5m"},
    ),
    "routes": (("paper",), ("other", "paper"), ("other",)),
    "approvers_min": (1, 2),
    "trust": tuple(Trust),
    "ladder.paper.sessions_min": (0, 3), "ladder.paper.clean_sessions_min": (0, 3),
    "ladder.paper.orders_min": (0, 5), "ladder.paper.fills_min": (0, 5),
    "ladder.paper.rejects_max_frac": _fracs("0", "0.5"),
    "ladder.paper.net_min_usd": (None, D(-100), D(100)),
    "ladder.paper.drawdown_max_usd": (None, D(10), D(10_000)),
    "policy.order_qty_max": (D(4), D(25), D(10_000)),
    "policy.order_notional_max_usd": (D(1_500), D(12_000), D(10**9)),
    "policy.price_collar_frac": _fracs("0.0001", "0.03", "10"),
    "policy.quote_age_max_s": (D(3), D(12), D(600)),
    "policy.quote_jump_max_frac": _fracs("0.001", "0.05", "10"),
    "policy.quote_jump_within_s": (D(0), D(8), D(600)),
    "policy.slippage_max_bps": (D(1), D(30), D(10_000)),
    "policy.quote_size_assumed_qty": (D(1), D(100)),
    "policy.messages_per_second_max": (0, 2, 10_000),
    "policy.messages_per_minute_max": (0, 4, 10_000),
    "policy.orders_per_day_max": (0, 3, 10_000),
    "policy.duplicate_within_s": (0, 3, 60),
    "policy.open_orders_max": (0, 1, 10_000), "policy.open_orders_symbol_max": (0, 1, 10_000),
    "policy.rejections_max": (1, 3, 10_000), "policy.rejections_window_s": (0, 5, 600),
    "policy.blackout_symbols": ((), ("SPY",), ("IBM",), ("SPY", "IBM")),
    "policy.positions_max": (0, 1, 10_000), "policy.positions_symbol_max": (0, 1, 3, 10_000),
    "policy.position_max_frac": _fracs("0.02", "0.1", "10000"),
    "policy.symbol_exposure_max_frac": _fracs("0.02", "0.1", "10000"),
    "policy.sector_exposure_max_frac": _fracs("0.02", "0.2", "10000"),
    "policy.sectors": ((), (Sector(name="x", symbols=("SPY",)),),
                       (Sector(name="x", symbols=("SPY", "IBM")),)),
    "policy.correlation_max_frac": _fracs("0.1", "0.6", "10000"),
    "policy.correlation_unknown_frac": _fracs("0", "0.5", "1"),
    "policy.correlated": (
        (), (Correlated(symbols=("SPY", "IBM"), correlation_frac=D("0.9")),),
        (Correlated(symbols=("SPY", "IBM"), correlation_frac=D("-0.9")),),
    ),
    "policy.buying_power_multiple": _fracs("0.05", "0.5", "1"),
    "policy.linear_shock_frac": _fracs("0.01", "0.05", "1"),
    "policy.trade_loss_max_frac": _fracs("0.0005", "0.005", "1"),
    "policy.order_risk_max_frac": _fracs("0.0005", "0.01", "1"),
    "policy.heat_max_frac": _fracs("0.0005", "0.01", "1"),
    "policy.day_risk_max_frac": _fracs("0.0005", "0.01", "1"),
    "policy.daily_loss_max_frac": _fracs("0", "0.02", "1"),
    "policy.drawdown_entry_max_frac": _fracs("0", "0.05", "1"),
    "policy.equity_min_usd": (D(0), D(95_000), D(150_000)),
    "policy.cash_buffer_min_frac": _fracs("0", "0.5", "0.95"),
    "policy.margin_initial_frac": _fracs("0.1", "1"),
    "policy.margin_use_max_frac": _fracs("0.01", "0.1", "1"),
    "policy.trade_outside_hours": ((), ("XNYS",), ("24/7",)),
    "policy.approval_price_drift_frac": _fracs("0", "0.05", "1"),
    "policy.approval_risk_drift_frac": _fracs("0", "0.5", "10"),
    "policy.desk.structures": (
        ALL, (), _structures(iv_rank_min=D("0.4")), _structures(iv_rank_max=D("0.4")),
        _structures(days_min=45), _structures(days_max=30), _structures(quantity_max=1),
        tuple(rule for rule in ALL if rule.strategy is not CONDORS),
        tuple(rule for rule in ALL if rule.strategy in (CONDORS, SPREADS)),
    ),
    "policy.desk.unlisted": (True, False),
    "policy.desk.events.known_until": (None, DAY.date(), DAY.date() + timedelta(days=99)),
    "policy.desk.events.dates": (
        (), (DeskEvent(at=DAY + timedelta(days=1)),), (DeskEvent(at=DAY + timedelta(days=9)),),
        (DeskEvent(at=DAY + timedelta(days=9), hours_before=24 * 10),),
        (DeskEvent(at=DAY + timedelta(days=1), symbols=("IBM",)),),
    ),
    "policy.desk.earnings_known": (True, False),
    "policy.desk.open_interest_min": (D(0), D(400), D(9_000)),
    "policy.desk.volume_min": (D(0), D(8), D(9_000)),
    "policy.desk.spread_max_frac": _fracs("0.01", "0.1", "10"),
    "policy.desk.spread_free_usd": _fracs("0", "0.15", "5"),
    "policy.desk.days_to_expiry_min": (-1, 30, 50),
    "policy.desk.naked_puts": (True, False),
    "policy.desk.greeks.excess": tuple(Excess),
    **{f"policy.desk.greeks.{name}_max_frac": (None, D("0.00001"), D("0.01"))
       for name in ("delta", "gamma", "theta", "vega")},
    "policy.desk.fact_age_max_s": (D(5), D(60), D(900)),
}
# What no gate reads: why the ratchet may be believed of these stands with each.
ELSEWHERE = {
    **dict.fromkeys(
        ("intent_ttl_s", "send_within_s", "approval_ttl_s", "draft_ttl_s", "staging"),
        "ends a wait that began before",
    ),
    **dict.fromkeys(("order_timeout_s", "order_check_s"), "cancels what works"),
    **dict.fromkeys(("recon_cash_tolerance", "recon_adopts_orders"), "halts after a comparison"),
    **dict.fromkeys(
        ("policy.drawdown_halt_frac", "policy.consecutive_losses_max", "policy.loss_cooldown_s"),
        "is decided when a loss is booked or marked",
    ),
    **dict.fromkeys(("policy.clock_step_max_s", "policy.clock_settle_s"), "is the clock's watch's"),
    **dict.fromkeys(
        ("record_all", "policy.drawdown_warn_frac", "policy.desk.preferences",
         "policy.desk.concession_frac", "policy.desk.delta_tolerance", "policy.desk.pin_risk_frac"),
        "decides about no order",
    ),
    "primary_calendar": "waits, whatever it becomes",
    "loosen": "decides about settings",
}


# What else must be so that a field matters at all.
BESIDE: dict[str, dict[str, Any]] = {
    **{f"ladder.paper.{name}": {"trust": Trust.REQUIRED} for name in (
        "sessions_min", "clean_sessions_min", "orders_min", "fills_min", "rejects_max_frac",
        "net_min_usd", "drawdown_max_usd",
    )},
    "trust": {"ladder.paper.orders_min": 5},
    "policy.quote_jump_within_s": {"policy.quote_jump_max_frac": D("0.01")},
    "policy.quote_size_assumed_qty": {"policy.slippage_max_bps": D(4)},
    "policy.rejections_window_s": {"policy.rejections_max": 2},
    "policy.sectors": {"policy.sector_exposure_max_frac": D("0.1")},
    "policy.correlation_unknown_frac": {"policy.correlation_max_frac": D("0.6")},
    "policy.correlated": {"policy.correlation_max_frac": D("0.6")},
    "policy.margin_initial_frac": {"policy.margin_use_max_frac": D("0.1")},
    "policy.desk.unlisted": {"policy.desk.structures": ()},
    "policy.desk.events.known_until": {"policy.desk.earnings_known": True},
    "policy.desk.spread_free_usd": {"policy.desk.spread_max_frac": D("0.01")},
    "policy.desk.greeks.excess": {"policy.desk.greeks.delta_max_frac": D("0.00001")},
    "policy.desk.fact_age_max_s": {"policy.desk.open_interest_min": D(50)},
}


@dataclass
class Situation:
    """An order, and all that it meets."""

    trader: Trader
    state: IntentState
    base: Settings

    def passes(self, settings: Settings) -> bool:
        """Walk all five stages outbound without leaving a trace."""
        book, state = self.trader.book, replace(self.state)
        book.settings = settings
        book.exposure.settle(settings.policy)
        look = Look(book, state, self.trader.facts, self.trader.now)
        for _, decide in OUTBOUND:
            verdict = decide(look)
            if not isinstance(verdict, Pass):
                return False
            for event in verdict.events:
                if isinstance(event, e.RouteChosen):
                    state.route, state.window = event.route, event.window
        return True


def put(whole: Any, path: str, value: Any) -> Any:
    """Return a fact with another value at a path."""
    name, _, rest = path.partition(".")
    return replace(whole, **{name: put(getattr(whole, name), rest, value) if rest else value})


def leaves(whole: Any, path: str = "") -> Iterator[str]:
    """Name every field, down to those that are no facts."""
    for field in fields(whole):
        value, name = getattr(whole, field.name), f"{path}{field.name}"
        if is_dataclass(value):
            yield from leaves(value, f"{name}.")
        else:
            yield name


def a_situation(rng: Random) -> Situation:
    trader = Trader(some_settings())
    trader.tell(DefineInstruments(instruments=(
        an_instrument("SPY", is_fund=rng.random() < 0.7), *map(parse_occ, (*PUTS, *CALLS)),
    )))
    _open_the_market(trader, rng)
    _quote(trader, rng)
    body = _a_body(trader, rng)
    _hold(trader, rng)
    _happen(trader, rng, body)
    state = IntentState(
        intent_id=IntentId("I"), body=body, expires=trader.now + timedelta(days=1),
        is_staged=rng.random() < 0.1,
    )
    base = _base(rng)
    if rng.random() < 0.4:
        state.approval = _approval(trader, rng, replace(state), base)
    return Situation(trader, state, base)


def _base(rng: Random) -> Settings:
    """Let nearly all pass, in one way or another."""
    promotion = rng.choice([Promotion.DISABLED] * 4 + [*Promotion])
    settings = some_settings(
        promotion=promotion, eligible=("sma", "iron_condor"), windows=(WINDOW,),
        trust=rng.choice(list(Trust)),
    )
    for path, value in {
        "policy.desk.unlisted": rng.random() < 0.5, "policy.approval_risk_drift_frac": D(10),
        "policy.approval_price_drift_frac": D(1), "policy.trade_outside_hours": ("XNYS",),
        "ladder.paper": TrustStep(
            sessions_min=0, clean_sessions_min=0, orders_min=0, fills_min=0, rejects_max_frac=D(1)
        ),
    }.items():
        settings = put(settings, path, value)
    return settings


def _open_the_market(trader: Trader, rng: Random) -> None:
    phase = rng.choice([Phase.TRADING] * 9 + [Phase.PRE_MARKET])
    trader.book.apply(e.SessionEntered(
        calendar="XNYS", phase=phase, session="2026-08-24", opens=trader.now - timedelta(hours=1),
        closes=trader.now + timedelta(hours=5), utc_offset_s=-4 * 3600,
    ))


def _quote(trader: Trader, rng: Random) -> None:
    facts, now = trader.facts, trader.now
    middles = {"SPY": D(500), "IBM": D(200), **dict.fromkeys((*PUTS, *CALLS), D("2.05"))}
    for symbol, mid in middles.items():
        half = mid * rng.choice(_fracs("0.00005", "0.001", "0.02"))
        seen = now - timedelta(seconds=rng.choice([0, 1, 5, 10]))
        jump = rng.choice([None, mid, mid, mid * D("0.97"), mid / 2])
        facts.quotes[symbol] = a_quote(
            symbol, mid - half, mid + half, seen, bid_size=rng.choice([None, D(10)]),
            ask_size=rng.choice([None, D(10)]), prior_mid=jump,
            prior_as_of=seen - timedelta(seconds=rng.choice([1, 9])) if jump else None,
        )
    for symbol in (*PUTS, *CALLS):
        facts.options[symbol] = a_fact(
            symbol, now - timedelta(seconds=rng.choice([0, 10, 100])),
            open_interest=rng.choice([100, 500]), volume=rng.choice([0, 10, 10]),
            delta=rng.choice(["-0.4", "0.2"]),
        )
    for symbol in ("SPY", "IBM"):
        facts.volatilities[symbol] = ranked(rng.choice(["0.20", "0.50", "0.70"]), now, symbol)


def _a_body(trader: Trader, rng: Random) -> Intent:
    source = rng.choice([Source.STRATEGY, Source.STRATEGY, Source.API, Source.DESK])
    changes: dict[str, Any] = {"source": source}
    dice = rng.random()
    if dice < 0.3:
        return a_condor(rng.randint(1, 5), **changes)
    if dice < 0.4:
        return replace(a_spread(("sell", PUTS[1]), ("buy", PUTS[0])), source=source)
    if dice < 0.5:
        return an_intent("sell", rng.choice([1, 2]), PUTS[1], price="2", **changes)
    symbol = rng.choice(["SPY", "SPY", "IBM"])
    mid = trader.facts.quotes[symbol].mid
    price = rng.choice([None, mid, mid * D("1.02")])
    price = None if price is None else price.quantize(D("0.01"))
    side = rng.choice(["buy", "buy", "sell"])
    return an_intent(side, rng.choice([1, 5, 12, 40]), symbol, price, **changes)


def _hold(trader: Trader, rng: Random) -> None:
    for at, symbol in enumerate(("SPY", "IBM", HIGHER_CALL)):
        if rng.random() < 0.4:
            qty, px = rng.choice([20, -20, 60]), D(500 if symbol == "SPY" else 200)
            qty, px = (qty, px) if symbol != HIGHER_CALL else (1, D(5))
            trader.book.apply(e.TradeBooked(
                cl_ord_id=ClOrdID("C"), exec_id=f"X{at}", account=ACCOUNT,  # type: ignore[arg-type]
                strategy_id="sma", symbol=symbol, qty=D(qty), px=px, cash=-qty * px, cost=qty * px,
            ))
    if rng.random() < 0.4:
        at_work(trader, an_intent("buy", 5, "SPY", "499"))
    account = trader.book.ledger.accounts[ACCOUNT]
    account.day_equity = account.equity * rng.choice(_fracs("1", "1", "1.01", "1.05"))
    account.high_water = account.equity * rng.choice(_fracs("1", "1", "1.02", "1.08"))


def _happen(trader: Trader, rng: Random, body: Intent) -> None:
    book, now = trader.book, trader.now
    for _ in range(rng.choice([0, 0, 2, 5])):
        book.flow.message(now)
    book.flow.orders_today = rng.choice([0, 0, 3])
    if rng.random() < 0.3:
        before = now - timedelta(seconds=rng.choice([1, 10]))
        book.flow.sent[content_of(body)] = (before, IntentId("another"))
    for ago in range(rng.choice([0, 0, 2, 4])):
        then = now - timedelta(seconds=ago * 3 + 1)
        book.flow.rejected(body, then, book.settings.policy)
    if rng.random() < 0.3:
        book.orders.taken[ACCOUNT] = D(rng.choice([100, 900]))
        book.orders.at_risk[ACCOUNT] = D(rng.choice([100, 900]))
    many = rng.choice([0, 4, 30, 30, 30])
    book.records.of["sma"] = {RouteKind.PAPER: Record(
        sessions=many, clean_sessions=many, orders=many, fills=many, rejects=many // 4,
        net=D(rng.choice([-500, 0, 500])), drawdown=D(rng.choice([0, 500])),
    )}
    book.promotions.went("day", "2026-08-24", D(rng.choice([0, 1_000])))


def _approval(
    trader: Trader, rng: Random, state: IntentState, base: Settings
) -> e.IntentApproved:
    """Let somebody have said yes, when the market and the risk were a little different."""
    trader.book.settings = base
    look = Look(trader.book, state, trader.facts, trader.now)
    risk = look.reserves[1] if look.account_name else D(0)
    risk = risk if risk.is_finite() else D(1)
    return e.IntentApproved(
        intent_id=state.intent_id, digest=state.body.digest(), by="a person",
        until=trader.now + timedelta(hours=1), account=ACCOUNT, reserved=risk,
        risk=risk * rng.choice(_fracs("1", "0.8")),
        price=rng.choice([None, trader.facts.quotes[state.body.legs[0].symbol].mid * D("0.97")]),
    )


@cache
def situations() -> tuple[Situation, ...]:
    """Draw those in which something passes: what is refused by all has nothing to tell."""
    found: list[Situation] = []
    rng = Random(8)
    while len(found) < SITUATIONS:
        drawn = a_situation(rng)
        if drawn.passes(drawn.base):
            found.append(drawn)
    return tuple(found)


@dataclass(frozen=True)
class Sides:
    """Which of two values of a field let an order pass that the other refused."""

    before: Any
    after: Any
    base: Settings


@cache
def seen(path: str) -> tuple[Sides, ...]:
    """Find, by walking, all pairs of values of which the second passed what the first refused."""
    found = []
    for situation in situations():
        base = situation.base
        for other, value in BESIDE.get(path, {}).items():
            base = put(base, other, value)
        passed = [(value, situation.passes(put(base, path, value))) for value in VALUES[path]]
        found += [
            Sides(one, other, base)
            for (one, first), (other, second) in permutations(passed, 2) if second and not first
        ]
    return tuple(found)


def wrong(path: str, rules: ratchet.Rule = ratchet.RULES) -> list[Sides]:
    """Return what the walks and the ratchet do not agree about: it lets something in."""
    return [
        sides for sides in seen(path)
        if rules.tightest(
            put(sides.base, path, sides.before), put(sides.base, path, sides.after)
        ) == put(sides.base, path, sides.after)
    ]


def test_every_setting_is_walked_or_known_to_be_no_gates() -> None:
    ladder = {path for path in leaves(Settings()) if path.startswith("ladder.live")}
    assert {*leaves(Settings())} - ladder == VALUES.keys() | ELSEWHERE.keys()


@pytest.mark.fault(88)
@pytest.mark.parametrize("path", VALUES)
def test_no_change_that_takes_effect_at_once_lets_pass_what_was_refused(path: str) -> None:
    assert seen(path), "no situation tells its values apart: this test could not fail"
    assert not wrong(path)


class Planted:
    """A rule that takes the looser of two values for the tighter."""

    def __init__(self, rule: ratchet.Rule) -> None:
        self.rule = rule

    def tightest(self, before: Any, after: Any) -> Any:
        return after if self.rule.tightest(before, after) == before else before


def with_planted(rules: Any, path: str) -> ratchet.Rule:
    name, _, rest = path.partition(".")
    rule = rules.rules[name]
    planted = with_planted(rule, rest) if rest else Planted(rule)
    return type(rules)({**rules.rules, name: planted})  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", VALUES)
def test_a_wrong_side_is_found_out(path: str) -> None:
    assert wrong(path, with_planted(ratchet.RULES, path))


def test_no_mixture_lets_pass_what_was_refused() -> None:
    """What is tighter of many changes at once decides at once: also together it lets nothing in."""
    rng = Random(88)
    tightened = 0
    for situation in situations() * 6:
        before = after = situation.base
        for path in rng.sample(list(VALUES), rng.choice([2, 5, 20])):
            before = put(before, path, rng.choice(VALUES[path]))
            after = put(after, path, rng.choice(VALUES[path]))
        now = ratchet.tightest(before, after)
        was, goes = situation.passes(before), situation.passes(now)
        assert was or not goes, ratchet.changes(before, now)
        tightened += was and not goes
    assert tightened > 20
