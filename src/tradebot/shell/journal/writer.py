"""Who waits for the disk? One thread: it commits what waits as soon as the last sync returned."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

from tradebot.shell.journal.damage import JournalFailed
from tradebot.shell.journal.store import Batch, Store

QUEUE_MAX: Final = 64  # the engine has two batches in flight; more is a caller gone wild

Future: TypeAlias = "asyncio.Future[None]"
_Waiting: TypeAlias = list[tuple[list[Batch], Future]]


class Writer:
    """The thread. Futures are resolved on their own loop; after a failure all of them fail."""

    def __init__(self, store: Store, fail: Callable[[BaseException], JournalFailed]) -> None:
        self._store = store
        self._fail = fail
        self._waiting: _Waiting = []
        self._is_closing = False
        self._is_dead = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="journal writer", daemon=True)
        self._thread.start()

    def put(self, batches: list[Batch], future: Future) -> None:
        with self._wake:
            if self._is_dead or len(self._waiting) >= QUEUE_MAX:
                raise self._fail(OSError("its writer does not keep up"))
            self._waiting.append((batches, future))
            self._wake.notify()

    def close(self) -> None:
        """Write what waits, then end."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        taken: _Waiting = []
        reason: BaseException | None = RuntimeError("its writer broke")
        try:
            while taken := self._take():
                self._store.commit([batch for batches, _ in taken for batch in batches])
                _resolve(taken, None)
            reason = None
        except OSError as error:
            reason = error
        finally:
            self._end(taken, reason)

    def _take(self) -> _Waiting:
        """Wait for work, writing zeros ahead meanwhile; return nothing when all is done."""
        while True:
            with self._wake:
                is_ready = self._waiting or self._is_closing
                if not is_ready and not self._store.wants_more_ahead():
                    self._wake.wait()
                if self._waiting or self._is_closing:
                    taken, self._waiting = self._waiting, []
                    return taken
            self._store.write_ahead()

    def _end(self, taken: _Waiting, reason: BaseException | None) -> None:
        with self._wake:
            self._is_dead = True
            left = [*taken, *self._waiting]
            self._waiting = []
        failure = None if reason is None else self._fail(reason)
        if left:
            _resolve(left, failure)


def _resolve(waiting: _Waiting, failure: JournalFailed | None) -> None:
    futures = [future for _, future in waiting]
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        futures[0].get_loop().call_soon_threadsafe(_settle, futures, failure)


def _settle(futures: list[Future], failure: JournalFailed | None) -> None:
    for future in futures:
        if future.done():
            continue
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(failure)
            future.exception()  # the caller may stop for the first of several
