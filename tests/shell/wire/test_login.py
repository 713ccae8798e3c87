"""What does a login that is refused lead to? One alarm, and no second try until a person acts."""

import asyncio
from dataclasses import replace

import pytest
from tests.shell.test_link import Scene, ScriptedBroker, play
from tests.shell.wire.test_reconnect import supervised

from tradebot.core.model.events import RouteConnected, RouteRefused
from tradebot.core.model.reason import Reason
from tradebot.ports import LoginRefused, NotSent

LONG_S = 24 * 3600


class ShutBroker(ScriptedBroker):
    """Lets nobody in while `trouble` stands."""

    def __init__(self, trouble: Exception | None) -> None:
        super().__init__()
        self.trouble = trouble
        self.knocked: list[float] = []

    async def connect(self) -> None:
        self.knocked.append(asyncio.get_running_loop().time())
        if self.trouble is not None:
            raise self.trouble


def test_a_refused_login_is_told_once_and_not_tried_again_until_a_person_acts() -> None:
    broker = ShutBroker(LoginRefused("the key is for another account"))

    async def story(scene: Scene) -> None:
        supervisor = await supervised(scene)
        before = len(broker.knocked)
        await asyncio.sleep(LONG_S)
        assert len(broker.knocked) == before
        scene.link.knock_again()
        await asyncio.sleep(LONG_S)
        assert len(broker.knocked) == before + 1
        broker.trouble = None
        scene.link.knock_again()
        await asyncio.sleep(60)
        assert len(broker.knocked) == before + 2
        await supervisor.close()

    scene = play(broker, story)
    refused = scene.of(RouteRefused)
    assert len(refused) == 2
    assert {(event.reason, event.detail) for event in refused} == {
        (Reason.ADAPTER_LOGIN_REFUSED, "the key is for another account")
    }
    assert len(scene.of(RouteConnected)) == 1


def test_a_route_that_the_core_refuses_is_not_tried_again_either() -> None:
    broker = ShutBroker(None)
    broker.capabilities = replace(broker.capabilities, real_money=True)

    async def story(scene: Scene) -> None:
        await asyncio.sleep(LONG_S)
        broker.capabilities = replace(broker.capabilities, real_money=False)
        scene.link.knock_again()
        await asyncio.sleep(60)

    scene = play(broker, story)
    assert len(broker.knocked) == 2
    assert [event.reason for event in scene.of(RouteRefused)] == [Reason.ADAPTER_OTHER_MONEY]
    assert len(scene.of(RouteConnected)) == 1


@pytest.mark.parametrize(("asked_s", "waits_s"), [(0.0, 5), (20.0, 25), (1e9, 35)])
def test_a_broker_that_wants_to_be_left_alone_for_a_while_is(
    asked_s: float, waits_s: float
) -> None:
    broker = ShutBroker(NotSent("client id 7 is in use", asked_s))

    async def story(scene: Scene) -> None:
        supervisor = await supervised(scene)
        await asyncio.sleep(100)
        await supervisor.close()

    play(broker, story)
    assert broker.knocked[2] - broker.knocked[1] == pytest.approx(waits_s)
