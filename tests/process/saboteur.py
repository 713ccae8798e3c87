"""What goes wrong in a daemon's own process, and at which step? Its steps are counted, one is hit.

A step is a call by which the process changes a file below its home, or the entry into a stage. The
daemon knows nothing of it: the functions it calls are wrapped before it is started.
"""

import errno
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any, Final

from tradebot.core.pipeline import pipeline
from tradebot.core.pipeline import s6_execution as execution
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.shell.engine import Engine
from tradebot.shell.journal.file import Journal

KILLS: Final = ("before", "half", "after", "power")  # power: what was not synced is lost, too
ERRORS: Final = ("EIO", "ENOSPC", "full", "EROFS", "short")  # full: and it stays full
SEGMENT_BYTES: Final = 60_000  # so small that a few minutes begin several segments
_WRITES: Final = ("write", "pwrite")
_SYNCS: Final = ("fsync", "fdatasync")


@dataclass(frozen=True)
class Blow:
    """The step that is hit, counted from 1, and how."""

    at: int
    how: str


def ways(step: str) -> tuple[str, ...]:
    """Say how this step can be cut off."""
    kind = step.split()[0]
    if kind in _WRITES:
        return KILLS
    return ("before", "after", "power") if kind in _SYNCS else ("before", "power")


def errors(step: str) -> tuple[str, ...]:
    """Say how this step can fail."""
    kind = step.split()[0]
    if kind in _WRITES:
        return ERRORS
    return ("EIO", "EROFS") if hasattr(os, kind) else ()


def _open_synced(opened: Callable[..., Journal], directory: Path, **how: Any) -> Journal:
    """Sync though it is a rehearsal, and begin segments often."""
    return opened(directory, **{**how, "sync": True, "segment_bytes": SEGMENT_BYTES})


class Saboteur:
    """Counts the steps of this process, and spoils one of them."""

    def __init__(self, home: Path, blow: Blow | None) -> None:
        self.steps: list[str] = []
        self._home = os.path.join(home.resolve(), "")  # noqa: PTH118 - with its last slash
        self._blow = blow or Blow(0, "never")
        self._lock = threading.RLock()  # what is hit may take steps of its own
        self._unsynced: list[tuple[int, int, bytes, int]] = []

    def arm(self) -> None:
        """Wrap what the daemon calls; there is no way back, the process is the saboteur's."""
        for name in ("mkdir", "unlink", "rename", "replace", "open"):
            setattr(os, name, self._of_path(name, getattr(os, name)))
        for name in (*_WRITES, *_SYNCS, "ftruncate"):
            setattr(os, name, self._of_file(name, getattr(os, name)))
        pipeline.OUTBOUND = tuple(
            (stage, self._marked(f"stage {stage.name}", ask)) for stage, ask in pipeline.OUTBOUND
        )
        pipeline.INBOUND = tuple(
            self._marked(f"stage {ask.__name__}", ask) for ask in pipeline.INBOUND
        )
        execution.absorb = self._marked("stage EXECUTION", execution.absorb)
        for cls, name in (
            (Engine, "_decide"), (Journal, "append"), (PaperBroker, "submit"),
            (PaperBroker, "cancel"), (PaperBroker, "find"),
        ):
            marked = self._marked(f"{cls.__name__}.{name.strip('_')}", getattr(cls, name))
            setattr(cls, name, marked)
        Journal.open = partial(_open_synced, Journal.open)

    def _of_path(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *args: Any, **more: Any) -> Any:
            act = partial(real, path, *args, **more)
            changes = name != "open" or args[0] & (os.O_CREAT | os.O_TRUNC)
            where = self._below(os.path.abspath(path)) if changes else None  # noqa: PTH100
            return act() if where is None else self._step(f"{name} {where}", act)

        return call

    def _of_file(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(fd: int, *args: Any) -> Any:
            where = self._below(os.readlink(f"/proc/self/fd/{fd}"))  # noqa: PTH115 - a number
            if where is None:
                return real(fd, *args)
            act = partial(real, fd, *args)
            if name in _WRITES:
                is_sector = where.endswith("/HEAD")  # the anchor: written whole, or not at all
                half = partial(real, fd, args[0][:len(args[0]) >> (not is_sector)], *args[1:])
                if name == "pwrite" and Path(where).parent.name == "journal":
                    act = partial(self._write_unsynced, fd, act, args[1], len(args[0]))
                return self._step(f"{name} {where}", act, half)
            if name in _SYNCS:
                act = partial(self._sync, fd)
            return self._step(f"{name} {where}", act)

        return call

    def _marked(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            return self._step(name, partial(real, *args, **more))

        return wraps(real)(call) if hasattr(real, "__name__") else call

    def _below(self, path: str) -> str | None:
        return path.removeprefix(self._home) if path.startswith(self._home) else None

    def _step(
        self, name: str, act: Callable[[], Any], half: Callable[[], Any] | None = None
    ) -> Any:
        blow = self._blow
        with self._lock:
            self.steps.append(name)
            number = len(self.steps)
            if number == blow.at and blow.how in KILLS:
                self._kill(blow.how, act, half or act)  # in the lock: no thread takes a step more
        if number == blow.at:
            return self._fail(blow.how, half or act)
        if blow.how == "full" and number > blow.at > 0 and name.split()[0] in (*_WRITES, "open"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return act()

    def _fail(self, how: str, half: Callable[[], Any]) -> Any:
        if how == "short":
            return half()
        code = errno.ENOSPC if how == "full" else getattr(errno, how)
        raise OSError(code, os.strerror(code))

    def _kill(self, how: str, act: Callable[[], Any], half: Callable[[], Any]) -> None:
        if how == "power":
            self._lose()
        elif how != "before":
            (half if how == "half" else act)()
        os.kill(os.getpid(), signal.SIGKILL)

    def _write_unsynced(self, fd: int, act: Callable[[], Any], position: int, size: int) -> Any:
        before = b""
        with Path(f"/proc/self/fd/{fd}").open("rb") as file:
            file.seek(position)
            before = file.read(size)
        self._unsynced.append((fd, position, before, os.fstat(fd).st_size))
        return act()

    def _sync(self, fd: int) -> None:
        """Only take note: a killed process needs no disk, and a power cut is played by `_lose`."""
        self._unsynced = [written for written in self._unsynced if written[0] != fd]

    def _lose(self) -> None:
        """Take back what no sync has made durable, but for one file: a disk keeps no order."""
        files = sorted({written[0] for written in self._unsynced})
        kept = files[self._blow.at % 3:][:1]
        for fd, position, before, size in reversed(self._unsynced):
            if fd in kept:
                continue
            with suppress(OSError), Path(f"/proc/self/fd/{fd}").open("r+b") as file:
                file.seek(position)
                file.write(before)
                file.truncate(size)
