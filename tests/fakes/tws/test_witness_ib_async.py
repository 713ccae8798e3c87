"""Does ib_async understand our TWS, at every version of the protocol that it speaks?"""

import ib_async
import pytest
from tests.fakes.tws.quarrels import QUARRELS
from tests.fakes.tws.scenarios import SCENARIOS
from tests.fakes.tws.scenes import ORDINARY
from tests.fakes.tws.trouble import TROUBLE
from tests.fakes.tws.witness import VERSIONS, Scene, played


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scene", ORDINARY, ids=lambda scene: scene.__name__)
async def test_ordinary_days(scene: Scene, version: int) -> None:
    await scene(ib_async, version)


@pytest.mark.parametrize("scene", TROUBLE + QUARRELS, ids=lambda scene: scene.__name__)
async def test_bad_days(scene: Scene) -> None:
    await scene(ib_async)


def test_every_scenario_is_played_to_the_libraries() -> None:
    assert sorted(name for scene in TROUBLE + QUARRELS for name in played(scene)) == sorted(
        SCENARIOS
    )
