"""How does one case run on one bench, and what may be left over? Every case, every adapter.

After each case no task, thread or socket may be left.
"""

import asyncio
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from tests.conformance import (
    cases_of_changes,
    cases_of_connections,
    cases_of_orders,
    cases_of_trouble,
)
from tests.conformance.bench import Bench
from tests.conformance.patient_loop import PatientLoop
from tests.conformance.promise import CASES, MORNING, Case, why_not

from tradebot.core.model.capabilities import Capabilities
from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop

FILES: Final = (cases_of_orders, cases_of_changes, cases_of_trouble, cases_of_connections)
ENDS_WITHIN_S: Final = 120.0  # on the loop's clock
GONE_WITHIN_S: Final = 20.0
FIRED: Final = Counter[tuple[str, str]]()  # faults by bench and kind, for who asks afterwards
_Begun = weakref.WeakSet[asyncio.Future[Any]]
_BEGUN: ContextVar[_Begun | None] = ContextVar("begun", default=None)


def run(bench_type: type[Bench], case: Case) -> str | None:
    """Play a case on a fresh bench; return why it is not supported, None where it held."""
    threads, sockets = set(threading.enumerate()), _sockets()
    with asyncio.Runner(loop_factory=lambda: _loop(bench_type)) as runner:
        why = runner.run(_whole(bench_type, case))
    left = [thread.name for thread in threading.enumerate() if thread not in threads]
    assert not left, f"threads are left: {left}"
    assert _sockets() <= sockets, "sockets are left"
    return why


def _loop(bench_type: type[Bench]) -> asyncio.AbstractEventLoop:
    return SimLoop() if bench_type.speed is None else PatientLoop(bench_type.speed)


@dataclass(frozen=True)
class Declared:
    """What a broker says of itself, and for every case why it is not supported there, if so."""

    can: Capabilities
    why_not: dict[str, str | None]


def declared(bench_type: type[Bench]) -> Declared:
    """Read what is declared, without playing any case."""
    async def ask() -> Declared:
        bench = bench_type(LoopClock(MORNING, asyncio.get_running_loop()))
        await bench.open()
        can = bench.broker().capabilities
        await bench.close()
        return Declared(can, {case.name: why_not(case, bench, can) for case in CASES.values()})

    with asyncio.Runner(loop_factory=lambda: _loop(bench_type)) as runner:
        return runner.run(ask())


def conformance(bench_type: type[Bench]) -> Callable[[Case], None]:
    """Make the test of one adapter: `test_it_conforms = conformance(MyBench)`."""
    @pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
    def test(case: Case) -> None:
        if (why := run(bench_type, case)) is not None:
            pytest.skip(f"not supported: {why}")

    return test


async def _whole(bench_type: type[Bench], case: Case) -> str | None:
    """Open the bench, play, close; what was begun in the play has to end with it."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(_tracked)
    bench = bench_type(LoopClock(case.begins, loop))
    await bench.open()
    try:
        broker = bench.broker()
        if (why := why_not(case, bench, broker.capabilities)) is not None:
            return why
        begun = _Begun()
        _BEGUN.set(begun)
        async with asyncio.timeout(ENDS_WITHIN_S):
            stage = case.stage(bench, broker)
            try:
                await case.play(stage)
            finally:
                await stage.close()
        _BEGUN.set(None)
        if left := [task for task in begun if not task.done()]:
            _, left = await asyncio.wait(left, timeout=GONE_WITHIN_S)
        assert not left, f"tasks are left: {left}"
        assert not bench.faults.left, "a fault that was pushed never fired"
    finally:
        await bench.close()
        FIRED.update({(bench.name, kind.value): n for kind, n in bench.faults.fired.items()})
    return None


def _tracked(
    loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **more: Any
) -> "asyncio.Task[Any]":
    """Note a task that the play, or what the play began, begins: the fake's are none of these."""
    task = asyncio.Task(coro, loop=loop, **more)
    if (begun := _BEGUN.get()) is not None:
        begun.add(task)
    return task


def _sockets() -> int:
    """Count this process' sockets, where the system tells."""
    found, folder = 0, Path("/proc/self/fd")
    for opened in folder.iterdir() if folder.exists() else ():
        with suppress(OSError):
            found += str(opened.readlink()).startswith("socket:")
    return found
