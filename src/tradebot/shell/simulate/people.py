"""Who trades, who presses buttons, who repairs? The people of a day; they outlive processes."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tradebot.core.model.commands import (
    AcceptConfig,
    Approve,
    ApproveSettings,
    ArmLive,
    ClearHalt,
    Command,
    Reject,
    RejectSettings,
    RequestCancel,
    RequestCancelAll,
    RequestReplace,
    Revise,
    SetKillSwitch,
    SubmitIntent,
)
from tradebot.core.model.events import CancelRefused, IntentReceived
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, Source
from tradebot.core.model.reason import APPROVAL
from tradebot.core.model.settings import Mode
from tradebot.shell.engine import Busy
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import drop
from tradebot.shell.simulate.process import SimProcess
from tradebot.shell.simulate.venue import Venue
from tradebot.shell.simulate.world import World

SIMPLE: Final = StrategyId("simple")
_PATIENCE_S: Final = 15.0
_CENT: Final = Decimal("0.01")


class People:
    """They speak to whichever process runs, and try again where none answers."""

    def __init__(self, world: World) -> None:
        self.process: SimProcess | None = None
        self.asked = 0
        self._files = 0
        self._kills = {
            "kill_switch": self._kill, "kill_signal": self._signal,
            "kill_file": self._drop_file, "kill_flat": self._flatten,
        }
        self._world = world
        self._chance = world.chance

    async def trade(self, seconds: float) -> None:
        """Press buttons until the time is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        async with asyncio.TaskGroup() as group:
            while loop.time() < until:
                await asyncio.sleep(self._chance.between("next order", .1, 4))
                group.create_task(self.order(), name="order")
                if self._chance.happens("cancels", .15):
                    group.create_task(self._cancel(), name="cancel")
                if self._chance.happens("changes", .2):
                    group.create_task(self._change(), name="change")
                await self._fate()

    async def ask(self, command: Command) -> Decision | None:
        """Wait for the answer of the process that runs now, but not for ever."""
        process = self.process
        if process is None or not process.is_up or process.engine is None:
            return None
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await process.engine.submit(command)
        except (TimeoutError, Busy):
            return None

    async def clear_halts(self) -> None:
        """Look at what is halted, and let it trade again."""
        process = self.process
        if process is None or process.engine is None:
            return
        for symbol in list(process.engine.book.halted):
            await self.ask(ClearHalt(symbol=symbol, reason="looked at it", by="operator"))

    async def clear_kill(self) -> None:
        await self.ask(SetKillSwitch(engaged=False, reason="looked at it", by="operator"))

    async def order(self) -> None:
        """Ask for an order; who has a key asks again until there is an answer."""
        self.asked += 1
        body = self._intent(self.asked)
        for _ in range(6):
            answer = await self.ask(SubmitIntent(intent=body))
            if body.key is None or answer is not None:
                break
            await asyncio.sleep(2)
        if body.key is not None and self._world.faults.hit("pressed_twice"):
            await self.ask(SubmitIntent(intent=body))
        if body.key is not None and self._world.faults.hit("key_reused"):
            await self._reuse_key(body)

    async def _reuse_key(self, body: Intent) -> None:
        other = replace(body, order_qty=body.order_qty + 1)
        answer = await self.ask(SubmitIntent(intent=other))
        is_taken = answer is not None and isinstance(answer.events[0], IntentReceived)
        if is_taken and self._was_taken(body):
            self._world.referee.broken(1, f"key {body.key} was taken for another order")

    def _was_taken(self, body: Intent) -> bool:
        """Tell whether the first order under this key was taken in."""
        return any(
            isinstance(event, IntentReceived) and event.intent == body
            for decision in self._world.referee.published.values() for event in decision.events
        )

    def _intent(self, number: int) -> Intent:
        chance = self._chance
        symbol = chance.pick("symbol", self._world.scene.symbols)
        side = chance.pick("side", (Side.BUY, Side.SELL))
        qty = Decimal(60 if chance.happens("too much", .03) else chance.below("qty", 20) + 1)
        beyond = _CENT * (chance.below("price", 20) - 5)
        price = self._world.prices.of(symbol) + side.sign * beyond
        is_strategy = chance.happens("strategy", .4)
        return Intent(
            legs=(Leg(symbol=symbol, side=side),), order_qty=qty, ord_type=OrdType.LIMIT,
            price=price, source=Source.STRATEGY if is_strategy else Source.API,
            strategy_id=SIMPLE if is_strategy else None,
            key=None if is_strategy else f"key-{number}",
        )

    def _some_order(self) -> str | None:
        process = self.process
        if process is None or process.engine is None:
            return None
        working = list(process.engine.book.orders.working)
        return self._chance.pick("which order", working) if working else None

    async def _cancel(self) -> None:
        process, target = self.process, self._some_order()
        if target is None or process is None or process.engine is None:
            return
        answer = await self.ask(RequestCancel(target=target, by="trader"))
        is_refused = answer is not None and isinstance(answer.events[0], CancelRefused)
        if is_refused and target in process.engine.book.orders.working:
            self._world.referee.broken(21, f"the cancel of {target} was refused")

    async def _change(self) -> None:
        target = self._some_order()
        if target is not None:
            qty = Decimal(self._chance.below("changed qty", 20) + 1)
            await self.ask(RequestReplace(target=target, by="trader", order_qty=qty))

    async def _fate(self) -> None:
        """Let happen what is nobody's order."""
        world, hit = self._world, self._world.faults.hit
        if hit("ghost_fill"):
            self._some_venue().trade_for_a_stranger(
                self._chance.pick("stranger", world.scene.symbols)
            )
        if hit("freeze"):
            world.loop.freeze(self._chance.between("freeze", 1, 60))
        if hit("clock_step"):
            step_s = self._chance.pick("step", (-3600, -30, -2, 0, 2, 30, 3600))
            is_seen = self.process is not None and self.process.is_up
            world.referee.on_step(step_s - world.clock.step_s if is_seen else 0)
            world.clock.step_s = step_s
        if hit("settings_reload"):
            await self._reload()
        if hit("outage"):
            self._some_venue().leave(self._chance.between("outage", 5, 40))
        for name, kill in self._kills.items():
            if hit(name):
                await kill()
                await asyncio.sleep(self._chance.between("killed for", .5, 10))
                await self.clear_kill()
        if self._chance.happens("cancels all", .01):
            await self.ask(RequestCancelAll(by="trader"))
        if self._chance.happens("looks at drafts", .5):
            await self._decide_on_drafts()
        if self._chance.happens("looks at settings", .3):
            await self._decide_on_settings()
        if self._chance.happens("arms", .5):
            await self._arm()
        if self._chance.happens("looks at halts", .3):
            await self.clear_halts()
        if self._chance.happens("looks at the kill", .6):
            await self.clear_kill()

    def _some_venue(self) -> Venue:
        return self._chance.pick("which venue", list(self._world.venues.values()))

    async def _decide_on_drafts(self) -> None:
        """Say yes or no, edit, or approve what the draft no longer is."""
        process = self.process
        if process is None or process.engine is None:
            return
        for draft in list(process.engine.book.intents.open.values()):
            if draft.held is None or APPROVAL not in draft.held.needs:
                continue
            name, digest = draft.intent_id, draft.body.digest()
            qty = Decimal(self._chance.below("revised qty", 20) + 1)
            yes = Approve(target=name, digest=digest, by="trader")
            answers: tuple[Command, ...] = (
                yes, yes, yes, yes, replace(yes, digest=digest[::-1]),
                Reject(target=name, reason="no", by="trader"),
                Revise(target=name, by="trader", order_qty=qty),
            )
            await self.ask(self._chance.pick("about a draft", answers))

    async def _arm(self) -> None:
        """Arm an account where orders go to live ones."""
        process = self.process
        if process is None or process.engine is None or process.engine.book.arming is not None:
            return
        if self._world.scene.settings.mode is Mode.LIVE:
            await self.ask(ArmLive(
                account=self._some_venue().account, for_s=self._chance.pick("armed", (5, 60, 600)),
                orders_max=self._chance.pick("armed", (1, 5, 50)), reason="trade", by="trader",
                notional_max_usd=Decimal(self._chance.pick("armed", (3_000, 1_000_000))),
            ))

    async def _reload(self) -> None:
        """Write other limits while orders are on their way: what is looser of them waits."""
        qty = Decimal(self._chance.pick("limit", (3, 10, 20, 50)))
        settings = self._world.scene.settings
        policy = replace(settings.policy, order_qty_max=qty)
        self._files += 1
        await self.ask(AcceptConfig(
            settings=replace(settings, policy=policy), version=f"at most {qty}",
            hash=f"file {self._files}", by="owner", source="watch",
        ))

    async def _decide_on_settings(self) -> None:
        """Say yes or no to looser limits, or yes to what was not proposed."""
        process = self.process
        waits = process.engine.book.config.proposal if process and process.engine else None
        if waits is None:
            return
        yes = ApproveSettings(target=waits.digest, by="owner")
        answers: tuple[Command, ...] = (
            yes, yes, yes, replace(yes, target=waits.digest[::-1]),
            RejectSettings(target=waits.digest, reason="no", by="owner"),
        )
        await self.ask(self._chance.pick("about settings", answers))

    async def _kill(self, *, flatten: bool = False) -> None:
        """Stop everything as the command does: the latch first, then the decision."""
        if self.process is not None and self.process.is_up:
            self.process.latch.set("enough")
            await self.ask(
                SetKillSwitch(engaged=True, reason="enough", by="trader", flatten=flatten)
            )

    async def _signal(self) -> None:
        if self.process is not None:
            self.process.signal("SIGUSR1")

    async def _drop_file(self) -> None:
        """Leave the flag; whoever runs looks for it, and who starts later finds it."""
        drop(self._world.home, "enough")
        await asyncio.sleep(self._chance.between("seen after", 0, .02))
        await self._signal()

    async def _flatten(self) -> None:
        """Ask for it, and see to nothing: what is then to be closed is the daemon's to close."""
        await self._kill(flatten=True)
