"""Does the core hear of every phase, once, in order, whatever the clocks do?"""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from tradebot.core.model.commands import EnterSession, Phase
from tradebot.plugins.calendars.always_open import AlwaysOpen
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.shell.calendar import follow
from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop

CLOSED, PRE, TRADING, POST = Phase.CLOSED, Phase.PRE_MARKET, Phase.TRADING, Phase.POST_MARKET


class WallOverLoop:
    """A wall clock over the loop's clock that may be set while it runs."""

    longest_sleep_s = 60.0

    def __init__(self, start):
        self._loop = LoopClock(start, asyncio.get_running_loop())
        self.offset = timedelta()

    def now(self):
        return self._loop.now() + self.offset


def followed(calendar, start, *, hours, steps=()):
    """Follow for some hours of loop time; `steps` are (after hours, change of the wall clock)."""
    heard = []

    async def run():
        clock = WallOverLoop(start)

        async def submit(command):
            heard.append((clock.now(), command))
            await asyncio.sleep(0.01)  # as long as a disk takes

        async def set_clock(after, change):
            await asyncio.sleep(after * 3600)
            clock.offset += change

        setting = [asyncio.create_task(set_clock(*step)) for step in steps]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(follow(calendar, clock, submit), timeout=hours * 3600)
        await asyncio.gather(*setting)

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(run())
    return heard


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def phases(heard):
    return [command.phase for _, command in heard]


def test_a_start_at_night_hears_the_closed_market_and_then_the_whole_day():
    heard = followed(ExchangeCalendar(), utc(2026, 11, 23, 5), hours=24)
    assert [command.phase for _, command in heard] == [CLOSED, PRE, TRADING, POST, CLOSED]
    assert [at.replace(microsecond=0) for at, _ in heard] == [
        utc(2026, 11, 23, 5), utc(2026, 11, 23, 9), utc(2026, 11, 23, 14, 30),
        utc(2026, 11, 23, 21), utc(2026, 11, 24, 1),
    ]


def test_a_start_in_mid_session_hears_its_phase_at_once_with_its_session():
    at, command = followed(ExchangeCalendar(), utc(2026, 11, 27, 15), hours=1)[0]
    assert at == utc(2026, 11, 27, 15)
    assert command == EnterSession(
        calendar="XNYS", phase=TRADING, session="2026-11-27",
        opens=utc(2026, 11, 27, 14, 30), closes=utc(2026, 11, 27, 18), utc_offset_s=-5 * 3600,
    )


def test_outside_every_session_none_is_named():
    heard = followed(ExchangeCalendar(), utc(2026, 11, 28, 15), hours=1)
    assert [command for _, command in heard] == [EnterSession(calendar="XNYS", phase=CLOSED)]


def test_a_change_is_never_told_before_its_time():
    calendar = ExchangeCalendar()
    for at, command in followed(calendar, utc(2026, 11, 23, 5), hours=24 * 7):
        assert calendar.phase_at(at) is command.phase


@pytest.mark.fault(11, 42)
def test_a_machine_asleep_over_several_phases_hears_each_in_order_within_a_minute_of_waking():
    start = utc(2026, 11, 23, 12)
    heard = followed(ExchangeCalendar(), start, hours=2, steps=[(1, timedelta(hours=10))])
    assert phases(heard) == [PRE, TRADING, POST]
    woke = start + timedelta(hours=11)
    assert all(woke <= at <= woke + timedelta(seconds=60) for at, _ in heard[1:])
    assert {command.session for _, command in heard} == {"2026-11-23"}


@pytest.mark.fault(41)
def test_a_clock_set_back_over_a_change_returns_to_the_phase_that_holds():
    heard = followed(
        ExchangeCalendar(), utc(2026, 11, 23, 14), hours=2, steps=[(1, -timedelta(minutes=45))]
    )
    assert phases(heard) == [PRE, TRADING, PRE, TRADING]


def test_a_clock_set_back_by_a_blink_while_the_open_is_told_tells_it_once():
    heard = followed(
        ExchangeCalendar(), utc(2026, 11, 23, 14), hours=2,
        steps=[(0.5 + 1e-6, -timedelta(milliseconds=200))],
    )
    assert phases(heard) == [PRE, TRADING]


def test_a_clock_set_back_within_a_phase_tells_nothing():
    heard = followed(
        ExchangeCalendar(), utc(2026, 11, 23, 16), hours=2, steps=[(1, -timedelta(minutes=80))]
    )
    assert phases(heard) == [TRADING]


def test_a_market_that_never_closes_enters_a_new_session_each_utc_day():
    heard = followed(AlwaysOpen(), utc(2026, 11, 21, 12), hours=48)
    assert [command.session for _, command in heard] == ["2026-11-21", "2026-11-22", "2026-11-23"]
    assert set(phases(heard)) == {TRADING}


def test_two_runs_hear_the_same_at_the_same_instants():
    def run():
        return followed(ExchangeCalendar(), utc(2026, 11, 25, 5), hours=72)

    assert run() == run()


def test_following_ends_where_the_calendar_knows_no_more_and_the_market_is_closed():
    heard = followed(ExchangeCalendar(), utc(2035, 12, 31, 20), hours=24)
    assert phases(heard) == [TRADING, POST, CLOSED]
    late = followed(ExchangeCalendar(), utc(2040, 6, 1, 15), hours=24)
    assert [command for _, command in late] == [EnterSession(calendar="XNYS", phase=CLOSED)]


@pytest.mark.fault(43)
def test_sundays_on_which_the_clocks_change_have_no_phase_of_their_own():
    for start in (utc(2027, 3, 13, 12), utc(2027, 11, 6, 12)):
        assert phases(followed(ExchangeCalendar(), start, hours=36)) == [CLOSED]
