"""Why is trading stopped, and what of it is still to be closed? Every reason is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tradebot.core.model.kill import KillSwitchSet, RouteFlattened

REASONS_MAX: Final = 10  # the journal has them all


@dataclass(slots=True)
class Kill:
    """The kill that stands, if any: `to_flatten` are its routes, each with who asked for that."""

    reasons: tuple[str, ...] = ()
    since: datetime | None = None
    to_flatten: dict[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str | None:
        return "; ".join(self.reasons) if self.reasons else None

    def switched(self, event: KillSwitchSet, routes: Iterable[str], now: datetime) -> None:
        if not event.engaged:
            self.reasons, self.since, self.to_flatten = (), None, {}
            return
        self.since = self.since or now
        if event.reason not in self.reasons:
            self.reasons = (*self.reasons, event.reason)[:REASONS_MAX]
        if event.flatten:
            self.to_flatten |= dict.fromkeys(routes, event.by)

    def flattened(self, event: RouteFlattened) -> None:
        self.to_flatten.pop(event.route, None)
