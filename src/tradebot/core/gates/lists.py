"""Which gate stands behind which reading in the journal? The names, by the number of their list."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import GateResult
from tradebot.core.model.settings import Policy

_WITH_LIMITS: Final = (
    "kill_switch", "halted_instrument", "paused", "reduce_only", "blackout", "session", "mode",
    "armed", "order_quantity", "stale_quote", "insane_quote", "order_notional", "price_collar",
    "slippage", "in_doubt", "rejections", "duplicate_order", "messages_per_second",
    "messages_per_minute", "orders_per_day", "open_orders", "open_orders_symbol",
    "buying_power", "minimum_equity", "cash_buffer", "margin_use", "trade_loss", "order_risk",
    "heat", "day_risk", "daily_loss", "drawdown", "consecutive_losses", "positions",
    "positions_symbol", "position_size", "symbol_exposure", "sector_exposure", "correlation",
)
_DESK: Final = (  # asked of options alone: the readings of others end before them
    "structure", "structure_quantity", "naked_short", "near_expiry", "days_to_expiry", "iv_rank",
    "events", "earnings_known", "open_interest", "option_volume", "option_spread",
    "portfolio_delta", "portfolio_gamma", "portfolio_theta", "portfolio_vega",
)
# Never edited: a gate that comes, goes or moves means a new list.
GATE_LISTS: Final[Mapping[int, tuple[str, ...]]] = {
    1: (
        "kill_switch", "halted_instrument", "session", "mode", "order_quantity", "stale_quote",
        "order_notional", "price_collar", "in_doubt", "buying_power",
    ),
    2: (
        "kill_switch", "halted_instrument", "paused", "reduce_only", "blackout", "session", "mode",
        "order_quantity", "stale_quote", "insane_quote", "order_notional", "price_collar",
        "slippage", "in_doubt", "rejections", "duplicate_order", "messages_per_second",
        "messages_per_minute", "orders_per_day", "open_orders", "open_orders_symbol",
        "buying_power",
    ),
    3: (
        "kill_switch", "halted_instrument", "paused", "reduce_only", "blackout", "session", "mode",
        "order_quantity", "stale_quote", "insane_quote", "order_notional", "price_collar",
        "slippage", "in_doubt", "rejections", "duplicate_order", "messages_per_second",
        "messages_per_minute", "orders_per_day", "open_orders", "open_orders_symbol",
        "buying_power", "minimum_equity", "cash_buffer", "margin_use", "trade_loss", "order_risk",
        "heat", "day_risk", "daily_loss", "drawdown", "consecutive_losses",
    ),
    4: (
        "kill_switch", "halted_instrument", "paused", "reduce_only", "blackout", "session", "mode",
        "order_quantity", "stale_quote", "insane_quote", "order_notional", "price_collar",
        "slippage", "in_doubt", "rejections", "duplicate_order", "messages_per_second",
        "messages_per_minute", "orders_per_day", "open_orders", "open_orders_symbol",
        "buying_power", "minimum_equity", "cash_buffer", "margin_use", "trade_loss", "order_risk",
        "heat", "day_risk", "daily_loss", "drawdown", "consecutive_losses", "positions",
        "positions_symbol", "position_size", "symbol_exposure", "sector_exposure", "correlation",
    ),
    5: _WITH_LIMITS,
    6: _WITH_LIMITS,  # but for those that follow from the settings
    7: ("kill_switch", "clock_set", *_WITH_LIMITS[1:]),
    8: ("kill_switch", "clock_set", *_WITH_LIMITS[1:], *_DESK),
}
GATE_LIST: Final = max(GATE_LISTS)
# A reading need not tell the limits that stand in the settings, or are shares of the equity that
# `minimum_equity` tells. Never edited, like the lists: past readings were told by it.
LIMITS: Final[Mapping[str, str]] = {
    "order_quantity": "order_qty_max", "stale_quote": "quote_age_max_s",
    "insane_quote": "quote_jump_max_frac", "order_notional": "order_notional_max_usd",
    "price_collar": "price_collar_frac", "slippage": "slippage_max_bps",
    "rejections": "rejections_max", "messages_per_second": "messages_per_second_max",
    "messages_per_minute": "messages_per_minute_max", "orders_per_day": "orders_per_day_max",
    "open_orders": "open_orders_max", "open_orders_symbol": "open_orders_symbol_max",
    "positions": "positions_max", "positions_symbol": "positions_symbol_max",
    "correlation": "correlation_max_frac",
}
EQUITY: Final = "minimum_equity"
SHARES: Final[Mapping[str, str]] = {
    "margin_use": "margin_use_max_frac", "trade_loss": "trade_loss_max_frac",
    "order_risk": "order_risk_max_frac", "heat": "heat_max_frac",
    "day_risk": "day_risk_max_frac", "position_size": "position_max_frac",
    "symbol_exposure": "symbol_exposure_max_frac", "sector_exposure": "sector_exposure_max_frac",
}


def gates_of(gate_list: int, readings: str, policy: Policy) -> Iterator[GateResult]:
    """Read back what the gates that allowed found, under the policy of that moment."""
    equity = ZERO
    told = readings.split(",") if readings else ()
    for gate, reading in zip(GATE_LISTS[gate_list], told, strict=False):
        actual, _, limit = reading.partition("<=")
        if gate == EQUITY and limit:
            equity = Decimal(limit)
        if actual:
            known = Decimal(limit) if limit else _limit(gate, policy, equity)
            yield GateResult(gate=gate, actual=Decimal(actual), limit=known)
        else:
            yield GateResult(gate=gate)


def _limit(gate: str, policy: Policy, equity: Decimal) -> Decimal:
    if gate in LIMITS:
        return Decimal(getattr(policy, LIMITS[gate]))
    share: Decimal = getattr(policy, SHARES[gate])
    return equity * share
