"""What does the broker remember when everything else is gone? What it was sent and what it said.

One JSON line each, in the order of events; a kill at any moment leaves whole lines and at most
one torn one, which is cut: what it would have told was never told.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import Report


@fact
class Opened:
    """The account exists from now on."""

    at: datetime
    account: str
    currency: str
    cash: Decimal


@fact
class Said:
    """The broker told this of its order; a report of a replacement has no place for its price."""

    cl_ord_id: ClOrdID
    report: Report
    price: Decimal | None = None


@fact
class Settled:
    """The broker settled an option, by no order."""

    report: Report


Line: TypeAlias = Opened | OrderSubmitted | Said | Settled

_KINDS: Final[dict[str, type[Any]]] = {
    kind.__name__: kind for kind in (Opened, OrderSubmitted, Said, Settled)
}
_encode: Final = msgspec.json.Encoder().encode
_decode_pair: Final = msgspec.json.Decoder(tuple[str, msgspec.Raw]).decode
_DECODERS: Final = {name: msgspec.json.Decoder(kind).decode for name, kind in _KINDS.items()}


class BookDamaged(Exception):
    """The broker's own book cannot be read; the message names file and line."""


class BookFile:
    """The append-only book. Opened when first written to, closed between sessions."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._failure: str | None = None

    def load(self) -> Iterator[Line]:
        """Yield every line, after cutting a torn last one."""
        if not self._path.exists():
            return
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(self._path, whole)
        for number, line in enumerate(data[:whole].splitlines(), 1):
            try:
                name, body = _decode_pair(line)
                found = _DECODERS[name](body)
            except (msgspec.MsgspecError, KeyError) as error:
                raise BookDamaged(f"{self._path}: line {number}: {error}") from error
            if isinstance(found, Opened) != (number == 1):
                raise BookDamaged(f"{self._path}: line {number}: an account opens once, first")
            yield found

    def append(self, lines: Sequence[Line]) -> None:
        """Write the lines; after a failure nothing is ever written again, and none is believed.

        A kill loses nothing that was written; a loss of power may, as there is no fsync.
        """
        if self._failure is not None:
            raise OSError(f"the paper broker's book failed before: {self._failure}")
        data = b"".join([_encode((type(line).__name__, line)) + b"\n" for line in lines])
        try:
            descriptor = self._open()
            while data:
                data = data[os.write(descriptor, data):]
        except OSError as error:
            self._failure = str(error)
            raise

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        if self._descriptor is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(self._path, flags, 0o600)
        return self._descriptor
