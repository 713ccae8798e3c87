"""What can go wrong with one request to our TWS, and with what it tells unasked?"""

from collections.abc import Mapping
from typing import Final

from tests.fakes.faults import FaultKind, Request

K = FaultKind

_ANY: Final = (
    K.DROP_BEFORE, K.ACCEPT_DROP, K.HANG, K.ERROR_BEFORE, K.ERROR_AFTER, K.TOO_MANY, K.MUTE,
    K.SKEW,
)
_ORDER: Final = (*_ANY, K.DUPLICATE_ACK, K.UNKNOWN_WORD)
SUFFERS: Final[Mapping[Request, tuple[FaultKind, ...]]] = {
    Request.CONNECT: _ANY, Request.SUBMIT: (*_ORDER, K.FILL_BEFORE_ACK), Request.CANCEL: _ORDER,
    Request.REPLACE: _ORDER, Request.FIND: _ORDER, Request.FILLS: (*_ANY, K.DUPLICATE_ACK),
    Request.STATEMENT: (*_ANY, K.DUPLICATE_ACK), Request.DATA: _ANY,
    Request.STREAM: _ANY,  # the question for the time: does anybody hear us?
}
UNASKED: Final = (K.DROP_BEFORE, K.ACCEPT_DROP, K.DUPLICATE_ACK, K.UNKNOWN_WORD, K.MUTE)
