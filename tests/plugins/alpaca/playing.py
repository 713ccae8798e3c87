"""How does a test trade at Alpaca? A venue, a whole Alpaca on loopback, the adapter, a reader."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.fakes.alpaca.fake import KEY, SECRET, FakeAlpaca
from tests.fakes.venue import Venue
from tests.makers import CALL, HIGHER_CALL, an_intent, some_instruments
from tests.plugins.fake_market import FakeMarket
from tests.plugins.paper.bench import CALENDARS
from tests.plugins.playing import is_outside_hours

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.report import ExecType, Report
from tradebot.core.model.secret import Secret
from tradebot.plugins.alpaca.broker import AlpacaBroker
from tradebot.plugins.alpaca.settings import AlpacaSettings
from tradebot.shell.clock import LoopClock

WITHIN_S = 5.0


def settings_for(fake: FakeAlpaca | None = None, **changes: Any) -> AlpacaSettings:
    place = {} if fake is None else {"url": fake.url, "stream_url": fake.stream_url}
    return AlpacaSettings(**{
        "key": Secret(KEY), "secret": Secret(SECRET), "lag_s": 0.05, **place, **changes,
    })


class Playing:
    """One adapter at one fake; `told` is all that it said, `ended` how its stream ended."""

    def __init__(self, fake: FakeAlpaca, now: datetime | None, **changes: Any) -> None:
        self.fake, self.venue = fake, fake.venue
        self.clock = LoopClock(now or datetime.now(UTC), asyncio.get_running_loop())
        self.broker = AlpacaBroker(
            settings_for(fake, **changes), route="alpaca", clock=self.clock,
            market=FakeMarket(self.clock, some_instruments()), state_dir=Path(),
            calendars=CALENDARS,
        )
        self.told: list[Report] = []
        self.ended: list[Exception] = []
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self.broker.connect()
        self.listen()

    def listen(self) -> None:
        self._reader = asyncio.create_task(self._read(), name="reader")

    async def close(self) -> None:
        await self.broker.disconnect()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait({self._reader})

    async def reopen(self) -> None:
        await self.close()
        await self.open()

    async def send(self, intent: Intent, name: str = "tb1") -> ClOrdID:
        cl_ord_id = ClOrdID(name)
        await self.broker.submit(OrderSubmitted(
            cl_ord_id=cl_ord_id, intent_id=IntentId(f"intent of {name}"), intent=intent,
            route="alpaca", account="PA3FAKE00001", reserved=Decimal(0),
            send_by=self.clock.now() + timedelta(hours=1),
            outside_hours=is_outside_hours(self.clock),
        ))
        return cl_ord_id

    async def submit(self, intent: Intent, name: str = "tb1") -> ClOrdID:
        """Send an order, and wait until something is said of it."""
        cl_ord_id = await self.send(intent, name)
        await self.until(lambda: self.about(name))
        return cl_ord_id

    def about(self, name: str) -> list[Report]:
        return [r for r in self.told if name in (r.cl_ord_id, r.orig_cl_ord_id)]

    def words(self, name: str) -> list[str]:
        """List what was said of an order, in few words; trades as "symbol qty@px"."""
        return [said(report) for report in self.about(name)]

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not is_so():
                await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        """Let everything arrive that is on its way."""
        await asyncio.sleep(0.05)

    async def _read(self) -> None:
        with suppress(asyncio.CancelledError):
            try:
                async for report in self.broker.reports():
                    self.told.append(report)
            except ConnectionError as error:
                self.ended.append(error)


@asynccontextmanager
async def playing(
    *, now: datetime | None = None, carries_fills: bool = True, one_by_leg: bool = False,
    **changes: Any,
) -> AsyncIterator[Playing]:
    """Open it all: SPY trades at 99.99 to 100.01, two calls at about 5 and 2."""
    venue = Venue() if now is None else Venue(now=lambda: now)
    venue.quote("SPY", "99.99", "100.01")
    venue.quote(CALL, "5.00", "5.20")
    venue.quote(HIGHER_CALL, "2.00", "2.10")
    fake = FakeAlpaca(venue, carries_fills=carries_fills, one_by_leg=one_by_leg)
    async with fake:
        play = Playing(fake, now, **changes)
        await play.open()
        try:
            yield play
        finally:
            await play.close()


def resting(qty: int | str = 10, price: str = "99", **more: Any) -> Intent:
    return an_intent("buy", qty, price=price, **more)


def spread(qty: int = 2, price: str = "1.00", ratio: int = 1) -> Intent:
    """Buy calls and sell higher ones."""
    return an_intent(qty=qty, price=price, ord_type=OrdType.LIMIT, legs=(
        Leg(symbol=CALL, side=Side.BUY, ratio_qty=Decimal(ratio)),
        Leg(symbol=HIGHER_CALL, side=Side.SELL),
    ))


def said(report: Report) -> str:
    if report.exec_type is ExecType.TRADE:
        return f"{report.symbol} {report.last_qty}@{report.last_px}"
    return report.exec_type.value
