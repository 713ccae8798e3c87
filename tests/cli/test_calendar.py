"""Does the calendar verb answer for every day, and say why a market is shut?"""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tradebot.cli.main import main

Out = pytest.CaptureFixture[str]
CONFIG = ("--config", str(Path(__file__).parents[2] / "config" / "config.paper.yaml"))


def asked(capsys: Out, *words: str) -> dict[str, object]:
    assert main(["calendar", *CONFIG, "--json", *words]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_no_weekday_of_46_years_is_left_out(capsys: Out) -> None:
    found = asked(capsys, "--from", "1990-01-01", "--to", "2035-12-31")
    days = found["days"]
    assert isinstance(days, list)
    first = date(1990, 1, 1)
    all_days = (first + timedelta(days=n) for n in range((date(2036, 1, 1) - first).days))
    assert [day["day"] for day in days] == [f"{day}" for day in all_days if day.weekday() < 5]
    assert all(day["reason"] for day in days if not day["is_session"] or day["is_early_close"])


def test_holidays_and_short_days_say_why(capsys: Out) -> None:
    assert main(["calendar", *CONFIG, "--from", "2026-11-25", "--to", "2026-11-28"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].split() == ["2026-11-25", "Wed", "04:00", "09:30", "16:00", "20:00"]
    assert "closed: Thanksgiving" in said[2]
    assert "13:00" in said[3] and "day after Thanksgiving" in said[3]
    assert len(said) == 4


@pytest.mark.fault(44)
def test_a_machine_without_time_zones_knows_the_same_days() -> None:
    asks = "from zoneinfo import TZPATH; assert TZPATH == (), TZPATH; from tradebot.cli.main" \
           " import main; main(['calendar', *__import__('sys').argv[1:]])"
    days = (*CONFIG, "--from", "2027-03-12", "--to", "2027-03-15")
    said = subprocess.run(
        (sys.executable, "-c", asks, *days), env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()
    assert said[1].split() == ["2027-03-12", "Fri", "04:00", "09:30", "16:00", "20:00"]


def test_a_closure_by_configuration_is_shown(capsys: Out) -> None:
    days = asked(capsys, "--from", "2027-01-11", "--to", "2027-01-11",
                 "--set", "schedule.closures=2027-01-11")["days"]
    assert isinstance(days, list)
    assert (days[0]["is_session"], days[0]["reason"]) == (False, "by configuration")


@pytest.mark.parametrize(("words", "code", "said"), [
    (("--from", "2036-01-01"), 2, "XNYS is known from 1990 to 2035"),
    (("--from", "tomorrow"), 2, "expected a day such as 2026-11-26, got 'tomorrow'"),
    (("--from", "2026-02-02", "--to", "2026-02-01"), 2, "expected 2026-02-02 or later"),
    (("--calendar", "XLON"), 2, "expected one of 24/5, 24/7, XNYS"),
    (("--set", "schedule.calendar=XLON"), 4, "schedule.calendar: expected one of"),
    (("--set", "schedule.calendar=24/7", "--set", "schedule.closures=2027-01-11"), 4,
     "schedule.closures: 24/7 has no days to close"),
    (("--set", "schedule.early_closes=2027-01-10"), 4, "has no session on 2027-01-10"),
])
def test_what_cannot_be_answered_is_a_sentence(
    words: tuple[str, ...], code: int, said: str, capsys: Out
) -> None:
    assert main(["calendar", *CONFIG, *words]) == code
    assert said in capsys.readouterr().err
