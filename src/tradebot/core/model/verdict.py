"""What may a stage answer?"""

from datetime import datetime
from typing import TypeAlias

from tradebot.core.model.events import Event
from tradebot.core.model.fact import fact
from tradebot.core.model.reason import GateResult, Need, Reason


@fact
class Pass:
    """`readings` are the numbers of the gates that were asked and allow, as in StagesPassed."""

    events: tuple[Event, ...] = ()
    readings: str = ""


@fact
class Hold:
    """`gates` are those that object; `events` happen before it."""

    reason: Reason
    needs: tuple[Need, ...]
    gates: tuple[GateResult, ...] = ()
    detail: str = ""
    until: datetime | None = None
    expires: datetime | None = None
    readings: str = ""
    events: tuple[Event, ...] = ()


@fact
class Refuse:
    reason: Reason
    detail: str = ""
    gates: tuple[GateResult, ...] = ()
    readings: str = ""


Verdict: TypeAlias = Pass | Hold | Refuse
