"""Do messages go out no faster than the broker takes them, and cancels before all else?"""

import asyncio
from itertools import pairwise

import pytest
from tests.shell.wire.test_deadline import play

from tradebot.shell.wire.limiter import Limiter


def times(orders: int, cancels_at: tuple[float, ...] = ()) -> tuple[list[float], list[float]]:
    """Let many orders and some cancels ask for a turn; tell when each got it."""
    async def story() -> tuple[list[float], list[float]]:
        loop, limiter = asyncio.get_running_loop(), Limiter(4, 0.25)
        began, sent, canceled = loop.time(), list[float](), list[float]()

        async def order() -> None:
            await limiter.order()
            sent.append(loop.time() - began)

        async def cancel(after_s: float) -> None:
            await asyncio.sleep(after_s)
            await limiter.cancel()
            canceled.append(loop.time() - began)

        async with asyncio.TaskGroup() as group:
            for _ in range(orders):
                group.create_task(order())
            for after_s in cancels_at:
                group.create_task(cancel(after_s))
        return sent, canceled

    return play(story)


@pytest.mark.fault(67)
def test_orders_leave_at_the_brokers_pace_after_a_first_burst() -> None:
    sent, _ = times(11)
    assert sent[:3] == [0, 0, 0], "the fourth token is the cancels'"
    gaps = [after - before for before, after in pairwise(sent[3:])]
    assert all(0.249 < gap < 0.251 for gap in gaps)


@pytest.mark.promise(21)
@pytest.mark.fault(67)
def test_a_cancel_never_waits_behind_the_orders() -> None:
    sent, canceled = times(40, cancels_at=(1.1, 2.1, 3.1))
    assert sent[-1] > 9
    assert [round(at, 3) for at in canceled] == [1.1, 2.1, 3.1]


@pytest.mark.promise(14)
@pytest.mark.fault(67)
def test_no_second_sees_more_than_the_broker_takes() -> None:
    sent, canceled = times(30, cancels_at=tuple(n / 2 for n in range(10)))
    every = sorted((*sent, *canceled))
    for first in range(len(every)):
        within = [at for at in every[first:] if at < every[first] + 1 - 1e-6]
        assert len(within) <= 4 + 4, "a full bucket, and what a second fills in"
