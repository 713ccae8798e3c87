"""Who owns a task owns its death: core tasks stop the process, others start again within limits."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import TypeVar

import pytest

from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.supervisor import (
    Limits,
    Notice,
    Supervisor,
    TaskFailed,
    TaskRecovered,
    within,
)

T = TypeVar("T")
LIMITS = Limits(max_restarts=3, initial_backoff_s=5, backoff_multiplier=2, cooldown_s=300)


def in_virtual_time(story: Callable[[], Awaitable[T]]) -> T:
    async def told() -> T:
        return await story()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(told())


@pytest.mark.promise(7)
@pytest.mark.fault(7, 17)
def test_a_core_task_that_dies_is_the_reason_to_stop() -> None:
    async def story() -> str | None:
        supervisor = Supervisor(LIMITS, lambda notice: None)

        async def dies() -> None:
            await asyncio.sleep(1)
            raise OSError("no disk")

        supervisor.core("journal", dies)
        reason = await supervisor.watch(asyncio.Event())
        await supervisor.close()
        return reason

    assert in_virtual_time(story) == "journal died: OSError: no disk"


@pytest.mark.promise(7)
@pytest.mark.fault(17)
def test_a_core_task_that_just_ends_is_a_failure_too() -> None:
    async def story() -> str | None:
        supervisor = Supervisor(LIMITS, lambda notice: None)

        async def ends() -> None:
            await asyncio.sleep(0)

        supervisor.core("engine", ends)
        return await supervisor.watch(asyncio.Event())

    assert in_virtual_time(story) == "engine ended"


def test_asked_to_stop_is_no_failure() -> None:
    async def story() -> str | None:
        supervisor, stop = Supervisor(LIMITS, lambda notice: None), asyncio.Event()
        supervisor.core("engine", asyncio.Event().wait)
        asyncio.get_running_loop().call_later(7, stop.set)
        reason = await supervisor.watch(stop)
        await supervisor.close()
        return reason

    assert in_virtual_time(story) is None


def test_a_feed_restarts_with_growing_waits_then_cools_down_and_is_armed_again() -> None:
    started: list[float] = []
    notices: list[Notice] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()

        async def fails() -> None:
            started.append(round(loop.time(), 3))
            raise ConnectionError("feed gone")

        supervisor = Supervisor(LIMITS, notices.append)
        supervisor.restartable("feed", fails)
        await asyncio.sleep(400)
        await supervisor.close()

    in_virtual_time(story)
    assert started[:6] == [0, 5, 15, 35, 335, 340]
    failed = [notice for notice in notices if isinstance(notice, TaskFailed)]
    assert [notice.given_up for notice in failed[:5]] == [False, False, False, True, False]
    assert TaskRecovered(name="feed") not in notices, "it never ran for longer than an instant"


def test_a_feed_that_was_given_up_has_recovered_once_it_runs_for_a_while() -> None:
    notices: list[tuple[float, Notice]] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()

        async def fails_in_the_first_minutes() -> None:
            await asyncio.sleep(3 if loop.time() < 600 else 1000)
            raise ConnectionError("feed gone")

        limits = Limits(max_restarts=0, initial_backoff_s=5, cooldown_s=300)
        supervisor = Supervisor(limits, lambda notice: notices.append((loop.time(), notice)))
        supervisor.restartable("feed", fails_in_the_first_minutes)
        await asyncio.sleep(700)
        await supervisor.close()

    in_virtual_time(story)
    assert [at for at, notice in notices if isinstance(notice, TaskFailed)] == [3, 306]
    assert notices[2:] == [(611, TaskRecovered(name="feed"))]


def test_a_healthy_while_arms_a_feed_again() -> None:
    restarts: list[int] = []

    async def story() -> None:
        async def runs_longer_than_the_cooldown() -> None:
            await asyncio.sleep(LIMITS.cooldown_s)
            raise ConnectionError("feed gone")

        def hear(notice: Notice) -> None:
            assert isinstance(notice, TaskFailed)
            restarts.append(notice.restarts)

        supervisor = Supervisor(LIMITS, hear)
        supervisor.restartable("feed", runs_longer_than_the_cooldown)
        await asyncio.sleep(LIMITS.cooldown_s * 10)
        await supervisor.close()

    in_virtual_time(story)
    assert set(restarts) == {0}
    assert len(restarts) > LIMITS.max_restarts


@pytest.mark.promise(20)
def test_no_wait_is_longer_than_the_cooldown_however_many_restarts_there_were() -> None:
    started: list[float] = []

    async def story() -> None:
        async def fails() -> None:
            started.append(asyncio.get_running_loop().time())
            raise ConnectionError("feed gone")

        limits = Limits(max_restarts=10**6, backoff_multiplier=10, cooldown_s=300)
        supervisor = Supervisor(limits, lambda notice: None)
        supervisor.restartable("feed", fails)
        await asyncio.sleep(300 * 500)
        await supervisor.close()

    in_virtual_time(story)
    assert started[-1] - started[-2] == 300
    assert len(started) > 400  # a wait that grew on would have overflowed by then


def test_a_task_that_never_gives_up_is_tried_for_ever_with_a_bounded_wait() -> None:
    async def story() -> tuple[list[float], list[Notice]]:
        loop, began, notices = asyncio.get_running_loop(), list[float](), list[Notice]()
        supervisor = Supervisor(LIMITS, notices.append)

        async def fails() -> None:
            began.append(loop.time())
            raise OSError("away")

        supervisor.restartable("route", fails, lambda: False)
        await asyncio.sleep(3_000)
        await supervisor.close()
        return began, notices

    began, notices = in_virtual_time(story)
    waits = [round(after - before) for before, after in pairwise(began)]
    assert waits[:8] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert not any(isinstance(notice, TaskFailed) and notice.given_up for notice in notices)


def test_a_core_task_that_came_after_the_watch_began_is_watched_too() -> None:
    async def story() -> str | None:
        supervisor = Supervisor(LIMITS, lambda notice: None)

        async def dies() -> None:
            raise OSError("late")

        supervisor.core("engine", asyncio.Event().wait)
        watch = asyncio.create_task(supervisor.watch(asyncio.Event()))
        await asyncio.sleep(1)
        supervisor.core("marks", dies)
        reason = await asyncio.wait_for(watch, 10)
        await supervisor.close()
        return reason

    assert in_virtual_time(story) == "marks died: OSError: late"


def test_an_adapter_that_cancels_itself_is_started_again_like_one_that_fails() -> None:
    notices: list[Notice] = []

    async def story() -> None:
        async def cancels_itself() -> None:
            raise asyncio.CancelledError("inner task")

        supervisor = Supervisor(LIMITS, notices.append)
        supervisor.restartable("route", cancels_itself)
        await asyncio.sleep(6)
        await supervisor.close()

    in_virtual_time(story)
    assert len(notices) == 2


def test_what_does_not_end_in_time_is_named_and_not_waited_for() -> None:
    async def story() -> tuple[str | None, float]:
        loop = asyncio.get_running_loop()
        told = await within(5, asyncio.Event().wait)
        return told, loop.time()

    assert in_virtual_time(story) == ("TimeoutError: ", 5)


def test_a_feed_that_returns_has_ended_and_is_not_started_again() -> None:
    started: list[float] = []

    async def story() -> None:
        async def ends() -> None:
            started.append(asyncio.get_running_loop().time())

        supervisor = Supervisor(LIMITS, lambda notice: None)
        supervisor.restartable("recording", ends)
        await asyncio.sleep(1000)
        await supervisor.close()

    in_virtual_time(story)
    assert len(started) == 1
