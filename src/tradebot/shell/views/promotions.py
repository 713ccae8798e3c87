"""What became of each draft, and who let it go? One record a draft and outcome, never two."""

from collections import OrderedDict
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile
from typing import Final

from tradebot.core.model import events as e
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Answer, GateResult, Reason
from tradebot.shell.views.drafts import Drafts
from tradebot.shell.views.history import Histories, Moment
from tradebot.shell.views.rows import Plain, iso

KEPT_MAX: Final = 10_000  # the journal has them all


class PromotionOutcome(StrEnum):
    HELD = "HELD"  # it waits as a draft
    PROMOTED = "PROMOTED"  # a window, a person or other settings let it go
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"


@fact
class PromotionRecord:
    """One outcome of one draft; what a window let go at once was never held."""

    draft_id: IntentId
    outcome: PromotionOutcome
    moment: Moment
    digest: str
    symbol: str
    order_qty: Decimal
    window: str
    session: str | None
    approved_by: tuple[str, ...]
    settings_version: str
    gate_list: int | None
    objections: tuple[GateResult, ...]
    reason: Reason | None = None
    detail: str = ""
    cl_ord_id: ClOrdID | None = None


class PromotionRecords:
    """The newest records, kept up by published events; the other views have taken them already."""

    def __init__(self, kept: Histories, drafts: Drafts) -> None:
        self._kept = kept
        self._drafts = drafts
        self._records: OrderedDict[tuple[IntentId, str], PromotionRecord] = OrderedDict()

    def apply(self, moment: Moment, event: e.Event) -> None:
        if isinstance(event, e.IntentHeld):
            draft = self._drafts.get(event.intent_id)
            if draft is not None and draft.drafted.seq == moment.seq:
                self._add(moment, event, PromotionOutcome.HELD)
        elif isinstance(event, e.IntentRefused):
            is_late = event.reason is Reason.POLICY_INTENT_EXPIRED
            if self._drafts.get(event.intent_id) is not None:
                outcome = PromotionOutcome.EXPIRED if is_late else PromotionOutcome.REFUSED
                self._add(moment, event, outcome)
        elif isinstance(event, e.OrderSubmitted):
            self._add_sent(moment, event)

    def all(self) -> list[PromotionRecord]:
        return list(self._records.values())

    def since(self, seq: int) -> list[PromotionRecord]:
        """Return what the newest decision made, where that is of this number."""
        newest = takewhile(lambda v: v.moment.seq >= seq, reversed(self._records.values()))
        return list(newest)[::-1]

    def _add_sent(self, moment: Moment, event: e.OrderSubmitted) -> None:
        window = self._kept.book.intents.open[event.intent_id].window
        if window or self._drafts.get(event.intent_id) is not None:
            self._add(moment, event, PromotionOutcome.PROMOTED, window)

    def _add(
        self, moment: Moment, event: e.IntentHeld | e.IntentRefused | e.OrderSubmitted,
        outcome: PromotionOutcome, window: str = "",
    ) -> None:
        record, draft = self._kept.intents.get(event.intent_id), self._drafts.get(event.intent_id)
        key = (event.intent_id, outcome.value)
        if record is None or key in self._records:
            return
        given = draft.approval if draft is not None and not window else None
        is_sent = isinstance(event, e.OrderSubmitted)
        self._records[key] = PromotionRecord(
            draft_id=event.intent_id, outcome=outcome, moment=Moment(moment.seq, moment.at),
            digest=record.intent.digest(), symbol=record.intent.symbol,
            order_qty=record.intent.order_qty, window=window, session=self._session(window),
            approved_by=given.names if given is not None else (),
            settings_version=self._kept.book.settings_version,
            gate_list=record.passed.gate_list if record.passed is not None else None,
            objections=record.objections,
            reason=None if is_sent else record.reason, detail="" if is_sent else record.detail,
            cl_ord_id=event.cl_ord_id if isinstance(event, e.OrderSubmitted) else None,
        )
        if len(self._records) > KEPT_MAX:
            self._records.popitem(last=False)

    def _session(self, window: str) -> str | None:
        """Name the session of the window's market, else of the daemon's own."""
        book = self._kept.book
        named = next((w for w in book.settings.windows if w.name == window), None)
        calendar = named.calendar if named is not None else None
        market = book.markets.get(calendar or book.settings.primary_calendar)
        return market.session if market is not None else None


def row(record: PromotionRecord) -> Plain:
    """Write a record as its line in `promotions/`."""
    return {
        "seq": record.moment.seq, "at": iso(record.moment.at), "draft_id": record.draft_id,
        "outcome": record.outcome.value, "digest": record.digest, "symbol": record.symbol,
        "order_qty": plain(record.order_qty), "window": record.window or None,
        "session": record.session, "approved_by": list(record.approved_by),
        "gates": {
            "list": record.gate_list, "verdict": Answer.worst(record.objections).value,
            "objections": [gate.gate for gate in record.objections],
        },
        "settings_version": record.settings_version,
        "reason_code": record.reason.value if record.reason is not None else None,
        "reason_detail": record.detail, "client_order_id": record.cl_ord_id,
    }
