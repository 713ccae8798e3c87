"""How does the daemon run: in real time, or as a rehearsal that makes its own?"""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from tradebot.core.model.fact import fact
from tradebot.ports import Calendar, Clock
from tradebot.shell import rehearsal
from tradebot.shell.clock import LoopClock, WallClock


@fact
class RunOptions:
    """How to run: in real time, or as a rehearsal on a simulated clock; speed None jumps."""

    rehearse: bool = False
    resume: bool = False
    speed: Decimal | None = Decimal(60)
    start: datetime | None = None
    until: datetime | Literal["close"] | None = None
    log_format: Literal["text", "json", "auto"] = "auto"

    @property
    def pace(self) -> float:
        """How many seconds of the clock a second at the terminal is; jumping counts as 1800."""
        if not self.rehearse:
            return 1.0
        return 1800.0 if self.speed is None else float(self.speed)

    def about(self, until: datetime | None) -> str:
        """Say what a rehearsal is, and how to ask it from elsewhere."""
        if until is None:
            return ""
        pace = "as fast as it goes" if self.speed is None else f"{self.speed} times as fast"
        end = f"{until.astimezone(UTC):%F %T} UTC"
        return f"a rehearsal to {end}, {pace}; to ask it: tradebot status --rehearsal"

    def clock(self, primary: Calendar, last_at: datetime | None) -> tuple[Clock, datetime | None]:
        """Take the wall's time, or a rehearsal's: it goes on where its journal ends, if resumed."""
        wall = WallClock()
        if not self.rehearse:
            return wall, None
        start = last_at if self.resume and last_at is not None else self.start
        span = rehearsal.window(primary, wall.now(), start, self.until)
        return LoopClock(span.start, asyncio.get_running_loop()), span.until
