"""Does whoever asks for a first chain get it, when it has to come from elsewhere?"""

import asyncio
from datetime import timedelta

from tests.core.options.making import MONDAY, a_chain
from tests.makers import an_instrument
from tests.plugins.fake_market import FakeMarket

from tradebot.core.model.chain import Chain
from tradebot.shell.clock import LoopClock
from tradebot.shell.option_chain import COMES_WITHIN_S, chain_of, why_none
from tradebot.shell.sim_loop import SimLoop


class FarMarket(FakeMarket):
    """Knows a chain a while after it was first asked for."""

    def __init__(self, takes_s: float) -> None:
        clock = LoopClock(MONDAY, asyncio.get_running_loop())
        super().__init__(clock, [an_instrument("SPY")])
        self.begun, self.takes = clock.now(), timedelta(seconds=takes_s)

    def chain(self, symbol: str) -> Chain | None:
        is_here = self._clock.now() >= self.begun + self.takes
        return a_chain() if is_here and symbol == "SPY" else None

    async def chain_looked_for(self, symbol: str) -> None:
        await asyncio.sleep(self.takes.total_seconds())


def test_whoever_gets_none_is_told_whether_to_ask_again() -> None:
    async def told() -> tuple[str, str]:
        far, near = FarMarket(60), FakeMarket(LoopClock(MONDAY, asyncio.get_running_loop()), [])
        return why_none(far, "SPY"), why_none(near, "SPY")

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        far, near = runner.run(told())
    assert "ask again" in far and near == "nobody lists options on SPY here"


def asked(takes_s: float, symbol: str = "SPY") -> tuple[Chain | None, float]:
    """Ask for a chain; return it, and how long that took."""
    async def ask() -> tuple[Chain | None, float]:
        loop = asyncio.get_running_loop()
        market, began = FarMarket(takes_s), loop.time()
        return await chain_of(market, symbol), loop.time() - began

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(ask())


def test_a_chain_that_comes_soon_is_waited_for() -> None:
    chain, took_s = asked(takes_s=3)
    assert chain is not None
    assert took_s == 3


def test_a_chain_that_does_not_come_is_given_up_in_time() -> None:
    assert asked(takes_s=60) == (None, COMES_WITHIN_S)


def test_a_chain_that_nobody_lists_is_none_as_soon_as_that_is_known() -> None:
    assert asked(takes_s=2, symbol="IBM") == (None, 2)
