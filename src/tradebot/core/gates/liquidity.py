"""Does every option that it opens trade well enough to be closed again?"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from tradebot.core.gates.answers import ALLOW, Objection, Said, block, lacks, within
from tradebot.core.gates.look import Look
from tradebot.core.model.facts import OptionFact
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason, option_need, quote_need

_FOUR_PLACES: Final = Decimal("0.0001")


def open_interest(look: Look) -> Said:
    """Are there `desk.open_interest_min` open contracts of each option?"""
    return _least(look, lambda known: known.open_interest, look.policy.desk.open_interest_min)


def option_volume(look: Look) -> Said:
    """Have `desk.volume_min` contracts of each traded today?"""
    return _least(look, lambda known: known.volume, look.policy.desk.volume_min)


def option_spread(look: Look) -> Said:
    """Are bid and ask of each at most `desk.spread_max_frac` of their middle apart?

    A distance of `desk.spread_free_usd` is never too wide: the ticks of cheap options are not.
    """
    desk, widest = look.policy.desk, ZERO
    if look.options is None:
        return ALLOW
    for terms, _ in look.options.options:
        quote = look.facts.quote(terms.symbol)
        if quote is None or not quote.is_sane:
            return lacks(quote_need(terms.symbol), desk.spread_max_frac)
        apart = quote.ask - quote.bid
        part = (apart / quote.mid).quantize(_FOUR_PLACES)
        if not (part <= desk.spread_max_frac) and not (apart <= desk.spread_free_usd):
            return block(Reason.RISK_LIQUIDITY, part, desk.spread_max_frac)
        widest = max(widest, min(part, desk.spread_max_frac))
    return widest, desk.spread_max_frac


def _least(look: Look, count: Callable[[OptionFact], Decimal | None], needed: Decimal) -> Said:
    """Compare what is needed with the least of what each option has; nothing needs no fact."""
    if look.options is None or not needed > 0:
        return ALLOW
    counts = []
    for terms, _ in look.options.options:
        known = look.option_of(terms.symbol)
        if isinstance(known, Objection):
            return known
        counted = count(known)
        if counted is None:
            return lacks(option_need(terms.symbol), needed)
        counts.append(counted)
    return within(needed, min(counts), Reason.RISK_LIQUIDITY)
