"""How is a route kept up, and who owns each of its calls? It starts only what the journal holds."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from tradebot.core.model.commands import (
    BreakerState,
    ConnectRoute,
    Delivery,
    DisconnectRoute,
    RefuseRoute,
)
from tradebot.core.model.events import (
    BreakerSet,
    CancelRequested,
    OrderInDoubt,
    OrderSubmitted,
    ReplaceRequested,
    RouteRefused,
    StatementCompared,
)
from tradebot.core.model.ids import ClOrdID, unrecorded_cancel_id
from tradebot.core.model.report import Report, Statement
from tradebot.core.model.settings import RouteKind
from tradebot.ports import WIRE_TROUBLE, Broker, Declined, LoginRefused, NotSent
from tradebot.shell.engine import Engine
from tradebot.shell.journal.decision import Decision
from tradebot.shell.wire.asking import AFTER_S, Asking
from tradebot.shell.wire.line import CALL_DEADLINE_S, FAILED, Line, named
from tradebot.shell.wire.may_send import WhyNot
from tradebot.shell.wire.patience import ASKED_MAX_S, USUAL, Patience
from tradebot.shell.wire.sending import Sending

HALT_DEADLINE_S: Final = 1.0
LOOK_AFTER_S: Final = (0.0, 2.0, 2.0, 2.0)  # a difference counts when two looks are alike


class _Unfit(LoginRefused):
    """The core will not have this broker on this route, and has said so itself."""


class Link:
    """One route: its connection, and every call that is under way.

    `last_heard` is when the broker was last listened to, None on a first start. `tried` ends with
    the first attempt to connect: a broker that is away is tried again, a fault of the adapter is
    raised there. `pace` is how many times as fast as ours the loop's clock runs: while no order
    works, a broker is probed by ours.
    """

    def __init__(
        self, route: str, kind: RouteKind, broker: Broker, *, engine: Engine, may_send: WhyNot,
        on_sent: Callable[[ClOrdID], None] = lambda _: None, patience: Patience = USUAL,
        seed: int = 0, last_heard: datetime | None = None, pace: float = 1.0,
    ) -> None:
        self.route = route
        self.tried: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.last_heard = last_heard
        self._was_good = False
        self._kind = kind
        self._broker = broker
        self._engine = engine
        self._often_s = min(patience.probe_every_s, patience.breaker_timeout_s)
        self._pace = pace
        self._calls: dict[asyncio.Task[None], ClOrdID | None] = {}  # sends with their order
        self._sends: dict[ClOrdID, asyncio.Task[None]] = {}
        self._line = Line(route, broker, engine, patience)
        self._asking = Asking(self._line, self._sends)
        self._sending = Sending(
            line=self._line, asking=self._asking, may_send=may_send, on_sent=on_sent,
            patience=patience, seed=seed,
        )
        self._failure: asyncio.Future[None] | None = None
        self._rests_until = 0.0
        self._stirred = asyncio.Event()
        self._asked_for = asyncio.Event()

    async def run(self) -> None:
        """Live through one connection, and raise what ended it; the next call makes another.

        Where the login was refused, that waits until a person has acted.
        """
        while True:
            self._asked_for.clear()
            try:
                await self._live()
            except LoginRefused as error:
                if not isinstance(error, _Unfit):
                    await self._engine.submit(RefuseRoute(
                        route=self.route, kind=self._kind, detail=named(error)
                    ))
                await self._asked_for.wait()
            except NotSent as error:
                await asyncio.sleep(min(error.retry_after_s, ASKED_MAX_S))
                raise

    def knock_again(self) -> None:
        """Try a login again that was refused."""
        self._asked_for.set()

    async def _live(self) -> None:
        self._was_good = False
        self._failure = asyncio.get_running_loop().create_future()
        parts: list[asyncio.Future[None]] = [self._failure]
        try:
            await self._connect()
            self._has_tried(None)
            parts += [
                asyncio.create_task(self._pump(), name=f"reports of {self.route}"),
                asyncio.create_task(self._probe(), name=f"probes of {self.route}"),
            ]
            ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in ended:
                part.result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.wait(parts, timeout=CALL_DEADLINE_S)
            self._has_tried(sys.exception())
            await self._hang_up(sys.exception())

    def was_good(self) -> bool:
        """Tell whether the last connection lived on after its login: a probe came back."""
        return self._was_good

    def overdue_s(self) -> float:
        return self._line.overdue_s()

    def standing(self) -> dict[str, Any]:
        return self._line.standing()

    async def statement(self) -> Statement:
        """Return the broker's own account of the account; a good one is a sign of life, too."""
        statement = await self._line.make(self._broker.statement())
        self.last_heard = statement.as_of
        return statement

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        return await self._line.make(self._broker.fills_since(since))

    async def ask(self, cl_ord_id: ClOrdID) -> None:
        """Ask once what became of an order; what the broker says goes to the engine."""
        await self._asking.ask(cl_ord_id, AFTER_S[:1])

    async def drain(self, within_s: float) -> bool:
        """Wait for calls in flight; tell whether all of them came back in time."""
        if self._calls:
            await asyncio.wait(set(self._calls), timeout=within_s)
        return not self._calls

    async def cancel_all_unrecorded(self) -> None:
        """Try to cancel every working order though the journal is gone: the one exemption.

        All at once: a broker that answers nothing holds the end up no longer for many orders.
        """
        await asyncio.gather(*(
            self._cancel_unrecorded(state.order.cl_ord_id)
            for state in self._engine.book.orders.working.values()
            if state.route == self.route and not state.order.is_done
        ))

    async def _cancel_unrecorded(self, cl_ord_id: ClOrdID) -> None:
        with suppress(*WIRE_TROUBLE):
            async with asyncio.timeout(HALT_DEADLINE_S):
                await self._broker.cancel(cl_ord_id, unrecorded_cancel_id(cl_ord_id))

    async def disconnect(self) -> None:
        for call in list(self._calls):
            call.cancel()
        async with asyncio.timeout(CALL_DEADLINE_S):
            await self._broker.disconnect()

    def on_decision(self, decision: Decision) -> None:
        """Start what the decision commits to. The decision is durable: it was published."""
        for event in decision.events:
            start = _STARTS.get(type(event))
            if start is not None:
                start(self, event)

    def _send(self, event: OrderSubmitted) -> None:
        if event.route == self.route:
            task = self._start(self._sending.send(event), event.cl_ord_id, sends=event.cl_ord_id)
            self._sends[event.cl_ord_id] = task
            self._stir()

    def _cancel(self, event: CancelRequested) -> None:
        if self._is_ours(event.cl_ord_id):
            self._start(self._cancel_behind(event), f"cancel {event.cl_ord_id}")

    def _replace(self, event: ReplaceRequested) -> None:
        if self._is_ours(event.cl_ord_id):
            self._start(self._sending.replace(event), f"replace {event.cl_ord_id}")

    def _broke(self, event: BreakerSet) -> None:
        if event.route == self.route:
            self._stir()

    def _reconnect_if_mute(self, event: StatementCompared) -> None:
        """End a connection that kept executions back: of what else it tells nothing, who knows?"""
        if event.route == self.route and event.recovered:
            self._fail(ConnectionError(f"{len(event.recovered)} executions were not told in time"))

    def _resolve(self, event: OrderInDoubt) -> None:
        if self._is_ours(event.cl_ord_id):
            self._start(self._sending.resolve(event.cl_ord_id), f"ask for {event.cl_ord_id}")

    def _is_ours(self, cl_ord_id: ClOrdID) -> bool:
        state = self._engine.book.orders.find(cl_ord_id)
        return state is not None and state.route == self.route

    async def _cancel_behind(self, request: CancelRequested) -> None:
        """Let the send of its order end first, or a cancel overtakes it and finds nothing."""
        sending = self._sends.get(request.cl_ord_id)
        if sending is not None:
            await asyncio.wait({sending})
        await self._sending.cancel(request)

    def _start(
        self, call: Coroutine[Any, Any, None], name: str, *, sends: ClOrdID | None = None
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(call, name=name)
        self._calls[task] = sends
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        sends = self._calls.pop(task)
        if sends is not None:
            self._sends.pop(sends, None)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if sends is not None:  # an adapter's own fault: who knows how far it came?
            detail = f"{type(error).__name__}: {error}"
            self._start(self._line.tell(sends, Delivery.UNKNOWN, detail), f"tell of {sends}")
        self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if self._failure is not None and not self._failure.done():
            self._failure.set_exception(error)

    def _has_tried(self, error: BaseException | None) -> None:
        if self.tried.done():
            return
        if error is None or isinstance(error, WIRE_TROUBLE):
            self.tried.set_result(None)
        elif isinstance(error, Exception):
            self.tried.set_exception(error)
        else:
            self.tried.cancel()

    async def _connect(self) -> None:
        """Log in, settle what was left open, and tell the core that the route is up."""
        line = self._line
        line.breaker.reset()
        await line.make(self._broker.connect())
        line.is_up = True
        # Decisions go on while a broker is not understood: what it said then is still missing.
        since = self._engine.book.compared_until(self.route) or self.last_heard
        for delay_s in LOOK_AFTER_S:
            await asyncio.sleep(delay_s)
            if since is not None:
                await self._asking.recover(since)
            decision = await self._engine.submit(ConnectRoute(
                route=self.route, kind=self._kind, capabilities=self._broker.capabilities,
                statement=await self.statement(),
            ))
            route = self._engine.book.routes.get(self.route)
            if route is not None and route.is_up:
                return
            for event in decision.events if decision is not None else ():
                if isinstance(event, RouteRefused):
                    raise _Unfit(event.detail)
        raise ConnectionError("the book and the broker's statement differ")

    async def _hang_up(self, error: BaseException | None) -> None:
        """Tell the core that the route is down, and doubt what has no answer yet.

        Who cancels us stops the whole daemon: it says goodbye to the broker itself.
        """
        if error is None or isinstance(error, asyncio.CancelledError):
            return
        self._line.is_up = False
        self._engine.post(DisconnectRoute(route=self.route, reason=named(error)))
        await self._asking.doubt_unanswered("the route went down without an answer")
        with suppress(*WIRE_TROUBLE):
            await self._line.make(self._broker.disconnect())

    async def _pump(self) -> None:
        """Hand every report to the engine, in the broker's order."""
        async for report in self._broker.reports():
            await self._engine.deliver(report)
        raise ConnectionError("the broker's reports ended")

    async def _probe(self) -> None:
        """Ask for the statement from time to time: is the broker there, and what of the doubts?

        A probe that fails while the breaker is half open ends the connection: a new one may help.
        """
        breaker, loop = self._line.breaker, asyncio.get_running_loop()
        while True:
            wait_s = breaker.probe_in_s(loop.time())
            if wait_s is None:
                wait_s = self._often_s * (1.0 if self._engine.book.orders.working else self._pace)
            if await self._is_stirred_within(wait_s):
                continue
            is_last_chance = breaker.begin_probe(loop.time())
            if breaker.state is BreakerState.OPEN:
                continue
            try:
                await self.statement()
            except Declined:
                continue
            except FAILED:
                if is_last_chance:
                    raise
                continue
            self._was_good = True
            await self._asking.ask_about_unknown()

    async def _is_stirred_within(self, seconds: float) -> bool:
        """Wait; tell whether something began meanwhile that may want a look sooner."""
        self._rests_until = asyncio.get_running_loop().time() + seconds
        self._stirred.clear()
        try:
            async with asyncio.timeout_at(self._rests_until):
                return await self._stirred.wait()
        except TimeoutError:
            return False

    def _stir(self) -> None:
        if self._rests_until > asyncio.get_running_loop().time() + self._often_s:
            self._stirred.set()


_STARTS: Final[Mapping[type, Callable[[Link, Any], None]]] = {
    OrderSubmitted: Link._send,
    CancelRequested: Link._cancel,
    ReplaceRequested: Link._replace,
    OrderInDoubt: Link._resolve,
    BreakerSet: Link._broke,
    StatementCompared: Link._reconnect_if_mute,
}
