"""Which files do drafts have? One a draft, for people and tools; the journal stays the truth.

What a file should say follows from published decisions alone, so a file that is missing, or could
not be written, is simply written again: at the next start, or when the disk has room.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import yaml

from tradebot.core.model.fact import fact
from tradebot.core.model.ids import IntentId
from tradebot.ports import Clock
from tradebot.shell.journal import place
from tradebot.shell.journal.decision import Decision
from tradebot.shell.views.drafts import ARCHIVE, Draft, Drafts, Format, Shelf, document

WAITING_MAX: Final = 4_096  # drafts that wait for the disk by name; beyond that all are looked at
_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 60.0
_STAMP: Final = "%Y%m%d_%H%M%S"
OURS: Final = re.compile(r"([0-9]{8}_[0-9]{6})_.+_[0-9a-z]{8}\.(yaml|json)", re.ASCII)


@fact
class Keeping:
    """How long the archive keeps a draft, and how many of them."""

    retention_days: int
    retention_count: int


class DraftFiles:
    """Brings the files to what the drafts say, off the path of any decision."""

    def __init__(
        self, drafts: Drafts, shelf: Shelf, clock: Clock, *, keeping: Keeping,
        tell: Callable[[str], None], threaded: bool,
    ) -> None:
        self._drafts = drafts
        self._shelf = shelf
        self._keeping = keeping
        self._clock = clock
        self._tell = tell
        self._threaded = threaded
        self._waiting: dict[IntentId, None] = {}
        self._wake = asyncio.Event()
        self._trouble: str | None = None

    def on_decision(self, decision: Decision) -> None:
        """Note which drafts a published decision was about; nothing here waits or can fail."""
        for event in decision.events:
            intent_id = getattr(event, "intent_id", None)
            if intent_id is not None and self._drafts.get(intent_id) is not None:
                self._note(intent_id)

    async def run(self) -> None:
        """Write until cancelled, first what is missing; then once more what still waits."""
        self._look_at_all()
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._write_all()
        except asyncio.CancelledError:
            self._write_the_rest()
            raise

    def _note(self, intent_id: IntentId) -> None:
        if len(self._waiting) >= WAITING_MAX and intent_id not in self._waiting:
            self._look_at_all()
        else:
            self._waiting[intent_id] = None
        self._wake.set()

    def _look_at_all(self) -> None:
        """Look at what waits for a person, and at as much of the rest as the archive keeps."""
        drafts = self._drafts.all()
        ended = [draft for draft in drafts if draft.status != "waiting"]
        ended.sort(key=lambda draft: draft.name, reverse=True)
        kept = ended[: self._keeping.retention_count]
        wanted = [draft for draft in drafts if draft.status == "waiting"] + kept
        self._waiting = {draft.record.intent_id: None for draft in wanted}
        self._wake.set()

    async def _write_all(self) -> None:
        wait_s = _FIRST_WAIT_S
        while self._waiting:
            intent_id = next(iter(self._waiting))
            del self._waiting[intent_id]
            try:
                await self._do(self._work_of(intent_id))
                wait_s = _FIRST_WAIT_S
            except OSError as error:
                self._waiting[intent_id] = None  # last: trouble with one file holds up no other
                self._complain(error)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
        self._all_is_well()
        try:
            await self._do(self._tidying())
        except OSError as error:
            self._complain(error)  # what is too old stays a while longer

    def _write_the_rest(self) -> None:
        try:
            while self._waiting:
                self._work_of(self._waiting.popitem()[0])()
        except OSError as error:
            self._complain(error)

    async def _do(self, work: Callable[[], None]) -> None:
        """Do what touches the disk beside the loop; simulated time waits for no thread."""
        if self._threaded:
            await asyncio.to_thread(work)
        else:
            work()

    def _work_of(self, intent_id: IntentId) -> Callable[[], None]:
        draft = self._drafts.get(intent_id)
        if draft is None:
            return _nothing  # it left the history while it waited
        path = self._shelf.path(draft)
        data = written(draft, self._shelf.format)
        if draft.status == "waiting":
            return partial(_put_out, path, data)
        if not self._is_kept(draft.drafted.at):
            return partial(_remove, self._shelf.directory / path.name)
        return partial(_archive, path, data)

    def _tidying(self) -> Callable[[], None]:
        return partial(
            _tidy, self._shelf.directory / ARCHIVE, self._is_kept, self._keeping.retention_count
        )

    def _is_kept(self, drafted: datetime) -> bool:
        return self._clock.now() - drafted <= timedelta(days=self._keeping.retention_days)

    def _complain(self, error: OSError) -> None:
        trouble = f"{error.filename or self._shelf.directory}: {error.strerror or error}"
        if self._trouble is None:
            self._tell(f"ALERT drafts cannot be written: {trouble}; the journal has them, and they"
                       " are tried again")
        self._trouble = trouble

    def _all_is_well(self) -> None:
        if self._trouble is not None:
            self._trouble = None
            self._tell("drafts can be written again")


def written(draft: Draft, form: Format) -> bytes:
    """Write a draft's document as the bytes of its file."""
    told = document(draft)
    if form == "json":
        return (json.dumps(told, indent=2) + "\n").encode()
    text: str = yaml.safe_dump(told, sort_keys=False, allow_unicode=True)
    return text.encode()


def _nothing() -> None:
    """Nothing is left to do for a draft that nobody remembers."""


def _put_out(path: Path, data: bytes) -> None:
    """Write a file where there is none: an edited one is somebody's work, and is left alone."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.replace(path, data)
    _remove(path.parent / ARCHIVE / path.name)


def _archive(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != data:
        place.replace(path, data)
    _remove(path.parent.parent / path.name)


def _remove(path: Path) -> None:
    """Remove a draft's file, also one in the other format from before a change of settings."""
    for suffix in (".yaml", ".json"):
        path.with_suffix(suffix).unlink(missing_ok=True)


def _tidy(archive: Path, is_kept: Callable[[datetime], bool], count: int) -> None:
    ours = sorted(_ours(archive), reverse=True)
    for number, (drafted, path) in enumerate(ours):
        if number >= count or not is_kept(drafted):
            path.unlink(missing_ok=True)


def _ours(archive: Path) -> Iterator[tuple[datetime, Path]]:
    """Yield the files that are named as ours are; whatever else lies there is not touched."""
    if not archive.is_dir():
        return
    for path in archive.iterdir():
        match = OURS.fullmatch(path.name)
        if match is not None:
            yield datetime.strptime(f"{match[1]}+0000", f"{_STAMP}%z"), path
