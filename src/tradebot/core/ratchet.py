"""Which part of a change may take effect at once? What would let more orders pass waits.

Any two settings have a tightest in common: what either of them refuses, it refuses. To it a
daemon may go at any moment; the rest of the way is for people to approve. A field without a rule
here keeps its value until then.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Protocol

from tradebot.core.model.config import Change, Direction
from tradebot.core.model.desk_policy import DeskEvent, DeskPolicy, Excess
from tradebot.core.model.money import plain
from tradebot.core.model.settings import Loosen, Mode, Promotion, Settings
from tradebot.core.model.trust import Trust


class Rule(Protocol):
    """What two values of a setting have in common, and how to tell where they differ."""

    def tightest(self, before: Any, after: Any) -> Any: ...

    def changes(self, key: str, before: Any, after: Any) -> Iterator[Change]: ...


def tightest(before: Settings, after: Settings) -> Settings:
    """Return the settings in between that take all of `after` that lets nothing more pass."""
    found: Settings = RULES.tightest(before, after)
    return found


def changes(before: Settings, after: Settings) -> tuple[Change, ...]:
    """Return every setting that differs, and whether the change lets more orders pass."""
    return tuple(RULES.changes("", before, after))


@dataclass(frozen=True, slots=True)
class Value:
    """A setting that is one value."""

    meet: Callable[[Any, Any], Any]

    def tightest(self, before: Any, after: Any) -> Any:
        return after if before == after else self.meet(before, after)

    def changes(self, key: str, before: Any, after: Any) -> Iterator[Change]:
        if before != after:
            is_at_once = self.tightest(before, after) == after
            is_both_ways = is_at_once and self.tightest(after, before) == before
            yield Change(
                key=key, before=shown(before), after=shown(after),
                direction=Direction.LOOSER if not is_at_once else
                Direction.NEUTRAL if is_both_ways else Direction.TIGHTER,
            )


@dataclass(frozen=True, slots=True)
class FieldsOf:
    """A fact, field by field."""

    rules: Mapping[str, Rule]

    def tightest(self, before: Any, after: Any) -> Any:
        return replace(before, **{
            name: rule.tightest(getattr(before, name), getattr(after, name))
            for name, rule in self._of(before)
        })

    def changes(self, key: str, before: Any, after: Any) -> Iterator[Change]:
        for name, rule in self._of(before):
            path = f"{key}.{name}" if key else name
            yield from rule.changes(path, getattr(before, name), getattr(after, name))

    def _of(self, before: Any) -> Iterator[tuple[str, Rule]]:
        for field in fields(before):
            yield field.name, self.rules.get(field.name, WAITS)


class DeskFields(FieldsOf):
    """The desk's policy: what a structure without a rule may do depends on `unlisted`."""

    def _of(self, before: DeskPolicy) -> Iterator[tuple[str, Rule]]:
        for name, rule in super()._of(before):
            is_bound = name == "structures" and before.unlisted
            yield name, _BOUND_STRUCTURES if is_bound else rule


@dataclass(frozen=True, slots=True)
class Named:
    """Facts by a name of theirs; one more of them is a permission, or one more bound."""

    name: str
    each: Rule
    permits: bool

    def tightest(self, before: Any, after: Any) -> Any:
        old, new = self._by_name(before), self._by_name(after)
        if len(old) < len(before) or len(new) < len(after):
            return before  # two of a name: nobody says which is meant
        both = {n: self.each.tightest(old[n], new[n]) for n in old if n in new}
        if not self.permits:
            both = {**old, **new, **both}
        return after if both == new else tuple(both.values())

    def changes(self, key: str, before: Any, after: Any) -> Iterator[Change]:
        old, new = self._by_name(before), self._by_name(after)
        for name in {**old, **new}:
            path = f"{key}.{name}"
            if name in old and name in new:
                yield from self.each.changes(path, old[name], new[name])
                continue
            is_tighter = (name in new) is not self.permits
            yield Change(
                key=path, before=shown(old.get(name)), after=shown(new.get(name)),
                direction=Direction.TIGHTER if is_tighter else Direction.LOOSER,
            )

    def _by_name(self, found: Any) -> dict[str, Any]:
        return {str(getattr(one, self.name)): one for one in found}


