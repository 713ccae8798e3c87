"""What may the daemon's state become, and by what? The whole answer is one table.

The daemon's state follows its primary calendar; a fault or the kill switch takes it out of the
market's day, and back it comes through STARTING, by the calendar's next answer.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tradebot.core.model.commands import Phase


class State(StrEnum):
    STOPPED = "STOPPED"
    STARTING = "STARTING"
    CLOSED = "CLOSED"
    PRE_MARKET = "PRE_MARKET"
    TRADING = "TRADING"
    POST_MARKET = "POST_MARKET"
    HALTED = "HALTED"
    ERROR = "ERROR"
    STOPPING = "STOPPING"


class Trigger(StrEnum):
    """What moves the state. The first four are the calendar's answers."""

    MARKET_CLOSED = "market_closed"
    MARKET_PRE_OPENED = "market_pre_opened"
    MARKET_OPENED = "market_opened"
    MARKET_POST_OPENED = "market_post_opened"
    START = "start"
    FAIL = "fail"
    RESTART = "restart"
    HALT = "halt"
    CLEAR = "clear"
    STOP = "stop"
    END = "end"


S = State
T = Trigger

IN_SESSION: Final = frozenset({S.CLOSED, S.PRE_MARKET, S.TRADING, S.POST_MARKET})
"""States that are a phase of the primary calendar's day."""

_BY_CALENDAR: Final[Mapping[Trigger, State]] = {
    T.MARKET_CLOSED: S.CLOSED,
    T.MARKET_PRE_OPENED: S.PRE_MARKET,
    T.MARKET_OPENED: S.TRADING,
    T.MARKET_POST_OPENED: S.POST_MARKET,
}

_BY_PHASE: Final[Mapping[Phase, Trigger]] = {
    Phase.CLOSED: T.MARKET_CLOSED,
    Phase.PRE_MARKET: T.MARKET_PRE_OPENED,
    Phase.TRADING: T.MARKET_OPENED,
    Phase.POST_MARKET: T.MARKET_POST_OPENED,
}


def _stays(state: State, triggers: Iterable[Trigger]) -> dict[tuple[State, Trigger], State]:
    return {(state, trigger): state for trigger in triggers}


TRANSITIONS: Final[Mapping[tuple[State, Trigger], State]] = MappingProxyType({
    (S.STOPPED, T.START): S.STARTING,
    # The calendar is always right: it may skip a phase (auto start off, a sudden closure), repeat
    # one, or go back to one when a wrong clock was mended.
    **{
        (state, trigger): phase
        for state in State if state is S.STARTING or state in IN_SESSION
        for trigger, phase in _BY_CALENDAR.items()
    },
    **{(state, T.FAIL): S.ERROR for state in State if state is S.STARTING or state in IN_SESSION},
    (S.ERROR, T.RESTART): S.STARTING,
    # Attempts used up: it waits in ERROR and tries again after the cooldown.
    **_stays(S.ERROR, (*_BY_CALENDAR, T.FAIL)),
    **{(state, T.HALT): S.HALTED for state in State if state not in (S.STOPPED, S.STOPPING)},
    (S.HALTED, T.CLEAR): S.STARTING,
    # Only a person ends a halt: neither the calendar nor a task that restarts.
    **_stays(S.HALTED, (*_BY_CALENDAR, T.FAIL, T.RESTART)),
    **{(state, T.STOP): S.STOPPING for state in State},
    (S.STOPPING, T.END): S.STOPPED,
    # A stop is never lost; a kill meanwhile is kept by its latch, and the next start halts.
    **_stays(S.STOPPING, (*_BY_CALENDAR, T.FAIL, T.RESTART, T.HALT)),
})


def step(state: State, trigger: Trigger) -> State:
    """Return the state that follows; a pair that the table lacks raises ValueError."""
    try:
        return TRANSITIONS[state, trigger]
    except KeyError:
        raise ValueError(f"no transition from {state} by {trigger}") from None


def trigger_of(phase: Phase, *, auto_start: bool = True) -> Trigger:
    """Return what a market's phase asks of us; without auto start we wait in PRE_MARKET."""
    if phase is Phase.TRADING and not auto_start:
        return T.MARKET_PRE_OPENED
    return _BY_PHASE[phase]
