"""How does a test get a ledger, in files or as bytes, and what do both verifiers say of it?"""

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.shell.journal.samples import MOMENT

from tradebot.core.model.commands import StrategyState
from tradebot.core.model.events import StrategySwitched
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.verify import Scan, SegmentSource

TOOL = Path(__file__).parents[3] / "tools" / "verify_ledger.py"
CODE = "1.2.3"
SETTINGS = "cafe"
RECORD = re.compile(rb'\{"n":"[^\n]*\n')


def decisions(count: int, first: int = 1) -> list[Decision]:
    """Return short decisions that all differ, and that the core would take again."""
    made = []
    for seq in range(first, first + count):
        command = StrategyState(strategy_id=f"X{seq}", enabled=False)
        event = StrategySwitched(strategy_id=f"X{seq}", enabled=False)
        made.append(Decision(seq, MOMENT, command, (event,)))
    return made


def opened(directory: Path, **options: Any) -> Journal:
    """Open a journal that writes inline, without waiting for the disk."""
    chosen = {
        "code": CODE, "settings_hash": SETTINGS, "threaded": False, "sync": False,
        "prewrite": False, **options,
    }
    return Journal.open(directory, **chosen)


def written(directory: Path, count: int, **options: Any) -> Path:
    """Write so many decisions, one batch each, and close."""
    journal = opened(directory, **options)
    for decision in decisions(count, journal.last_seq + 1):
        journal.write([decision])
    journal.close()
    return directory


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger's bytes: its anchor and its segments by number."""

    head: bytes | None
    segments: dict[int, bytes]

    @classmethod
    def of(cls, directory: Path) -> "Ledger":
        head = directory / "HEAD"
        files = sorted(directory.glob("*.jsonl"))
        return cls(
            head.read_bytes() if head.exists() else None,
            {int(file.stem): file.read_bytes() for file in files},
        )

    def put(self, directory: Path) -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        if self.head is not None:
            (directory / "HEAD").write_bytes(self.head)
        for number, data in self.segments.items():
            (directory / f"{number:08d}.jsonl").write_bytes(data)
        return directory

    def having(self, number: int, data: bytes) -> "Ledger":
        return Ledger(self.head, {**self.segments, number: data})

    def records(self, number: int) -> list[bytes]:
        found = RECORD.findall(self.segments[number])
        assert b"".join(found) == self.segments[number]
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """What a verifier says, in the terms that both share."""

    is_good: bool
    records: int = 0
    seq: int = 0
    is_torn: bool = False


def ours(ledger: Ledger) -> Found:
    sources = [
        SegmentSource(number, partial(BytesIO, data)) for number, data in ledger.segments.items()
    ]
    verdict = Scan(ledger.head, sources).verdict()
    if not verdict.is_good:
        return Found(False)
    return Found(True, verdict.records, verdict.seq, verdict.torn is not None)


def theirs(ledger: Ledger) -> Found:
    """Ask the auditor's tool, which shares no code with ours."""
    segments = [(number, partial(bytes, data)) for number, data in ledger.segments.items()]
    try:
        records, seq, torn = _TOOL.check(ledger.head, segments)
    except _TOOL.Bad:
        return Found(False)
    return Found(True, records, seq, bool(torn))


def _loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_TOOL = _loaded(TOOL)
VERIFIERS: dict[str, Callable[[Ledger], Found]] = {"ours": ours, "the auditor's": theirs}
