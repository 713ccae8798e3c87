"""Are chains fetched when somebody asks, kept fresh while that goes on, and never made up?"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.core.options.making import a_chain

from tradebot.core.model.chain import Chain
from tradebot.outward.market.chains import WANTED_S, Chains
from tradebot.ports import NotSent
from tradebot.shell.sim_loop import SimLoop

PUT = "SPY261218P00490000"
EVERY_S = 30.0


class Vendor:
    def __init__(self, *, takes_s: float = 1.0) -> None:
        self.asked: list[tuple[str, float]] = []
        self.told: list[str] = []
        self.known: Chain | None = a_chain(days=(25,))
        self.fails = False
        self.takes_s = takes_s
        self.chains = Chains({"SPY", "IBM"}, self.fetch, EVERY_S, self.told.append)

    async def fetch(self, symbol: str) -> Chain | None:
        self.asked.append((symbol, asyncio.get_running_loop().time()))
        await asyncio.sleep(self.takes_s)
        if self.fails:
            raise NotSent("the vendor is away")
        return self.known


def play(scene: Callable[[Vendor], Awaitable[None]], vendor: Callable[[], Vendor] = Vendor) -> None:
    async def run() -> None:
        made = vendor()
        task = asyncio.create_task(made.chains.run())
        try:
            async with asyncio.timeout(10_000):
                await scene(made)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(run())


def test_nothing_is_fetched_that_nobody_asks_for() -> None:
    async def scene(vendor: Vendor) -> None:
        await asyncio.sleep(500)
        assert vendor.asked == []
        assert vendor.chains.chain("QQQ") is None
        await vendor.chains.looked_for("QQQ")
        assert vendor.asked == []

    play(scene)


def test_a_first_question_has_it_fetched_at_once() -> None:
    async def scene(vendor: Vendor) -> None:
        await asyncio.sleep(100)
        assert vendor.chains.chain("SPY") is None
        await vendor.chains.looked_for("SPY")
        assert asyncio.get_running_loop().time() <= 101.1
        assert vendor.chains.chain("SPY") == vendor.known
        quote = vendor.chains.quote(PUT, "SPY")
        assert quote is not None and quote.bid > 0
        assert vendor.chains.quote("SPY261218P00001000", "SPY") is None

    play(scene)


def test_a_chain_is_fetched_again_only_while_it_is_wanted() -> None:
    async def scene(vendor: Vendor) -> None:
        await vendor.chains.looked_for("SPY")
        await asyncio.sleep(WANTED_S + 5 * EVERY_S)
        asked = len(vendor.asked)
        assert WANTED_S / EVERY_S - 4 <= asked <= WANTED_S / EVERY_S + 1
        await asyncio.sleep(10 * EVERY_S)
        assert len(vendor.asked) == asked
        assert vendor.chains.chain("SPY") is None  # it is too old to be true

    play(scene)


def test_a_vendor_that_fails_is_told_of_once_and_asked_again() -> None:
    async def scene(vendor: Vendor) -> None:
        vendor.fails = True
        await vendor.chains.looked_for("SPY")
        assert vendor.chains.chain("SPY") is None
        await asyncio.sleep(3 * EVERY_S)
        assert vendor.told == ["no options on SPY: NotSent: the vendor is away"]
        vendor.fails = False
        await vendor.chains.looked_for("SPY")
        assert vendor.chains.chain("SPY") is not None

    play(scene)


def test_a_vendor_that_hangs_is_given_up_and_keeps_nobody_else_waiting_for_ever() -> None:
    async def scene(vendor: Vendor) -> None:
        await vendor.chains.looked_for("SPY")
        assert vendor.chains.chain("SPY") is None
        await vendor.chains.looked_for("IBM")
        assert [symbol for symbol, _ in vendor.asked][:2] == ["SPY", "IBM"]

    play(scene, lambda: Vendor(takes_s=10_000))
