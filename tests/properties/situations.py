"""In which situations do the gates say yes or no? Drawn: held, quoted, sent, approved, known."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

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
from tests.properties.setting_values import WINDOW, D, fracs

from tradebot.core.book.flow import content_of
from tradebot.core.book.intents import IntentState
from tradebot.core.book.records import Record
from tradebot.core.gates.look import Look
from tradebot.core.model import events as e
from tradebot.core.model.commands import DefineInstruments, Phase
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.instrument import parse_occ
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.settings import (
    Promotion,
    RouteKind,
    Settings,
)
from tradebot.core.model.trust import Trust, TrustStep
from tradebot.core.model.verdict import Pass
from tradebot.core.pipeline.pipeline import OUTBOUND


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
        half = mid * rng.choice(fracs("0.00005", "0.001", "0.02"))
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
    account.day_equity = account.equity * rng.choice(fracs("1", "1", "1.01", "1.05"))
    account.high_water = account.equity * rng.choice(fracs("1", "1", "1.02", "1.08"))


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
        risk=risk * rng.choice(fracs("1", "0.8")),
        price=rng.choice([None, trader.facts.quotes[state.body.legs[0].symbol].mid * D("0.97")]),
    )
