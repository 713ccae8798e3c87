"""Does an option trade well enough to be chosen? What nobody told counts as nothing."""

from decimal import Decimal

from tradebot.core.model.chain import Listed
from tradebot.core.model.fact import fact
from tradebot.core.model.money import ZERO, plain


@fact
class Liquidity:
    """The least that is asked of an option.

    `spread_free` is a distance of bid and ask that is never too wide: the tick of cheap options.
    """

    open_interest_min: Decimal = Decimal(500)
    volume_min: Decimal = ZERO
    spread_max_frac: Decimal = Decimal("0.10")
    spread_free: Decimal = Decimal("0.05")


def flaw_of(listed: Listed, least: Liquidity) -> str | None:
    """Say what is wrong with how it trades, or None."""
    if not ZERO < listed.bid <= listed.ask:
        return "has no market on both sides"
    spread, widest = listed.ask - listed.bid, listed.mid * least.spread_max_frac
    if not spread <= max(widest, least.spread_free):
        return f"has bid and ask {plain(spread)} apart, at most {plain(widest)}"
    for name, seen, asked in (
        ("open interest", listed.open_interest, least.open_interest_min),
        ("volume", listed.volume, least.volume_min),
    ):
        if not (seen or ZERO) >= asked:
            told = "unknown" if seen is None else plain(seen)
            return f"has {name} {told}, at least {plain(asked)}"
    return None
