"""With which values is each setting tried, and what else must be so that it matters?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tradebot.core.model.desk_policy import DeskEvent, Excess, StructureRule
from tradebot.core.model.settings import (
    Correlated,
    Mode,
    Promotion,
    PromotionCap,
    Sector,
)
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.model.trust import Trust
from tradebot.core.model.window import PromotionWindow, Weekday

D = Decimal
DAY = datetime(2026, 8, 24, tzinfo=UTC)
ALL = tuple(StructureRule(strategy=strategy) for strategy in StrategyType)
CONDORS, SPREADS = StrategyType.IRON_CONDOR, StrategyType.PUT_CREDIT_SPREAD
WINDOW = PromotionWindow(name="day")


def _structures(**changes: Any) -> tuple[StructureRule, ...]:
    return tuple(replace(rule, **changes) for rule in ALL)


def fracs(*texts: str) -> tuple[Decimal, ...]:
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
    "ladder.paper.rejects_max_frac": fracs("0", "0.5"),
    "ladder.paper.net_min_usd": (None, D(-100), D(100)),
    "ladder.paper.drawdown_max_usd": (None, D(10), D(10_000)),
    "policy.order_qty_max": (D(4), D(25), D(10_000)),
    "policy.order_notional_max_usd": (D(1_500), D(12_000), D(10**9)),
    "policy.price_collar_frac": fracs("0.0001", "0.03", "10"),
    "policy.quote_age_max_s": (D(3), D(12), D(600)),
    "policy.quote_jump_max_frac": fracs("0.001", "0.05", "10"),
    "policy.quote_jump_within_s": (D(0), D(8), D(600)),
    "policy.slippage_max_bps": (D(1), D(30), D(10_000)),
    "policy.quote_size_assumed_qty": (D("0.01"), D(100)),
    "policy.messages_per_second_max": (0, 2, 10_000),
    "policy.messages_per_minute_max": (0, 4, 10_000),
    "policy.orders_per_day_max": (0, 3, 10_000),
    "policy.duplicate_within_s": (0, 3, 60),
    "policy.open_orders_max": (0, 1, 10_000), "policy.open_orders_symbol_max": (0, 1, 10_000),
    "policy.rejections_max": (1, 3, 10_000), "policy.rejections_window_s": (0, 5, 600),
    "policy.blackout_symbols": ((), ("SPY",), ("IBM",), ("SPY", "IBM")),
    "policy.positions_max": (0, 1, 10_000), "policy.positions_symbol_max": (0, 1, 3, 10_000),
    "policy.position_max_frac": fracs("0.02", "0.1", "10000"),
    "policy.symbol_exposure_max_frac": fracs("0.02", "0.1", "10000"),
    "policy.sector_exposure_max_frac": fracs("0.02", "0.2", "10000"),
    "policy.sectors": ((), (Sector(name="x", symbols=("SPY",)),),
                       (Sector(name="x", symbols=("SPY", "IBM")),)),
    "policy.correlation_max_frac": fracs("0.1", "0.6", "10000"),
    "policy.correlation_unknown_frac": fracs("0", "0.5", "1"),
    "policy.correlated": (
        (), (Correlated(symbols=("SPY", "IBM"), correlation_frac=D("0.9")),),
        (Correlated(symbols=("SPY", "IBM"), correlation_frac=D("-0.9")),),
    ),
    "policy.buying_power_multiple": fracs("0.05", "0.5", "1"),
    "policy.linear_shock_frac": fracs("0.01", "0.05", "1"),
    "policy.trade_loss_max_frac": fracs("0.0005", "0.005", "1"),
    "policy.order_risk_max_frac": fracs("0.0005", "0.01", "1"),
    "policy.heat_max_frac": fracs("0.0005", "0.01", "1"),
    "policy.day_risk_max_frac": fracs("0.0005", "0.01", "1"),
    "policy.daily_loss_max_frac": fracs("0", "0.02", "1"),
    "policy.drawdown_entry_max_frac": fracs("0", "0.05", "1"),
    "policy.equity_min_usd": (D(0), D(95_000), D(150_000)),
    "policy.cash_buffer_min_frac": fracs("0", "0.5", "0.95"),
    "policy.margin_initial_frac": fracs("0.1", "1"),
    "policy.margin_use_max_frac": fracs("0.01", "0.1", "1"),
    "policy.trade_outside_hours": ((), ("XNYS",), ("24/7",)),
    "policy.approval_price_drift_frac": fracs("0", "0.05", "1"),
    "policy.approval_risk_drift_frac": fracs("0", "0.5", "10"),
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
    "policy.desk.spread_max_frac": fracs("0.01", "0.1", "10"),
    "policy.desk.spread_free_usd": fracs("0", "0.15", "5"),
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
    "policy.quote_size_assumed_qty": {"policy.slippage_max_bps": D(30)},
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
