"""Which options are there on a share, also where the market must ask for them first?"""

import asyncio
from contextlib import suppress
from typing import Final

from tradebot.core.model.chain import Chain
from tradebot.ports import DistantOptions, MarketData, OptionData

COMES_WITHIN_S: Final = 10.0  # for whoever asked: a chain comes in pages


async def chain_of(
    market: MarketData, symbol: str, within_s: float = COMES_WITHIN_S
) -> Chain | None:
    """Return what is known, or is before the deadline; None where nobody lists options."""
    if not isinstance(market, OptionData):
        return None
    chain = market.chain(symbol)
    if chain is None and isinstance(market, DistantOptions):
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await market.chain_looked_for(symbol)
        chain = market.chain(symbol)
    return chain


def why_none(market: MarketData, symbol: str) -> str:
    """Say why no chain is known, for a person: here is none, or it has not come yet."""
    if isinstance(market, DistantOptions):
        return f"no options on {symbol} are known here yet: they are asked for, so ask again"
    return f"nobody lists options on {symbol} here"
