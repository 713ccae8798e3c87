"""What may a gate answer? Its numbers where it allows, an objection where it does not.

Only what a gate says outright passes: there is no answer that it can give by forgetting.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.model.fact import fact
from tradebot.core.model.reason import Answer, GateResult, Need, Reason

Number: TypeAlias = Decimal | int
Allowed: TypeAlias = tuple[Number, Number] | tuple[()]  # actual and limit, or none to show
ALLOW: Final[Allowed] = ()


@fact
class Objection:
    """A gate does not let it pass: a PAUSE says what would end it, a need, a time, or both."""

    answer: Answer
    reason: Reason
    actual: Decimal | None = None
    limit: Decimal | None = None
    need: Need | None = None
    until: datetime | None = None

    def by(self, gate: str) -> GateResult:
        return GateResult(
            gate=gate, answer=self.answer, reason=self.reason, limit=self.limit,
            actual=self.actual, need=self.need, until=self.until,
        )


Said: TypeAlias = Allowed | Objection


def block(reason: Reason, actual: Number | None = None, limit: Number | None = None) -> Objection:
    return Objection(
        answer=Answer.BLOCK, reason=reason, actual=_shown(actual), limit=_shown(limit)
    )


def pause(
    reason: Reason, need: Need | None, actual: Number | None = None, limit: Number | None = None,
    until: datetime | None = None,
) -> Objection:
    return Objection(
        answer=Answer.PAUSE, reason=reason, need=need, actual=_shown(actual),
        limit=_shown(limit), until=until,
    )


def lacks(need: Need, limit: Number | None = None) -> Objection:
    """Wait for a fact that misses: without it nothing passes."""
    return pause(Reason.RISK_STALE_DATA, need, limit=limit)


def within(actual: Number, limit: Number, reason: Reason) -> Said:
    """Allow what is at most the limit; a loss without end is within none."""
    if actual <= limit:
        return actual, limit
    if not Decimal(actual).is_finite():
        return block(Reason.RISK_UNDEFINED_LOSS, None, limit)
    return block(reason, actual, limit)


def _shown(number: Number | None) -> Decimal | None:
    return None if number is None else Decimal(number)
