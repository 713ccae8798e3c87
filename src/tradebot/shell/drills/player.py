"""How is a script played? Each word is something that a person, a broker or fate does.

A line is one of: `buy NAME QTY`, `sell NAME QTY`, after `try` where it may be refused, after `ask`
where nobody waits for the answer; `cancel NAME`; `flood`, a strategy asks without end; `rush
SECONDS`, people do; `fill NAME QTY`, `stranger`, a hand trades on the account; `alive`, the broker
fills by itself; `next FAULT [NTH]`, `on FAULT`, `off FAULT`; `wait SECONDS` or until a moment;
`crash`, `freeze SECONDS`, `clock SECONDS`; `kill`, `clear` it, `look` at halts; `reload QTY`, the
largest order from now on; `expect` with what must be true now.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.commands import (
    AcceptConfig,
    RequestCancel,
    SetKillSwitch,
    SubmitIntent,
)
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, Source, TimeInForce
from tradebot.shell.drills.aim import Aim
from tradebot.shell.drills.drill import Unsuited
from tradebot.shell.drills.seen import Seen, key_of
from tradebot.shell.simulate.people import People
from tradebot.shell.simulate.world import World

LASTS_MAX: Final = timedelta(days=6)
_TRIES: Final = 8
_PATIENCE_S: Final = 120.0
_LOOK_EVERY_S: Final = 0.25
_FLOOD_BEYOND: Final = 5
_RUSH_EVERY_S: Final = 0.2
_MARGIN: Final = timedelta(seconds=10)


class Unmet(Exception):
    """What a script expects is not so."""


class Player:
    """Plays one script on one world; `unmet` says what was expected and was not so."""

    def __init__(self, world: World, people: People, aim: Aim) -> None:
        self.unmet: str | None = None
        self.unsuited: str | None = None
        self.checks = 0
        self._world = world
        self._people = people
        self._aim = aim
        self._policy = world.scene.settings.policy
        self._symbol = _tradable(world.scene.symbols, self._policy.blackout_symbols)
        self._seen = Seen(world, people, self._symbol)
        self._beside: set[asyncio.Task[None]] = set()

    async def play(self, script: str) -> None:
        """Play line by line; whatever is still going on beside it then ends."""
        self._keep_hours()
        try:
            async with asyncio.timeout(LASTS_MAX.total_seconds()):
                await self._until(self._is_up)
                for line in filter(None, map(str.strip, script.splitlines())):
                    word, *rest = line.split()
                    await _WORDS[word](self, *rest)
        except TimeoutError:
            self.unmet = f"the script is not over after {LASTS_MAX}"
        except Unmet as unmet:
            self.unmet = str(unmet)
        except Unsuited as unsuited:
            self.unsuited = str(unsuited)
        finally:
            for task in self._beside:
                task.cancel()

    def _is_up(self) -> bool:
        return self._people.process is not None and self._people.process.is_up

    async def _until(self, is_so: Callable[[], object]) -> None:
        """Wait until it is so, but not for ever: what was expected then says what is missing."""
        for _ in range(int(_PATIENCE_S / _LOOK_EVERY_S)):
            if is_so():
                return
            await asyncio.sleep(_LOOK_EVERY_S)

    def _keep_hours(self) -> None:
        """Let the broker keep the hours of the user's calendar: this close, and the next open."""
        scene, later = self._world.scene, self._world.loop.call_later
        calendar = scene.calendars[scene.settings.primary_calendar]
        closes = calendar.next_close(scene.starts)
        opens = calendar.next_open(closes)
        if not scene.trades(closes):  # a market that never closes does not
            later((closes - scene.starts).total_seconds(), self._night)
            later((opens - scene.starts).total_seconds(), self._morning)

    def _night(self) -> None:
        self._world.venue.close()
        self._world.prices.is_asleep = True

    def _morning(self) -> None:
        self._world.venue.open()
        self._world.prices.is_asleep = False

    async def _buy(self, name: str, qty: str) -> None:
        await self._submit(self._order(name, Side.BUY, qty))
        self._must_be_taken(name)

    async def _sell(self, name: str, qty: str) -> None:
        await self._submit(self._order(name, Side.SELL, qty))
        self._must_be_taken(name)

    async def _try(self, side: str, name: str, qty: str) -> None:
        await self._submit(self._order(name, Side(side), qty))

    async def _ask(self, side: str, name: str, qty: str) -> None:
        self._start(self._try(side, name, qty))

    def _must_be_taken(self, name: str) -> None:
        if (why := self._seen.refusal(name)) is not None:
            raise Unsuited(f"order {name} is refused by your own limits: {why}")

    def _order(self, name: str, side: Side, qty: str) -> Intent:
        return Intent(
            legs=(Leg(symbol=self._symbol, side=side),), order_qty=Decimal(qty),
            ord_type=OrdType.LIMIT, price=self._world.prices.of(self._symbol),
            time_in_force=TimeInForce.GTC, source=Source.API, key=key_of(name),
        )

    async def _submit(self, body: Intent) -> None:
        """Ask, and ask again under the same key until there is an answer."""
        for _ in range(_TRIES):
            if await self._people.ask(SubmitIntent(intent=body)) is not None:
                return
            await asyncio.sleep(2)

    async def _cancel(self, name: str) -> None:
        await self._until(lambda: self._seen.known(name))
        for _ in range(_TRIES):
            state = self._seen.known(name)
            if state is None or state.order.is_done:
                return
            command = RequestCancel(target=state.order.cl_ord_id, by="drill")
            if await self._people.ask(command) is not None:
                return
            await asyncio.sleep(2)

    async def _flood(self) -> None:
        """Let one strategy ask again and again, beyond what the policy lets brokers reject."""
        if not (self._policy.rejections_max <= self._policy.orders_per_day_max):
            raise Unsuited("policy.orders_per_day_max stops it before rejections_max does")
        for number in range(self._policy.rejections_max + _FLOOD_BEYOND):
            body = self._order("", Side.BUY, str(1 + number % 5))
            await self._people.ask(SubmitIntent(intent=replace(
                body, source=Source.STRATEGY, strategy_id=StrategyId("drill"), key=None
            )))
            await asyncio.sleep(3)

    async def _alive(self) -> None:
        self._world.venue.fills_alone = True

    async def _rush(self, seconds: str) -> None:
        self._start(self._trade_on(float(seconds)))

    async def _trade_on(self, seconds: float) -> None:
        until = self._world.loop.time() + seconds
        async with asyncio.TaskGroup() as group:
            while self._world.loop.time() < until:
                group.create_task(self._people.order(), name="order")
                await asyncio.sleep(_RUSH_EVERY_S)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._beside.add(asyncio.create_task(work, name="beside the script"))

    async def _fill(self, name: str, qty: str) -> None:
        """Let the broker trade, once it has the order: whatever its state is then."""
        await self._until(lambda: self._seen.placed(name))
        order = self._seen.placed(name)
        if order is None:
            raise Unmet(f"order {name} never came to the broker")
        self._world.venue.trade(order, Decimal(qty))

    async def _stranger(self) -> None:
        self._world.venue.trade_for_a_stranger(self._symbol)

    async def _next(self, fault: str, nth: str = "1") -> None:
        self._aim.at(fault, int(nth))

    async def _on(self, fault: str) -> None:
        self._aim.begin(fault)

    async def _off(self, fault: str) -> None:
        self._aim.end(fault)

    async def _wait(self, *until: str) -> None:
        scene, at = self._world.scene, self._world.clock.at(self._world.loop.time())
        calendar = scene.calendars[scene.settings.primary_calendar]
        moments: Mapping[str, Callable[[], datetime]] = {
            "reconcile": lambda: at + timedelta(seconds=scene.reconcile.every_s) + _MARGIN,
            "stale": lambda: at + timedelta(seconds=float(self._policy.quote_age_max_s)) + _MARGIN,
            "settle": lambda: at + timedelta(seconds=self._policy.clock_settle_s) + _MARGIN,
            "close": lambda: calendar.next_close(at) + _MARGIN,
            "open": lambda: calendar.next_open(at) + _MARGIN,
        }
        moment = " ".join(until)
        if moment in moments:
            await asyncio.sleep((moments[moment]() - at).total_seconds())
        else:
            await asyncio.sleep(float(moment))

    async def _crash(self) -> None:
        process = self._people.process
        if process is not None:
            process.kill("drill")
            await self._until(lambda: self._people.process is not process and self._is_up())

    async def _freeze(self, seconds: str) -> None:
        self._world.loop.freeze(float(seconds))

    async def _clock(self, seconds: str) -> None:
        self._world.referee.has_steps = True
        self._world.clock.step_s = float(seconds)

    async def _kill(self) -> None:
        process = self._people.process
        if process is not None:
            process.latch.set("drill")
        await self._people.ask(SetKillSwitch(engaged=True, reason="drill", by="drill"))

    async def _clear(self) -> None:
        await self._people.clear_kill()

    async def _look(self) -> None:
        await self._people.clear_halts()

    async def _reload(self, order_qty_max: str) -> None:
        settings = self._world.scene.settings
        policy = replace(settings.policy, order_qty_max=Decimal(order_qty_max))
        version = f"at most {order_qty_max}"
        await self._people.ask(AcceptConfig(
            settings=replace(settings, policy=policy), version=version, hash=version, by="drill",
            source="watch",
        ))

    async def _expect(self, *words: str) -> None:
        """Compare a count, or how an order stands, with what is expected."""
        self.checks += 1
        *what, wanted = words
        match what:
            case ["order", name]:
                found = self._seen.standing(name)
                if wanted == "working":
                    self._must_be_taken(name)
            case ["filled", name]:
                found = str(self._seen.filled(name))
            case ["kept", name]:
                found = "yes" if self._seen.is_kept(name) else "no"
            case ["sent", name]:
                found = "no" if self._seen.placed(name) is None else "yes"
            case _:
                found = str(self._seen.count(" ".join(what)))
                wanted = str(getattr(self._policy, wanted, wanted))
        if found != wanted:
            raise Unmet(f"expected {' '.join(words)}, got {found}")


def _tradable(symbols: tuple[str, ...], blackout: tuple[str, ...]) -> str:
    free = [symbol for symbol in symbols if symbol not in blackout]
    return free[0] if free else symbols[0]


_WORDS: Final[Mapping[str, Callable[..., Coroutine[Any, Any, None]]]] = {
    "buy": Player._buy, "sell": Player._sell, "try": Player._try, "ask": Player._ask,
    "cancel": Player._cancel, "flood": Player._flood, "alive": Player._alive,
    "rush": Player._rush,
    "fill": Player._fill, "stranger": Player._stranger, "next": Player._next, "on": Player._on,
    "off": Player._off, "wait": Player._wait, "crash": Player._crash, "freeze": Player._freeze,
    "clock": Player._clock, "kill": Player._kill, "clear": Player._clear, "look": Player._look,
    "reload": Player._reload, "expect": Player._expect,
}
