"""Who owns every task, what happens when one dies, and when has it died too often?"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from tradebot.core.model.fact import fact

CLOSE_WITHIN_S: Final = 5.0

Run: TypeAlias = Callable[[], Awaitable[None]]
WasGood: TypeAlias = Callable[[], bool]


@fact
class Limits:
    """How often a task may be started again: delays in seconds, growing by the multiplier.

    No delay is longer than the cooldown. A run of at least the cooldown makes all begin anew.
    The stalls are the watchdog's: of the whole event loop, whichever task it is.
    """

    max_restarts: Annotated[int, Field(ge=0)] = 3
    initial_backoff_s: Annotated[float, Field(gt=0)] = 5.0
    backoff_multiplier: Annotated[float, Field(ge=1)] = 2.0
    cooldown_s: Annotated[float, Field(gt=0)] = 300.0
    stall_s: Annotated[float, Field(ge=1)] = 5.0
    stall_exit_s: Annotated[float, Field(ge=1)] = 60.0


@fact
class TaskFailed:
    """One death of a restartable task; `given_up` after the last allowed restart."""

    name: str
    reason: str
    restarts: int
    given_up: bool


@fact
class TaskRecovered:
    """A task that was given up runs again, and has done so for a first backoff's length."""

    name: str


Notice: TypeAlias = TaskFailed | TaskRecovered


class Supervisor:
    """Owns the tasks. A core task that ends stops the process; others are started again."""

    def __init__(self, limits: Limits, tell: Callable[[Notice], None]) -> None:
        self.limits = limits
        self._tell = tell
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._given_up: set[str] = set()
        self._fallen = asyncio.Event()
        self._reason: str | None = None

    def core(self, name: str, run: Run) -> None:
        """Own a task that must never end: its death is the process' death."""
        task = self._tasks[name] = asyncio.create_task(_await(run), name=name)
        task.add_done_callback(self._core_ended)

    def restartable(self, name: str, run: Run, was_good: WasGood | None = None) -> None:
        """Own a task that is started again when it fails, within the limits.

        One that can tell itself whether its last run `was_good`, so that all begins anew, never
        gives up and is no error while it fails: whoever needs it can tell, and waits.
        """
        running = self._keep_running(name, run, was_good)
        self._tasks[name] = asyncio.create_task(running, name=name)

    async def watch(self, stop: asyncio.Event) -> str | None:
        """Return None when asked to stop, or why a core task died."""
        ends = {asyncio.create_task(event.wait()) for event in (stop, self._fallen)}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
        return self._reason

    async def close(self, *names: str) -> None:
        """Cancel these tasks, or all, and wait for them within a bound."""
        tasks = {task for name, task in self._tasks.items() if not names or name in names}
        for task in tasks:
            task.remove_done_callback(self._core_ended)
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_WITHIN_S)

    def _core_ended(self, task: asyncio.Task[None]) -> None:
        self._reason = self._reason or _why(task)
        self._fallen.set()

    async def _keep_running(self, name: str, run: Run, was_good: WasGood | None) -> None:
        loop = asyncio.get_running_loop()
        restarts, delay_s = 0, self.limits.initial_backoff_s
        while True:
            limits, started = self.limits, loop.time()
            proof = loop.call_later(limits.initial_backoff_s, self._recovered, name)
            reason = await _failure_of(run)
            proof.cancel()
            if reason is None:
                self._recovered(name)
                return
            is_long = loop.time() - started >= limits.cooldown_s
            if is_long or (was_good is not None and was_good()):
                restarts, delay_s = 0, limits.initial_backoff_s
            is_last = was_good is None and restarts >= limits.max_restarts
            if is_last:
                self._given_up.add(name)
            self._tell(TaskFailed(name=name, reason=reason, restarts=restarts, given_up=is_last))
            if is_last:
                await asyncio.sleep(limits.cooldown_s)
                restarts, delay_s = 0, limits.initial_backoff_s
            else:
                await asyncio.sleep(min(delay_s, limits.cooldown_s))
                restarts, delay_s = restarts + 1, delay_s * limits.backoff_multiplier

    def _recovered(self, name: str) -> None:
        if name in self._given_up:
            self._given_up.discard(name)
            self._tell(TaskRecovered(name=name))


async def within(seconds: float, run: Run) -> str | None:
    """Run to the end or the bound; return why it did not end well."""
    async def bounded() -> None:
        async with asyncio.timeout(seconds):
            await run()

    return await _failure_of(bounded)


async def _failure_of(run: Run) -> str | None:
    """Run to the end; return why it failed. Only who cancels us is let through."""
    try:
        await run()
    except (Exception, asyncio.CancelledError) as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return f"{type(error).__name__}: {error}"
    return None


async def _await(run: Run) -> None:
    await run()


def _why(task: asyncio.Task[None]) -> str:
    if task.cancelled():
        return f"{task.get_name()} was cancelled"
    error = task.exception()
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if error is None:
        return f"{task.get_name()} ended"
    return f"{task.get_name()} died: {type(error).__name__}: {error}"
