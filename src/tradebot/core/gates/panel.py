"""What do the gates say together? Every gate answers and the worst answer wins."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from tradebot.core.gates.answers import Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.verdict import Answer, GateResult, Hold, Pass, Reason, Refuse, Verdict

Gate: TypeAlias = Callable[[Look], Said]


def ask(gates: Sequence[Gate], look: Look) -> Verdict:
    """Ask every gate: BLOCK refuses, PAUSE holds, only ALLOW by all passes.

    A gate that cannot compute its answer counts as failed. `readings` are what those that allow
    found, as `actual<=limit`, in the order of the gates.
    """
    readings: list[str] = []
    objections: list[GateResult] = []
    for gate in gates:
        try:
            said = gate(look)
        except ArithmeticError:
            said = block(Reason.RISK_EVALUATION_FAILED)
        if isinstance(said, tuple):
            readings.append(f"{said[0]!s}<={said[1]!s}" if said else "")
        else:
            readings.append("")
            objections.append(said.by(gate.__name__))
    if not objections:
        return Pass(readings=tuple(readings))
    return _worst(tuple(objections), tuple(readings))


def _worst(objections: tuple[GateResult, ...], readings: tuple[str, ...]) -> Hold | Refuse:
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
