"""How does an alert reach a person by one channel? In its turn, bounded, and tried again.

Whoever offers an alert goes on at once. One task a channel sends what waits, the most important
first: each try has a deadline, and the waits between tries follow from the alert's name.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final

from tradebot.core.model.alert import Alert, Level
from tradebot.core.model.commands import BreakerState
from tradebot.core.model.fact import fact
from tradebot.ports import Clock, NotDelivered, Notifier
from tradebot.shell.notify.section import ChannelSection
from tradebot.shell.notify.storm import MINUTE_S, Storm
from tradebot.shell.notify.waiting import Post, Waiting
from tradebot.shell.supervisor import within
from tradebot.shell.views.rows import iso
from tradebot.shell.wire.breaker import Breaker
from tradebot.shell.wire.patience import Patience

ASKED_MAX_S: Final = 600.0  # how long a receiver may ask to be left alone, whatever it says
KEPT_S: Final = 86_400.0  # how long something CRITICAL is tried, whatever became of its retries


class Fate(StrEnum):
    """What became of an alert on a channel."""

    DELIVERED = "delivered"
    FAILED = "failed"
    LOST = "lost"


@fact
class Echo:
    """Who hears what becomes of messages; `pace` tells how fast the loop's clock runs."""

    clock: Clock
    on_outcome: Callable[[str, Post, Fate, str], None]
    on_breaker: Callable[[str, BreakerState, str], None]
    pace: float = 1.0


