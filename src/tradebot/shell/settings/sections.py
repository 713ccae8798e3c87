"""What can be configured? One class a section; a setting's unit is the end of its name.

A line `name: text` in a class' docstring documents that setting, here and in the reference;
`section.name: text` does so for a class that lives elsewhere.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, InstanceOf

from tradebot.core.model.fact import fact
from tradebot.core.model.settings import (
    Loosen,
    Mode,
    Policy,
    Promotion,
    PromotionCap,
    RouteKind,
    Settings,
)
from tradebot.core.model.trust import Trust, TrustLadder
from tradebot.core.model.window import US_RTH, PromotionWindow
from tradebot.shell.api.section import ApiSection
from tradebot.shell.notify.section import NotificationsSection
from tradebot.shell.reconcile import ReconcileSection
from tradebot.shell.retention import RetentionSection
from tradebot.shell.settings.document import Place, Section, empty_section
from tradebot.shell.settings.fill import REST
from tradebot.shell.settings.versions import ReloadSection
from tradebot.shell.supervisor import Limits
from tradebot.shell.told.otlp_section import OtlpSection
from tradebot.shell.wire.patience import USUAL, Patience

_NOWHERE: Final = empty_section(Place(source="defaults"))
_DECISIVE: Final = Settings()


@fact
class Schedule:
    """When the daemon trades.

    calendar: the calendar that the daemon's own state follows
    timezone: in which a terminal is shown times; markets have their own, and records are in UTC
    auto_start: trade as soon as the session opens; false follows the calendar but does not trade
    closures: days the exchange is closed that this release does not know
    early_closes: days with an early close that this release does not know
    """

    calendar: str = _DECISIVE.primary_calendar
    timezone: ZoneInfo = ZoneInfo("America/New_York")
    auto_start: bool = True
    closures: tuple[date, ...] = ()
    early_closes: tuple[date, ...] = ()


@fact
class MarketDataSection:
    """Where quotes and bars come from. All other keys are the provider's own.

    provider: the market data plugin
    quote_age_max_s: older quotes are stale for this feed; stands above the policy's limit
    """

    provider: str = "simulated"
    quote_age_max_s: Annotated[Decimal, Field(gt=0)] | None = None
    own: InstanceOf[Section] = field(default=_NOWHERE, metadata={REST: True})


@fact
class RouteSection:
    """One named way to a broker. All other keys are the adapter's own.

    adapter: the broker plugin
    kind: what kind of account this is; follows from adapter and mode where it is not given
    resilience: how it deals with a broker that fails, or limits messages
    shadow_of: the route whose every order this one gets a copy of; it only records
    """

    adapter: str
    kind: RouteKind | None = None
    resilience: Patience = USUAL
    shadow_of: str | None = None
    own: InstanceOf[Section] = field(default=_NOWHERE, metadata={REST: True})


@fact
class StrategySection:
    """One running strategy.

    id: its name in the books; the plugin's name where neither id nor name is given
    name: another word for id
    plugin: the strategy plugin
    symbols: what it may trade
    timer_s: how often its timer rings
    budget_ms: how long one call may take before it is counted and told of; it is not stopped
    parameters: the plugin's own settings
    """

    plugin: str
    symbols: Annotated[tuple[str, ...], Field(min_length=1)]
    id: str | None = None
    name: str | None = None
    timer_s: Annotated[float, Field(ge=1)] = 60.0
    budget_ms: Annotated[float, Field(gt=0)] = 50.0
    parameters: InstanceOf[Section] = _NOWHERE

    @property
    def strategy_id(self) -> str:
        return self.id or self.name or self.plugin


@fact
class LanguageSection:
    """Who reads what a person asks for in words. All other keys are the provider's own.

    provider: the language model plugin; with `rules` the words are read without any model
    timeout_s: how long a model may take to read a request, its second attempt included
    fallback: read without the model what it does not read in time; false asks the person instead
    """

    provider: str = "rules"
    timeout_s: Annotated[float, Field(gt=0, le=10)] = 8.0  # the door answers in time
    fallback: bool = True
    own: InstanceOf[Section] = field(default=_NOWHERE, metadata={REST: True})


@fact
class PromotionSection:
    """Who lets an intent go on to a broker.

    strategy: without a person pass strategies (disabled), those inside windows, or none (manual)
    eligible: ids of the strategies that windows open for, and structures that the desk finds
    caps: how much of each may go on by itself
    windows: when that is; told in terms of a market's session
    approvers_min: how many people an approval takes, each of another name
    trust: whether a strategy's orders may only go to routes that its record has earned
    ladder: what a record must show for each step up
    loosen: when settings that let more orders pass take effect, once as many people approved them
    """

    strategy: Promotion = Promotion.DISABLED
    eligible: tuple[str, ...] = ()
    caps: tuple[PromotionCap, ...] = ()
    windows: tuple[PromotionWindow, ...] = (US_RTH,)
    approvers_min: Annotated[int, Field(ge=1, le=9)] = _DECISIVE.approvers_min
    trust: Trust = _DECISIVE.trust
    ladder: TrustLadder = _DECISIVE.ladder
    loosen: Loosen = _DECISIVE.loosen

    @property
    def by_window(self) -> bool:
        """Tell whether windows let anything go on; where they do not, they decide nothing."""
        return self.strategy in (Promotion.AUTO_WINDOW, Promotion.HYBRID)


@fact
class StagingSection:
    """What waits for a person, a window or another mode, as files to read.

    enabled: without it there are no drafts, and what would wait for an approval is refused
    drafts_dir: where the files are; below the data directory unless absolute
    format: how they are written
    record_all: write a draft of every order too, also where nobody had to be asked
    retention_days: how long the archive keeps a draft that waits for nobody any more
    retention_count: how many of them it keeps
    approval_ttl_s: how long an approval holds, for one order
    draft_ttl_s: how long a strategy's draft waits at least; what people ask for keeps its own time
    """

    enabled: bool = _DECISIVE.staging
    drafts_dir: Path = Path("drafts")
    format: Literal["yaml", "json"] = "yaml"
    record_all: bool = _DECISIVE.record_all
    retention_days: Annotated[int, Field(ge=0)] = 30
    retention_count: Annotated[int, Field(ge=0)] = 1_000
    approval_ttl_s: Annotated[int, Field(gt=0)] = _DECISIVE.approval_ttl_s
    draft_ttl_s: Annotated[int, Field(gt=0)] = _DECISIVE.draft_ttl_s


@fact
class Telemetry:
    """What is told to people and logs, and how often.

    log_format: text for people, json for machines, auto chooses by whether a terminal listens
    log_level: what is at least this important is logged; debug tells each stage of each order
    status_every_s: how often a log hears the status; a terminal's line is renewed each second
    mark_every_s: how often open positions are valued at most, each time a line in the journal
    heartbeat_s: how often the log hears that the daemon lives
    health_check_s: how often telemetry/system_health.json is written
    execution_log: write a line an execution, with its latencies, to telemetry/execution_log.jsonl
    execution_log_bytes_max: what is as long is set aside, and the next line begins a file anew
    execution_log_files_max: how many of these files there are, the newest one included
    otlp: where each order's times go as OpenTelemetry traces
    """

    log_format: Literal["auto", "text", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    status_every_s: Annotated[float, Field(gt=0)] = 10.0
    mark_every_s: Annotated[float, Field(gt=0)] = 15.0
    heartbeat_s: Annotated[float, Field(gt=0)] = 300.0
    health_check_s: Annotated[float, Field(gt=0)] = 60.0
    execution_log: bool = True
    execution_log_bytes_max: Annotated[int, Field(gt=0)] = 10_000_000
    execution_log_files_max: Annotated[int, Field(gt=0)] = 5
    otlp: OtlpSection = OtlpSection()


@fact
class OrdersSection:
    """How long an intent, a clearance or an order holds.

    intent_ttl_s: how long an intent without its own time to live may wait
    send_within_s: how long a clearance holds between the last gate and the broker's socket
    timeout_s: how long an order may work that is neither good till cancelled nor marked to rest
    check_every_s: how often that is looked at, and how soon a cancel without answer is asked anew
    """

    intent_ttl_s: Annotated[int, Field(gt=0)] = _DECISIVE.intent_ttl_s
    send_within_s: Annotated[int, Field(gt=0)] = _DECISIVE.send_within_s
    timeout_s: Annotated[int, Field(gt=0)] = _DECISIVE.order_timeout_s
    check_every_s: Annotated[int, Field(gt=0)] = _DECISIVE.order_check_s


def _one_paper_route() -> Mapping[str, RouteSection]:
    return {"paper": RouteSection(adapter="paper")}


@fact
class Sections:
    """A whole configuration file.

    schema_version: the form of this file
    mode: which kind of route may be used at all
    data_dir: where everything is kept; below the working directory unless absolute
    seed: the one source of chance, for simulators and retry jitter
    brokers: routes by name; the first is used where an intent names none
    policy: the limits of all gates, here or as the path of a file beside this one
    policy.order_qty_max: the largest quantity of one order
    policy.order_notional_max_usd: the largest worth of one order
    policy.price_collar_frac: how far a price may be from the market, on its own bad side
    policy.quote_age_max_s: an older quote is no quote
    policy.quote_jump_max_frac: how far a quote may be from the one before it, as a part of that
    policy.quote_jump_within_s: an older quote before it says nothing about a jump
    policy.slippage_max_bps: how far beyond the mid an order may be expected to pay, in 0.01 %
    policy.quote_size_assumed_qty: the size to expect behind a quote that shows none
    policy.messages_per_second_max: orders, changes and cancels that may go out in a second
    policy.messages_per_minute_max: the same in a minute
    policy.orders_per_day_max: orders in a session of the primary calendar; closing ones may go on
    policy.duplicate_within_s: how soon the same order may not be sent again
    policy.open_orders_max: orders that may work at once
    policy.open_orders_symbol_max: orders that may work at once on a symbol
    policy.rejections_max: rejections by a broker that pause a strategy on a symbol
    policy.rejections_window_s: how far back rejections count
    policy.blackout_symbols: symbols, or underlyings of options, that may only be closed
    policy.positions_max: underlyings in which an account may hold or work anything at once
    policy.positions_symbol_max: instruments that it may hold or work on one underlying
    policy.position_max_frac: the largest position in one instrument, as a part of equity
    policy.symbol_exposure_max_frac: the most that may stand or fall with one underlying
    policy.sector_exposure_max_frac: the most that may stand or fall with one sector
    policy.sectors: sectors by name; what none of them lists is one sector, too
    policy.correlation_max_frac: two bets that go together more than this are one too many
    policy.correlation_unknown_frac: how much two symbols go together that no group names
    policy.correlated: groups of symbols that go together, with how much
    policy.buying_power_multiple: how many times the account's buying power may be used
    policy.linear_shock_frac: what is not an option loses so much by one bad move
    policy.trade_loss_max_frac: the most that one order may lose, of equity
    policy.order_risk_max_frac: the most that all orders at work may lose, of equity
    policy.heat_max_frac: the most that positions and orders may lose together, of equity
    policy.day_risk_max_frac: the most that the orders of one day may lose, of equity
    policy.daily_loss_max_frac: a loss since the day began that ends new risk for the day
    policy.drawdown_warn_frac: how far below its high-water mark an account is warned of
    policy.drawdown_entry_max_frac: how far below it nothing more is opened
    policy.drawdown_halt_frac: how far below it all is halted until a person clears it
    policy.consecutive_losses_max: losing round trips in a row after which a strategy rests
    policy.loss_cooldown_s: how long it rests
    policy.equity_min_usd: a smaller account opens nothing
    policy.cash_buffer_min_frac: the part of equity that stays in cash
    policy.margin_initial_frac: what a position binds of its worth
    policy.margin_use_max_frac: how much of equity may be bound so
    policy.trade_outside_hours: calendars whose hours before and after the session may trade
    policy.clock_step_max_s: a larger jump of the wall clock holds all that is new
    policy.clock_settle_s: how long nobody may set it before it is believed again
    policy.approval_price_drift_frac: a market further from an approval's price makes it void
    policy.approval_risk_drift_frac: so does a possible loss so much larger than what was approved
    supervision.max_restarts: how often a failed feed or strategy is started again at once
    supervision.initial_backoff_s: the wait before the first restart
    supervision.backoff_multiplier: how the wait grows with each restart
    supervision.cooldown_s: the rest after the last restart, before all begins anew
    supervision.stall_s: how long a call may hold up everything, before it latches the kill switch
    supervision.stall_exit_s: how long it may go on after that, before the process ends itself
    """

    schema_version: Literal[1] = 1
    mode: Mode = _DECISIVE.mode
    data_dir: Path | None = None
    seed: Annotated[int, Field(ge=0)] = 0
    schedule: Schedule = Schedule()
    market_data: MarketDataSection = MarketDataSection()
    brokers: Annotated[Mapping[str, RouteSection], Field(min_length=1)] = field(
        default_factory=_one_paper_route
    )
    strategies: tuple[StrategySection, ...] = ()
    policy: Policy = Policy()
    promotion: PromotionSection = PromotionSection()
    staging: StagingSection = StagingSection()
    supervision: Limits = Limits()
    telemetry: Telemetry = Telemetry()
    orders: OrdersSection = OrdersSection()
    reconcile: ReconcileSection = ReconcileSection()
    language: LanguageSection = LanguageSection()
    reload: ReloadSection = ReloadSection()
    notifications: NotificationsSection = NotificationsSection()
    retention: RetentionSection = RetentionSection()
    api: ApiSection = ApiSection()
