"""What was heard and said at the desk? One JSON line each, for whoever asks later why."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from tradebot.ports import Clock
from tradebot.shell.told.outlet import to_file

FILE_BYTES_MAX: Final = 4 * 1024 * 1024
FILES_MAX: Final = 4


class VoiceLog:
    """Writes each line at once: a person waits for the next word longer than a disk takes."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self.trouble = ""
        self._clock = clock
        self._started = clock.now()
        self._write = to_file(
            home / "telemetry" / "voice_log.jsonl", bytes_max=FILE_BYTES_MAX, files_max=FILES_MAX
        )

    def tell(self, kind: str, **fields: object) -> None:
        """Log what was heard, said or done; a full disk silences nobody."""
        at = self._clock.now()
        told = {"at": at.isoformat(), "session": self._started.isoformat(), "kind": kind, **fields}
        try:
            self._write([json.dumps(told, default=_plain) + "\n"])
        except OSError as error:
            self.trouble = str(error)

    def since_ms(self, start: datetime) -> int:
        return round((self._clock.now() - start).total_seconds() * 1000)


def _plain(value: object) -> str:
    assert isinstance(value, Decimal)
    return str(value)
