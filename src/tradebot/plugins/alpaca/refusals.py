"""What does Alpaca mean by no? Its codes say little, so its words are read, too."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from tradebot.core.model.report import RejReason
from tradebot.ports import Declined, DeliveryUnknown, NotSent, WireError

_TEXT_MAX: Final = 200
_LONGEST_S: Final = 300.0

# Words of a refusal, the first match counts. One code (42210000, 40310000, 40010001) stands for
# many things; the words are the same in all of its versions that are known.
_WORDS: Final = tuple(
    (re.compile(words), reason) for words, reason in (
        (r"client_order_id must be unique", RejReason.DUPLICATE_ORDER),
        (r"order not found|position does not exist", RejReason.UNKNOWN_ORDER),
        (r"not found|is expired|invalid symbol|unknown symbol", RejReason.UNKNOWN_SYMBOL),
        (r"sub-penny|pricing criteria|increment", RejReason.INVALID_PRICE_INCREMENT),
        (r"price band|too far|too aggressive|away from", RejReason.PRICE_OUT_OF_BAND),
        (r"isn't sent|pending_|(replace|cancel) pending|in accepted status",
         RejReason.PENDING_CHANGE),
        (r"already in|not open|not cancel|cannot be cancel|cannot replace",
         RejReason.TOO_LATE),
        (r"short|sold before", RejReason.NOT_SHORTABLE),
        (r"buying power|insufficient (balance|fund|day|cash)", RejReason.INSUFFICIENT_FUNDS),
        (r"insufficient", RejReason.EXCEEDS_LIMIT),
        (r"market hours|must be submitted after|market is closed", RejReason.EXCHANGE_CLOSED),
        (r"not (eligible|authorized|allowed|tradable|permitted)|restricted|forbidden|denied|"
         r"wash trade|unauthorized|blocked|day trading", RejReason.NOT_PERMITTED),
        (r"fraction|decimal places|whole|qty|quantity|notional", RejReason.INCORRECT_QUANTITY),
        (r"price", RejReason.PRICE_OUT_OF_BAND),
        (r"time_in_force|order type|order class|extended hours|mleg|leg|not supported|intent|"
         r"invalid|require|must|not changed|too long|no more than", RejReason.UNSUPPORTED),
    )
)
_STATUS: Final = {
    401: RejReason.NOT_PERMITTED, 403: RejReason.NOT_PERMITTED, 404: RejReason.UNKNOWN_ORDER,
}


def as_error(status: int, body: str, headers: Mapping[str, str]) -> WireError:
    """Return what an answer that is no success lets us know: refused, not taken, or nothing."""
    text = f"HTTP {status}: {_told(body)}"
    if status == 429:
        return NotSent(text, _retry_after_s(headers))
    if not 400 <= status < 500:
        return DeliveryUnknown(text)  # whatever a server says that failed, it may have acted
    return Declined(text, reason_of(status, _told(body)))


def reason_of(status: int, words: str) -> RejReason:
    said = words.lower()
    found = next((reason for pattern, reason in _WORDS if pattern.search(said)), None)
    return found or _STATUS.get(status, RejReason.OTHER)


def _told(body: str) -> str:
    """Return a refusal's code and words; a page of somebody else's is told by its length."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return f"{len(body)} characters that are no JSON object"
    return f"{found.get('message', '')} ({found.get('code', 'no code')})"[:_TEXT_MAX]


def _retry_after_s(headers: Mapping[str, str]) -> float:
    said = headers.get("Retry-After", "")
    return min(float(said), _LONGEST_S) if said.isascii() and said.isdigit() else 0.0
