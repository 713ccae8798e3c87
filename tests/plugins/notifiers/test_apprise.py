"""Does a service that only Apprise knows hear of an alert, once, and within bounds?"""

import asyncio
import json
import logging
from typing import Any

import pytest
from tests.outward.a_server import hanging, serving, status
from tests.plugins.notifiers.services import HOSTILE, a_hostile_alert, an_alert

from tradebot.core.model.alert import Level
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.apprise import AppriseNotifier, AppriseSettings
from tradebot.ports import NotDelivered

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")  # its own


def a_service(port: int, more: str = "") -> AppriseNotifier:
    return AppriseNotifier(AppriseSettings(url=Secret(f"json://127.0.0.1:{port}/hush{more}")))


@pytest.mark.parametrize(("level", "kind"), [
    (Level.INFO, "info"), (Level.WARNING, "warning"), (Level.CRITICAL, "failure"),
])
async def test_a_service_hears_title_text_and_fields(level: Level, kind: str) -> None:
    async with serving() as server:
        notifier = a_service(server.port)
        await notifier.notify(an_alert(level))
        await notifier.close()
    (body,) = map(json.loads, server.bodies)
    assert (body["type"], body["title"]) == (kind, "The kill switch is set")
    assert body["message"].endswith("drawdown: -0.0312")


async def test_what_was_not_taken_is_not_tried_again_whatever_the_url_says() -> None:
    async with serving(status(503)) as server:
        with pytest.raises(NotDelivered, match="delivered nothing") as caught:
            await a_service(server.port, "?retry=5&wait=0.01").notify(an_alert())
    assert len(server.requests) == 1
    assert not caught.value.is_final


@pytest.mark.fault(107)
async def test_a_redirect_is_not_followed_whatever_the_url_says() -> None:
    async with serving(status(307, Location="/elsewhere")) as server:
        with pytest.raises(NotDelivered):
            await a_service(server.port, "?redirect=yes").notify(an_alert())
    assert [request.path for request in server.requests] == ["/hush"]


@pytest.mark.fault(91)
async def test_a_service_that_hangs_keeps_one_thread_and_no_caller() -> None:
    async with serving(hanging) as server:
        notifier = a_service(server.port, "?rto=0.5")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await notifier.notify(an_alert())
        with pytest.raises(NotDelivered, match="BlockingIOError"):
            await notifier.notify(an_alert())


async def test_its_log_tells_nothing(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with serving(status(503, HOSTILE[:40])) as server:
            with pytest.raises(NotDelivered):
                await a_service(server.port).notify(a_hostile_alert())
    assert "apprise" not in {record.name for record in caplog.records}
    assert "hush" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("url", ["hush", "hush://x", "", "json://", "http:"])
def test_a_url_that_apprise_does_not_know_is_refused_unshown(url: Any) -> None:
    with pytest.raises(ValueError, match="url: expected one that Apprise knows") as caught:
        AppriseNotifier(AppriseSettings(url=Secret(url)))
    assert "hush" not in str(caught.value)
