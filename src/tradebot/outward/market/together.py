"""How do the parts of a feed run side by side, and how is a lost connection made anew?"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from tradebot.ports import WIRE_TROUBLE, Declined, LoginRefused, NotSent

Run: TypeAlias = Callable[[], Awaitable[None]]

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
GOOD_S: Final = 60.0  # a connection that lasted so long makes the pauses short again


async def together(**runs: Run) -> None:
    """Run until one of them ends; end the others, and raise what it raised."""
    tasks = {asyncio.create_task(_awaited(run), name=name) for name, run in runs.items()}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


async def again(name: str, run: Run, tell: Callable[[str], None]) -> None:
    """Connect anew whenever a connection ends, after pauses that grow; what is declined ends it."""
    pause_s, loop = FIRST_PAUSE_S, asyncio.get_running_loop()
    while True:
        began, why = loop.time(), "it ended"
        asked_s = 0.0
        try:
            await run()
        except (Declined, LoginRefused):
            raise
        except WIRE_TROUBLE as error:
            why = str(error) or type(error).__name__
            asked_s = error.retry_after_s if isinstance(error, NotSent) else 0.0
        if loop.time() - began >= GOOD_S:
            pause_s = FIRST_PAUSE_S
        waits_s = max(pause_s, asked_s)
        tell(f"{name}: {why}; connects again in {waits_s:g} s")
        await asyncio.sleep(waits_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


async def _awaited(run: Run) -> None:
    await run()
