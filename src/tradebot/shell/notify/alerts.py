"""Who hears of an alert, and when? Each channel that wants it, unless it was just told.

Whoever raises an alert never waits and never fails: what is slow, down or gone is the business of
a channel's own task. Nothing here is ever decided on.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.commands import BreakerState
from tradebot.ports import Clock
from tradebot.shell.notify.channel import AlertChannel, Echo, Fate
from tradebot.shell.notify.filters import is_told
from tradebot.shell.notify.folding import Folding
from tradebot.shell.notify.history import AlertHistory, is_settled
from tradebot.shell.notify.section import NotificationsSection
from tradebot.shell.notify.trial import Trial, a_test, send_by
from tradebot.shell.notify.waiting import Post
from tradebot.shell.supervisor import within
from tradebot.shell.told.redact import hiding
from tradebot.shell.views.rows import Plain, iso

FLUSH_WITHIN_S: Final = 2.0
CLOSE_WITHIN_S: Final = 1.0
AGAIN: Final = "\n(sent again after a restart: it may have arrived before)"


class Alerts:
    """The desk of all channels; `pace` is how many times as fast as ours the loop's clock runs."""

    def __init__(
        self, history: AlertHistory, clock: Clock, *, tell: Callable[[str], None],
        pace: float = 1.0,
    ) -> None:
        self.history = history
        self.echo = Echo(
            clock=clock, on_outcome=self._ended, on_breaker=self._broke, pace=pace
        )
        self._clock = clock
        self._tell = tell
        self._pace = pace
        self.hide = hiding([])
        self.section = NotificationsSection()
        self._channels: tuple[AlertChannel, ...] = ()
        self._leaving: list[AlertChannel] = []
        self._folding = Folding(self.section.fold_s)
        self._changed = asyncio.Event()
        self._news = asyncio.Event()
        self._count = 0
        self._mute: set[str] = set()  # channels of which the others were told

    def swap(self, section: NotificationsSection, channels: Sequence[AlertChannel]) -> None:
        """Tell by these channels from now on; what waits at one goes to that of the same name."""
        before = {channel.name: channel for channel in self._channels}
        for channel in channels:
            if channel.name in before:
                channel.take_over(before[channel.name])
        self._leaving += self._channels
        self.section, self._channels = section, tuple(channels)
        self._folding.within_s = section.fold_s
        self._changed.set()

    def raise_(self, alert: Alert, alert_id: str = "") -> None:
        """Tell an alert to whom it may concern; the id of one that a decision raised is its own."""
        if not is_told(alert, self.section):
            return
        if self._folding.lets(alert, asyncio.get_running_loop().time()):
            self._offer(alert, alert_id)
        self._news.set()

    def resume(self, missed: Sequence[tuple[str, Alert]], seq: int) -> None:
        """Tell what an earlier life may not have told any more: nothing CRITICAL is lost.

        `missed` are alerts of decisions that no alert was raised for; `seq` is the last decision.
        """
        now = self._clock.now()
        for found in self.history.unsettled(now):
            for channel in self._channels:
                if channel.wants(found.alert) and not is_settled(found, channel.name):
                    channel.offer(found.alert_id, _again(found.alert))
        for alert_id, alert in missed:
            self.raise_(_again(alert), alert_id)
        self.history.begins(now, seq)

    async def run(self) -> None:
        """Keep every channel's task until cancelled; then tell what can be told at once."""
        try:
            while True:
                self._changed.clear()
                await self._close()
                async with asyncio.TaskGroup() as group:
                    tasks = [
                        group.create_task(channel.run(), name=f"alerts to {channel.name}")
                        for channel in self._channels
                    ]
                    tasks.append(group.create_task(self._fold(), name="alerts: folding"))
                    await self._changed.wait()
                    for task in tasks:
                        task.cancel()
        finally:
            self._tell_folded(at_once=True)
            await asyncio.gather(*(
                within(FLUSH_WITHIN_S * self._pace, channel.flush) for channel in self._channels
            ))
            self._leaving += self._channels
            await self._close()

    def standing(self) -> list[Plain]:
        """Tell how each channel does."""
        return [channel.standing() for channel in self._channels]

    async def try_out(self, channel: str | None, user: str) -> list[Plain]:
        """Send a test by one channel or by all, past what waits; tell what came of it."""
        told_by = {channel.name: channel.notifier for channel in self._channels}
        trials = (
            Trial(name=name, section=section, notifier=told_by.get(name))
            for name, section in self.section.channels.items() if channel in (None, name)
        )
        return await send_by(trials, a_test(user, self._clock.now()), self.hide, self._pace)

    def _ended(self, channel: str, post: Post, outcome: Fate, told: str) -> None:
        """Keep what became of a post; of what was not delivered the log hears, too."""
        told = self.hide(told)
        self.history.ended(self._clock.now(), post.alert_id, channel, {
            "outcome": outcome.value, "tries": post.tries, "told": told,
        })
        if outcome is not Fate.DELIVERED:
            self._tell(f"alert not delivered to {channel} ({outcome}): {post.alert.title}: {told}")

    def _broke(self, channel: str, state: BreakerState, reason: str) -> None:
        """Tell the other channels, once, that one takes nothing, or takes messages again."""
        is_open = state is not BreakerState.CLOSED
        if is_open == (channel in self._mute):
            return
        self._mute ^= {channel}
        word = "takes nothing" if is_open else "takes messages again"
        self._tell(f"alert channel {channel} {word}: {self.hide(reason)}")
        self.raise_(Alert(
            kind=AlertKind.CHANNEL, level=Level.WARNING if is_open else Level.INFO,
            title=f"Alert channel {channel} {word}", text=reason, at=self._clock.now(),
            fields=(("channel", channel),), key=f"channel/{channel}/{word}",
        ))

    def _offer(self, alert: Alert, alert_id: str) -> None:
        self._count += 1
        alert = self._hidden(alert)
        alert_id = alert_id or f"{iso(alert.at)}/{self._count}"
        self.history.raised(alert_id, alert)
        for channel in self._channels:
            if channel.wants(alert):
                channel.offer(alert_id, alert)

    def _hidden(self, alert: Alert) -> Alert:
        """Hide secrets in everything that leaves, whoever wrote them there."""
        hide = self.hide
        return replace(
            alert, title=hide(alert.title), text=hide(alert.text),
            fields=tuple((name, hide(value)) for name, value in alert.fields),
        )

    async def _fold(self) -> None:
        """Tell of what came again as soon as its while is over."""
        time = asyncio.get_running_loop().time
        while True:
            due = self._folding.due
            if due is None:
                self._news.clear()
                await self._news.wait()
            else:
                await asyncio.sleep(max(0.0, due - time()))
                self._tell_folded()

    def _tell_folded(self, *, at_once: bool = False) -> None:
        now = asyncio.get_running_loop().time()
        for alert in self._folding.over(now, at_once=at_once):
            self._offer(alert, "")

    async def _close(self) -> None:
        """Let go of channels that nothing is told by any more."""
        leaving, self._leaving = self._leaving, []
        await asyncio.gather(*(
            within(CLOSE_WITHIN_S * self._pace, partial(channel.notifier.close))
            for channel in leaving
        ))


def _again(alert: Alert) -> Alert:
    return replace(alert, text=alert.text + AGAIN)
