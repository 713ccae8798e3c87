"""Does somebody look at the past while the daemon trades, and halt where it is damaged?"""

import asyncio
from pathlib import Path

import pytest
from tests.shell.test_engine import HeldJournal, running
from tests.shell.test_recovery import alter, decisions, home, recovered

from tradebot.core.model.events import KillSwitchSet
from tradebot.shell import keeper, recovery
from tradebot.shell.journal import snapshot
from tradebot.shell.journal.decision import Decision
from tradebot.shell.keeper import Keeper
from tradebot.shell.kill_flag import Latch
from tradebot.shell.views.views import Views

__all__ = ["decisions", "home"]


async def kept(home: Path, journal: HeldJournal) -> tuple[Latch, list[str]]:
    latch, told = Latch(), list[str]()
    async with running(journal) as engine:
        await Keeper(home, recovered(home), engine=engine, latch=latch, tell=told.append).keep()
    return latch, told


async def test_it_keeps_a_snapshot_of_all_there_is(home: Path, decisions: list[Decision]) -> None:
    journal = HeldJournal()
    latch, told = await kept(home, journal)
    assert (latch.reason, told, journal.appended) == (None, [], [])
    found = snapshot.load(home / recovery.SNAPSHOT)
    assert found is not None
    assert found.stand.anchor.seq == len(decisions)


async def test_damage_in_a_sealed_segment_halts_trading(home: Path) -> None:
    alter(home / "journal" / "00000001.jsonl", 400)
    journal = HeldJournal()
    latch, told = await kept(home, journal)
    assert latch.reason is not None
    assert latch.reason.startswith("the journal is damaged: segment 1, record")
    assert told == [f"DAMAGED: {latch.reason.removeprefix('the journal is damaged: ')}"]
    (halted,) = [e for d in journal.appended for e in d.events if isinstance(e, KillSwitchSet)]
    assert (halted.engaged, halted.reason) == (True, latch.reason)


async def test_a_snapshot_that_cannot_be_kept_is_told_and_stops_nothing(home: Path) -> None:
    (home / recovery.SNAPSHOT).unlink()
    (home / recovery.SNAPSHOT.parent).rmdir()
    (home / recovery.SNAPSHOT.parent).write_text("in the way", encoding="utf-8")
    past = recovery.Past(Views())
    latch, told = Latch(), list[str]()
    async with running(HeldJournal()) as engine:
        await Keeper(home, past, engine=engine, latch=latch, tell=told.append).keep()
    assert latch.reason is None
    assert [text.partition(":")[0] for text in told] == ["no snapshot was kept"]


async def test_it_works_when_the_past_is_unverified_or_long_and_else_rests(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LOOK_EVERY_S", 0.001)
    done = list[int]()

    async def keep(self: Keeper) -> None:
        done.append(self._engine.last_seq)
        self._has_unverified, self._kept = False, self._engine.last_seq

    monkeypatch.setattr(Keeper, "keep", keep)
    async with running(HeldJournal()) as engine:
        task = asyncio.create_task(
            Keeper(home, recovered(home), engine=engine, latch=Latch(), tell=print).run()
        )
        await asyncio.sleep(0.05)
        assert done == [0]  # a start from a snapshot has read nothing before it
        engine._seq = keeper.KEEP_EVERY - 1
        await asyncio.sleep(0.05)
        assert done == [0]
        engine._seq += 1
        await asyncio.sleep(0.05)
        assert done == [0, keeper.KEEP_EVERY]
        task.cancel()
        await asyncio.wait({task})
