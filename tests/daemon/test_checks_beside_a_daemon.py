"""Does a check of the release or the machine disturb the daemon that runs there? Never."""

import asyncio
from pathlib import Path

import pytest
from tests.daemon.rehearsal import CONFIG

import tradebot
from tradebot.cli.main import main
from tradebot.shell.told.ci_metrics import PLACE


def everything(home: Path) -> dict[str, tuple[int, int, bytes]]:
    """Read all there is, except where a check keeps its own figures."""
    return {
        str(p): (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else b"")
        for p in home.rglob("*") if p not in (home / PLACE.parent, home / PLACE)
    }


@pytest.mark.parametrize("verb", ["release-check", "doctor"])
async def test_a_daemon_that_runs_is_left_as_it_is(verb: str, tmp_path: Path) -> None:
    path, home = tmp_path / "c.yaml", tmp_path / "data"
    path.write_text(CONFIG.replace("data_dir: data", f"data_dir: {home}"))
    still = {"schedule.auto_start": "false", "telemetry.health_check_s": "3600"}
    async with tradebot.open_daemon(path, overrides=still) as daemon:
        await asyncio.sleep(0.5)  # the journal writes zeros ahead of itself in its first moments
        before = everything(home)
        code = await asyncio.to_thread(main, [verb, "--config", str(path), "--json"])
        assert code == 0
        after = everything(home)
        assert [path for path in before | after if before.get(path) != after.get(path)] == []
        assert daemon.status()["running"] is True
