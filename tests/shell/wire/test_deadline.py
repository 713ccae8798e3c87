"""Does every call end in time, and only by that time?"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import pytest

from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.wire.deadline import Deadline

T = TypeVar("T")


def play(story: Callable[[], Awaitable[T]]) -> T:
    async def played() -> T:
        return await story()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(played())


@pytest.mark.fault(18, 79)
def test_a_call_that_hangs_ends_at_its_deadline_and_others_at_theirs() -> None:
    async def story() -> list[float]:
        deadline, loop, ended = Deadline(10), asyncio.get_running_loop(), list[float]()
        began = loop.time()

        async def hang() -> None:
            with pytest.raises(TimeoutError, match="no answer in 10 s"):
                await deadline.bound(asyncio.Event().wait())
            ended.append(loop.time() - began)

        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(hang())
                await asyncio.sleep(4)
        return ended

    assert play(story) == [10, 14, 18]


def test_an_answer_in_time_is_returned_and_leaves_nothing_behind() -> None:
    async def story() -> list[str]:
        deadline = Deadline(10)

        async def answer() -> str:
            await asyncio.sleep(9)
            return "yes"

        answers = [await deadline.bound(answer()) for _ in range(3)]
        await asyncio.sleep(30)
        return answers

    assert play(story) == ["yes"] * 3


@pytest.mark.fault(18)
def test_who_cancels_the_task_from_outside_ends_it_and_not_the_deadline() -> None:
    async def story() -> bool:
        deadline = Deadline(10)
        task = asyncio.create_task(deadline.bound(asyncio.Event().wait()))
        await asyncio.sleep(10 - 1e-6)
        task.cancel()
        await asyncio.wait({task})
        return task.cancelled()

    assert play(story)


@pytest.mark.fault(18)
def test_who_cancels_at_the_very_moment_of_the_deadline_is_not_taken_for_it() -> None:
    async def story() -> bool:
        deadline, loop = Deadline(10), asyncio.get_running_loop()

        async def call() -> None:
            loop.call_later(10, task.cancel)
            await deadline.bound(asyncio.Event().wait())

        task = asyncio.create_task(call())
        await asyncio.wait({task})
        return task.cancelled()

    assert play(story)


def test_after_a_deadline_the_task_goes_on_as_any_other() -> None:
    async def story() -> int:
        deadline = Deadline(1)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await deadline.bound(asyncio.Event().wait())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.Event().wait()
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert play(story) == 0


def test_a_call_that_cannot_be_cancelled_tells_how_long_it_goes_on() -> None:
    async def scene() -> None:
        deadline = Deadline(10)
        end = asyncio.Event()

        async def deaf() -> None:
            while not end.is_set():
                with suppress(asyncio.CancelledError):
                    await end.wait()

        call = asyncio.create_task(deadline.bound(deaf()))
        await asyncio.sleep(9)
        assert deadline.overdue_s() == 0
        await asyncio.sleep(61)
        assert deadline.overdue_s() == 60
        end.set()
        await call
        assert deadline.overdue_s() == 0

    play(scene)
