"""Does ib_async understand what our TWS tells of the market, without our feed?"""

import ib_async
import pytest
from tests.fakes.tws.market_scenes import MARKET
from tests.fakes.tws.scenes import Scene


@pytest.mark.parametrize("version", [157, 178])
@pytest.mark.parametrize("scene", MARKET, ids=lambda scene: scene.__name__)
async def test_days_of_the_market(scene: Scene, version: int) -> None:
    await scene(ib_async, version)
