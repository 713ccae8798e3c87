"""Does what may go go in time, and nothing else ever?"""

import asyncio
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.plugins.playing import FixedClock

from tradebot.shell.retention import Housekeeper, RetentionSection, sweep, used

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECTION = RetentionSection(gates_days=2, promotions_days=3)
KEPT = (
    "journal/00000001.jsonl", "journal/2020-01-01.jsonl", "brokers/2020-01-01.jsonl", "KILL",
    "config_versions/2020-01-01.yaml", "drafts/2020-01-01.yaml",
    "gates/2026-11-19.jsonl", "gates/2026-11-21.jsonl", "gates/notes.txt", "gates/2020-02-31.jsonl",
    "gates/2020-01-01/deep.jsonl", "promotions/2026-11-18.jsonl", "rehearsal.last/journal/HEAD",
)
OLD = (
    "gates/2026-11-18.jsonl", "gates/2026-11-18.jsonl.1", "gates/2020-01-01.jsonl",
    "promotions/2026-11-17.jsonl",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    for name in (*KEPT, *OLD):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x" * 5_000)
        os.utime(home / name, (NOW.timestamp(), NOW.timestamp()))
    return home


def files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


def test_only_days_that_are_over_go_and_the_journal_never(home: Path) -> None:
    assert sweep(home, SECTION, NOW) == {"gates": 3, "promotions": 1}
    assert files(home) == set(KEPT)
    assert sweep(home, SECTION, NOW) == {}


def test_a_link_leads_nobody_to_delete_elsewhere(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "2020-01-01.jsonl").touch()
    shutil.rmtree(home / "gates")
    (home / "gates").symlink_to(elsewhere)
    (home / "promotions" / "2020-01-01.jsonl").symlink_to(home / "KILL")
    sweep(home, SECTION, NOW)
    assert (elsewhere / "2020-01-01.jsonl").exists() and (home / "KILL").exists()


def test_an_old_rehearsal_goes_as_a_whole(home: Path) -> None:
    old = NOW.timestamp() - 31 * 86_400
    for path in (home / "rehearsal.last", *(home / "rehearsal.last").rglob("*")):
        os.utime(path, (old, old))
    assert sweep(home, SECTION, NOW)["rehearsal.last"] == 1
    assert not (home / "rehearsal.last").exists()


async def test_the_daemon_looks_at_its_start_and_knows_what_takes_room(home: Path) -> None:
    told: list[str] = []
    keeper = Housekeeper(home, SECTION, FixedClock(NOW), told.append)
    task = asyncio.create_task(keeper.run())
    async with asyncio.timeout(5):
        while len(told) < 2:
            await asyncio.sleep(0.01)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert told[0] == "retention: gates: 3 deleted, older than it is kept"
    assert keeper.used == used(home)
    assert keeper.used["journal"] >= 10_000 and set(keeper.used) == {p.name for p in home.iterdir()}
