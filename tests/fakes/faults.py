"""What goes wrong on the way to a broker? A queue of faults that a fake takes from, and a count.

A fault waits until the fake gets a request of the kind that it is meant for; then it fires once.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Final


class FaultKind(StrEnum):
    DROP_BEFORE = "drop_before"  # the connection ends; the request had no effect
    ACCEPT_DROP = "accept_drop"  # it had its effect, and the connection ends without an answer
    HANG = "hang"  # it had its effect, and no answer ever comes
    ERROR_BEFORE = "error_before"  # the server says that it failed, before any effect
    ERROR_AFTER = "error_after"  # the server says that it failed, and it had its effect
    HTML = "html"  # a page instead of an answer; the request had its effect
    TOO_MANY = "too_many"  # turned away for too many messages
    DUPLICATE_ACK = "duplicate_ack"  # everything that is said of it is said twice
    FILL_BEFORE_ACK = "fill_before_ack"  # its execution is told before its acknowledgement
    MUTE = "mute"  # the connection stays up, and nothing comes any more
    UNKNOWN_WORD = "unknown_word"  # a status that nobody has heard of
    SKEW = "skew"  # the server's clock is wrong, by `amount` seconds


class Request(StrEnum):
    """What a client asks for, whatever a protocol calls it; `STREAM` is what it is told unasked."""

    CONNECT = "connect"
    SUBMIT = "submit"
    CANCEL = "cancel"
    REPLACE = "replace"
    FIND = "find"
    FILLS = "fills"
    STATEMENT = "statement"
    STREAM = "stream"
    DATA = "data"


@dataclass(frozen=True)
class Fault:
    kind: FaultKind
    on: Request | None = None
    amount: float = 0.0


ALL: Final = frozenset(FaultKind)
_BYTES: Final = 8


class Faults:
    """What a fake asks before it does anything. `can` names what its protocol is able to suffer."""

    def __init__(self, can: Collection[FaultKind] = ALL) -> None:
        self.can = frozenset(can)
        self.fired: Counter[FaultKind] = Counter()
        self._queue: list[Fault] = []
        self._chance = 0.0
        self._seed = 0
        self._kinds: dict[Request, tuple[FaultKind, ...]] = {}
        self._asked: Counter[Request] = Counter()

    def push(
        self, kind: FaultKind, *, on: Request | None = None, amount: float = 0.0, times: int = 1
    ) -> None:
        """Have the next request of a kind, or the next of any, meet a fault."""
        assert kind in self.can, f"this fake knows no {kind}"
        self._queue.extend([Fault(kind, on, amount)] * times)

    def seeded(
        self, seed: int, fraction: float,
        kinds: dict[Request, tuple[FaultKind, ...]] | None = None,
    ) -> None:
        """Have a part of all requests fail from now on, in one of the ways named for each kind."""
        assert set().union(*(kinds or {}).values()) <= self.can
        self._seed, self._chance, self._kinds = seed, fraction, kinds or {}

    def take(self, on: Request, *only: FaultKind) -> Fault | None:
        """Return what happens to this request, and count it; `only`: of what may happen here."""
        for place, fault in enumerate(self._queue):
            if fault.on in (None, on) and (not only or fault.kind in only):
                del self._queue[place]
                self.fired[fault.kind] += 1
                return fault
        return self._drawn(on, only)

    @property
    def left(self) -> int:
        """Count what was pushed and has not fired: a test that leaves some has shown nothing."""
        return len(self._queue)

    def _drawn(self, on: Request, only: tuple[FaultKind, ...]) -> Fault | None:
        kinds = [kind for kind in self._kinds.get(on, ()) if not only or kind in only]
        if not kinds:
            return None
        self._asked[on] += 1
        text = f"{self._seed}/{on}/{self._asked[on]}".encode()
        number = int.from_bytes(blake2b(text, digest_size=_BYTES).digest())
        if number / (1 << 8 * _BYTES) >= self._chance:
            return None
        kind = kinds[number % len(kinds)]
        self.fired[kind] += 1
        return Fault(kind, on)
