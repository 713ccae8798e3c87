"""What would today's events say under the gate list of their day? Gates have come since, and moved.

A gate that only adds its reading changes no decision; one that decides differently still shows.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tradebot.core.gates.lists import GATE_LIST, GATE_LISTS, gates_of
from tradebot.core.model.events import (
    Event,
    IntentHeld,
    IntentRefused,
    ReplaceRefused,
    ReplaceRequested,
    StagesPassed,
)
from tradebot.core.model.reason import Answer, GateResult
from tradebot.core.model.settings import Policy

_READ: Final = (StagesPassed, ReplaceRequested)
_ANSWERED: Final = (IntentHeld, IntentRefused, ReplaceRefused)


def is_older(events: Sequence[Event]) -> bool:
    """Tell whether gates were asked by a list that is not today's."""
    return any(getattr(event, "gate_list", GATE_LIST) != GATE_LIST for event in events)


def as_then(
    past: Sequence[Event], now: Sequence[Event], policy: Policy
) -> tuple[Event, ...]:
    """Tell today's events as the recorded ones would have been told, with every limit."""
    told = (_event(then, event, policy) for then, event in zip(past, now, strict=False))
    return (*told, *now[len(past):])


def _event(past: Event, now: Event, policy: Policy) -> Event:
    if isinstance(past, _READ) and isinstance(now, _READ):
        told = {
            gate.gate: "" if gate.actual is None else f"{gate.actual}<={gate.limit}"
            for gate in gates_of(now.gate_list, now.readings, policy)
        }
        names = GATE_LISTS[past.gate_list] if told else ()
        return replace(
            now, gate_list=past.gate_list, readings=",".join(told.get(name, "") for name in names)
        )
    if isinstance(past, _ANSWERED) and isinstance(now, _ANSWERED):
        return replace(now, gates=_results(past.gates, now.gates))
    return now


def _results(
    past: Sequence[GateResult], now: Sequence[GateResult]
) -> tuple[GateResult, ...]:
    """Put what was asked then first, in its order; what was not and allows, says nothing."""
    answers = {result.gate: result for result in now}
    asked = [answers.pop(result.gate) for result in past if result.gate in answers]
    return (*asked, *(result for result in answers.values() if result.answer is not Answer.ALLOW))
