"""Does a whole daemon follow its calendar: summer time, short days, closures, the last day?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """\
schema_version: 1
mode: paper
data_dir: data
market_data: {provider: simulated, symbols: [SPY], interval_s: 60}
brokers: {paper: {adapter: paper}}
"""
CLOSED, PRE, OPEN, POST = "CLOSED", "PRE_MARKET", "TRADING", "POST_MARKET"


def lived(
    home: Path, start: str, until: str, *settings: str, code: int = 0
) -> list[tuple[str, str, str]]:
    """Rehearse a span; return when the state became what, and why, without the way in and out."""
    (home / "c.yaml").write_text(CONFIG)
    ran = subprocess.run(
        [sys.executable, "-m", "tradebot.cli.main", "run", "--config", "c.yaml", "--rehearse",
         "--speed", "max", "--start", f"{start}Z", "--until", f"{until}Z",
         *(word for setting in settings for word in ("--set", setting))],
        cwd=home, capture_output=True, text=True, timeout=60, check=False,
    )
    assert (ran.returncode, ran.stderr) == (code, "")
    notes = [json.loads(line) for line in ran.stdout.splitlines()]
    moves = [note for note in notes if note.get("text", "").startswith("state ")]
    found = []
    for move in moves[1:-2]:
        words, _, reason = move["text"].partition(": ")
        found.append((move["at"][:16], words.split()[-1], reason))
    return found


def states(home: Path, start: str, until: str, *settings: str) -> list[tuple[str, str]]:
    return [(at, state) for at, state, _ in lived(home, start, until, *settings)]


@pytest.mark.fault(43)
@pytest.mark.parametrize(("start", "until", "expected"), [
    # New York's clocks go forward in the night to Sunday, 14 March 2027,
    ("2027-03-12T20:59", "2027-03-15T13:31", [
        ("2027-03-12T20:59", OPEN), ("2027-03-12T21:00", POST), ("2027-03-13T01:00", CLOSED),
        ("2027-03-15T08:00", PRE), ("2027-03-15T13:30", OPEN),
    ]),
    # and back in the night to Sunday, 7 November 2027.
    ("2027-11-05T19:59", "2027-11-08T14:31", [
        ("2027-11-05T19:59", OPEN), ("2027-11-05T20:00", POST), ("2027-11-06T00:00", CLOSED),
        ("2027-11-08T09:00", PRE), ("2027-11-08T14:30", OPEN),
    ]),
], ids=["spring", "autumn"])
def test_over_a_sunday_on_which_the_clocks_change(
    start: str, until: str, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert states(tmp_path, start, until) == expected


@pytest.mark.fault(47)
def test_a_holiday_is_slept_through_and_a_half_day_ends_at_one(tmp_path: Path) -> None:
    assert states(tmp_path, "2026-11-26T06:00", "2026-11-27T23:00") == [
        ("2026-11-26T06:00", CLOSED), ("2026-11-27T09:00", PRE), ("2026-11-27T14:30", OPEN),
        ("2026-11-27T18:00", POST), ("2026-11-27T22:00", CLOSED),
    ]


def test_days_from_the_configuration_are_followed_like_any_other(tmp_path: Path) -> None:
    assert states(
        tmp_path, "2027-03-10T13:00", "2027-03-11T23:00",
        "schedule.closures=2027-03-10", "schedule.early_closes=2027-03-11",
    ) == [
        ("2027-03-10T13:00", CLOSED), ("2027-03-11T09:00", PRE), ("2027-03-11T14:30", OPEN),
        ("2027-03-11T18:00", POST), ("2027-03-11T22:00", CLOSED),
    ]


@pytest.mark.fault(47)
def test_after_the_last_known_day_it_is_in_error_and_says_what_to_do(tmp_path: Path) -> None:
    *year, end = lived(tmp_path, "2035-12-31T20:59", "2036-01-03T15:00", code=1)
    assert [(at, state) for at, state, _ in year] == [
        ("2035-12-31T20:59", OPEN), ("2035-12-31T21:00", POST), ("2036-01-01T01:00", CLOSED),
    ]
    assert end == (
        "2036-01-01T05:00", "ERROR", "XNYS knows no day from 2036-01-01 on: update tradebot"
    )
