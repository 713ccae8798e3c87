"""Does ib_async understand our TWS, at every version of the protocol that it speaks?"""

import ib_async
import pytest
from tests.fakes.faults import FaultKind
from tests.fakes.tws.bad_days import BAD_DAYS
from tests.fakes.tws.bad_orders import BAD_ORDERS
from tests.fakes.tws.gateway import CAN_SUFFER
from tests.fakes.tws.scenarios import FAULTS, STATES
from tests.fakes.tws.scenes import ORDINARY
from tests.fakes.tws.witness import VERSIONS, Scene, played


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scene", ORDINARY, ids=lambda scene: scene.__name__)
async def test_ordinary_days(scene: Scene, version: int) -> None:
    await scene(ib_async, version)


@pytest.mark.parametrize("scene", BAD_DAYS + BAD_ORDERS, ids=lambda scene: scene.__name__)
async def test_bad_days(scene: Scene) -> None:
    await scene(ib_async)


def test_every_scenario_is_played_to_the_libraries() -> None:
    shown = [name for scene in BAD_DAYS + BAD_ORDERS for name in played(scene)]
    assert sorted(shown) == sorted({**FAULTS, **STATES})
    assert {FaultKind(name) for name in FAULTS} == CAN_SUFFER
