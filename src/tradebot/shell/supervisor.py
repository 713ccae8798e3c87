"""Who owns every task, what happens when one dies, and when has it died too often?"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from tradebot.core.model.fact import fact

CLOSE_WITHIN_S: Final = 10.0

Run: TypeAlias = Callable[[], Awaitable[None]]


@fact
class Limits:
    """How often a task may be started again: delays in seconds, growing by the multiplier."""

    max_restarts: int = 3
    initial_backoff_s: float = 5.0
    backoff_multiplier: float = 2.0
    cooldown_s: float = 300.0


@fact
class TaskFailed:
    """One death of a restartable task; `given_up` after the last allowed restart."""

    name: str
    reason: str
    restarts: int
    given_up: bool


@fact
class TaskRecovered:
    """A task that was given up runs again after its cooldown."""

    name: str


Notice: TypeAlias = TaskFailed | TaskRecovered


class Supervisor:
    """Owns the tasks. A core task that ends stops the process; others are started again."""

    def __init__(self, limits: Limits, tell: Callable[[Notice], None]) -> None:
        self._limits = limits
        self._tell = tell
        self._core: set[asyncio.Task[None]] = set()
        self._others: set[asyncio.Task[None]] = set()

    def core(self, name: str, run: Run) -> None:
        """Own a task that must never end: its death is the process' death."""
        self._core.add(asyncio.create_task(_await(run), name=name))

    def restartable(self, name: str, run: Run) -> None:
        """Own a task that is started again when it fails, within the limits."""
        self._others.add(asyncio.create_task(self._keep_running(name, run), name=name))

    async def watch(self, stop: asyncio.Event) -> str | None:
        """Return None when asked to stop, or why a core task died."""
        asked = asyncio.create_task(stop.wait(), name="stop asked")
        try:
            done, _ = await asyncio.wait(
                {asked, *self._core}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            asked.cancel()
        dead = [task for task in self._core if task in done]
        return _why(dead[0]) if dead else None

    async def close(self) -> None:
        """Cancel every task and wait for all of them, within a bound."""
        tasks = {*self._core, *self._others}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_WITHIN_S)

    async def _keep_running(self, name: str, run: Run) -> None:
        restarts, is_given_up = 0, False
        while True:
            try:
                if is_given_up:
                    self._tell(TaskRecovered(name=name))
                    is_given_up = False
                await run()
            except Exception as error:
                is_given_up = restarts >= self._limits.max_restarts
                self._tell(TaskFailed(
                    name=name, reason=f"{type(error).__name__}: {error}", restarts=restarts,
                    given_up=is_given_up,
                ))
            else:
                return
            if is_given_up:
                restarts = 0
                await asyncio.sleep(self._limits.cooldown_s)
            else:
                limits = self._limits
                await asyncio.sleep(
                    limits.initial_backoff_s * limits.backoff_multiplier**restarts
                )
                restarts += 1


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
