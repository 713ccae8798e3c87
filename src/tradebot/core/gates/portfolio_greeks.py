"""How far would all options of the account lean, with this order?

Shares count beside the options on them. Of what other orders still work, all that leans one way
may fill and all that leans the other way may not. What leans less than before is let through.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.book.book import NEVER
from tradebot.core.gates.answers import ALLOW, Objection, Said, block, lacks
from tradebot.core.gates.look import Look
from tradebot.core.model.desk_policy import Excess
from tradebot.core.model.facts import OptionFact
from tradebot.core.model.instrument import bet_on
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import CENT, ONE, ZERO
from tradebot.core.model.reason import Reason, option_need

Lean: TypeAlias = Callable[[OptionFact, Decimal], Decimal | None]  # of a fact at a spot

_SHARE: Final = OptionFact(
    symbol="", delta=ONE, gamma=ZERO, theta=ZERO, vega=ZERO, as_of=NEVER,
)


def portfolio_delta(look: Look) -> Said:
    """Does what moves with the underlyings stay within `desk.greeks.delta_max_frac` of equity?"""
    return _asked(look, look.policy.desk.greeks.delta_max_frac, _delta)


def portfolio_gamma(look: Look) -> Said:
    """Does what a percent changes of that stay within `desk.greeks.gamma_max_frac`?"""
    return _asked(look, look.policy.desk.greeks.gamma_max_frac, _gamma)


def portfolio_theta(look: Look) -> Said:
    """Does what a day takes or brings stay within `desk.greeks.theta_max_frac`?"""
    return _asked(look, look.policy.desk.greeks.theta_max_frac, _theta)


def portfolio_vega(look: Look) -> Said:
    """Does what a point of volatility takes or brings stay within `desk.greeks.vega_max_frac`?"""
    return _asked(look, look.policy.desk.greeks.vega_max_frac, _vega)


def _delta(known: OptionFact, spot: Decimal) -> Decimal | None:
    return None if known.delta is None else known.delta * spot


def _gamma(known: OptionFact, spot: Decimal) -> Decimal | None:
    return None if known.gamma is None else known.gamma * spot * spot * CENT


def _theta(known: OptionFact, spot: Decimal) -> Decimal | None:
    return known.theta


def _vega(known: OptionFact, spot: Decimal) -> Decimal | None:
    return known.vega


def _asked(look: Look, limit_frac: Decimal | None, lean: Lean) -> Said:
    account = look.funded
    if look.options is None or limit_frac is None:
        return ALLOW
    if isinstance(account, Objection):
        return account
    found = _leaning(look, lean)
    if isinstance(found, Objection):
        return found
    (now, then), limit = found, account.equity * limit_frac
    is_over = not (then <= limit) and not (then < now)
    if is_over and look.policy.desk.greeks.excess is Excess.BLOCK:
        return block(Reason.RISK_GREEKS, then, limit)
    return then, limit


def _leaning(look: Look, lean: Lean) -> tuple[Decimal, Decimal] | Objection:
    """Return how far the account leans at worst, in currency, before the order and after it."""
    account = look.account_name
    assert account is not None  # it has the money
    nets = look.book.ledger.nets.get(account, {})
    added = _signed(look.body, look.intent.leaves_qty)
    worked = [
        _signed(state.intent, state.order.leaves_qty)
        for state in look.book.orders.working.values()
        if state.account == account and state is not look.intent.replaces
    ]
    on = {name for s in (*nets, *added, *(s for legs in worked for s in legs))
          if (name := bet_on(s)[0]) != s}
    weights: dict[str, Decimal] = {}
    for symbol in (*nets, *added, *(s for legs in worked for s in legs)):
        if bet_on(symbol)[0] in on and symbol not in weights:
            weight = _weight(look, symbol, lean)
            if isinstance(weight, Objection):
                return weight
            weights[symbol] = weight
    held = _sum({symbol: net.qty for symbol, net in nets.items()}, weights)
    more = [_sum(legs, weights) for legs in worked]
    high = held + sum([one for one in more if one > 0], ZERO)
    low = held + sum([one for one in more if one < 0], ZERO)
    new = _sum(added, weights)
    return max(abs(high), abs(low)), max(abs(high + new), abs(low + new))


def _signed(body: Intent, qty: Decimal) -> Mapping[str, Decimal]:
    return {leg.symbol: leg.signed_ratio * qty for leg in body.legs}


def _sum(quantities: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Decimal:
    return sum([qty * weights[symbol] for symbol, qty in quantities.items() if symbol in weights],
               ZERO).quantize(CENT)


def _weight(look: Look, symbol: str, lean: Lean) -> Decimal | Objection:
    """Return how far one unit leans."""
    underlying = bet_on(symbol)[0]
    known = _SHARE if underlying == symbol else look.option_of(symbol)
    spot = look.middle_of(underlying)
    if isinstance(known, Objection):
        return known
    if isinstance(spot, Objection):
        return spot
    unit = lean(known, spot)
    if unit is None:
        return lacks(option_need(symbol))
    return unit * look.book.multiplier(symbol)
