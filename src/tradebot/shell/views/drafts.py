"""Which drafts are there, and what became of each? A fold beside the histories, told as documents.

A draft is an intent that stage 4 held for a person, a window or another mode. Its document is the
file that people read; nothing is ever decided by it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from heapq import nsmallest
from pathlib import Path
from typing import Any, Final, Literal

from tradebot.core.gates.worth import account_of
from tradebot.core.model import events as e
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import IntentId
from tradebot.core.model.money import plain
from tradebot.core.model.reason import GateResult, Reason
from tradebot.core.options.orders import Made
from tradebot.shell.views.filters import ALL, Filters
from tradebot.shell.views.history import Histories, IntentRecord, Moment
from tradebot.shell.views.narrate import ask
from tradebot.shell.views.newest import KEPT_MAX, Newest
from tradebot.shell.views.rows import Plain, because, gate_rows, iso, names, rounded
from tradebot.shell.views.trade import in_short, made_of, mid_of, name_of, trade, underlying

ARCHIVE: Final = "archive"
NAMED_MAX: Final = 5  # drafts that a status names
SHORT_ID: Final = 8  # characters of a draft's id in its file's name; as many name it in a verb
Format = Literal["yaml", "json"]

_READ: Final = (
    "request", "channel", "confidence", "provider", "model", "prompt_digest", "fallback",
)
_DRAFTED: Final = (
    Reason.POLICY_STAGED, Reason.POLICY_NEEDS_APPROVAL, Reason.POLICY_WINDOW_CLOSED
)
_ENDS: Final[Mapping[Reason, str]] = {
    Reason.POLICY_REJECTED: "rejected", Reason.POLICY_INTENT_EXPIRED: "expired",
    Reason.POLICY_SUPERSEDED: "superseded",
}


@dataclass(slots=True)
class Draft:
    """One draft: the gates that let it come so far, and the yes that it has, if any.

    `made` is what its legs make, `mid` its price in the middle of the markets of that moment. It
    `lacks` so many more people who would have to say yes; `void` tells why the last yes is none.
    """

    record: IntentRecord
    drafted: Moment
    changed: Moment
    gates: tuple[GateResult, ...]
    digest: str
    made: Made | None = None
    mid: Decimal | None = None
    approval: e.IntentApproved | None = None
    lacks: int = 0
    void: str | None = None

    @property
    def is_open(self) -> bool:
        return self.record.is_open

    @property
    def status(self) -> str:
        record = self.record
        if record.cl_ord_id is not None:
            return "sent"
        if record.verdict == "refuse":
            assert record.reason is not None  # every refusal has one
            return _ENDS.get(record.reason, "refused")
        return "waiting" if self.approval is None or self.lacks else "approved"

    @property
    def approved_by(self) -> str | None:
        return ", ".join(self.approval.names) if self.approval is not None else None

    @property
    def name(self) -> str:
        """Name its file: when it was drafted (UTC), what it trades, and the begin of its id."""
        intent = self.record.intent
        what = f"{underlying(intent)}_{name_of(intent, self.made)}".replace("/", "-")
        return f"{self.drafted.at:%Y%m%d_%H%M%S}_{what}_{self.record.intent_id[:SHORT_ID].lower()}"


@fact
class Shelf:
    """Where the files of drafts are; what no longer waits for anybody is in the archive."""

    directory: Path
    format: Format = "yaml"

    def path(self, draft: Draft) -> Path:
        name = f"{draft.name}.{self.format}"
        is_here = draft.status == "waiting"
        return self.directory / name if is_here else self.directory / ARCHIVE / name


@fact
class Present:
    """What a daemon that runs knows beside its journal: the time, and the newest quotes."""

    now: Callable[[], datetime]
    quote: Callable[[str], Quote | None]


class Drafts:
    """The newest drafts, kept up by published events; the histories have taken the event already.

    Who knows where the files are sets `shelf`, who knows the market `present`: both are told, and
    no part of the fold. Those that `expired` are counted since the journal began.
    """

    def __init__(self, kept: Histories, size: int = KEPT_MAX) -> None:
        self.shelf: Shelf | None = None
        self.present: Present | None = None
        self.expired = 0
        self._kept = kept
        self._newest: Newest[IntentId, Draft] = Newest(size)

    def apply(self, moment: Moment, event: e.Event) -> None:
        keep = _KEEP.get(type(event))
        if keep is not None:
            keep(self, moment, event)

    def get(self, intent_id: str) -> Draft | None:
        return self._newest.get(IntentId(intent_id))

    def all(self) -> list[Draft]:
        return list(self._newest.entries.values())

    def named(self, text: str) -> list[Draft]:
        """Find drafts by their id, by its first characters, or by the name of their file."""
        if (draft := self.get(text)) is not None:
            return [draft]
        word = Path(text).stem.rpartition("_")[2].upper()
        if len(word) < SHORT_ID:
            return []
        return [draft for name, draft in self._newest.entries.items() if name.startswith(word)]

    def counts(self) -> Plain:
        """Count those that wait, that have a yes, and that expired; name those that end first."""
        found = (self.get(intent_id) for intent_id in self._kept.book.intents.open)
        drafts = [draft for draft in found if draft is not None]
        waiting = [draft for draft in drafts if draft.status == "waiting"]
        approved = sum(draft.status == "approved" for draft in drafts)
        return {
            "waiting": len(waiting), "approved": approved, "expired": self.expired,
            "oldest_utc": iso(min((draft.drafted.at for draft in waiting), default=None)),
            "ending": [
                {"draft_id": draft.record.intent_id, "trade": in_short(draft.record.intent,
                 draft.made), "digest": draft.digest, "expires_utc": iso(draft.record.expires)}
                for draft in nsmallest(NAMED_MAX, waiting, key=lambda v: v.record.expires)
            ],
        }

    def rows(self, filters: Filters = ALL) -> list[Plain]:
        return list(self.each(filters))

    def each(self, filters: Filters) -> Iterator[Plain]:
        found = sorted(
            (d for d in self.all() if _is_wanted(d, filters)), key=lambda d: d.drafted.at
        )
        return map(self.row, found[-filters.last:])

    def row(self, draft: Draft) -> Plain:
        intent, approval = draft.record.intent, draft.approval
        in_full = trade(intent, draft.made, _reckoned(draft))
        return {
            "draft_id": draft.record.intent_id, "status": draft.status,
            "created_utc": iso(draft.drafted.at), "expires_utc": iso(draft.record.expires),
            "symbol": intent.symbol, "ask": ask(intent), "trade": in_short(intent, draft.made),
            "max_loss": in_full["max_loss"], "explanation": in_full["explanation"],
            "strategy_id": intent.strategy_id,
            "source": intent.source.value, "user": intent.user, "digest": draft.digest,
            "revises": draft.record.revises,
            "approved_by": draft.approved_by, "approvals_lacking": draft.lacks,
            "account": self._account(draft), "settings_version": self._kept.book.settings_version,
            "approved_until": iso(approval.until) if approval else None,
            "approval_void": draft.void,
            "reason_code": draft.record.reason.value if draft.record.reason else None,
            "reason_detail": because(draft.record),
            "client_order_id": draft.record.cl_ord_id, "draft_path": self.path(draft),
            **self._since(draft),
        }

    def _since(self, draft: Draft) -> Plain:
        """Tell its age, and how far the market moved since then; nothing where nobody knows."""
        now, mid = self.present, None
        if now is not None:
            mid = mid_of(draft.record.intent, now.quote, self._kept.book.multiplier)
        drift = None if mid is None or draft.mid is None else mid - draft.mid
        return {
            "age_s": int((now.now() - draft.drafted.at).total_seconds()) if now else None,
            "mid_then": rounded(draft.mid), "mid_now": rounded(mid),
            "drift": rounded(drift),
        }

    def path(self, draft: Draft | None) -> str | None:
        if draft is None or self.shelf is None:
            return None
        return str(self.shelf.path(draft))

    def _account(self, draft: Draft) -> str | None:
        """Tell in which account it would trade, while it can."""
        book = self._kept.book
        state = book.intents.open.get(draft.record.intent_id)
        return account_of(book, state) if state is not None else None

    def held(self, moment: Moment, event: e.IntentHeld) -> None:
        draft = self.get(event.intent_id)
        record = self._kept.intents.get(event.intent_id)
        if draft is not None:
            draft.changed = moment
        elif record is not None and event.reason in _DRAFTED:
            self._draft(record, moment)

    def approved(self, moment: Moment, event: e.IntentApproved) -> None:
        self._change(event.intent_id, moment, event)

    def lapsed(self, moment: Moment, event: e.ApprovalLapsed) -> None:
        self._change(event.intent_id, moment, None, f"{event.reason}: {event.detail}")

    def never_left(self, moment: Moment, event: e.OrderNeverLeft) -> None:
        record = self._kept.intent_of(self._kept.order(event.cl_ord_id))
        if record is not None:
            self._change(record.intent_id, moment, None)

    def refused(self, moment: Moment, event: e.IntentRefused) -> None:
        draft = self.get(event.intent_id)
        if draft is not None:
            draft.changed = moment
            self.expired += draft.status == "expired"

    def sent(self, moment: Moment, event: e.OrderSubmitted) -> None:
        draft, record = self.get(event.intent_id), self._kept.intents.get(event.intent_id)
        if draft is not None:
            draft.changed = moment
        elif record is not None and self._kept.book.settings.record_all:
            self._draft(record, moment)

    def _draft(self, record: IntentRecord, moment: Moment) -> None:
        book, intent, gates = self._kept.book, record.intent, record.gates
        quotes = {quote.symbol: quote for quote in moment.quotes}
        self._newest.add(record.intent_id, Draft(
            record=record, drafted=moment, changed=moment, gates=gates, digest=intent.digest(),
            made=made_of(intent, gates, book.terms),
            mid=mid_of(intent, quotes.get, book.multiplier), lacks=book.settings.approvers_min,
        ))

    def _change(
        self, intent_id: IntentId, moment: Moment, approval: e.IntentApproved | None,
        void: str | None = None,
    ) -> None:
        draft = self.get(intent_id)
        if draft is not None:
            names = approval.names if approval is not None else ()
            draft.changed, draft.approval, draft.void = moment, approval, void
            draft.lacks = max(0, self._kept.book.settings.approvers_min - len(names))


_KEEP: Final[Mapping[type, Callable[[Drafts, Moment, Any], None]]] = {
    e.IntentHeld: Drafts.held,
    e.IntentApproved: Drafts.approved,
    e.ApprovalLapsed: Drafts.lapsed,
    e.OrderNeverLeft: Drafts.never_left,
    e.IntentRefused: Drafts.refused,
    e.OrderSubmitted: Drafts.sent,
}


def document(draft: Draft) -> Plain:
    """Write a draft in full, as its file has it; what waits for nobody tells its outcome."""
    record, intent = draft.record, draft.record.intent
    told = {
        "version": 1, "created_utc": iso(draft.drafted.at), "type": "trade_draft",
        "draft_id": record.intent_id, "digest": draft.digest, "expires_utc": iso(record.expires),
        "trade": trade(intent, draft.made, _reckoned(draft)),
        "gates": gate_rows(draft.gates), "meta": _meta(draft),
    }
    return told if draft.status == "waiting" else {**told, "outcome": _outcome(draft)}


def _outcome(draft: Draft) -> Plain:
    record, approval = draft.record, draft.approval
    is_refused = record.verdict == "refuse"
    return {
        "status": draft.status, "at_utc": iso(draft.changed.at),
        "approved_by": draft.approved_by,
        "approved_until_utc": iso(approval.until) if approval else None,
        "reason_code": record.reason.value if record.reason and is_refused else None,
        "reason": because(record) if is_refused else None,
        "client_order_id": record.cl_ord_id,
    }


def _reckoned(draft: Draft) -> Decimal | None:
    """Return what the gate on it reckoned; nothing where the draft opens nothing."""
    return next((gate.actual for gate in draft.gates if gate.gate == "trade_loss"), None)


def _meta(draft: Draft) -> Plain:
    """Tell who asked for it, in which words, and who read them."""
    intent, asked = draft.record.intent, draft.record.intent.asked
    told = dict.fromkeys(_READ) if asked is None else {
        "request": asked.text, "channel": asked.channel.value,
        "confidence": plain(asked.confidence), "provider": asked.provider, "model": asked.model,
        "prompt_digest": asked.prompt_digest, "fallback": asked.fallback,
    }
    return {
        "user": intent.user, "source": intent.source.value, **told, "revises": draft.record.revises,
    }


def _is_wanted(draft: Draft, filters: Filters) -> bool:
    intent = draft.record.intent
    state = "open" if draft.status in ("waiting", "approved") else "done"
    symbols, statuses = (*names(intent), underlying(intent)), (draft.status, state)
    return filters.fit(intent.owner, symbols, statuses, draft.drafted.at)
