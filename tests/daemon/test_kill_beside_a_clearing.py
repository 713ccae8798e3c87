"""Is a kill lost that comes while a clearing is on its way to the disk? By no way it may come."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

import tradebot
from tradebot.core.model.commands import SetKillSwitch
from tradebot.embed import OpenDaemon
from tradebot.shell.kill_flag import KILL_FILE, drop

CONFIG = Path(__file__).resolve().parents[2] / "config" / "config.paper.yaml"


def _by_latch(daemon: OpenDaemon, home: Path) -> None:
    daemon._built.latch.set("SIGUSR1", "signal")


def _by_file(daemon: OpenDaemon, home: Path) -> None:
    drop(home, "again")


@pytest.mark.parametrize("way", [_by_latch, _by_file])
async def test_a_kill_that_comes_while_a_clearing_is_written_still_stands(
    way: Callable[[OpenDaemon, Path], None], tmp_path: Path
) -> None:
    async with tradebot.open_daemon(CONFIG, overrides={"data_dir": str(tmp_path)}) as daemon:
        engine, latch = daemon._built.engine, daemon._built.latch
        drop(tmp_path, "enough")
        await _until(lambda: engine.book.kill_reason is not None)
        clearing = asyncio.create_task(engine.submit(
            SetKillSwitch(engaged=False, reason="all is well", by="alice")
        ))
        await asyncio.sleep(0)  # it has arrived, and nothing of it is durable yet
        way(daemon, tmp_path)
        await clearing
        assert latch.reason is not None
        await _until(lambda: engine.book.kill_reason is not None)
        assert (tmp_path / KILL_FILE).exists()


async def test_a_clearing_alone_clears(tmp_path: Path) -> None:
    async with tradebot.open_daemon(CONFIG, overrides={"data_dir": str(tmp_path)}) as daemon:
        engine, latch = daemon._built.engine, daemon._built.latch
        drop(tmp_path, "enough")
        await _until(lambda: engine.book.kill_reason is not None)
        await engine.submit(SetKillSwitch(engaged=False, reason="all is well", by="alice"))
        assert latch.reason is None and not (tmp_path / KILL_FILE).exists()
        assert engine.book.kill_reason is None


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)
