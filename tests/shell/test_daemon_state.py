"""Does the daemon's state say what stands, whatever comes at once, and whoever listens badly?"""

from datetime import UTC, datetime

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Phase, SetKillSwitch
from tradebot.core.model.events import KillSwitchSet, SessionEntered
from tradebot.core.session import State, Trigger
from tradebot.shell.journal.decision import Decision
from tradebot.shell.state import DaemonState, StateChanged
from tradebot.shell.supervisor import TaskFailed, TaskRecovered

AT = datetime(2026, 8, 24, 14, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return AT


class Standing:
    """A daemon's state in a trading market, and all that it told."""

    def __init__(self) -> None:
        self.book = Book()
        self.state = DaemonState("XNYS", FixedClock(), self.book, auto_start=True)
        self.told: list[StateChanged] = []
        self.state.listeners.append(self.told.append)
        self.state.move(Trigger.START, "start")
        self.hear(SessionEntered(calendar="XNYS", phase=Phase.TRADING, session="2026-08-24"))
        assert self.state.state is State.STARTING, "no broker is connected yet"
        self.state.follow_calendar("recovered")

    def hear(self, event: SessionEntered | KillSwitchSet) -> None:
        self.book.apply(event)
        command = SetKillSwitch(engaged=True, reason="any", by="test")
        self.state.on_decision(Decision(1, AT, command, (event,)))

    def loses(self, name: str) -> None:
        self.state.on_notice(
            TaskFailed(name=name, reason="OSError: gone", restarts=3, given_up=True)
        )

    def kill(self, engaged: bool) -> None:
        self.hear(KillSwitchSet(engaged=engaged, reason="test", by="test"))


def test_a_task_that_was_given_up_is_an_error_until_it_runs_again() -> None:
    daemon = Standing()
    daemon.loses("market data")
    assert (daemon.state.state, daemon.state.reason) == (
        State.ERROR, "market data: OSError: gone"
    )
    daemon.state.on_notice(TaskRecovered(name="market data"))
    assert daemon.state.state is State.TRADING


def test_a_task_that_is_still_tried_again_is_no_error() -> None:
    daemon = Standing()
    daemon.state.on_notice(
        TaskFailed(name="api", reason="OSError: gone", restarts=0, given_up=False)
    )
    assert daemon.state.state is State.TRADING


def test_one_of_two_that_recovers_leaves_the_error_of_the_other() -> None:
    daemon = Standing()
    daemon.loses("api")
    daemon.loses("market data")
    daemon.state.on_notice(TaskRecovered(name="api"))
    assert (daemon.state.state, daemon.state.reason) == (
        State.ERROR, "market data: OSError: gone"
    )


def test_a_cleared_halt_goes_back_into_the_error_that_it_covered() -> None:
    daemon = Standing()
    daemon.loses("market data")
    daemon.kill(engaged=True)
    assert daemon.state.state is State.HALTED
    daemon.kill(engaged=False)
    assert daemon.state.state is State.ERROR


def test_the_calendar_does_not_talk_an_error_away() -> None:
    daemon = Standing()
    daemon.loses("market data")
    daemon.hear(SessionEntered(calendar="XNYS", phase=Phase.POST_MARKET, session="2026-08-24"))
    assert daemon.state.state is State.ERROR


def test_a_listener_that_raises_harms_neither_the_move_nor_the_next_listener() -> None:
    daemon = Standing()

    def raises(change: StateChanged) -> None:
        raise ZeroDivisionError(change.reason)

    daemon.state.listeners.insert(0, raises)
    daemon.loses("market data")
    assert daemon.state.state is State.ERROR
    assert daemon.told[-1].after is State.ERROR
