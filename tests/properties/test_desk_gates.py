"""Do the desk's gates only ever close as risk grows, and never open without a fact?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.core.gates.desks import CONDOR, PUTS, a_condor, a_desk, a_fact, holding, ranked
from tests.makers import Trader, a_quote, an_intent, at

from tradebot.core.book.intents import IntentState
from tradebot.core.gates import panel
from tradebot.core.gates.desk import DESK
from tradebot.core.gates.look import Look
from tradebot.core.model.desk_policy import DeskEvent, DeskEvents
from tradebot.core.model.ids import IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.verdict import Hold, Pass, Refuse

RANK = {Pass: 0, Hold: 1, Refuse: 2}
SYMBOLS = tuple(leg.symbol for leg in CONDOR)
bodies = st.builds(
    lambda qty, whole: a_condor(qty) if whole else an_intent("buy", qty, PUTS[0], price="2"),
    st.integers(1, 12), st.booleans(),
)
helds = st.dictionaries(st.sampled_from(SYMBOLS), st.integers(-9, 9).filter(bool), max_size=3)
counts = st.one_of(st.none(), st.integers(300, 700))
greeks = st.decimals("-1", "1", places=2)
hours = st.integers(-30, 60)


@st.composite
def desks(draw: st.DrawFn) -> Trader:
    """Draw what is held, what is known of it, and an event that is near or not."""
    event = DeskEvent(at=at(3600 * draw(hours)))
    desk = holding(*draw(helds).items(), desk=a_desk(events=DeskEvents(dates=(event,))))
    for symbol in SYMBOLS:
        desk.facts.options[symbol] = a_fact(
            symbol, desk.now - timedelta(seconds=draw(st.integers(0, 1000))),
            open_interest=draw(counts), delta=draw(greeks),
        )
    rank = draw(st.one_of(st.none(), st.decimals("0", "1", places=2).map(str)))
    desk.facts.volatilities["SPY"] = ranked(rank, desk.now)
    return desk


def verdict(desk: Trader, body: Intent, **policy: Any) -> int:
    settings = desk.book.settings
    limits = replace(settings.policy, desk=replace(settings.desk, **policy))
    desk.book.settings = replace(settings, policy=limits)
    state = IntentState(intent_id=IntentId("I"), body=body, expires=at(99_999))
    found = RANK[type(panel.ask(DESK, Look(desk.book, state, desk.facts, desk.now)))]
    desk.book.settings = settings
    return found


@given(desks(), bodies, st.integers(0, 400))
def test_a_narrower_limit_never_opens_what_a_wider_one_held_up(
    desk: Trader, body: Intent, less: int
) -> None:
    before, now = verdict(desk, body), desk.book.settings.desk
    part = Decimal(400 - less) / 400
    lean = {
        name: getattr(now.greeks, name) * part
        for name in ("delta_max_frac", "gamma_max_frac", "theta_max_frac", "vega_max_frac")
    }
    for narrower in (
        {"open_interest_min": now.open_interest_min + less},
        {"spread_max_frac": now.spread_max_frac * part, "spread_free_usd": Decimal(0)},
        {"days_to_expiry_min": now.days_to_expiry_min + less},
        {"greeks": replace(now.greeks, **lean)},
        {"structures": tuple(
            replace(rule, quantity_max=max(1, 10 - less)) for rule in now.structures
        )},
    ):
        assert verdict(desk, body, **narrower) >= before, narrower
    younger = {"fact_age_max_s": now.fact_age_max_s - less}  # what is too old is not known
    assert verdict(desk, body, **younger) >= min(before, RANK[Hold])


@given(desks(), bodies, st.sampled_from(SYMBOLS))
def test_what_is_not_known_never_opens_what_was_known(
    desk: Trader, body: Intent, symbol: str
) -> None:
    before = verdict(desk, body)
    known = desk.facts.options.pop(symbol)
    assert verdict(desk, body) >= min(before, RANK[Hold])
    for name in ("open_interest", "delta", "gamma", "theta", "vega"):
        desk.facts.options[symbol] = replace(known, **{name: None})
        assert verdict(desk, body) >= min(before, RANK[Hold])
    desk.facts.options[symbol] = known
    desk.facts.quotes["SPY"] = a_quote("SPY", 0, 1, desk.now)
    assert verdict(desk, body) >= min(before, RANK[Hold])
    desk.facts.volatilities.clear()
    assert verdict(desk, body) >= min(before, RANK[Hold])


@given(desks(), st.integers(1, 9), st.integers(0, 5))
def test_more_of_a_condor_never_passes_where_fewer_did_not(
    desk: Trader, qty: int, more: int
) -> None:
    if desk.book.ledger.nets:
        desk.book.ledger.nets.clear()  # against a holding more may well be less
    assert verdict(desk, a_condor(qty + more)) >= verdict(desk, a_condor(qty))


def test_an_ordinary_condor_passes() -> None:
    """Without this, gates that refuse all would do."""
    assert verdict(a_desk(), a_condor()) == RANK[Pass]
