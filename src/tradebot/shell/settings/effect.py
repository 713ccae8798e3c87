"""When does a change of a setting take effect while the daemon runs?"""

from enum import Enum
from typing import Final


class Effect(Enum):
    """The value is for people."""

    DECIDES = "at once; what lets more pass once it is approved"
    AT_ONCE = "at once"
    NEXT_START = "at the next start"


# These keys, and all below those that end with a dot.
DECIDES: Final = (
    "mode", "policy.", "promotion.", "orders.", "market_data.quote_age_max_s",
    "reconcile.cash_tolerance", "reconcile.unknown_orders", "staging.enabled",
    "staging.record_all", "staging.approval_ttl_s", "staging.draft_ttl_s",
)
AT_ONCE: Final = (
    "reload.versions_max", "supervision.max_restarts", "supervision.initial_backoff_s",
    "supervision.backoff_multiplier", "supervision.cooldown_s", "telemetry.mark_every_s",
    "telemetry.heartbeat_s", "telemetry.health_check_s", "telemetry.status_every_s",
    "notifications.enabled", "notifications.min_level", "notifications.filters.",
    "notifications.channels.", "notifications.fold_s", "notifications.daily_digest",
    "notifications.weekly_digest", "notifications.digest_after_close_s",
    "notifications.all_clear", "notifications.all_clear_before_open_s",
    "notifications.heartbeat_every_s", "notifications.ping_url", "notifications.ping_every_s",
    "notifications.ping_fail_url", "notifications.ping_allow_private",
)


def effect_of(key: str) -> Effect:
    if _is_among(key, DECIDES):
        return Effect.DECIDES
    return Effect.AT_ONCE if _is_among(key, AT_ONCE) else Effect.NEXT_START


def _is_among(key: str, named: tuple[str, ...]) -> bool:
    return any(key == name or (name.endswith(".") and key.startswith(name)) for name in named)
