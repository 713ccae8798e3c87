"""Is a kill told that a crash cut off between its line in the journal and its message?"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.makers import OPEN
from tests.shell.notify.desk import Desk, Ears, played
from tests.stories.story import play

from tradebot.core.model.commands import Tick
from tradebot.core.model.events import BreakerSet
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify.reporter import Reporter
from tradebot.shell.views.views import Views

STORY = (Path(__file__).parents[2] / "stories" / "an_external_fill.story").read_text()


def decisions() -> list[Decision]:
    return [
        Decision(seq=seq, at=told.at, command=told.command, events=told.events, reads=told.reads)
        for seq, told in enumerate(play(STORY)[1].told, 1) if told.events
    ]


def start(desk: Desk, past: list[Decision], ears: Ears) -> Reporter:
    """Fold the past as a start does, and go on."""
    views = Views()
    take = desk.history.beside(views.apply)
    for decision in past:
        take(decision)
    desk.open(mail=(ears, {"messages_per_minute_max": 99}))
    reporter = Reporter(desk.alerts, views, desk.alerts.echo.clock, desk.lines.append)
    reporter.resume(past[-1].seq if past else 0)
    return reporter


CRITICAL = [
    "HALTED IBM: OMS_EXTERNAL", "HALTED IBM: OMS_EXTERNAL", "HALTED everything: OMS_EXTERNAL",
    "HALTED SPY270115P00400000: OMS_EXTERNAL", "HALTED everything: OMS_UNKNOWN_INSTRUMENT",
    "HALTED ESZ6: OMS_EXTERNAL",
]


@pytest.mark.parametrize("heard", [0, 5, 9, 15])
def test_after_a_crash_at_any_point_every_critical_alert_was_told(
    tmp_path: Path, heard: int
) -> None:
    all_of_them, told = decisions(), list[str]()

    async def first_life(desk: Desk) -> None:
        ears = Ears()
        reporter = start(desk, [], ears)
        for decision in all_of_them[:heard]:
            reporter._views.apply(decision)
            reporter.on_decision(decision)
        await asyncio.sleep(5)
        told.extend(alert.title for alert in ears.heard if alert.level == "critical")
        assert desk.lines == []

    async def second_life(desk: Desk) -> None:
        ears = Ears()
        start(desk, all_of_them, ears)
        await asyncio.sleep(5)
        assert all("again after a restart" in alert.text for alert in ears.heard)
        told.extend(ears.titles)

    async def third_life(desk: Desk) -> None:
        ears = Ears()
        start(desk, all_of_them, ears)
        await asyncio.sleep(5)
        assert ears.titles == []

    played(tmp_path, first_life, has_end=False)
    played(tmp_path, second_life, has_end=False)
    played(tmp_path, third_life)
    assert told == CRITICAL


def test_a_first_start_over_an_old_journal_tells_nothing_of_the_past(tmp_path: Path) -> None:
    ears = Ears()

    async def scene(desk: Desk) -> None:
        start(desk, decisions(), ears)
        await asyncio.sleep(5)

    played(tmp_path, scene)
    assert ears.titles == []


def test_a_rule_that_fails_harms_nobody(tmp_path: Path) -> None:
    odd: Any = "AJAR"
    ears, event = Ears(), BreakerSet(route="paper", state=odd)

    async def scene(desk: Desk) -> list[str]:
        reporter = start(desk, [], ears)
        reporter.on_decision(Decision(1, OPEN, Tick(), (event,)))
        return desk.lines

    assert played(tmp_path, scene) == ["an alert could not be made: KeyError: 'AJAR'"]
    assert ears.heard == []
