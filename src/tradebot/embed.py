"""How does a Python program hold a daemon of its own? As a block: inside it runs, then it stops.

    async with tradebot.open_daemon("config/config.paper.yaml") as daemon:
        result = await daemon.submit(symbol="SPY", side="buy", qty=5, wait=True)
"""

import asyncio
import io
import logging
import os
import uuid
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar
from weakref import WeakSet

from tradebot.app import Assembly, assembled
from tradebot.core.model import commands as c
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.money import plain
from tradebot.core.model.sound import flaw
from tradebot.shell.api.bodies import BadRequest
from tradebot.shell.api.commands import RETRY_TTL_S, parse_intent, parse_replace, read_why
from tradebot.shell.api.queries import parse_filters
from tradebot.shell.api.requests import Requests, Unanswerable
from tradebot.shell.engine import Busy
from tradebot.shell.journal.damage import JournalDamaged, JournalMismatch
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.lock import DataDirInUse
from tradebot.shell.run_options import RunOptions
from tradebot.shell.settings.config import ConfigError, find, load
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.views.filters import (
    DEAD_LETTER_STATUSES,
    DRAFT_STATUSES,
    FILTERS,
    FILTERS_OF_POSITIONS,
    INTENT_STATUSES,
    NO_STATUSES,
    ORDER_STATUSES,
    Filters,
)
from tradebot.shell.views.narrate import sentence
from tradebot.shell.views.reconciliation import document
from tradebot.shell.views.stream import WAITING_MAX, FellBehind, Stream

__all__ = [
    "BadRequest", "Busy", "ConfigError", "DaemonStopped", "DataDirInUse", "FellBehind",
    "JournalDamaged", "JournalMismatch", "OpenDaemon", "Unanswerable", "WrongLoop", "open_daemon",
    "rehearse", "sentence",
]

Plain: TypeAlias = dict[str, Any]
T = TypeVar("T")

_BY: Final = "program"
_LOG: Final = logging.getLogger("tradebot")


