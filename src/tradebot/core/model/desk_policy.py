"""What may the options desk open, and when? One rule a structure, and what holds for all."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.strategy_type import Outlook, StrategyType


@fact
class StructureRule:
    """The bounds of one structure; None is no bound.

    strategy: which structure
    iv_rank_min: the least rank of implied volatility in its year, 0 to 1, at which it is opened
    iv_rank_max: the highest
    days_min: the fewest whole days that its first option still lives when it is opened
    days_max: the most
    quantity_max: how many of it one order may open
    """

    strategy: StrategyType
    iv_rank_min: Decimal | None = None
    iv_rank_max: Decimal | None = None
    days_min: int | None = None
    days_max: int | None = None
    quantity_max: int | None = 10


class EventKind(StrEnum):
    EARNINGS = "earnings"
    MACRO = "macro"


@fact
class DeskEvent:
    """A moment that the desk opens nothing around.

    at: when it happens, with its offset from UTC
    kind: earnings of a company, or what moves all of a market
    symbols: whom it moves; all where none is named
    hours_before: how long before nothing is opened
    hours_after: how long after
    """

    at: datetime
    kind: EventKind = EventKind.MACRO
    symbols: tuple[str, ...] = ()
    hours_before: int = 24
    hours_after: int = 2

    def moves(self, symbol: str) -> bool:
        return not self.symbols or symbol in self.symbols

    @property
    def begins(self) -> datetime:
        return self.at - timedelta(hours=self.hours_before)

    @property
    def ends(self) -> datetime:
        return self.at + timedelta(hours=self.hours_after)


@fact
class DeskEvents:
    """What is known of days to come; of what lies past `known_until`, nothing is.

    known_until: the last day that was looked through for events
    dates: what was found
    """

    known_until: date | None = None
    dates: tuple[DeskEvent, ...] = ()


class Excess(StrEnum):
    """What happens to an order that exceeds a limit on greeks."""

    WARN = "warn"
    BLOCK = "block"


@fact
class GreekLimits:
    """How far an account's options may lean after an order, as a part of equity; None: any way.

    excess: whether an order beyond is blocked, or passes and is told of
    delta_max_frac: what moves with the underlyings, in currency, either way
    gamma_max_frac: how much that changes when each underlying moves by one percent
    theta_max_frac: what a day takes or brings
    vega_max_frac: what one point of volatility takes or brings
    """

    excess: Excess = Excess.BLOCK
    delta_max_frac: Decimal | None = Decimal("0.50")
    gamma_max_frac: Decimal | None = Decimal("0.20")
    theta_max_frac: Decimal | None = Decimal("0.005")
    vega_max_frac: Decimal | None = Decimal("0.01")


def _rule(
    strategy: StrategyType, days: tuple[int, int] | None = None, least: str | None = None,
    most: str | None = None,
) -> StructureRule:
    days_min, days_max = days or (None, None)
    return StructureRule(
        strategy=strategy, days_min=days_min, days_max=days_max,
        iv_rank_min=None if least is None else Decimal(least),
        iv_rank_max=None if most is None else Decimal(most),
    )


_BANDS: Final[Mapping[StrategyType, StructureRule]] = {
    rule.strategy: rule for rule in (
        _rule(StrategyType.IRON_CONDOR, (30, 45), "0.30", "0.80"),
        _rule(StrategyType.PUT_CREDIT_SPREAD, (25, 40), "0.25"),
        _rule(StrategyType.CALL_CREDIT_SPREAD, (25, 40), "0.25"),
        _rule(StrategyType.IRON_BUTTERFLY, None, "0.30"),
        _rule(StrategyType.COVERED_CALL, (20, 35)),
        _rule(StrategyType.PROTECTIVE_PUT, (20, 45), most="0.35"),
        _rule(StrategyType.LONG_STRADDLE, (20, 35), "0.55"),
    )
}
USUAL: Final = tuple(_BANDS.get(strategy) or _rule(strategy) for strategy in StrategyType)


@fact
class Preference:
    """What the desk proposes to someone who names an outlook and no structure.

    outlook: what is expected of the underlying
    structures: those that suit it, the best first; today's rank of volatility must be in bounds
    with_shares: those that come before them where people hold a round lot of it
    """

    outlook: Outlook
    structures: tuple[StrategyType, ...]
    with_shares: tuple[StrategyType, ...] = ()


_S: Final = StrategyType
PREFERENCES: Final = (
    *(
        Preference(
            outlook=calm, structures=(_S.IRON_CONDOR, _S.IRON_BUTTERFLY, _S.BUTTERFLY),
            with_shares=(_S.COVERED_CALL,),
        )
        for calm in (Outlook.NEUTRAL, Outlook.RANGE, Outlook.CALM)
    ),
    Preference(
        outlook=Outlook.BULLISH, structures=(_S.PUT_CREDIT_SPREAD, _S.CALL_DEBIT_SPREAD),
        with_shares=(_S.COVERED_CALL,),
    ),
    Preference(
        outlook=Outlook.BEARISH, structures=(_S.CALL_CREDIT_SPREAD, _S.PUT_DEBIT_SPREAD),
        with_shares=(_S.PROTECTIVE_PUT, _S.COLLAR),
    ),
    Preference(outlook=Outlook.VOLATILE, structures=(_S.LONG_STRADDLE, _S.LONG_STRANGLE)),
)


@fact
class DeskPolicy:
    """What holds for whoever opens options; shares and what closes know nothing of it.

    structures: what may be opened at all, and within which bounds
    unlisted: whether options may be opened that make none of these
    preferences: what is proposed for which outlook
    concession_frac: which part of half the spread a proposal gives up for a fill: 0 asks for the
        middle, 1 takes the market
    delta_tolerance: how far from the delta that is sought the nearest option may be
    events: days around which nothing is opened, here or as the path of a file beside the policy
    earnings_known: no option on a single share may outlive what is known of its earnings
    open_interest_min: the fewest contracts that must be open in each option
    volume_min: the fewest that must have traded in it today
    spread_max_frac: how far bid and ask of an option may be apart, as a part of their middle
    spread_free_usd: a distance of bid and ask that is never too wide
    days_to_expiry_min: nothing is opened that ends within so many days
    naked_puts: whether puts may be sold that neither a bought one nor cash covers; calls never
    greeks: how far all options of an account may lean together
    pin_risk_frac: how near its strike, as a part of it, an option of the last day is told of
    fact_age_max_s: older facts about options are none
    """

    structures: tuple[StructureRule, ...] = USUAL
    unlisted: bool = False
    preferences: tuple[Preference, ...] = PREFERENCES
    concession_frac: Decimal = ONE
    delta_tolerance: Decimal = Decimal("0.10")
    events: DeskEvents = DeskEvents()
    earnings_known: bool = True
    open_interest_min: Decimal = Decimal(500)
    volume_min: Decimal = ZERO
    spread_max_frac: Decimal = Decimal("0.10")
    spread_free_usd: Decimal = Decimal("0.05")
    days_to_expiry_min: int = 3
    naked_puts: bool = False
    greeks: GreekLimits = GreekLimits()
    pin_risk_frac: Decimal = Decimal("0.005")
    fact_age_max_s: Decimal = Decimal(900)

    def rule_for(self, strategy: StrategyType | None) -> StructureRule | None:
        return next((rule for rule in self.structures if rule.strategy is strategy), None)
