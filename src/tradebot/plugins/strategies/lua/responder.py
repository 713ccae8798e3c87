"""How is a program of ours asked, and for how long? It answers a line with a line, or is killed.

It inherits nothing: no environment, no file but two pipes, no terminal. It ends with us, because
its input then ends.
"""

import os
import select
import subprocess
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

LINE_MAX: Final = 256 * 1024
_PIECE: Final = 65536
_REAPED_S: Final = 1.0


class ResponderEnded(Exception):
    """It gave no answer, and is no more; the text says how that came."""


class Responder:
    """A process that computes and answers, one question at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={}, cwd="/", start_new_session=True, bufsize=0,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin.fileno(), process.stdout.fileno()
        for end in (self._in, self._out):
            os.set_blocking(end, False)
        self.end = weakref.finalize(self, _end, process)

    def ask(self, question: bytes, within_s: float) -> bytes:
        """Return the answer to one line; a process that has none in time is killed."""
        until = time.monotonic() + within_s
        try:
            self._say(question + b"\n", until)
            return self._hear(until)
        except OSError:
            self.end()
            told = f"it ended by itself, code {self._process.returncode}"
            raise ResponderEnded(told) from None
        except ResponderEnded:
            self.end()
            raise

    def _say(self, line: bytes, until: float) -> None:
        left = memoryview(line)
        while left:
            _wait(self._in, select.POLLOUT, until)
            left = left[os.write(self._in, left):]

    def _hear(self, until: float) -> bytes:
        heard = bytearray()
        while not heard.endswith(b"\n"):
            _wait(self._out, select.POLLIN, until)
            piece = os.read(self._out, _PIECE)
            if not piece:
                raise BrokenPipeError
            heard += piece
            if len(heard) > LINE_MAX:
                raise ResponderEnded(f"it answered more than {LINE_MAX} bytes")
        return bytes(heard)


def _wait(end: int, event: int, until: float) -> None:
    poll = select.poll()
    poll.register(end, event)
    left_s = until - time.monotonic()
    if left_s <= 0 or not poll.poll(left_s * 1000):
        raise ResponderEnded("it gave no answer in time")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    with suppress(subprocess.TimeoutExpired):  # one that the system holds on to is reaped later
        process.wait(_REAPED_S)
