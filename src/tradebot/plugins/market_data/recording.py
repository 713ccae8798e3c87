"""What must a folder of recordings offer? Days of events, each read only when it is asked for."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from tradebot.core.model.facts import Bar
from tradebot.core.model.instrument import Instrument
from tradebot.plugins.market_data.feed import Stamped


class RecordingDamaged(ValueError):
    """A recording cannot be read; the message names the file, and the line where it can."""


class Recording(Protocol):
    """One symbol's recordings. A day is the recorder's own, not always UTC's."""

    instrument: Instrument

    def days(self) -> Sequence[date]:
        """Return the recorded days, oldest first."""

    def events(self, day: date) -> list[Stamped]:
        """Return a day's events in the order in which they became known."""

    def bars(self, day: date) -> list[Bar]:
        """Return a day's bars in the order in which they ended."""
