"""What is known of options and volatility, young enough to decide by? Else: what to wait for."""

from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from tradebot.core.gates.answers import Objection, lacks, pause
from tradebot.core.model.facts import Facts, OptionFact, VolatilityFact, age_s
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Need, Reason, option_need, quote_need, volatility_need
from tradebot.core.model.settings import Policy

T = TypeVar("T", OptionFact, VolatilityFact)


def option(facts: Facts, policy: Policy, at: datetime, symbol: str) -> OptionFact | Objection:
    return _young(facts.option(symbol), policy, at, option_need(symbol))


def volatility(
    facts: Facts, policy: Policy, at: datetime, symbol: str
) -> VolatilityFact | Objection:
    return _young(facts.volatility(symbol), policy, at, volatility_need(symbol))


def mid(facts: Facts, policy: Policy, at: datetime, symbol: str) -> Decimal | Objection:
    """Return where a symbol stands that is no leg of the order: its quote was looked at by none."""
    quote = facts.quote(symbol)
    if quote is None or not quote.is_sane:
        return lacks(quote_need(symbol), policy.quote_age_max_s)
    if not (ZERO <= (age := age_s(quote.as_of, at)) <= policy.quote_age_max_s):
        return pause(Reason.RISK_STALE_DATA, quote_need(symbol), age, policy.quote_age_max_s)
    return quote.mid


def _young(found: T | None, policy: Policy, at: datetime, need: Need) -> T | Objection:
    limit = policy.desk.fact_age_max_s
    if found is None:
        return lacks(need, limit)
    if not (ZERO <= (age := age_s(found.as_of, at)) <= limit):
        return pause(Reason.RISK_STALE_DATA, need, age, limit)
    return found
