"""Who is who? Ids are derived from recorded inputs, never drawn: a crash changes none."""

import hashlib
import re
from typing import Final, NewType

IntentId = NewType("IntentId", str)
ClOrdID = NewType("ClOrdID", str)
OrderID = NewType("OrderID", str)
ExecID = NewType("ExecID", str)
StrategyId = NewType("StrategyId", str)

OUR_PREFIX: Final = "tb"
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS: Final = tuple(high + low for high in _CROCKFORD for low in _CROCKFORD)
_ID_BYTES: Final = 16  # 128 bits fill 26 characters of base32, written two at a time


_SAMPLES: Final = (OUR_PREFIX + _CROCKFORD[:26], OUR_PREFIX + _CROCKFORD[-26:])  # all we ever use


def ours_fit(pattern: str, length_max: int) -> bool:
    """Tell whether a broker that takes ids of this form takes every ClOrdID of ours."""
    try:
        return all(
            len(sample) <= length_max and re.fullmatch(pattern, sample) for sample in _SAMPLES
        )
    except re.error:
        return False


def digest_text(*parts: object) -> str:
    """Return 26 characters of Crockford base32; equal parts give equal text everywhere."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    number = int.from_bytes(hashlib.blake2b(text, digest_size=_ID_BYTES).digest())
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def strategy_intent_id(strategy_id: StrategyId, number: int) -> IntentId:
    """Name a strategy's intent by its place in the strategy's own sequence."""
    return IntentId(digest_text("strategy", strategy_id, number))


def keyed_intent_id(key: str) -> IntentId:
    """Name a client's intent by the idempotency key that the client drew."""
    return IntentId(digest_text("key", key))


def derive_cl_ord_id(
    intent_id: IntentId, route: str, account: str, *, attempt: int = 1, request: int = 0
) -> ClOrdID:
    """Derive a ClOrdID: 28 alphanumerics, legal on every venue we know (the tightest allows 32).

    `attempt` rises only after proof that the last attempt never left; `request` numbers the
    cancels and replaces of one order (0 is the order itself).
    """
    return ClOrdID(OUR_PREFIX + digest_text("order", intent_id, route, account, attempt, request))


def unrecorded_cancel_id(cl_ord_id: ClOrdID) -> ClOrdID:
    """Name the cancel of an order that no journal holds: of the same form as every id of ours."""
    return ClOrdID(OUR_PREFIX + digest_text("unrecorded cancel", cl_ord_id))
