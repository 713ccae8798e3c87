"""How is a real daemon put through a drill? As a child process, rehearsing in its own directory."""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any, Final

from tradebot.shell.clock import stopwatch

_TRADEBOT: Final = (sys.executable, "-m", "tradebot.cli.main")
_WITHIN_S: Final = 40.0
_LOOK_EVERY_S: Final = 0.002
_LASTS: Final = timedelta(minutes=70)


class Broken(Exception):
    """What a drill expects of a child is not so."""


class Child:
    """One data directory, and the daemons that live in it one after the other."""

    def __init__(self, words: Sequence[str], home: Path, starts: datetime) -> None:
        self.starts = 0
        self._words = (*words, "--data-dir", str(home))
        self._head = home / "rehearsal" / "journal" / "HEAD"
        self._span = ("--until", (starts + _LASTS).isoformat())
        self._from = ("--start", starts.isoformat())
        self._running: list[subprocess.Popen[bytes]] = []

    def begin(self, speed: str) -> "subprocess.Popen[bytes]":
        """Start a daemon: the first begins the day, the others go on with it."""
        first = self._from if not self.starts else ("--continue",)
        self.starts += 1
        process = subprocess.Popen(
            (*_TRADEBOT, "run", *self._words, "--rehearse", "--speed", speed, *first, *self._span),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self._running.append(process)
        return process

    def strike_after(self, process: "subprocess.Popen[bytes]", decisions: int) -> None:
        """Wait until the journal holds so many more; it must come so far."""
        began, since = stopwatch(), self.written("seq")
        while self.written("seq") < since + decisions:
            if process.poll() is not None or stopwatch() - began > _WITHIN_S:
                raise Broken(f"a daemon did not come to {decisions} decisions")
            sleep(_LOOK_EVERY_S)

    def ended(self, process: "subprocess.Popen[bytes]", within_s: float = _WITHIN_S) -> int:
        try:
            return process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise Broken(f"a daemon did not end within {within_s:.0f} s") from None

    def fill_disk(self, process: "subprocess.Popen[bytes]") -> None:
        """Let no file of it grow beyond what the journal holds by now."""
        size = self.written("bytes")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, size))

    def written(self, key: str) -> int:
        """Read what the journal's anchor says, which is replaced while we look."""
        try:
            return int(json.loads(self._head.read_bytes())[key])
        except (OSError, ValueError):
            return 0

    def ask(self, *words: str) -> Mapping[str, Any]:
        """Ask a verb beside the daemon; what it says must be a document."""
        told = subprocess.run(
            (*_TRADEBOT, *words, *self._words, "--rehearsal", "--json"), check=False,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=_WITHIN_S,
        ).stdout
        try:
            found: Mapping[str, Any] = json.loads(told)
        except ValueError:
            raise Broken(f"`{' '.join(words)}` gave no answer") from None
        return found

    def leave(self) -> None:
        """End whatever still runs."""
        for process in self._running:
            if process.poll() is None:
                process.kill()
                process.wait(_WITHIN_S)
