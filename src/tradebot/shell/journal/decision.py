"""What is one line of the journal? One command, the time, what was read, and what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tradebot.core.model.commands import Command
from tradebot.core.model.events import Event
from tradebot.core.model.facts import Reads

NOTHING_READ: Final = Reads()


@dataclass(frozen=True, slots=True)
class Decision:
    """The unit of durability: all of its events happened, or none did."""

    seq: int
    at: datetime
    command: Command
    events: tuple[Event, ...]
    reads: Reads = NOTHING_READ
