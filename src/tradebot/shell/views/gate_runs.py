"""What did every gate say of a draft, or of an order for options, each time they were asked?"""

from collections import OrderedDict
from datetime import datetime
from decimal import Decimal
from itertools import takewhile
from typing import Final

from tradebot.core.gates.lists import gates_of
from tradebot.core.model import events as e
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Reads, age_s
from tradebot.core.model.ids import IntentId
from tradebot.core.model.instrument import Instrument, names_option
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Answer, GateResult
from tradebot.core.model.settings import Policy
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.shapes import structure_of
from tradebot.shell.journal.decision import Decision
from tradebot.shell.views.drafts import Drafts
from tradebot.shell.views.history import Histories
from tradebot.shell.views.rows import Plain, gate_rows, iso

KEPT_MAX: Final = 2_000  # the journal has them all


@fact
class GateRun:
    """One run over one intent: what passed, what objected, and what was read for it."""

    seq: int
    at: datetime
    intent_id: IntentId
    intent: Intent
    is_draft: bool
    passed: e.StagesPassed
    objections: tuple[GateResult, ...]
    policy: Policy
    settings_version: str
    reads: Reads
    legs: tuple[tuple[Instrument, Decimal], ...]

    @property
    def structure(self) -> StrategyType | None:
        """What its legs make, or, where they only close, what they take apart."""
        opposite = [(terms, -qty) for terms, qty in self.legs]
        return structure_of(self.legs) or structure_of(opposite)

    @property
    def gates(self) -> tuple[GateResult, ...]:
        said = {gate.gate: gate for gate in self.objections}
        asked = gates_of(self.passed.gate_list, self.passed.readings, self.policy)
        return tuple(said.get(gate.gate, gate) for gate in asked)


class GateRuns:
    """The newest runs, kept up by published decisions; the other views have taken them already."""

    def __init__(self, kept: Histories, drafts: Drafts) -> None:
        self._kept = kept
        self._drafts = drafts
        self._runs: OrderedDict[tuple[int, IntentId], GateRun] = OrderedDict()

    def apply(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, e.StagesPassed) and event.readings:
                self._add(decision, event)

    def all(self) -> list[GateRun]:
        return list(self._runs.values())

    def of(self, seq: int) -> list[GateRun]:
        """Return what the newest decision made, where that is of this number."""
        newest = takewhile(lambda run: run.seq == seq, reversed(self._runs.values()))
        return list(newest)[::-1]

    def _add(self, decision: Decision, passed: e.StagesPassed) -> None:
        record = self._kept.intents.get(passed.intent_id)
        if record is None:
            return
        intent, is_draft = record.intent, self._drafts.get(passed.intent_id) is not None
        is_desk = intent.source is Source.DESK or any(map(names_option, intent.symbols))
        if not is_desk and not is_draft:
            return
        book = self._kept.book
        objections = next((
            event.gates for event in decision.events
            if isinstance(event, e.IntentHeld | e.IntentRefused)
            and event.intent_id == passed.intent_id
        ), ())
        legs = tuple(
            (terms, leg.signed_ratio) for leg in intent.legs
            if (terms := book.terms(leg.symbol)) is not None
        )
        self._runs[decision.seq, passed.intent_id] = GateRun(
            seq=decision.seq, at=decision.at, intent_id=passed.intent_id, intent=intent,
            is_draft=is_draft, passed=passed, objections=objections, legs=legs,
            policy=book.settings.policy, settings_version=book.settings_version,
            reads=decision.reads,
        )
        if len(self._runs) > KEPT_MAX:
            self._runs.popitem(last=False)


def row(run: GateRun) -> Plain:
    """Write a run as its line in `gates/`; a warning allowed what is beyond its limit."""
    gates = run.gates
    return {
        "seq": run.seq, "at": iso(run.at), "intent_id": run.intent_id,
        "draft_id": run.intent_id if run.is_draft else None, "digest": run.intent.digest(),
        "source": run.intent.source.value, "symbol": run.intent.symbol,
        "structure": run.structure.value if run.structure is not None else None,
        "order_qty": plain(run.intent.order_qty),
        "verdict": Answer.worst(gates).value,
        "warnings": [gate.gate for gate in gates if gate.is_warning],
        "gate_list": run.passed.gate_list, "gates": gate_rows(gates),
        "ages_s": _ages(run.reads, run.at), "settings_version": run.settings_version,
    }


def _ages(reads: Reads, at: datetime) -> Plain:
    """Tell how old was what the run read, by kind and symbol."""
    return {
        kind: {known.symbol: plain(age_s(known.as_of, at)) for known in found}
        for kind, found in (
            ("quotes", reads.quotes), ("options", reads.options),
            ("volatilities", reads.volatilities),
        )
    }
