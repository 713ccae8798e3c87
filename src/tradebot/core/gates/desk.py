"""Which gates are asked after all others where options trade? Shares never meet them."""

from typing import Final

from tradebot.core.gates.events import earnings_known, events
from tradebot.core.gates.expiry import days_to_expiry, near_expiry
from tradebot.core.gates.iv_rank import iv_rank
from tradebot.core.gates.liquidity import open_interest, option_spread, option_volume
from tradebot.core.gates.naked_short import naked_short
from tradebot.core.gates.panel import Gate
from tradebot.core.gates.portfolio_greeks import (
    portfolio_delta,
    portfolio_gamma,
    portfolio_theta,
    portfolio_vega,
)
from tradebot.core.gates.structure import structure, structure_quantity

DESK: Final[tuple[Gate, ...]] = (
    structure,
    structure_quantity,
    naked_short,
    near_expiry,
    days_to_expiry,
    iv_rank,
    events,
    earnings_known,
    open_interest,
    option_volume,
    option_spread,
    portfolio_delta,
    portfolio_gamma,
    portfolio_theta,
    portfolio_vega,
)
