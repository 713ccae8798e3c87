"""What of another configuration takes effect at once, beside the settings that decide?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tradebot.shell import observers
from tradebot.shell.health import Health
from tradebot.shell.marks import Marker
from tradebot.shell.settings.config import Config
from tradebot.shell.supervisor import Limits

# These keys, and all below those that end with a dot; of all else a change waits for a start.
HOT: Final = (
    "mode", "policy.", "promotion.", "orders.", "market_data.quote_age_max_s",
    "reconcile.cash_tolerance", "reconcile.unknown_orders", "reload.versions_max",
    "staging.enabled", "staging.record_all", "staging.approval_ttl_s", "staging.draft_ttl_s",
    "supervision.max_restarts", "supervision.initial_backoff_s", "supervision.backoff_multiplier",
    "supervision.cooldown_s", "telemetry.mark_every_s", "telemetry.heartbeat_s",
    "telemetry.health_check_s", "telemetry.status_every_s",
    *(f"notifications.{name}" for name in (
        "enabled", "min_level", "filters.", "channels.", "fold_s",
    )),
)


def is_hot(key: str) -> bool:
    """Tell whether a change of this setting takes effect at once."""
    return any(key == hot or (hot.endswith(".") and key.startswith(hot)) for hot in HOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hot:
    """Who goes by figures that may change while it runs; `bear` takes those of supervision."""

    bear: Callable[[Limits], None]
    marker: Marker
    health: Health
    pace: float

    def take(self, config: Config) -> None:
        self.bear(config.supervision)
        self.marker.value_every(config.telemetry.mark_every_s)
        self.health.rounds = observers.rounds(config, self.pace)
