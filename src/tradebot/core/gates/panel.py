"""What do the gates say together? Every gate answers and the worst answer wins."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import (
    Answer,
    GateResult,
    Hold,
    Pass,
    Reason,
    Refuse,
    Verdict,
)

Gate: TypeAlias = Callable[[Book, IntentState, Facts, datetime], GateResult]


def ask(
    gates: Sequence[Gate], book: Book, intent: IntentState, facts: Facts, at: datetime
) -> Verdict:
    """Ask every gate: BLOCK refuses, PAUSE holds, only ALLOW by all passes.

    A gate that cannot compute its answer counts as failed.
    """
    intent.asked = {}
    try:
        return _worst([_answer(gate, book, intent, facts, at) for gate in gates])
    finally:
        intent.asked = None


def _answer(
    gate: Gate, book: Book, intent: IntentState, facts: Facts, at: datetime
) -> GateResult:
    try:
        return gate(book, intent, facts, at)
    except ArithmeticError:
        return GateResult(
            gate=gate.__name__, answer=Answer.BLOCK, reason=Reason.RISK_EVALUATION_FAILED
        )


def _worst(results: Sequence[GateResult]) -> Verdict:
    answers = tuple(results)
    blocked = next((r for r in results if r.answer is Answer.BLOCK), None)
    if blocked is not None:
        return Refuse(reason=_reason(blocked), detail=f"gate {blocked.gate}", gates=answers)
    paused = next((r for r in results if r.answer is Answer.PAUSE), None)
    if paused is not None:
        needs = dict.fromkeys(r.need for r in results if r.need is not None)
        times = [r.until for r in results if r.until is not None]
        return Hold(
            reason=_reason(paused), needs=tuple(needs), detail=f"gate {paused.gate}",
            gates=answers, until=max(times, default=None),
        )
    return Pass(gates=answers)


def _reason(result: GateResult) -> Reason:
    assert result.reason is not None  # only ALLOW comes without one
    return result.reason