class AlertChannel:
    """One channel: whom it tells what, and what waits to be told.

    `least` is what it tells at least where its section says nothing.
    """

    def __init__(
        self, name: str, section: ChannelSection, notifier: Notifier, *, least: Level,
        echo: Echo, seed: int = 0,
    ) -> None:
        self.name = name
        self.notifier = notifier
        self._section = section
        self._least = section.min_level or least
        self._echo = echo
        self._seed = seed
        self._pace = echo.pace
        self._patience = Patience(
            max_retries=section.max_retries, initial_backoff_s=section.initial_backoff_s,
            backoff_multiplier=section.backoff_multiplier,
        )
        self._breaker = Breaker(
            section.breaker_threshold, section.breaker_timeout_s * echo.pace,
            partial(echo.on_breaker, name),
        )
        self._storm = Storm(section.messages_per_minute_max, MINUTE_S)
        self._waiting = Waiting(section.queue_max)
        self._news = asyncio.Event()
        self._rests_until = 0.0
        self._refusal: NotDelivered | None = None
        self._unsaid = 0  # alerts lost that no message told of yet
        self.counts = dict.fromkeys(Fate, 0)
        self.last_delivered: datetime | None = None

    def wants(self, alert: Alert) -> bool:
        """Tell whether the channel tells such alerts at all; none about itself."""
        section, told = self._section, dict(alert.fields)
        return (
            alert.level >= self._least and told.get("channel") != self.name
            and (not section.kinds or alert.kind in section.kinds)
            and _is_among(told.get("strategy_id"), section.strategies)
            and _is_among(told.get("symbol"), section.symbols)
        )

    def offer(self, alert_id: str, alert: Alert) -> None:
        """Take an alert that the channel wants; what is too much for a person is counted."""
        now = asyncio.get_running_loop().time()
        if self._storm.lets(alert, now):
            self._put(alert_id, alert, now)
        self._news.set()

    def take_over(self, other: "AlertChannel") -> None:
        """Take what waits at the channel that this one stands in for, where it is wanted here."""
        for post in other._waiting.all():
            if self.wants(post.alert):
                self._put(post.alert_id, post.alert, post.since)

    async def run(self) -> None:
        """Send what waits; never ends."""
        while True:
            await self._deliver(await self._next())

    async def flush(self) -> None:
        """Try what waits once, as long as it is taken: for the end of a process."""
        self._sum_up()
        while (post := self._waiting.first()) is not None and not self.is_resting:
            await self._deliver(post)

    @property
    def is_resting(self) -> bool:
        """Tell whether the last message was not taken, and the next is not yet tried."""
        return self._rests_until > asyncio.get_running_loop().time()

    def standing(self) -> dict[str, Any]:
        breaker = self._breaker
        return {
            "channel": self.name, "plugin": self._section.plugin,
            "min_level": self._least.value,
            "state": breaker.state.value, "waiting": len(self._waiting),
            **{outcome.value: count for outcome, count in self.counts.items()},
            "last_failure": breaker.last_failure, "last_delivered": iso(self.last_delivered),
        }

    async def _next(self) -> Post:
        """Wait for a message that may go out now."""
        time = asyncio.get_running_loop().time
        while True:
            self._news.clear()
            if self._storm.due is not None and time() >= self._storm.due:
                self._sum_up()
            post = self._waiting.first()
            if post is not None and not self.is_resting:
                return post
            dues = (self._rests_until if post is not None else None, self._storm.due)
            await _happens_until(self._news, min((due for due in dues if due), default=None))

    async def _deliver(self, post: Post) -> None:
        """Make one try, and see what comes of it."""
        loop = asyncio.get_running_loop()
        self._breaker.begin_probe(loop.time())
        self._refusal, unsaid = None, self._unsaid
        post.tries += 1
        trouble = await within(
            self._section.timeout_s * self._pace, partial(self._notify, _saying(post.alert, unsaid))
        )
        if trouble is None:
            self._breaker.succeeded()
            self._unsaid -= unsaid
            self.last_delivered = self._echo.clock.now()
            self._end(post, Fate.DELIVERED, "")
            return
        refusal, now = self._refusal or NotDelivered(), loop.time()
        self._breaker.failed(now, trouble)
        wait_s = None if refusal.is_final else next(post.waits, None)
        if wait_s is None and (refusal.is_final or not self._is_kept(post, now)):
            self._end(post, Fate.FAILED, trouble)
        asked_s = min(refusal.retry_after_s, ASKED_MAX_S)
        rest_s = max(wait_s or self._section.initial_backoff_s, asked_s) * self._pace
        is_open = self._breaker.state is BreakerState.OPEN
        self._rests_until = max(now + rest_s, self._breaker.reopens if is_open else now)

    async def _notify(self, alert: Alert) -> None:
        try:
            await self.notifier.notify(alert)
        except NotDelivered as refusal:
            self._refusal = refusal
            raise

    def _is_kept(self, post: Post, now: float) -> bool:
        """Begin anew with what nobody may miss, for a day."""
        is_young = now < post.since + KEPT_S * self._pace
        if post.alert.level is not Level.CRITICAL or not is_young:
            return False
        post.waits = self._waits(f"{post.alert_id}/{post.tries}")
        return True

    def _end(self, post: Post, outcome: Fate, told: str) -> None:
        self._waiting.done(post)
        self.counts[outcome] += 1
        self._echo.on_outcome(self.name, post, outcome, told)

    def _put(self, alert_id: str, alert: Alert, since: float) -> None:
        lost = self._waiting.put(
            Post(alert_id=alert_id, alert=alert, since=since, waits=self._waits(alert_id))
        )
        if lost is not None:
            self._unsaid += 1
            self._end(lost, Fate.LOST, f"{len(self._waiting)} wait already")

    def _sum_up(self) -> None:
        if self._storm.due is not None:
            now = asyncio.get_running_loop().time()
            self._put("", self._storm.summary(self._echo.clock.now()), now)

    def _waits(self, name: str) -> Iterator[float]:
        """Return the waits after each try that failed; the first try itself waits for nothing."""
        waits = self._patience.waits(self._seed, f"{self.name}/{name}")
        next(waits)
        return waits


def _is_among(value: str | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or value is None or value in wanted


def _saying(alert: Alert, lost: int) -> Alert:
    """Say in a message that others before it were lost."""
    if not lost:
        return alert
    return replace(alert, text=f"{alert.text}\n({lost} earlier messages were lost)")


async def _happens_until(news: asyncio.Event, due: float | None) -> None:
    try:
        async with asyncio.timeout_at(due):
            await news.wait()
    except TimeoutError:
        return
