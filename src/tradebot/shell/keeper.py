"""Is the journal's past still whole, and how far back must the next start go? Asked beside trading.

A process of its own verifies every record and keeps a snapshot: the event loop never waits for it.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tradebot.core.model.commands import SetKillSwitch
from tradebot.shell import recovery
from tradebot.shell.engine import Engine
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.kill_flag import Latch

KEEP_EVERY: Final = 20_000  # decisions, which a start folds in less than a second
LOOK_EVERY_S: Final = 10.0
WITHIN_S: Final = 900.0
_IS_DAMAGED: Final = 8


class Keeper:
    """Starts the process when there is something to do; damage that it finds halts trading."""

    def __init__(
        self, home: Path, past: recovery.Past, *, engine: Engine, latch: Latch,
        tell: Callable[[str], None],
    ) -> None:
        self._home = home
        self._kept = past.since
        self._has_unverified = past.since > 0
        self._engine = engine
        self._latch = latch
        self._tell = tell

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self._has_unverified or self._engine.last_seq - self._kept >= KEEP_EVERY:
                await self.keep()

    async def keep(self) -> None:
        """Verify and keep once; what fails without damage is tried again with the next turn."""
        self._has_unverified, self._kept = False, self._engine.last_seq
        code, told = await self._ask()
        if code == _IS_DAMAGED:
            code, told = await self._ask()  # a false alarm would be dear
        if code == _IS_DAMAGED:
            reason = f"the journal is damaged: {told}"
            self._latch.set(reason)
            self._tell(f"DAMAGED: {told}")
            await self._engine.submit(
                SetKillSwitch(engaged=True, reason=reason, by="journal keeper")
            )
        elif code:
            self._tell(f"no snapshot was kept: {told or f'exit code {code}'}")

    async def _ask(self) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, str(self._home),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            out, _ = await asyncio.wait_for(process.communicate(), WITHIN_S)
            assert process.returncode is not None  # it has ended
            lines = out.decode("utf-8", "replace").strip().splitlines()
            return process.returncode, lines[-1] if lines else ""
        except TimeoutError:
            return 1, f"not done within {WITHIN_S:.0f} s"
        finally:
            if process.returncode is None:
                process.kill()


def main(arguments: Sequence[str]) -> int:
    """Be the process beside the daemon."""
    with suppress(OSError):  # a service may be forbidden to; it is only politeness
        os.nice(10)
    try:
        recovery.keep(Path(arguments[0]))
    except JournalDamaged as error:
        sys.stdout.write(f"{error}\n")
        return _IS_DAMAGED
    except OSError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
