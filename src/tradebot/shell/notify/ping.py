"""Does somebody outside notice when nothing is told any more? A service that alarms on silence.

It is asked for a URL as long as we are well; when that stops, it tells people. Nothing of its
answer is ever read.
"""

import asyncio
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from tradebot.core.model.secret import Secret
from tradebot.core.session import State
from tradebot.outward.line import HttpLine, Unreached
from tradebot.outward.target import Reach
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.notices import HEALTHY
from tradebot.shell.state import ASKED_TO_STOP, StateChanged
from tradebot.shell.supervisor import within

WITHIN_S: Final = 10.0
FAIL_WITHIN_S: Final = 2.0
LOOK_EVERY_S: Final = 10.0  # at the settings
_VITAL: Final = ("loop", "brokers", "orchestrator")


class Ping:
    """Calls the URL of the settings in force, and the other one where a failure ends us."""

    def __init__(
        self, alerts: Alerts, health: Callable[[], Mapping[str, Any]], tell: Callable[[str], None]
    ) -> None:
        self._alerts = alerts
        self._health = health
        self._tell = tell
        self._stuck_at: int | None = None  # a decision that the last look found unpublished
        self._has_failed = False
        self.sent = 0

    async def run(self) -> None:
        """Call as long as all is well, as often as the settings of now say; never ends."""
        time, called = asyncio.get_running_loop().time, -math.inf
        try:
            while True:
                if time() >= called + self._alerts.section.ping_every_s:
                    called = time()
                    await self._look()
                left = called + self._alerts.section.ping_every_s - time()
                await asyncio.sleep(min(left, LOOK_EVERY_S))
        finally:
            url = self._alerts.section.ping_fail_url
            if self._has_failed and url is not None:
                await self._call(url, FAIL_WITHIN_S)

    async def _look(self) -> None:
        section = self._alerts.section
        if section.ping_url is None or not section.enabled:
            return
        if trouble := self._trouble():
            self._tell(f"no sign of life is sent: {trouble}")
        else:
            await self._call(section.ping_url, WITHIN_S)

    def on_state(self, change: StateChanged) -> None:
        is_end = change.after is State.STOPPING
        self._has_failed = is_end and change.reason != ASKED_TO_STOP

    def _trouble(self) -> str:
        """Say what is not well of the loop, the routes and the journal."""
        health = self._health()
        for name in _VITAL:
            status = health["components"][name]["status"]
            if status != HEALTHY:
                return f"{name} is {status}"
        seq, before = health["last_decision"]["seq"], self._stuck_at
        self._stuck_at = seq if health["queues"]["unpublished"] else None
        if before is not None and before == self._stuck_at:
            return "what is decided does not reach the journal"
        return ""

    async def _call(self, url: Secret, within_s: float) -> None:
        trouble = await within(within_s, partial(self._ask, url))
        if trouble is not None:
            self._tell(f"a sign of life did not arrive: {trouble}")

    async def _ask(self, url: Secret) -> None:
        is_private = self._alerts.section.ping_allow_private
        reach = Reach(allow_private=is_private, allow_plain=is_private)
        answer = await HttpLine(url.reveal(), reach).call()
        if not answer.is_good:
            raise Unreached(f"HTTP status {answer.status}")
        self.sent += 1
