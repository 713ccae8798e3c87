"""Do the files beside the journal tell the same? Drafts for people, records for auditors."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from tradebot.shell.audit.finding import Flaw, TrailBreak
from tradebot.shell.audit.trail import Trail
from tradebot.shell.told.daily_files import read
from tradebot.shell.told.draft_files import OURS
from tradebot.shell.views.drafts import ARCHIVE, Drafts, document

_TOLD_LATER: Final = ("outcome",)  # it may go on after its file was written


def about_drafts(directory: Path, drafts: Drafts) -> Iterator[TrailBreak]:
    """Compare every draft's file with the document that the journal alone leads to."""
    for path in sorted([*directory.glob("*"), *(directory / ARCHIVE).glob("*")]):
        if not OURS.fullmatch(path.name):
            continue
        told = _read(path)
        found = drafts.get(str(told.get("draft_id"))) or next(iter(drafts.named(path.name)), None)
        if found is None:
            yield TrailBreak(flaw=Flaw.DRAFT_FILE_UNKNOWN, detail=path.name)
            continue
        wanted = {k: v for k, v in document(found).items() if k not in _TOLD_LATER}
        if wrong := [key for key, value in wanted.items() if told.get(key) != value]:
            yield TrailBreak(
                flaw=Flaw.DRAFT_FILE_EDITED, intent_id=found.record.intent_id,
                detail=f"{path.name}: {', '.join(wrong)}",
            )


def about_promotions(directory: Path, trails: Mapping[str, Trail]) -> Iterator[TrailBreak]:
    """Hold every record against its trail, both ways."""
    lines = [line for path in sorted(directory.glob("*.jsonl*")) for line in read(path)]
    told = {(str(line.get("draft_id")), str(line.get("outcome"))): line for line in lines}
    counts = Counter((str(line.get("draft_id")), str(line.get("outcome"))) for line in lines)
    wanted = {
        (intent_id, outcome): record
        for intent_id, trail in trails.items() for outcome, record in trail.outcomes.items()
    }
    for key, record in wanted.items():
        if key not in told:
            yield _finding(Flaw.RECORD_MISSING, key, record["seq"])
        elif wrong := [name for name, value in record.items() if told[key].get(name) != value]:
            yield _finding(Flaw.RECORD_DIFFERS, key, record["seq"], f": {', '.join(wrong)}")
    for key, count in counts.items():
        if key not in wanted:
            yield _finding(Flaw.RECORD_UNKNOWN, key)
        elif count > 1:
            yield _finding(Flaw.RECORD_TWICE, key, wanted[key]["seq"])


def _finding(flaw: Flaw, key: tuple[str, str], seq: int = 0, more: str = "") -> TrailBreak:
    return TrailBreak(flaw=flaw, intent_id=key[0][:64], seq=seq, detail=f"{key[1][:64]}{more}")


def _read(path: Path) -> dict[str, Any]:
    """Read a draft's file; what is none has no field that fits."""
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}