class DaemonStopped(Exception):
    """The daemon does not run; the text says why, `exit_code` is what `tradebot run` returns."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


class WrongLoop(Exception):
    """A rehearsal needs an event loop on simulated time, and a daemon in real time a real one."""


def rehearse(program: Coroutine[Any, Any, T]) -> T:
    """Run a program on simulated time: what `asyncio.run` is, for rehearsals."""
    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(program)


@asynccontextmanager
async def open_daemon(
    config: str | Path, *, rehearse: bool = False, resume: bool = False,
    speed: Decimal | int | Literal["max"] = 60, start: datetime | None = None,
    until: datetime | Literal["close"] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> AsyncIterator["OpenDaemon"]:
    """Run a daemon inside this program, as `tradebot run` with the same words would.

    Same configuration, lock, journal and recovery; signals stay the program's own. What the
    terminal would show goes to the logger `tradebot`. Leaving the block stops the daemon in order.
    """
    _suit_loop(rehearse, speed)
    options = RunOptions(
        rehearse=rehearse, resume=resume, speed=None if speed == "max" else Decimal(speed),
        start=start, until=until, log_format="text",
    )
    loaded = load(
        find(str(config), os.environ), environ=os.environ,
        overrides={key: str(value) for key, value in (overrides or {}).items()},
    )
    with assembled(loaded, options, _LogLines()) as built:
        daemon = OpenDaemon(built, asyncio.create_task(built.daemon.run(), name="tradebot"))
        try:
            await daemon.unless_stopped(built.daemon.started.wait())
            yield daemon
        finally:
            built.daemon.stop()
            await daemon.wait()
        if daemon.exit_code:
            raise daemon.stopped()


class OpenDaemon:
    """The daemon as its program sees it: plain data out, with the keys of the verbs' `--json`."""

    def __init__(self, built: Assembly, running: "asyncio.Task[int]") -> None:
        self._built = built
        self._views = built.views
        self._running = running
        self._requests = Requests(built.views, self._decide, built.latch.set)
        self._published = asyncio.Event()
        self._streams: WeakSet[Stream[Any]] = WeakSet()
        built.engine.listeners.append(self._on_decision)
        running.add_done_callback(self._on_end)

    async def submit(
        self, intent: Intent | None = None, *, wait: bool = False, **fields: object
    ) -> Plain:
        """Put an intent through the pipeline: one ready made, or the fields of `tradebot submit`.

        The answer tells a refusal; `wait` waits until it is refused or its order is finished.
        """
        wanted = _intent(fields) if intent is None else _own(intent, fields)
        found = await self._ask(c.SubmitIntent(intent=wanted))
        while wait and found["is_open"]:
            self._published.clear()
            await self.unless_stopped(self._published.wait())
            found = self._views.pipeline_result(found["intent_id"]) or found
        return found

    async def cancel(self, target: str) -> Plain:
        """Ask the broker to cancel an order, or take a held intent back."""
        return await self._ask(c.RequestCancel(target=target, by=_BY))

    async def replace(self, target: str, **changes: object) -> Plain:
        """Ask the broker to change a working order, with the fields of `tradebot replace`."""
        body = {"user": _BY, **_body(changes)}
        return await self._ask(parse_replace(body, target))

    async def cancel_all(self, symbol: str | None = None) -> Plain:
        """Ask for the cancel of every working order, and take back every held intent."""
        return await self._ask(c.RequestCancelAll(by=_BY, symbol=symbol))

    async def kill(self, reason: str, *, flatten: bool = False) -> Plain:
        """Set the kill switch; clearing it is for people: `tradebot clear-kill --reason ...`.

        To `flatten`, the daemon closes what is held as well: `status()["kill"]` tells what is left.
        """
        return await self._ask(c.SetKillSwitch(engaged=True, flatten=flatten, **_why(reason)))

    async def pause(self, reason: str) -> Plain:
        """Take no new intents from strategies, and hold those that wait, until `resume`."""
        return await self._control(c.Control.PAUSE, True, reason)

    async def resume(self, reason: str) -> Plain:
        return await self._control(c.Control.PAUSE, False, reason)

    async def reduce_only(self, reason: str, *, on: bool = True) -> Plain:
        """Take nothing that opens a position, or anything again."""
        return await self._control(c.Control.REDUCE_ONLY, on, reason)

    async def disarm(self, reason: str) -> Plain:
        """Let no more orders go to a live account; arming is for people: `tradebot arm`."""
        return await self._ask(c.DisarmLive(**_why(reason)))

    async def reconcile(self) -> Plain:
        """Compare book and brokers now; to accept a break is for people, as the verb says."""
        made = self._built.reconciler
        await self.unless_stopped(made.compare_all(f"asked by {_BY}"))
        return document(self._views.book, made)

    async def retry(self, intent_id: str, *, ttl: int = RETRY_TTL_S) -> Plain:
        """Let a dead letter walk again, from stage 1 and for so many seconds."""
        return await self._ask(c.RetryDeadLetter(target=intent_id, by=_BY, ttl_s=ttl))

    async def discard(self, intent_id: str, reason: str) -> Plain:
        """Give a dead letter up."""
        return await self._ask(c.DiscardDeadLetter(target=intent_id, **_why(reason)))

    def decisions(self, *, waiting_max: int = WAITING_MAX) -> Stream[Decision]:
        """Follow every decision from now on, as soon as it is durable."""
        return self._follow(Stream(lambda decision: (decision,), waiting_max))

    def new_fills(self, *, waiting_max: int = WAITING_MAX) -> Stream[Plain]:
        """Follow every fill from now on, in the rows of `fills`."""
        return self._follow(Stream(self._views.fills_of, waiting_max))

    def status(self) -> Plain:
        is_running = not self._running.done()
        return {"running": is_running, **self._views.status(), **self._built.status()}

    def metrics(self) -> str:
        """Tell all metrics as Prometheus text."""
        return self._built.metrics.text().decode()

    def intents(self, **filters: object) -> list[Plain]:
        return self._views.intents(_filters(filters, INTENT_STATUSES))

    def orders(self, **filters: object) -> list[Plain]:
        return self._views.orders(_filters(filters, ORDER_STATUSES))

    def positions(self, **filters: object) -> list[Plain]:
        return self._views.positions(_filters(filters, NO_STATUSES, FILTERS_OF_POSITIONS))

    def fills(self, **filters: object) -> list[Plain]:
        return self._views.fills(_filters(filters, NO_STATUSES))

    def drafts(self, **filters: object) -> list[Plain]:
        return self._views.drafts.rows(_filters(filters, DRAFT_STATUSES))

    def dead_letters(self, **filters: object) -> list[Plain]:
        return self._views.dead_letters.rows(_filters(filters, DEAD_LETTER_STATUSES))

    def account(self) -> Plain:
        return self._views.account()

    def why(self, name: str) -> Plain:
        """Tell the whole chain of an intent, an order or a fill, with its sentences."""
        return self._requests.why(name)

    @property
    def exit_code(self) -> int | None:
        """What `tradebot run` would return; None while the daemon runs."""
        return self._running.result() if self._running.done() else None

    async def wait(self) -> int:
        """Wait until the daemon has ended, by itself or because it was asked to."""
        await asyncio.wait({self._running})
        return self._running.result()

    async def unless_stopped(self, asked: Coroutine[Any, Any, T]) -> T:
        """Wait for an answer that can only come while the daemon runs."""
        answer = asyncio.create_task(asked, name="asked by the program")
        try:
            await asyncio.wait({answer, self._running}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
        finally:
            answer.cancel()
        raise self.stopped()

    def stopped(self) -> DaemonStopped:
        code, failure = self.exit_code or 0, self._built.daemon.failure
        return DaemonStopped(f"the daemon has stopped: {failure or 'it was asked to'}", code)

    async def _ask(self, command: c.Command) -> Plain:
        found, _ = await self._requests.of(command)
        return found

    async def _decide(self, command: c.Command) -> Decision | None:
        if (told := flaw(command)) is not None:  # what cannot be written down must not get in
            field, _, expected = told.removeprefix("intent: ").rpartition(": expected ")
            raise BadRequest(field, expected)
        return await self.unless_stopped(self._built.engine.submit(command))

    async def _control(self, control: c.Control, engaged: bool, reason: str) -> Plain:
        return await self._ask(c.SetControl(control=control, engaged=engaged, **_why(reason)))

    def _follow(self, stream: Stream[T]) -> Stream[T]:
        self._streams.add(stream)
        if self._running.done():
            stream.end()
        return stream

    def _on_decision(self, decision: Decision) -> None:
        self._published.set()
        for stream in self._streams:
            stream.on_decision(decision)

    def _on_end(self, _: "asyncio.Task[int]") -> None:
        for stream in self._streams:
            stream.end()


class _LogLines(io.StringIO):
    """Where a console would be: each line goes to the program's own log."""

    def write(self, text: str) -> int:
        _LOG.info("%s", text.rstrip("\n"))
        return len(text)


def _suit_loop(rehearse: bool, speed: Decimal | int | Literal["max"]) -> None:
    """Set the simulated loop's pace; a loop of the other kind would tell the wrong time."""
    loop = asyncio.get_running_loop()
    if rehearse and not isinstance(loop, SimLoop):
        raise WrongLoop("a rehearsal runs on simulated time: start the program with"
                        " tradebot.rehearse(main()) instead of asyncio.run(main())")
    if isinstance(loop, SimLoop):
        if not rehearse:
            raise WrongLoop("a daemon in real time needs a real event loop: start the program with"
                            " asyncio.run(main()), or say rehearse=True")
        loop.pace(None if speed == "max" else Decimal(speed))


def _why(reason: str) -> dict[str, str]:
    """Read a reason as a client's would be read; the program is who gives it."""
    return read_why({"reason": reason, "user": _BY})


def _intent(fields: Mapping[str, object]) -> Intent:
    body = {"user": _BY, "key": uuid.uuid4().hex, **_body(fields)}
    return parse_intent(body, key=None, source=Source.API)


def _body(fields: Mapping[str, object]) -> dict[str, object]:
    """Write fields as a client would send them; numbers come as text, int or Decimal."""
    return {name: _written(name, value) for name, value in fields.items() if value is not None}


def _written(name: str, value: object) -> object:
    if isinstance(value, float):
        raise BadRequest(name, f"a Decimal, a whole number or text, got the float {value!r}")
    if isinstance(value, Decimal):
        return plain(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _own(intent: Intent, fields: Mapping[str, object]) -> Intent:
    if fields:
        raise BadRequest(next(iter(fields)), "either an intent or its fields, not both")
    # What a program asks is never taken for a strategy's own; what needs a person still does.
    source = Source.DESK if intent.source is Source.DESK else Source.API
    return replace(intent, key=intent.key or uuid.uuid4().hex, source=source)


def _filters(
    asked: Mapping[str, object], statuses: tuple[str, ...], known: tuple[str, ...] = FILTERS
) -> Filters:
    return parse_filters({k: str(v) for k, v in asked.items() if v is not None}, statuses, known)
