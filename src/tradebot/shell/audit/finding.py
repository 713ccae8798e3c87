"""What can an audit find? Each kind has a name of its own, and a sentence."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tradebot.core.model.fact import fact


class Flaw(StrEnum):
    NO_INTENT = "NO_INTENT"
    NO_ROUTE = "NO_ROUTE"
    NO_GATE_RUN = "NO_GATE_RUN"
    NO_CONSENT = "NO_CONSENT"
    NO_DRAFT = "NO_DRAFT"
    OTHER_CONTENT = "OTHER_CONTENT"
    OTHER_MODE = "OTHER_MODE"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    WINDOW_OVERFULL = "WINDOW_OVERFULL"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    APPROVAL_REUSED = "APPROVAL_REUSED"
    APPROVAL_LAPSED = "APPROVAL_LAPSED"
    APPROVAL_EXPIRED = "APPROVAL_EXPIRED"
    APPROVAL_OF_OTHER_CONTENT = "APPROVAL_OF_OTHER_CONTENT"
    APPROVAL_OF_OTHER_ACCOUNT = "APPROVAL_OF_OTHER_ACCOUNT"
    APPROVAL_OF_OTHER_LIMITS = "APPROVAL_OF_OTHER_LIMITS"
    APPROVERS_LACK = "APPROVERS_LACK"
    SENT_TWICE = "SENT_TWICE"
    SENT_AFTER_ITS_END = "SENT_AFTER_ITS_END"
    BOOKED_TWICE = "BOOKED_TWICE"
    BOOKED_UNSENT = "BOOKED_UNSENT"
    OVERFILLED = "OVERFILLED"
    CANNOT_BE = "CANNOT_BE"
    DRAFT_FILE_EDITED = "DRAFT_FILE_EDITED"
    DRAFT_FILE_UNKNOWN = "DRAFT_FILE_UNKNOWN"
    RECORD_MISSING = "RECORD_MISSING"
    RECORD_DIFFERS = "RECORD_DIFFERS"
    RECORD_TWICE = "RECORD_TWICE"
    RECORD_UNKNOWN = "RECORD_UNKNOWN"


F = Flaw
SENTENCES: Final[Mapping[Flaw, str]] = {
    F.NO_INTENT: "an order was sent for an intent that nobody handed in",
    F.NO_ROUTE: "an order was sent, and stage 4 chose no route for it",
    F.NO_GATE_RUN: "an order was sent, and not all gates were asked just before",
    F.NO_CONSENT: "an order was sent, and neither a window nor a person let it go",
    F.NO_DRAFT: "what a person approved never was a draft",
    F.OTHER_CONTENT: "the order is not what the intent asked for",
    F.OTHER_MODE: "an order was sent in a mode that sends none",
    F.OUTSIDE_WINDOW: "an order was sent while the window that let it go was shut",
    F.WINDOW_OVERFULL: "a window let more orders go than it may",
    F.NOT_ELIGIBLE: "a window let go what it is not for",
    F.APPROVAL_REUSED: "an approval was used for a second order",
    F.APPROVAL_LAPSED: "an approval was used after it was void",
    F.APPROVAL_EXPIRED: "an approval was used after its time",
    F.APPROVAL_OF_OTHER_CONTENT: "the approval names another content than was sent",
    F.APPROVAL_OF_OTHER_ACCOUNT: "the approval names another account than was used",
    F.APPROVAL_OF_OTHER_LIMITS: "the limits changed between the approval and the order",
    F.APPROVERS_LACK: "fewer people approved it than the settings ask for",
    F.SENT_TWICE: "an order was sent again, and nothing proves that the first never left",
    F.SENT_AFTER_ITS_END: "an order was sent for an intent that had ended",
    F.BOOKED_TWICE: "one execution was booked twice",
    F.BOOKED_UNSENT: "an execution was booked as ours of an order that was never sent",
    F.OVERFILLED: "more was booked than the order asked for, and nothing was halted",
    F.CANNOT_BE: "the events cannot have happened in this order; drafts' files are not compared",
    F.DRAFT_FILE_EDITED: "a draft's file says something else than the journal",
    F.DRAFT_FILE_UNKNOWN: "a file is of a draft that the journal does not have",
    F.RECORD_MISSING: "a record for auditors is not there",
    F.RECORD_DIFFERS: "a record for auditors says something else than the journal",
    F.RECORD_TWICE: "a record for auditors is there twice",
    F.RECORD_UNKNOWN: "a record for auditors tells what never happened",
}


@fact
class TrailBreak:
    """One break in a trail, and where it stands: in which decision, or in which file."""

    flaw: Flaw
    intent_id: str = ""
    cl_ord_id: str = ""
    seq: int = 0
    detail: str = ""
