"""Does the service manager hear that we live? Only while we do what only a restart could mend.

That the loop turns shows by being asked here. Beyond it there are two signs of death: decisions
that no journal makes durable, and a broker's call that goes on though its deadline cancelled it:
an adapter that hangs. A broker that is away is none: a daemon that holds positions and waits for
its broker does what is right, and a restart would only add the risk of starting.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from tradebot.shell.journal.decision import Decision
from tradebot.shell.service import EXTEND_S, Service
from tradebot.shell.spine import Spine

START_WITHIN_S: Final = 900.0  # brokers to ask about each order in doubt; then it hangs
STUCK_S: Final = 60.0
_EVERY_S: Final = 15.0


class VitalSigns:
    """Looks at them, and tells the manager; what stands against it is told to people, once."""

    def __init__(
        self, service: Service, spine: Spine, status: Callable[[], Mapping[str, Any]],
        tell: Callable[[str], None],
    ) -> None:
        self._service = service
        self._spine = spine
        self._status = status
        self._tell = tell
        self._published_at = 0.0
        spine.engine.listeners.append(self._on_decision)

    async def run(self, started: asyncio.Event) -> None:
        """Ask for patience while we start, then feed the watchdog at half of its time."""
        await self._start(started)
        every_s = (self._service.watchdog_s or 2 * _EVERY_S) / 2
        told = ""
        while True:
            trouble = self.trouble()
            if not trouble:
                self._service.alive()
            elif trouble != told:
                self._tell(f"NOT WELL, and the service manager is told nothing: {trouble}")
            told = trouble
            facts = "  ".join(f"{name} {value}" for name, value in self._status().items())
            self._service.status(trouble or facts)
            await asyncio.sleep(every_s)

    def trouble(self) -> str:
        """Say what only a restart could mend, or nothing."""
        now = asyncio.get_running_loop().time()
        if not self._spine.engine.waiting["unpublished"]:
            self._published_at = now
        if not (now - self._published_at < STUCK_S):
            return "what is decided does not reach the journal"
        for link in self._spine.links:
            if not (link.overdue_s() < STUCK_S):
                return f"a call to route {link.route} hangs behind its deadline"
        return ""

    async def _start(self, started: asyncio.Event) -> None:
        until = asyncio.get_running_loop().time() + START_WITHIN_S
        while not started.is_set() and asyncio.get_running_loop().time() < until:
            self._service.extend()
            with suppress(TimeoutError):
                async with asyncio.timeout(EXTEND_S / 4):
                    await started.wait()

    def _on_decision(self, _: Decision) -> None:
        self._published_at = asyncio.get_running_loop().time()
