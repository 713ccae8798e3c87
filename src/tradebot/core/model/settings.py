"""Which settings decide? They enter by event: a decision replays under those of its day."""

from decimal import Decimal
from enum import StrEnum

from tradebot.core.model.desk_policy import DeskPolicy
from tradebot.core.model.fact import fact
from tradebot.core.model.money import ONE
from tradebot.core.model.trust import Trust, TrustLadder
from tradebot.core.model.window import PromotionWindow


class Mode(StrEnum):
    """Which kind of route may be used at all."""

    STAGE = "stage"
    MOCK = "mock"
    PAPER = "paper"
    SHADOW = "shadow"
    TESTNET = "testnet"
    LIVE_BLOCKED = "live_blocked"
    LIVE = "live"


class RouteKind(StrEnum):
    MOCK = "mock"
    PAPER = "paper"
    SHADOW = "shadow"
    TESTNET = "testnet"
    LIVE = "live"


class Promotion(StrEnum):
    """Who lets an intent go on from stage 4."""

    DISABLED = "disabled"
    MANUAL = "manual"
    AUTO_WINDOW = "auto_window"
    HYBRID = "hybrid"


class Loosen(StrEnum):
    """When settings that let more orders pass may take effect, once people approved them."""

    APPROVED = "approved"
    APPROVED_WHEN_CLOSED = "approved_when_closed"


@fact
class Sector:
    """Symbols that stand and fall together.

    name: what the sector is called
    symbols: its shares, or underlyings of options
    """

    name: str
    symbols: tuple[str, ...]


@fact
class Correlated:
    """Symbols of which any two go together.

    symbols: shares, or underlyings of options
    correlation_frac: how much any two of them do, from -1 to 1
    """

    symbols: tuple[str, ...]
    correlation_frac: Decimal


@fact
class PromotionCap:
    """How much of a kind may go on by itself; what is larger needs a person.

    name: a strategy's id, or a structure such as iron_condor
    order_qty_max: the largest quantity of one order
    """

    name: str
    order_qty_max: Decimal


@fact
class Policy:
    """Every limit of every gate; the unit is the end of the name."""

    order_qty_max: Decimal = Decimal(10_000)
    order_notional_max_usd: Decimal = Decimal(50_000)
    price_collar_frac: Decimal = Decimal("0.05")
    quote_age_max_s: Decimal = Decimal(15)
    quote_jump_max_frac: Decimal = Decimal("0.10")
    quote_jump_within_s: Decimal = Decimal(60)
    slippage_max_bps: Decimal = Decimal(25)
    quote_size_assumed_qty: Decimal = Decimal(100)
    messages_per_second_max: int = 20
    messages_per_minute_max: int = 300
    orders_per_day_max: int = 50
    duplicate_within_s: int = 2
    open_orders_max: int = 100
    open_orders_symbol_max: int = 20
    rejections_max: int = 5
    rejections_window_s: int = 600
    blackout_symbols: tuple[str, ...] = ()
    positions_max: int = 10
    positions_symbol_max: int = 12
    position_max_frac: Decimal = Decimal("0.10")
    symbol_exposure_max_frac: Decimal = Decimal("0.10")
    sector_exposure_max_frac: Decimal = Decimal("0.30")
    sectors: tuple[Sector, ...] = ()
    correlation_max_frac: Decimal = Decimal("0.80")
    correlation_unknown_frac: Decimal = Decimal("0.50")
    correlated: tuple[Correlated, ...] = ()
    buying_power_multiple: Decimal = ONE
    linear_shock_frac: Decimal = Decimal("0.05")
    trade_loss_max_frac: Decimal = Decimal("0.02")
    order_risk_max_frac: Decimal = Decimal("0.10")
    heat_max_frac: Decimal = Decimal("0.20")
    day_risk_max_frac: Decimal = Decimal("0.04")
    daily_loss_max_frac: Decimal = Decimal("0.03")
    drawdown_warn_frac: Decimal = Decimal("0.10")
    drawdown_entry_max_frac: Decimal = Decimal("0.12")
    drawdown_halt_frac: Decimal = Decimal("0.15")
    consecutive_losses_max: int = 5
    loss_cooldown_s: int = 1_800
    equity_min_usd: Decimal = Decimal(10_000)
    cash_buffer_min_frac: Decimal = Decimal("0.20")
    margin_initial_frac: Decimal = Decimal("0.50")
    margin_use_max_frac: Decimal = Decimal("0.50")
    trade_outside_hours: tuple[str, ...] = ()  # calendars whose pre and post phases may trade
    clock_step_max_s: Decimal = ONE
    clock_settle_s: int = 60
    approval_price_drift_frac: Decimal = Decimal("0.10")
    approval_risk_drift_frac: Decimal = Decimal("0.10")
    desk: DeskPolicy = DeskPolicy()


@fact
class Settings:
    """What core decides by. `settings_hash` covers exactly this: no paths, ports or log settings.

    `intent_ttl_s` bounds the wait of an intent without its own time to live; `send_within_s` is how
    long a clearance holds between stage 5 and the socket; `approval_ttl_s` how long a person's
    approval holds and `approvers_min` how many people it takes; `draft_ttl_s` how long a strategy's
    draft waits for one, at least, whatever its own time to live; `order_timeout_s` how long an
    order may work until its cancel is asked for, looked at every `order_check_s`. All in seconds.
    Without `staging` what would wait for an approval is refused; with `record_all` the history
    keeps a draft of every order. `recon_cash_tolerance` is in an account's currency; with
    `recon_adopts_orders` an order at the broker that is none of ours halts nothing.
    """

    mode: Mode = Mode.LIVE_BLOCKED
    promotion: Promotion = Promotion.DISABLED
    eligible: tuple[str, ...] = ()
    caps: tuple[PromotionCap, ...] = ()
    windows: tuple[PromotionWindow, ...] = ()
    routes: tuple[str, ...] = ("paper",)  # the first is used where an intent names none
    primary_calendar: str = "XNYS"
    policy: Policy = Policy()
    intent_ttl_s: int = 23_400
    send_within_s: int = 30
    staging: bool = True
    approval_ttl_s: int = 3_600
    approvers_min: int = 1
    recon_cash_tolerance: Decimal = Decimal("0.01")
    recon_adopts_orders: bool = False
    draft_ttl_s: int = 23_400
    order_timeout_s: int = 300
    order_check_s: int = 10
    record_all: bool = False
    trust: Trust = Trust.OFF
    ladder: TrustLadder = TrustLadder()
    loosen: Loosen = Loosen.APPROVED_WHEN_CLOSED

    @property
    def desk(self) -> DeskPolicy:
        return self.policy.desk
