"""What do the gates say together? Every gate answers and the worst answer wins."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from tradebot.core.gates.answers import Said, block
from tradebot.core.gates.lists import LIMITS, SHARES
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Answer, GateResult, Reason
from tradebot.core.model.verdict import Hold, Pass, Refuse, Verdict

Gate: TypeAlias = Callable[[Look], Said]

_HAVE_A_KNOWN_LIMIT: Final = LIMITS.keys() | SHARES.keys()


def ask(gates: Sequence[Gate], look: Look) -> Verdict:
    """Ask every gate: BLOCK refuses, PAUSE holds, only ALLOW by all passes.

    A gate that cannot compute its answer counts as failed. `readings` are what those that allow
    found, as in StagesPassed; once a gate objects, every limit is told.
    """
    readings: list[str] = []
    objections: list[GateResult] = []
    for gate in gates:
        try:
            said = gate(look)
        except ArithmeticError:
            said = block(Reason.RISK_EVALUATION_FAILED)
        if not isinstance(said, tuple):
            readings.append("")
            objections.append(said.by(gate.__name__))
        elif not said:
            readings.append("")
        elif gate.__name__ in _HAVE_A_KNOWN_LIMIT and not objections:
            readings.append(str(said[0]))
        else:
            readings.append(f"{said[0]!s}<={said[1]!s}")
    told = ",".join(readings)
    return _worst(tuple(objections), told) if objections else Pass(readings=told)


def _worst(objections: tuple[GateResult, ...], readings: str) -> Hold | Refuse:
    blocked = next((r for r in objections if r.answer is Answer.BLOCK), None)
    if blocked is not None:
        return Refuse(
            reason=_reason(blocked), detail=f"gate {blocked.gate}", gates=objections,
            readings=readings,
        )
    paused = objections[0]
    needs = dict.fromkeys(r.need for r in objections if r.need is not None)
    times = [r.until for r in objections if r.until is not None]
    return Hold(
        reason=_reason(paused), needs=tuple(needs), detail=f"gate {paused.gate}",
        gates=objections, readings=readings, until=max(times, default=None),
    )


def _reason(result: GateResult) -> Reason:
    assert result.reason is not None  # only ALLOW comes without one
    return result.reason
