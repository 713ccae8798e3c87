"""What can go wrong with each thing that a client asks of Alpaca, or is told unasked?"""

from typing import Final

from tests.fakes.faults import FaultKind, Request

_ANY: Final = (
    FaultKind.DROP_BEFORE, FaultKind.ACCEPT_DROP, FaultKind.HANG, FaultKind.ERROR_BEFORE,
    FaultKind.ERROR_AFTER, FaultKind.HTML, FaultKind.TOO_MANY, FaultKind.SKEW,
)
_ORDER: Final = (*_ANY, FaultKind.DUPLICATE_ACK, FaultKind.UNKNOWN_WORD)

SUFFERS: Final = {
    Request.CONNECT: _ANY,
    Request.SUBMIT: (*_ORDER, FaultKind.FILL_BEFORE_ACK),
    Request.CANCEL: (*_ANY, FaultKind.DUPLICATE_ACK),
    Request.REPLACE: _ORDER,
    Request.FIND: (*_ANY, FaultKind.UNKNOWN_WORD),
    Request.FILLS: (*_ANY, FaultKind.UNKNOWN_WORD),
    Request.STATEMENT: (*_ANY, FaultKind.UNKNOWN_WORD),
    Request.DATA: _ANY,
    Request.STREAM: (
        FaultKind.DROP_BEFORE, FaultKind.ACCEPT_DROP, FaultKind.DUPLICATE_ACK,
        FaultKind.UNKNOWN_WORD, FaultKind.MUTE,
    ),
}
