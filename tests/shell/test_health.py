"""Does health say so when a broker falls silent, quotes grow old, or the machine runs out?"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.daemon.rehearsal import CONFIG

import tradebot
from tradebot.shell import machine
from tradebot.shell.health import CONNECTION_STALE_S, DATA_STALE_S, Health
from tradebot.shell.machine import CPU_WINDOW_S, Machine

WELL = Machine(
    disk_free_bytes=50 << 30, disk_used_frac=0.3, memory_bytes=90 << 20, memory_used_frac=0.4,
    cpu_s=1.0, cpu_frac=0.1,
)


def rated(health: Health, name: str) -> tuple[str, dict[str, Any]]:
    found = dict(health.document()["components"][name])
    return found.pop("status"), found


def test_silence_and_old_quotes_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c.yaml").write_text(CONFIG.replace("data_dir: data", f"data_dir: {tmp_path}/data"))
    monkeypatch.setattr(machine, "look", lambda home, before=None: WELL)

    async def run() -> None:
        async with tradebot.open_daemon(
            tmp_path / "c.yaml", rehearse=True, speed="max",
            start=datetime(2026, 11, 24, 14, 30, tzinfo=UTC),
            until=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        ) as daemon:
            await asyncio.sleep(120)
            health = daemon._built.metrics.watched().health
            assert health.document()["system_status"] == "healthy"
            told_of_brokers_and_quotes(health)
            for bad in (replace(WELL, disk_used_frac=0.85), replace(WELL, cpu_frac=0.95)):
                monkeypatch.setattr(machine, "look", lambda home, before=None, bad=bad: bad)
                told_of_machine(health, bad)

    tradebot.rehearse(run())


def told_of_brokers_and_quotes(health: Health) -> None:
    spine, pace = health.patient.spine, health.rounds.pace
    link, now = spine.links[0], spine.clock.now()
    link.last_heard = now - timedelta(seconds=CONNECTION_STALE_S * pace - 1)
    assert rated(health, "brokers")[0] == "healthy"
    link.last_heard = now - timedelta(seconds=CONNECTION_STALE_S * pace + 1)
    silent = {"down": [], "broken": [], "silent": ["paper"], "refused": {}}
    assert rated(health, "brokers") == ("degraded", silent)
    quotes = spine.facts.quotes
    for symbol, quote in quotes.items():
        quotes[symbol] = replace(quote, as_of=now - timedelta(seconds=DATA_STALE_S + 1))
    assert rated(health, "market_data")[0] == "degraded"
    quotes["SPY"] = replace(quotes["SPY"], as_of=now)
    assert rated(health, "market_data")[0] == "healthy", "one that lives is enough"


def told_of_machine(health: Health, bad: Machine) -> None:
    """A rehearsal may use the processor as it likes; a daemon in real time may not."""
    if bad.disk_used_frac > 0.8:
        assert rated(health, "disk")[0] == "degraded"
        return
    assert rated(health, "machine")[0] == "healthy"
    health.rounds = replace(health.rounds, pace=1.0)
    assert rated(health, "machine")[0] == "unhealthy"


def test_the_share_of_the_processor_is_of_a_while_long_enough_to_say_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = machine.look(tmp_path)
    assert first.cpu_frac is None
    assert machine.look(tmp_path, first).cpu_frac is None, "an instant says nothing"
    then, used = first.window
    monkeypatch.setattr(machine, "stopwatch", lambda: then + CPU_WINDOW_S)
    monkeypatch.setattr(machine.time, "process_time", lambda: used + CPU_WINDOW_S / 4)
    later = machine.look(tmp_path, first)
    assert later.cpu_frac == pytest.approx(0.25)
    assert machine.look(tmp_path, later).cpu_frac == later.cpu_frac, "kept till the next while"
    assert 0 < later.disk_used_frac < 1
    assert later.memory_used_frac is None or 0 < later.memory_used_frac < 1


def test_what_the_system_does_not_tell_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_ABOUT_MEMORY", tmp_path / "none")
    monkeypatch.setattr(machine, "_OF_OURS", tmp_path / "none")
    found = machine.look(tmp_path)
    assert (found.memory_bytes, found.memory_used_frac) == (None, None)
