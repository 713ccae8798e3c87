"""How often did what happen since this process began? Counts of what was published, for monitors.

Every label is of a list that the code knows: no symbol and no text of anybody's becomes one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from tradebot.core.book.book import Book
from tradebot.core.model import events as e
from tradebot.core.model.reason import GateResult
from tradebot.shell.journal.decision import Decision


class Counts:
    """Listens to decisions; `book` is the one of the views, which have taken them already."""

    def __init__(self, book: Book) -> None:
        self.received = 0
        self.held: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.walks = 0  # that all gates were asked on
        self.objections: Counter[tuple[str, str]] = Counter()  # by gate and answer
        self.submitted: Counter[str] = Counter()  # by route
        self.never_left = 0
        self.ended: Counter[str] = Counter()  # orders by their last status
        self.fills = 0
        self.cancels = 0
        self.replaces = 0
        self.doubts = 0
        self.ignored: Counter[str] = Counter()  # reports
        self.breaks = 0
        self._book = book

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            count = _COUNTS.get(type(event))
            if count is not None:
                count(self, event)

    def _received(self, event: e.IntentReceived) -> None:
        self.received += 1

    def _passed(self, event: e.StagesPassed) -> None:
        self.walks += bool(event.readings)

    def _held(self, event: e.IntentHeld) -> None:
        self.held[event.reason.value] += 1
        self._objected(event.gates)

    def _refused(self, event: e.IntentRefused) -> None:
        self.refused[event.reason.value] += 1
        self._objected(event.gates)

    def _submitted(self, event: e.OrderSubmitted) -> None:
        self.submitted[event.route] += 1

    def _never_left(self, event: e.OrderNeverLeft) -> None:
        self.never_left += 1

    def _ended(self, event: e.ReconRequested) -> None:
        state = self._book.orders.find(event.cl_ord_id)
        if state is not None and state.ended_as is not None:
            self.ended[state.ended_as.value] += 1

    def _booked(self, event: e.TradeBooked) -> None:
        self.fills += event.reverses is None

    def _canceled(self, event: e.CancelRequested) -> None:
        self.cancels += 1

    def _replaced(self, event: e.ReplaceRequested) -> None:
        self.replaces += 1

    def _doubted(self, event: e.OrderInDoubt) -> None:
        self.doubts += 1

    def _ignored(self, event: e.ReportIgnored) -> None:
        self.ignored[event.reason.value] += 1

    def _broke(self, event: e.BreakFound) -> None:
        self.breaks += 1

    def _objected(self, gates: Iterable[GateResult]) -> None:
        for gate in gates:
            if gate.reason is not None:
                self.objections[gate.gate, gate.answer.value] += 1


_COUNTS: Final[Mapping[type, Callable[[Counts, Any], None]]] = {
    e.IntentReceived: Counts._received,
    e.StagesPassed: Counts._passed,
    e.IntentHeld: Counts._held,
    e.IntentRefused: Counts._refused,
    e.OrderSubmitted: Counts._submitted,
    e.OrderNeverLeft: Counts._never_left,
    e.ReconRequested: Counts._ended,
    e.TradeBooked: Counts._booked,
    e.CancelRequested: Counts._canceled,
    e.ReplaceRequested: Counts._replaced,
    e.OrderInDoubt: Counts._doubted,
    e.ReportIgnored: Counts._ignored,
    e.BreakFound: Counts._broke,
}
