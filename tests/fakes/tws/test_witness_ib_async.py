"""Does ib_async understand our TWS, at every version of the protocol that it speaks?"""

import ib_async
import pytest
from tests.fakes.tws import scenes
from tests.fakes.tws.witness import VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scene", scenes.ORDINARY, ids=lambda scene: scene.__name__)
async def test_ordinary_days(scene: scenes.Scene, version: int) -> None:
    await scene(ib_async, version)
