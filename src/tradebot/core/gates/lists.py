"""Which gate stands behind which reading in the journal? The names, by the number of their list."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from tradebot.core.model.verdict import GateResult

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
    5: (
        "kill_switch", "halted_instrument", "paused", "reduce_only", "blackout", "session", "mode",
        "armed", "order_quantity", "stale_quote", "insane_quote", "order_notional", "price_collar",
        "slippage", "in_doubt", "rejections", "duplicate_order", "messages_per_second",
        "messages_per_minute", "orders_per_day", "open_orders", "open_orders_symbol",
        "buying_power", "minimum_equity", "cash_buffer", "margin_use", "trade_loss", "order_risk",
        "heat", "day_risk", "daily_loss", "drawdown", "consecutive_losses", "positions",
        "positions_symbol", "position_size", "symbol_exposure", "sector_exposure", "correlation",
    ),
}
GATE_LIST: Final = max(GATE_LISTS)


def gates_of(gate_list: int, readings: tuple[str, ...]) -> tuple[GateResult, ...]:
    """Read back `actual<=limit` of the gates that all allowed; the list names them."""
    told = zip(GATE_LISTS[gate_list], readings, strict=False)
    return tuple(_allowed(gate, *reading.split("<=")) for gate, reading in told)


def _allowed(gate: str, actual: str, limit: str = "") -> GateResult:
    if not limit:
        return GateResult(gate=gate)
    return GateResult(gate=gate, actual=Decimal(actual), limit=Decimal(limit))
