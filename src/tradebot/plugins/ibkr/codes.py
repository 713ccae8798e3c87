"""What does a code of IB's say about an order, and what about the link behind the gateway?

A code that is not listed says nothing: the order may live as well as not, so IB is asked.
https://ibkrcampus.com/campus/ibkr-api-page/twsapi-doc/#api-error-codes
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from tradebot.core.model.report import RejReason


class Meaning(Enum):
    REFUSED = auto()  # what was asked for last was not taken: the order, or the change of it
    NO_CANCEL = auto()  # the cancel found nothing that it could end
    ENDED = auto()  # IB canceled the order, asked or unasked
    NOTHING = auto()  # a remark: the order stands as it stood
    WHO_KNOWS = auto()


R: Final = RejReason
_REFUSED: Final[Mapping[int, RejReason]] = {
    100: R.RATE_LIMITED, 103: R.DUPLICATE_ORDER, 104: R.TOO_LATE, 105: R.UNSUPPORTED,
    106: R.OTHER, 107: R.OTHER, 109: R.PRICE_OUT_OF_BAND, 110: R.INVALID_PRICE_INCREMENT,
    111: R.UNSUPPORTED, 140: R.INCORRECT_QUANTITY, 144: R.INCORRECT_QUANTITY,
    163: R.PRICE_OUT_OF_BAND, 200: R.UNKNOWN_SYMBOL, 201: R.OTHER, 203: R.NOT_PERMITTED,
    321: R.OTHER, 329: R.UNSUPPORTED, 355: R.INCORRECT_QUANTITY, 382: R.PRICE_OUT_OF_BAND,
    383: R.EXCEEDS_LIMIT, 384: R.EXCEEDS_LIMIT, 387: R.UNSUPPORTED, 388: R.INCORRECT_QUANTITY,
    391: R.UNSUPPORTED, 434: R.INCORRECT_QUANTITY, 460: R.NOT_PERMITTED,
    10243: R.INCORRECT_QUANTITY, 10268: R.UNSUPPORTED,
}
_NO_CANCEL: Final[Mapping[int, RejReason]] = {
    135: R.UNKNOWN_ORDER, 136: R.TOO_LATE, 161: R.TOO_LATE, 10147: R.UNKNOWN_ORDER,
    10148: R.TOO_LATE,
}
_REMARKS: Final = frozenset({
    399,  # held until the market opens
    404,  # held while shares are located
    10349,  # the time in force was set by a preset; both libraries take this for a cancel
    *range(2100, 2200),
})
_ENDED: Final = 202
_FREE_TEXT: Final = frozenset({201, 202, 321})  # one code for all that can be wrong
_WORDS: Final[Mapping[str, RejReason]] = {
    "read-only": R.NOT_PERMITTED,
    "margin": R.INSUFFICIENT_FUNDS,
    "insufficient": R.INSUFFICIENT_FUNDS,
    "buying power": R.INSUFFICIENT_FUNDS,
    "cash": R.INSUFFICIENT_FUNDS,
    "price variation": R.INVALID_PRICE_INCREMENT,
    "too far": R.PRICE_OUT_OF_BAND,
    "aggressive": R.PRICE_OUT_OF_BAND,
    "short": R.NOT_SHORTABLE,
    "closed": R.EXCHANGE_CLOSED,
    "trading hours": R.EXCHANGE_CLOSED,
    "permission": R.NOT_PERMITTED,
    "not allowed": R.NOT_PERMITTED,
    "restricted": R.NOT_PERMITTED,
    "exceeds": R.EXCEEDS_LIMIT,
    "size": R.INCORRECT_QUANTITY,
    "quantity": R.INCORRECT_QUANTITY,
    "duplicate": R.DUPLICATE_ORDER,
}

ID_IN_USE: Final = 326
_INVALID: Final = 321
LINK_LOST: Final = frozenset({
    1100,  # IB is away
    1101,  # it is back, and forgot what we asked for
    1102,  # it is back: executions of meanwhile were not told
    1300,  # the gateway moves to another port
    2110,  # IB is away, said to whoever connects meanwhile
})
FARM_BROKEN: Final = frozenset({2103, 2105, 2157})
FARM_OK: Final = frozenset({2104, 2106, 2107, 2108, 2119, 2158})  # up, or idle until asked


def says(code: int) -> Meaning:
    """Return what a code says about the order that it names."""
    if code in _REFUSED:
        return Meaning.REFUSED
    if code in _NO_CANCEL:
        return Meaning.NO_CANCEL
    if code == _ENDED:
        return Meaning.ENDED
    return Meaning.NOTHING if code in _REMARKS else Meaning.WHO_KNOWS


def reason(code: int, text: str) -> RejReason:
    """Return why, in FIX words; some codes say it only in their text."""
    listed = {**_REFUSED, **_NO_CANCEL}.get(code, R.OTHER)
    if code not in _FREE_TEXT:
        return listed
    said = text.lower()
    return next((word for part, word in _WORDS.items() if part in said), listed)


def is_read_only(code: int, text: str) -> bool:
    """Tell whether the gateway is set to take no orders at all."""
    return code == _INVALID and "read-only" in text.lower()


def told(code: int, text: str) -> str:
    """Write a message of IB's for a person."""
    return f"IB {code}: {text}"
