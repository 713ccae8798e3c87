"""Was the wall clock set while we run? Then nothing new goes out until it has run evenly again.

The witness is the event loop's own clock, which nobody sets. Which of two times is the right one it
cannot tell: so what the clock shows is believed again once nobody touched it for a while.
"""

import asyncio
from typing import Final

from tradebot.core.model.commands import Control, SetControl
from tradebot.ports import Clock
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache

LOOK_EVERY_S: Final = 1.0


async def watch(clock: Clock, engine: Engine, facts: FactCache) -> None:
    """Compare the clocks at every look; a control that a past life left engaged ends here, too."""
    time, book = asyncio.get_running_loop().time, engine.book
    apart_s = _apart_s(clock, time())
    even_since = time()
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        before_s, apart_s = apart_s, _apart_s(clock, time())
        policy, moved_s = book.settings.policy, apart_s - before_s
        if not (abs(moved_s) <= policy.clock_step_max_s):
            even_since = time()
            facts.forget()
            await _tell(engine, engaged=True, reason=f"the wall clock was set by {moved_s:+.1f} s")
        elif Control.CLOCK_SET in book.controls and time() - even_since >= policy.clock_settle_s:
            await _tell(engine, engaged=False, reason="the wall clock runs evenly again")


def _apart_s(clock: Clock, loop_s: float) -> float:
    return clock.now().timestamp() - loop_s


async def _tell(engine: Engine, *, engaged: bool, reason: str) -> None:
    await engine.submit(
        SetControl(control=Control.CLOCK_SET, engaged=engaged, reason=reason, by="clock")
    )
