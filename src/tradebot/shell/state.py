"""Where does the daemon stand, and who hears when that changes?"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model.events import KillSwitchSet, SessionEntered
from tradebot.core.model.fact import fact
from tradebot.core.session import State, Trigger, step, trigger_of
from tradebot.ports import Clock
from tradebot.shell.journal.decision import Decision
from tradebot.shell.settings.plugins import contained
from tradebot.shell.supervisor import Notice, TaskFailed


@fact
class StateChanged:
    """One move of the state machine, with its cause in words."""

    at: datetime
    before: State
    after: State
    reason: str


StateListener = Callable[[StateChanged], None]
ASKED_TO_STOP: Final = "asked to stop"  # why a daemon stops that nothing failed in
_LOG: Final = logging.getLogger(__name__)


class DaemonState:
    """Moves by published events and by the supervisor's notices, as the table says.

    Listeners hear of a move after it is made; one that raises is logged, and harms nothing.
    """

    def __init__(self, primary: str, clock: Clock, book: Book, *, auto_start: bool) -> None:
        self.state = State.STOPPED
        self.reason = ""
        self.listeners: list[StateListener] = []
        self.notice_listeners: list[Callable[[Notice], None]] = []
        self._primary = primary
        self.clock = clock
        self.auto_start = auto_start
        self.book = book
        self._faults: dict[str, str] = {}  # what has failed and does not run again yet

    def move(self, trigger: Trigger, reason: str) -> None:
        before, after = self.state, step(self.state, trigger)
        if before is after:
            return
        self.state, self.reason = after, reason
        change = StateChanged(at=self.clock.now(), before=before, after=after, reason=reason)
        for listener in self.listeners:
            contained(partial(listener, change), _not_heard)

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, SessionEntered) and event.calendar == self._primary:
                if self.state is not State.STARTING:  # brokers come first; the start follows it
                    self.follow_calendar(f"{event.calendar} is {event.phase}")
            elif isinstance(event, KillSwitchSet):
                if event.engaged:
                    self.move(Trigger.HALT, f"kill switch: {event.reason}")
                elif self.state is State.HALTED:
                    self.move(Trigger.CLEAR, event.reason)
                    self.follow_calendar("cleared")

    def on_notice(self, notice: Notice) -> None:
        """A task that was given up is an error; when it runs again, the error ends."""
        for listener in self.notice_listeners:
            contained(partial(listener, notice), _not_heard)
        if not isinstance(notice, TaskFailed):
            self._mended(notice.name)
        elif notice.given_up:
            self.fail(notice.name, f"{notice.name}: {notice.reason}")

    def fail(self, name: str, reason: str) -> None:
        """Be in ERROR from now on: until this is mended, or the process starts anew."""
        self._faults[name] = reason
        self.move(Trigger.FAIL, reason)

    @property
    def fault(self) -> str | None:
        """Say what has failed and does not run again, if anything."""
        return next(iter(self._faults.values()), None)

    def follow_calendar(self, reason: str) -> None:
        """Move to where the book says that the primary calendar stands, unless a fault stands."""
        if self.fault is not None:
            self.move(Trigger.FAIL, self.fault)
            return
        market = self.book.markets.get(self._primary)
        if market is not None and self.state is not State.STOPPED:
            self.move(trigger_of(market.phase, auto_start=self.auto_start), reason)

    def _mended(self, name: str) -> None:
        self._faults.pop(name, None)
        if self.state is State.ERROR:
            self.move(Trigger.RESTART, f"{name} runs again")
            self.follow_calendar("recovered")


def _not_heard(error: Exception) -> None:
    _LOG.error("a state listener failed: %r", error)