def shown(value: object) -> str:
    """Write a setting for people."""
    match value:
        case None | ():
            return "none"
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case Decimal():
            return plain(value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return ", ".join(map(shown, value))
        case _ if is_dataclass(value):
            told = ((f, getattr(value, f.name)) for f in fields(value))
            return " ".join(f"{f.name}={shown(v)}" for f, v in told if v != f.default)
        case _:
            return str(value)


def _bounded(choose: Callable[[Any, Any], Any]) -> Value:
    """A bound, None where there is none."""
    return Value(lambda a, b: a if b is None else b if a is None else choose(a, b))


def _toward(*tight: object) -> Value:
    """A choice of words, of which these let nothing pass that another refuses."""
    return Value(lambda before, after: after if after in tight else before)


def _all_of(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
    """Keep what both name: each name is a permission."""
    both = tuple(one for one in before if one in after)
    return after if set(both) == set(after) else both


def _any_of(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
    """Take what either names: each name forbids something."""
    return (*after, *(one for one in before if one not in after))


def _some_of(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
    """Keep what both name, where no name permits all; nothing in common would do so, too."""
    if not before or not after:
        return before or after
    return _all_of(before, after) or before


def _earliest(before: date | None, after: date | None) -> date | None:
    return None if before is None or after is None else min(before, after)


def _events(before: tuple[DeskEvent, ...], after: tuple[DeskEvent, ...]) -> tuple[DeskEvent, ...]:
    """Keep each old one that no new one covers, and the new ones that none of these does."""
    left = [old for old in before if not any(_covers(new, old) for new in after)]
    return (*(new for new in after if not any(_covers(old, new) for old in left)), *left)


def _covers(wide: DeskEvent, narrow: DeskEvent) -> bool:
    is_as_long = wide.begins <= narrow.begins and narrow.ends <= wide.ends
    return is_as_long and (
        not wide.symbols or (bool(narrow.symbols) and set(narrow.symbols) <= set(wide.symbols))
    )


_STRICTER: Final = {
    (Promotion.DISABLED, Promotion.MANUAL),
    (Promotion.HYBRID, Promotion.MANUAL),
    (Promotion.HYBRID, Promotion.AUTO_WINDOW),
}


def _promotion(before: Promotion, after: Promotion) -> Promotion:
    return after if (before, after) in _STRICTER else before


LESS: Final = _bounded(min)
MORE: Final = _bounded(max)
OFF: Final = _toward(False)
ON: Final = _toward(True)
FREE: Final = Value(lambda before, after: after)  # decides about no order
WAITS: Final = Value(lambda before, after: before)  # any change of it may let more pass
PERMITS: Final = Value(_all_of)
FORBIDS: Final = Value(_any_of)

_STRUCTURE: Final = FieldsOf({
    "strategy": WAITS, "iv_rank_min": MORE, "iv_rank_max": LESS, "days_min": MORE,
    "days_max": LESS, "quantity_max": LESS,
})
_BOUND_STRUCTURES: Final = Named("strategy", _STRUCTURE, permits=False)
_DESK: Final = DeskFields({
    "structures": Named("strategy", _STRUCTURE, permits=True), "unlisted": OFF,
    "preferences": FREE, "concession_frac": FREE, "delta_tolerance": FREE,
    "events": FieldsOf({"known_until": Value(_earliest), "dates": Value(_events)}),
    "earnings_known": ON, "open_interest_min": MORE, "volume_min": MORE, "spread_max_frac": LESS,
    "spread_free_usd": LESS, "days_to_expiry_min": MORE, "naked_puts": OFF,
    "greeks": FieldsOf({
        "excess": _toward(Excess.BLOCK), "delta_max_frac": LESS, "gamma_max_frac": LESS,
        "theta_max_frac": LESS, "vega_max_frac": LESS,
    }),
    "pin_risk_frac": FREE, "fact_age_max_s": LESS,
})
_POLICY: Final = FieldsOf({
    "order_qty_max": LESS, "order_notional_max_usd": LESS, "price_collar_frac": LESS,
    "quote_age_max_s": LESS, "quote_jump_max_frac": LESS, "quote_jump_within_s": MORE,
    "slippage_max_bps": LESS, "quote_size_assumed_qty": LESS, "messages_per_second_max": LESS,
    "messages_per_minute_max": LESS, "orders_per_day_max": LESS, "duplicate_within_s": MORE,
    "open_orders_max": LESS, "open_orders_symbol_max": LESS, "rejections_max": LESS,
    "rejections_window_s": MORE, "blackout_symbols": FORBIDS, "positions_max": LESS,
    "positions_symbol_max": LESS, "position_max_frac": LESS, "symbol_exposure_max_frac": LESS,
    "sector_exposure_max_frac": LESS, "sectors": WAITS, "correlation_max_frac": LESS,
    "correlation_unknown_frac": MORE, "correlated": WAITS, "buying_power_multiple": LESS,
    "linear_shock_frac": MORE, "trade_loss_max_frac": LESS, "order_risk_max_frac": LESS,
    "heat_max_frac": LESS, "day_risk_max_frac": LESS, "daily_loss_max_frac": LESS,
    "drawdown_warn_frac": FREE, "drawdown_entry_max_frac": LESS, "drawdown_halt_frac": LESS,
    "consecutive_losses_max": LESS, "loss_cooldown_s": MORE, "equity_min_usd": MORE,
    "cash_buffer_min_frac": MORE, "margin_initial_frac": MORE, "margin_use_max_frac": LESS,
    "trade_outside_hours": PERMITS, "clock_step_max_s": LESS, "clock_settle_s": MORE,
    "approval_price_drift_frac": LESS, "approval_risk_drift_frac": LESS, "desk": _DESK,
})
_WINDOW: Final = FieldsOf({
    "name": WAITS, "starts": WAITS, "ends": WAITS, "weekdays": PERMITS, "calendar": WAITS,
    "strategies": Value(_some_of), "orders_max": LESS, "notional_max_usd": LESS, "enabled": OFF,
})
_STEP: Final = FieldsOf({
    "sessions_min": MORE, "clean_sessions_min": MORE, "orders_min": MORE, "fills_min": MORE,
    "rejects_max_frac": LESS, "net_min_usd": MORE, "drawdown_max_usd": LESS,
})
RULES: Final = FieldsOf({
    "mode": _toward(Mode.STAGE, Mode.LIVE_BLOCKED), "promotion": Value(_promotion),
    "eligible": PERMITS, "windows": Named("name", _WINDOW, permits=True),
    "caps": Named("name", FieldsOf({"name": WAITS, "order_qty_max": LESS}), permits=False),
    "routes": WAITS, "primary_calendar": WAITS, "policy": _POLICY, "intent_ttl_s": LESS,
    "send_within_s": LESS, "staging": OFF, "approval_ttl_s": LESS, "approvers_min": MORE,
    "recon_cash_tolerance": LESS, "recon_adopts_orders": OFF, "draft_ttl_s": LESS,
    "order_timeout_s": LESS, "order_check_s": LESS, "record_all": FREE,
    "trust": _toward(Trust.REQUIRED), "ladder": FieldsOf({"paper": _STEP, "live": _STEP}),
    "loosen": _toward(Loosen.APPROVED_WHEN_CLOSED),
})
