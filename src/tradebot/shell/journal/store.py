"""In which order does the journal touch the disk? Records first, synced, only then the anchor."""

import os
from dataclasses import dataclass
from pathlib import Path

from tradebot.shell.clock import stopwatch
from tradebot.shell.journal import place
from tradebot.shell.journal.chain import Anchor
from tradebot.shell.journal.place import Disk
from tradebot.shell.journal.segment import AHEAD, Segment
from tradebot.shell.metrics.durations import Durations


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines to make durable together, and the anchor that then holds; a header begins a segment."""

    lines: bytes
    anchor: Anchor
    is_header: bool = False


class Store:
    """The segment in use and the anchor. Used by one thread at a time; raises OSError."""

    def __init__(
        self, disk: Disk, directory: Path, *, anchor: Anchor, prewrite: bool, is_synced: bool
    ) -> None:
        self.anchor = anchor
        self.syncs = Durations()
        self._disk = disk
        self._directory = directory
        self._ahead = AHEAD if prewrite else 0
        self._is_synced = is_synced
        self._segment: Segment | None = None
        self._head = disk.open(directory / place.HEAD, os.O_WRONLY)

    def resume(self, anchor: Anchor, *, synced: int, is_cut: bool) -> None:
        """Go on behind what a scan found, and make it durable: it may never have been synced.

        What lies behind `synced` is written once more: after a sync that failed the system shows
        pages that no disk holds, and does not sync them again.
        """
        self._segment = Segment.resume(
            self._disk, place.segment_path(self._directory, anchor.segment), anchor.end,
            ahead=self._ahead, is_synced=self._is_synced,
        )
        if is_cut:
            self._segment.cut()
        self._segment.write_again(synced)
        self._segment.sync()
        self._put_anchor(anchor, is_synced=True)

    def commit(self, batches: list[Batch]) -> None:
        """Make batches durable with one write and one sync a segment."""
        waiting: list[Batch] = []
        for batch in batches:
            if batch.is_header:
                self._flush(waiting)
                waiting = []
                self._begin(batch)
            else:
                waiting.append(batch)
        self._flush(waiting)

    def wants_more_ahead(self) -> bool:
        return self._segment is not None and self._segment.wants_more_ahead()

    def write_ahead(self) -> None:
        assert self._segment is not None
        self._segment.write_ahead()
        self._segment.sync()

    def close(self, *, is_whole: bool) -> None:
        """Trim and sync all; after a failure only let go."""
        if self._segment is not None:
            if is_whole:
                self._segment.seal()
                self._disk.sync(self._head)
            else:
                self._segment.close()
        self._disk.close(self._head)

    def _flush(self, batches: list[Batch]) -> None:
        if not batches:
            return
        assert self._segment is not None
        self._segment.write(b"".join([batch.lines for batch in batches]))
        began = stopwatch()
        self._segment.sync()
        self.syncs.add(stopwatch() - began)
        self._put_anchor(batches[-1].anchor, is_synced=False)

    def _begin(self, batch: Batch) -> None:
        if self._segment is not None:
            self._segment.seal()
            self._segment = None
        self._segment = Segment.begin(
            self._disk, place.segment_path(self._directory, batch.anchor.segment), batch.lines,
            ahead=self._ahead, is_synced=self._is_synced,
        )
        self._put_anchor(batch.anchor, is_synced=True)

    def _put_anchor(self, anchor: Anchor, *, is_synced: bool) -> None:
        """Overwrite in place, without a sync of its own: it may lag behind, never run ahead."""
        place.write_all(self._head, anchor.encode(), 0, self._disk)
        if is_synced and self._is_synced:
            self._disk.sync(self._head)
        self.anchor = anchor
