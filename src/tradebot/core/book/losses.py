"""Which strategies lost too often in a row, and until when do they rest?"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from tradebot.core.model.settings import Policy


@dataclass(slots=True)
class LossRun:
    """How many round trips in a row were lost; `rests_until` is set when they were too many."""

    count: int = 0
    rests_until: datetime | None = None


@dataclass(slots=True)
class Losses:
    runs: dict[str, LossRun] = field(default_factory=dict)  # by owner

    def ended(self, owner: str, profit: Decimal, now: datetime, policy: Policy) -> None:
        """Count a round trip; the last loss too many begins a rest, and the count anew."""
        run = self.runs.setdefault(owner, LossRun())
        run.count = run.count + 1 if profit < 0 else 0
        if run.count and run.count >= policy.consecutive_losses_max:
            run.count, run.rests_until = 0, now + timedelta(seconds=policy.loss_cooldown_s)
