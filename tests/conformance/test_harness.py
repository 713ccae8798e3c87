"""Does the suite notice what an adapter leaves behind, and a fault that never came to pass?"""

import asyncio
import socket
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.conformance import harness
from tests.conformance.mock import MockBench
from tests.conformance.patient_loop import PatientLoop
from tests.conformance.promise import CASES
from tests.fakes.faults import FaultKind

from tradebot.ports import Broker

CASE = CASES["an_order_is_acknowledged_and_filled_in_parts_once_each"]


def leaving(what: Callable[[], Any]) -> type[MockBench]:
    """Make a bench whose adapter does something at its login, and never undoes it."""
    class Leaving(MockBench):
        def broker(self) -> Broker:
            broker = super().broker()
            connect = broker.connect

            async def connect_and_leave() -> None:
                await connect()
                what()

            broker.connect = connect_and_leave  # type: ignore[method-assign]
            return broker

    return Leaving


def test_a_task_that_lives_on_is_noticed() -> None:
    kept = list[asyncio.Task[None]]()
    bench = leaving(lambda: kept.append(asyncio.create_task(asyncio.sleep(10**6))))
    with pytest.raises(AssertionError, match="tasks are left"):
        harness.run(bench, CASE)


def test_a_thread_that_lives_on_is_noticed() -> None:
    free = threading.Event()
    thread = threading.Thread(target=free.wait, name="forgotten")
    try:
        with pytest.raises(AssertionError, match=r"threads are left.*forgotten"):
            harness.run(leaving(thread.start), CASE)
    finally:
        free.set()
        thread.join()


def test_a_socket_that_stays_open_is_noticed() -> None:
    kept = list[socket.socket]()
    with pytest.raises(AssertionError, match="sockets are left"):
        harness.run(leaving(lambda: kept.append(socket.socket())), CASE)
    kept[0].close()


def test_a_fault_that_never_fired_has_shown_nothing() -> None:
    class Unhurt(MockBench):
        async def open(self) -> None:
            await super().open()
            self.faults.push(FaultKind.HANG, on=None)
            self.faults.take = lambda *_: None  # type: ignore[method-assign]

    with pytest.raises(AssertionError, match="never fired"):
        harness.run(Unhurt, CASE)


def test_time_stands_still_while_somebody_else_has_the_processor() -> None:
    async def starved() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        threading.Event().wait(0.1)
        return loop.time() - began

    with asyncio.Runner(loop_factory=lambda: PatientLoop(Decimal(20))) as runner:
        assert runner.run(starved()) <= 0.3, "two seconds would be its share"


def test_waiting_takes_its_share_of_real_time_and_no_more() -> None:
    with asyncio.Runner(loop_factory=lambda: PatientLoop(Decimal(50))) as runner:
        runner.run(asyncio.wait_for(asyncio.sleep(1.0), 5.0))
