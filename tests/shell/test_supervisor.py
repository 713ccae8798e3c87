"""Who owns a task owns its death: core tasks stop the process, others start again within limits."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tradebot.shell.replay.sim_loop import SimLoop
from tradebot.shell.supervisor import Limits, Notice, Supervisor, TaskFailed, TaskRecovered

T = TypeVar("T")
LIMITS = Limits(max_restarts=3, initial_backoff_s=5, backoff_multiplier=2, cooldown_s=300)


def in_virtual_time(story: Callable[[], Awaitable[T]]) -> T:
    async def told() -> T:
        return await story()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(told())


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
    assert TaskRecovered(name="feed") in notices


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
