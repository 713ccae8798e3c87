"""Does the daemon's state move as the table says, and in no other way?"""

import pytest

from tradebot.core.model.commands import Phase
from tradebot.core.session import IN_SESSION, TRANSITIONS, State, Trigger, step, trigger_of

# One row a state, written out by hand: what each trigger leads to, "." where it is refused.
# Columns: the four phases, then start fail restart halt clear stop end.
TABLE = """
STOPPED      .      .          .       .           STARTING . . . . STOPPING .
STARTING     CLOSED PRE_MARKET TRADING POST_MARKET . ERROR . HALTED . STOPPING .
CLOSED       CLOSED PRE_MARKET TRADING POST_MARKET . ERROR . HALTED . STOPPING .
PRE_MARKET   CLOSED PRE_MARKET TRADING POST_MARKET . ERROR . HALTED . STOPPING .
TRADING      CLOSED PRE_MARKET TRADING POST_MARKET . ERROR . HALTED . STOPPING .
POST_MARKET  CLOSED PRE_MARKET TRADING POST_MARKET . ERROR . HALTED . STOPPING .
HALTED       HALTED HALTED HALTED HALTED . HALTED HALTED HALTED STARTING STOPPING .
ERROR        ERROR ERROR ERROR ERROR . ERROR STARTING HALTED . STOPPING .
STOPPING     STOPPING STOPPING STOPPING STOPPING . STOPPING STOPPING STOPPING . STOPPING STOPPED
"""
COLUMNS = (
    Trigger.MARKET_CLOSED, Trigger.MARKET_PRE_OPENED, Trigger.MARKET_OPENED,
    Trigger.MARKET_POST_OPENED, Trigger.START, Trigger.FAIL, Trigger.RESTART, Trigger.HALT,
    Trigger.CLEAR, Trigger.STOP, Trigger.END,
)
ROWS = [line.split() for line in TABLE.split("\n") if line]
CASES = [
    pytest.param(State(row[0]), trigger, cell, id=f"{row[0]}-{trigger}")
    for row in ROWS for trigger, cell in zip(COLUMNS, row[1:], strict=True)
]


def walk(state: State, *triggers: Trigger) -> list[State]:
    states = []
    for trigger in triggers:
        state = step(state, trigger)
        states.append(state)
    return states


def a_day(*, auto_start: bool = True) -> list[Trigger]:
    phases = (Phase.CLOSED, Phase.PRE_MARKET, Phase.TRADING, Phase.POST_MARKET, Phase.CLOSED)
    return [trigger_of(phase, auto_start=auto_start) for phase in phases]


@pytest.mark.parametrize(("state", "trigger", "cell"), CASES)
def test_every_pair_of_state_and_trigger_leads_where_it_should_or_is_refused(state, trigger, cell):
    if cell == ".":
        with pytest.raises(ValueError, match=f"no transition from {state} by {trigger}"):
            step(state, trigger)
    else:
        assert step(state, trigger) is State(cell)


def test_the_cases_are_all_pairs():
    assert len(CASES) == len(State) * len(Trigger)
    assert len(TRANSITIONS) == sum(case.values[2] != "." for case in CASES)


def test_a_day_passes_through_its_phases_in_order():
    assert walk(State.STOPPED, Trigger.START, *a_day()) == [
        State.STARTING, State.CLOSED, State.PRE_MARKET, State.TRADING, State.POST_MARKET,
        State.CLOSED,
    ]


def test_without_auto_start_a_day_passes_without_trading():
    assert walk(State.STOPPED, Trigger.START, *a_day(auto_start=False)) == [
        State.STARTING, State.CLOSED, State.PRE_MARKET, State.PRE_MARKET, State.POST_MARKET,
        State.CLOSED,
    ]


def test_a_start_at_noon_trades_at_once():
    assert walk(State.STOPPED, Trigger.START, trigger_of(Phase.TRADING))[-1] is State.TRADING


def test_a_start_at_noon_without_auto_start_waits_until_someone_opens():
    waiting = trigger_of(Phase.TRADING, auto_start=False)
    assert walk(State.STOPPED, Trigger.START, waiting)[-1] is State.PRE_MARKET
    assert step(State.PRE_MARKET, Trigger.MARKET_OPENED) is State.TRADING


def test_a_halt_lasts_over_every_phase_until_a_person_clears_it():
    states = walk(State.TRADING, Trigger.HALT, *a_day(), Trigger.RESTART, Trigger.FAIL)
    assert set(states) == {State.HALTED}
    back = walk(State.HALTED, Trigger.CLEAR, trigger_of(Phase.POST_MARKET))
    assert back == [State.STARTING, State.POST_MARKET]


def test_an_error_ends_with_a_restart_and_not_with_the_next_phase():
    assert set(walk(State.TRADING, Trigger.FAIL, *a_day(), Trigger.FAIL)) == {State.ERROR}
    back = walk(State.ERROR, Trigger.RESTART, trigger_of(Phase.CLOSED))
    assert back == [State.STARTING, State.CLOSED]


def test_nothing_turns_a_stop_round():
    for (state, trigger), after in TRANSITIONS.items():
        if state is State.STOPPING:
            assert after is (State.STOPPED if trigger is Trigger.END else State.STOPPING)


def test_every_state_can_be_reached_and_left():
    assert set(TRANSITIONS.values()) == set(State)
    assert {state for (state, _), after in TRANSITIONS.items() if after is not state} == set(State)


def test_a_phase_gives_a_state_of_its_own_name():
    for phase in Phase:
        assert step(State.STARTING, trigger_of(phase)) == State(phase.value)
    assert {str(state) for state in IN_SESSION} == {str(phase) for phase in Phase}
