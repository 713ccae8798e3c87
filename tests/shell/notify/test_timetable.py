"""Is everything told at its time of the market's day, once, and only where it is true?"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shell.notify.desk import Desk, Ears, played
from tests.stories.story import play

from tradebot.core.model.alert import AlertKind, Level
from tradebot.core.model.commands import Phase
from tradebot.core.model.events import SessionEntered
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify import digests
from tradebot.shell.notify.timetable import Timetable
from tradebot.shell.views.views import Views

STORIES = Path(__file__).parents[2] / "stories"
HEALTH: dict[str, Any] = {
    "state": "TRADING", "mode": "paper", "uptime_s": 7261.0, "loop_lag_ms": 3.5,
    "counts": {"dead_letters": 0, "orders_in_doubt": 0, "orders_working": 1, "positions": 2},
    "drafts": {"waiting": 1}, "orders": {"total": 9, "fills": 4}, "memory_bytes": 10**8,
    "disk_free_bytes": 10**11, "last_decision": {"seq": 77},
    "components": {"disk": {"status": "healthy", "free_bytes": 5}},
}
POOR = {**HEALTH, "components": {
    "disk": {"status": "degraded", "free_bytes": 5, "why": ""}, "loop": {"status": "healthy"},
}}


def a_week(story: str) -> Views:
    """Return views that saw the Monday of a story, and the Friday after it begin."""
    views = Views()
    told = play((STORIES / f"{story}.story").read_text())[1].told
    for seq, one in enumerate(told, 1):
        monday = [entered("2026-08-24")] if seq == 3 else []  # the account is there
        events = (*one.events, *monday)
        views.apply(Decision(seq, one.at, one.command, events, one.reads))
    last = told[-1]
    views.apply(Decision(len(told) + 1, last.at, last.command, (entered("2026-08-28"),)))
    return views


def entered(session: str) -> SessionEntered:
    return SessionEntered(calendar="XNYS", phase=Phase.PRE_MARKET, session=session)


def told(
    folder: Path, hours: float, *, story: str = "a_plain_day",
    changed: dict[str, Any] | None = None, **section: Any,
) -> Ears:
    """Let so many hours pass after the open of that Monday, 13:30 UTC; then again, with changes."""
    ears = Ears()

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {"messages_per_minute_max": 99}))
        timetable = Timetable(
            desk.alerts, a_week(story), lambda: HEALTH, calendars={"XNYS": ExchangeCalendar()},
            clock=desk.alerts.echo.clock,
        )
        running = asyncio.create_task(timetable.run())
        await asyncio.sleep(hours * 3600)
        if changed is not None:
            desk.section = replace(desk.section, **changed)
            desk.open(mail=(ears, {"messages_per_minute_max": 99}))
            await asyncio.sleep(hours * 3600)
        running.cancel()

    played(folder, scene, **section)
    return ears


def test_a_day_is_summed_up_after_its_close(tmp_path: Path) -> None:
    ears = told(tmp_path, 7)
    assert ears.titles == ["Session 2026-08-24: 2 executions, sma +98"]
    (alert,) = ears.heard
    assert alert.text.splitlines() == [
        "Orders: 2, executions 2, fees 2, realised 100",
        "Profit: sma +98",
        "Equity: PAPER-1 100098 (+98), 0 below its most",
        "Refused: nothing",
        "Waiting: 1 drafts, 0 dead letters, 0 orders in doubt, 1 at work",
        "Breaks: 0, halts: 0",
        "Up 2 h 1 min, worst lag 3.5 ms",
    ]
    assert (alert.at, alert.kind) == (
        datetime(2026, 8, 24, 20, 15, tzinfo=UTC), AlertKind.DAILY_DIGEST
    )


def test_the_week_is_summed_up_after_its_last_session_and_each_day_begins_clear(
    tmp_path: Path,
) -> None:
    ears = told(tmp_path, 24 * 5)
    clear = [alert.at for alert in ears.heard if alert.kind is AlertKind.ALL_CLEAR]
    assert clear == [datetime(2026, 8, day, 13, tzinfo=UTC) for day in (25, 26, 27, 28)]
    kinds = [alert.kind for alert in ears.heard]
    assert kinds.count(AlertKind.DAILY_DIGEST) == 2  # of the sessions that it saw
    assert ears.titles[-1] == "Week to 2026-08-28: 2 executions, sma +98"


def test_a_restart_tells_nothing_twice(tmp_path: Path) -> None:
    assert told(tmp_path, 24).titles == ["Session 2026-08-24: 2 executions, sma +98", "All clear"]
    assert told(tmp_path, 24).titles == []


@pytest.mark.parametrize("section", [{"daily_digest": False, "all_clear": False}])
def test_what_nobody_wants_is_not_told(tmp_path: Path, section: dict[str, Any]) -> None:
    assert told(tmp_path, 24, **section).titles == []


def test_a_heart_beats_where_it_is_asked_to(tmp_path: Path) -> None:
    ears = told(tmp_path, 3.1, heartbeat_every_s=3600)
    assert ears.titles == ["Alive: TRADING, up 2 h 1 min"] * 3
    assert dict(ears.heard[0].fields)["loop_lag_ms"] == "3.5"


def test_a_heart_beats_by_the_settings_of_now(tmp_path: Path) -> None:
    slow, quick = {"heartbeat_every_s": 36_000}, {"heartbeat_every_s": 600}
    assert len(told(tmp_path, 0.9, changed=quick, **slow).titles) == 6  # one is late already
    assert told(tmp_path, 0.9, changed=slow, **quick).titles == ["Alive: TRADING, up 2 h 1 min"] * 5


def test_a_digest_goes_by_the_settings_of_now(tmp_path: Path) -> None:
    late = {"digest_after_close_s": 7200}
    (alert,) = told(tmp_path, 5, changed=late).heard
    assert alert.at == datetime(2026, 8, 24, 22, 0, tzinfo=UTC)


def test_all_is_clear_only_where_nothing_is_wrong() -> None:
    at = datetime(2026, 8, 24, tzinfo=UTC)
    assert digests.all_clear(at, HEALTH).level is Level.INFO
    alert = digests.all_clear(at, POOR)
    assert (alert.level, alert.title) == (
        Level.WARNING, "Not all clear: disk is degraded: free_bytes 5"
    )


def test_windows_are_told_as_they_open_and_close(tmp_path: Path) -> None:
    ears = told(tmp_path, 1, story="a_day_with_a_window")
    assert [(a.at.strftime("%H:%M"), a.title) for a in ears.heard] == [
        ("13:31", "Promotion window morning opened"), ("13:33", "Promotion window morning closed"),
    ]
