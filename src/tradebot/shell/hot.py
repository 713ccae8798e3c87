"""What of another configuration takes effect at once, beside the settings that decide?"""

from collections.abc import Callable
from dataclasses import dataclass

from tradebot.shell import observers
from tradebot.shell.health import Health
from tradebot.shell.marks import Marker
from tradebot.shell.settings.config import Config
from tradebot.shell.supervisor import Limits


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
