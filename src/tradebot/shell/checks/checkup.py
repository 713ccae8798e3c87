"""Will a broker let us trade as the configuration means it? It is asked; no order is ever sent."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from statistics import median, quantiles
from typing import Any, Final, TypeAlias, TypeVar

from tradebot.core.model.ids import OUR_PREFIX
from tradebot.core.model.look import BrokerLook, Permission, Permit
from tradebot.core.model.report import Statement
from tradebot.core.model.settings import RouteKind
from tradebot.ports import (
    WIRE_TROUBLE,
    Broker,
    Clock,
    LoginRefused,
    NotSent,
    ReachableBroker,
)
from tradebot.shell.checks.checks import Check, Finding, Word
from tradebot.shell.clock import stopwatch

T = TypeVar("T")
Ask: TypeAlias = Callable[[], Coroutine[Any, Any, Finding]]
Run: TypeAlias = Callable[[Coroutine[Any, Any, Finding]], Finding]

CONNECT_WITHIN_S: Final = 20.0
ANSWER_WITHIN_S: Final = 10.0
CLOSE_WITHIN_S: Final = 5.0
CALLS: Final = 20
TARGET_MS: Final = 500.0  # of a round trip
SKEW_WARN_S: Final = 1.5  # some tell whole seconds only
SKEW_FAIL_S: Final = 5.0
_SHOWN: Final = 6  # shorter account numbers are names of simulators


class Checkup:
    """One broker, asked one thing after another; `figures` keeps the numbers for programs.

    `other` says what is other about this connection than about the daemon's.
    """

    def __init__(
        self, broker: Broker, kind: RouteKind, clock: Clock, *, calls: int = CALLS, other: str = ""
    ) -> None:
        self._broker = broker
        self._kind = kind
        self._clock = clock
        self._calls = calls
        self._other = other
        self._listening: asyncio.Task[None] | None = None
        self._statement: Statement | None = None
        self.figures: dict[str, Any] = {}

    def checks(self, run: Run) -> Mapping[str, Check]:
        """Name the checks in order; each is asked where `run` runs it, on one and the same loop."""
        asked: dict[str, Ask] = {
            "login": self._login, "mode": self._mode, "account": self._account,
            "open orders": self._orders, "permissions": self._permissions,
            "clock": self._skew, "round trip": self._latency, "stream": self._stream,
        }
        return {name: partial(self._asked, run, ask) for name, ask in asked.items()}

    def _asked(self, run: Run, ask: Ask) -> Finding:
        if self._listening is None and ask != self._login:
            return Word.SKIP, "not reached: see login"
        return run(self._answered(ask))

    async def _answered(self, ask: Ask) -> Finding:
        try:
            return await ask()
        except WIRE_TROUBLE as error:
            return Word.FAIL, _refusal(error)

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})
        with suppress(*WIRE_TROUBLE):
            await asyncio.wait_for(self._broker.disconnect(), CLOSE_WITHIN_S)

    async def _login(self) -> Finding:
        began = stopwatch()
        await _within(CONNECT_WITHIN_S, self._broker.connect())
        self._listening = asyncio.create_task(self._listen(), name="reports while looking")
        beside = f", beside the daemon ({self._other})" if self._other else ""
        return Word.PASS, f"connected in {(stopwatch() - began) * 1000:.0f} ms{beside}"

    async def _listen(self) -> None:
        """Read what the broker says: one that is not read says nothing more."""
        async for _ in self._broker.reports():
            pass

    async def _mode(self) -> Finding:
        is_real = self._broker.capabilities.real_money
        if is_real is None:
            return Word.FAIL, "the broker does not tell whether this is real money: nothing goes"
        told = "real money" if is_real else "play money"
        self.figures["real_money"] = is_real
        if is_real == (self._kind is RouteKind.LIVE):
            return Word.PASS, f"{told}, and the route is {self._kind}"
        wanted = "its simulator's keys and address" if is_real else "`kind: paper`, and mode paper"
        return Word.FAIL, f"{told}, but the route is {self._kind}: name {wanted}"

    async def _account(self) -> Finding:
        stated = self._statement = await _within(ANSWER_WITHIN_S, self._broker.statement())
        self.figures |= {"account": masked(stated.account), "positions": len(stated.holdings)}
        told = f"account {masked(stated.account)}: {stated.cash} {stated.currency}"
        return Word.PASS, f"{told}, {len(stated.holdings)} positions"

    async def _orders(self) -> Finding:
        if self._statement is None:
            return Word.SKIP, "not told: see account"
        working = self._statement.working
        others = [order for order in working if not order.cl_ord_id.startswith(OUR_PREFIX)]
        self.figures["open_orders"] = {"all": len(working), "others": len(others)}
        if not others:
            return Word.PASS, f"{len(working)} at work, all of them ours"
        symbols = ", ".join(sorted({symbol for order in others for symbol in order.symbols}))
        told = f"{len(others)} of {len(working)} at work are none of ours ({symbols or 'unnamed'})"
        return Word.WARN, f"{told}: cancel them, or let reconcile.unknown_orders adopt them"

    async def _permissions(self) -> Finding:
        if not isinstance(self._broker, ReachableBroker):
            return Word.PASS, "everything that it can do at all"
        look = await _within(ANSWER_WITHIN_S, self._broker.look())
        self.figures |= _of_look(look)
        rights = "; ".join(_told(permission) for permission in look.permissions)
        limits = f"; {look.allowance}" if look.allowance else ""
        return max(map(_word, look.permissions), key=list(Word).index, default=Word.PASS), (
            f"{look.server}: {rights or 'it tells of none'}{limits}"
        )

    async def _skew(self) -> Finding:
        if not isinstance(self._broker, ReachableBroker):
            return Word.SKIP, "it has no clock of its own"
        away: list[float] = []
        took: list[float] = []
        for _ in range(self._calls):
            asked, began = self._clock.now(), stopwatch()
            theirs = await _within(ANSWER_WITHIN_S, self._broker.ping())
            took.append(stopwatch() - began)
            away.append((theirs - asked).total_seconds() - took[-1] / 2)
        self._note_latency(took)
        skew_s = median(away)
        self.figures["clock_skew_s"] = round(skew_s, 3)
        told = f"the broker's is {abs(skew_s):.2f} s {'ahead' if skew_s > 0 else 'behind'}"
        if not (abs(skew_s) <= SKEW_WARN_S):
            is_far = not (abs(skew_s) <= SKEW_FAIL_S)
            advice = "let this machine take its time from a time server (timedatectl)"
            return (Word.FAIL if is_far else Word.WARN), f"{told}: {advice}"
        return Word.PASS, told

    async def _latency(self) -> Finding:
        if "round_trip_ms" not in self.figures:
            took = []
            for _ in range(self._calls):
                began = stopwatch()
                await _within(ANSWER_WITHIN_S, self._broker.statement())
                took.append(stopwatch() - began)
            self._note_latency(took)
        found = self.figures["round_trip_ms"]
        told = f"p50 {found['p50']} ms, p99 {found['p99']} ms of {self._calls} calls"
        if not (found["p99"] <= TARGET_MS):
            is_slow = not (found["p50"] <= TARGET_MS)
            advice = f"over {TARGET_MS:.0f} ms: look at the network, or move nearer to the broker"
            return (Word.FAIL if is_slow else Word.WARN), f"{told}, {advice}"
        return Word.PASS, f"{told}, within {TARGET_MS:.0f} ms"

    async def _stream(self) -> Finding:
        assert self._listening is not None  # or nobody had asked
        if self._listening.done():
            if (error := self._listening.exception()) is None:
                return Word.SKIP, "whoever only looks does not listen here"
            return Word.FAIL, f"it ended while we looked: {error}"
        return Word.PASS, "reports would have come all the while"

    def _note_latency(self, took: list[float]) -> None:
        cuts = quantiles([one * 1000 for one in took], n=100, method="inclusive")
        self.figures["round_trip_ms"] = {
            "p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "calls": len(took),
        }


def masked(account: str) -> str:
    """Show enough of an account's number to know it, and too little to use it."""
    return account if len(account) <= _SHOWN + 1 else f"{account[:2]}...{account[-3:]}"


