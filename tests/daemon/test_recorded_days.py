"""Does a rehearsal of recorded days say what is missing, and fail when a recording is broken?"""

import subprocess
from pathlib import Path

from tests.daemon.rehearsal import Rehearsal
from tests.plugins.recordings import OPEN_MS, trade, two_days, zipped

CONFIG = """\
schema_version: 1
mode: paper
data_dir: data
market_data: {provider: recorded, path: tape, symbols: [SPY]}
supervision: {max_restarts: 1, initial_backoff_s: 0.1}
"""
SPAN = ("--start", "2013-10-07T13:25:00Z", "--until", "2013-10-11T20:00:00Z", "--speed", "max")


def a_rehearsal(directory: Path) -> Rehearsal:
    found = Rehearsal(directory)
    (directory / "c.yaml").write_text(CONFIG)
    two_days(directory / "tape")
    zipped(directory / "tape", "equity/usa/spy/20131011_trade", trade(OPEN_MS))
    return found


def test_missing_days_are_told_once_at_the_start(tmp_path: Path) -> None:
    told = a_rehearsal(tmp_path).run(*SPAN)
    said = "2 sessions are not recorded, 2013-10-09 to 2013-10-10"
    assert told.count(said) == 1


def test_a_recording_that_breaks_on_the_way_ends_the_rehearsal_with_1(tmp_path: Path) -> None:
    rehearsal = a_rehearsal(tmp_path)
    broken = tmp_path / "tape/equity/usa/minute/spy/20131008_trade.zip"
    broken.write_bytes(b"no zip")
    process = rehearsal.start(*SPAN)
    told = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 1
    assert "STOPPED in ERROR to the end: market data: RecordingDamaged" in told
    assert "20131008_trade.zip" in told
    assert rehearsal.ask("ledger", "verify")["good"] is True


def test_status_and_health_show_the_gaps(tmp_path: Path) -> None:
    rehearsal = a_rehearsal(tmp_path)
    process = rehearsal.start(*SPAN[:4], "--speed", "60", told=subprocess.DEVNULL)
    try:
        while not (rehearsal.home / "tradebot.sock").exists():
            assert process.poll() is None
        gap = {"symbol": "SPY", "first": "2013-10-09", "last": "2013-10-10", "sessions": 2}
        assert rehearsal.ask("status")["gaps"] == [gap]
        found = rehearsal.ask("health")["components"]["market_data"]
        assert (found["status"], found["gaps"]) == ("degraded", [gap])
    finally:
        process.terminate()
        process.wait(timeout=10)
