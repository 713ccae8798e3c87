"""Do the files beside the journal tell the same? Drafts for people, records for auditors."""

import json
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from tradebot.shell.audit.finding import Flaw, TrailBreak
from tradebot.shell.told.daily_files import read
from tradebot.shell.told.draft_files import OURS
from tradebot.shell.views.drafts import ARCHIVE, Drafts, document

Key: TypeAlias = tuple[str, str]
Told: TypeAlias = Mapping[str, Any]

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


def about_records(
    directory: Path, fields: tuple[str, str], wanted: Mapping[Key, Told], needed: Container[Key]
) -> Iterator[TrailBreak]:
    """Hold every record that such fields name against what the journal tells, both ways."""
    told: dict[Key, list[Told]] = {}
    for path in sorted(directory.glob("*.jsonl*")):
        for line in read(path):
            told.setdefault((str(line.get(fields[0])), str(line.get(fields[1]))), []).append(line)
    for key, record in wanted.items():
        found = told.pop(key, [])
        wrong = [name for name, value in record.items() if found and found[-1].get(name) != value]
        if not found and key in needed:
            yield _break(Flaw.RECORD_MISSING, directory, key, record)
        elif wrong:
            yield _break(Flaw.RECORD_DIFFERS, directory, key, record, f": {', '.join(wrong)}")
        elif len(found) > 1:
            yield _break(Flaw.RECORD_TWICE, directory, key, record)
    for key in told:
        yield _break(Flaw.RECORD_UNKNOWN, directory, key, {})


def _break(
    flaw: Flaw, directory: Path, key: Key, record: Told, more: str = ""
) -> TrailBreak:
    detail = f"{directory.name}/: {key[0][:64]} {key[1][:64]}{more}"
    intent_id = str(record.get("intent_id") or record.get("draft_id") or "")
    return TrailBreak(flaw=flaw, intent_id=intent_id, seq=record.get("seq", 0), detail=detail)


def _read(path: Path) -> dict[str, Any]:
    """Read a draft's file; what is none has no field that fits."""
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}