async def _within(limit_s: float, call: Awaitable[T]) -> T:
    try:
        return await asyncio.wait_for(call, limit_s)
    except TimeoutError:
        raise TimeoutError(f"no answer within {limit_s:g} s") from None


def _refusal(error: Exception) -> str:
    told = str(error) or type(error).__name__
    match error:
        case LoginRefused():
            return f"{told}; it is not tried again until key, account or mode are put right"
        case NotSent() if error.retry_after_s:
            return f"{told}; leave it alone for {error.retry_after_s:g} s"
        case TimeoutError():
            return f"{told}: does it wait for a person to log in, or a firewall keep us out?"
        case _:
            return f"{told}: look whether it runs, and at the host and port of the route"


def _told(permission: Permission) -> str:
    name = permission.permit.value.replace("_", " ")
    word = {True: "yes", False: "no", None: "not told"}[permission.is_given]
    return f"{name}: {word}" + (f" ({permission.told})" if permission.told else "")


def _word(permission: Permission) -> Word:
    """Without the right to trade nothing goes; without another one, less."""
    if permission.is_given is False:
        return Word.FAIL if permission.permit is Permit.TRADE else Word.WARN
    is_unsure = permission.is_given is None and permission.permit is Permit.TRADE
    return Word.WARN if is_unsure else Word.PASS


def _of_look(look: BrokerLook) -> dict[str, Any]:
    return {
        "server": look.server, "allowance": look.allowance,
        "permissions": {p.permit.value: p.is_given for p in look.permissions},
    }
