"""Where does the daemon stand, and who hears when that changes?"""

from collections.abc import Callable
from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.model.events import KillSwitchSet, SessionEntered
from tradebot.core.model.fact import fact
from tradebot.core.session import State, Trigger, step, trigger_of
from tradebot.ports import Clock
from tradebot.shell.journal.decision import Decision
from tradebot.shell.supervisor import Notice, TaskFailed


@fact
class StateChanged:
    """One move of the state machine, with its cause in words."""

    at: datetime
    before: State
    after: State
    reason: str


StateListener = Callable[[StateChanged], None]


class DaemonState:
    """Moves by published events and by the supervisor's notices, as the table says."""

    def __init__(self, primary: str, clock: Clock, book: Book, *, auto_start: bool) -> None:
        self.state = State.STOPPED
        self.reason = ""
        self.listeners: list[StateListener] = []
        self._primary = primary
        self._clock = clock
        self._auto_start = auto_start
        self._book = book

    def move(self, trigger: Trigger, reason: str) -> None:
        before, after = self.state, step(self.state, trigger)
        if before is after:
            return
        self.state, self.reason = after, reason
        change = StateChanged(at=self._clock.now(), before=before, after=after, reason=reason)
        for listener in self.listeners:
            listener(change)

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, SessionEntered) and event.calendar == self._primary:
                self.follow_calendar(f"{event.calendar} is {event.phase}")
            elif isinstance(event, KillSwitchSet):
                if event.engaged:
                    self.move(Trigger.HALT, f"kill switch: {event.reason}")
                elif self.state is State.HALTED:
                    self.move(Trigger.CLEAR, event.reason)
                    self.follow_calendar("cleared")

    def on_notice(self, notice: Notice) -> None:
        """A task that was given up is an error; one that runs again ends it."""
        if isinstance(notice, TaskFailed):
            if notice.given_up:
                self.move(Trigger.FAIL, f"{notice.name}: {notice.reason}")
        elif self.state is State.ERROR:
            self.move(Trigger.RESTART, f"{notice.name} runs again")
            self.follow_calendar("recovered")

    def follow_calendar(self, reason: str) -> None:
        """Move to where the book says that the primary calendar stands."""
        market = self._book.markets.get(self._primary)
        if market is not None and self.state is not State.STOPPED:
            self.move(trigger_of(market.phase, auto_start=self._auto_start), reason)
