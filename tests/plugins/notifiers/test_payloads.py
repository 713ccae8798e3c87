"""What does each service get to see of an alert? What went over the wire, kept and compared.

    python -m pytest tests/plugins/notifiers --accept    write down what goes out now
"""

import re
from pathlib import Path
from typing import Final

import pytest
from tests.outward.a_server import serving
from tests.plugins.notifiers.services import SERVICES, a_hostile_alert, an_alert, on_the_wire

from tradebot.core.model.alert import Alert, Level
from tradebot.plugins.notifiers.console import ConsoleNotifier, ConsoleSettings
from tradebot.plugins.notifiers.mail import message

FOLDER: Final = Path(__file__).parent / "golden"
TOLD: Final = {
    **{level.value: an_alert(level) for level in Level},
    "a title alone": an_alert(text="", fields=()), "hostile": a_hostile_alert(),
}


def compared(name: str, told: list[str], request: pytest.FixtureRequest) -> None:
    """Compare with what was accepted, or accept it."""
    text = "".join(
        f"===== {case} =====\n{one}\n" for case, one in zip(TOLD, told, strict=True)
    )
    path = FOLDER / f"{name}.txt"
    if request.config.getoption("--accept"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_gets_to_see_what_was_accepted(
    name: str, request: pytest.FixtureRequest
) -> None:
    async with serving() as server:
        notifier = SERVICES[name](f"http://127.0.0.1:{server.port}")
        for alert in TOLD.values():
            await notifier.notify(alert)
    heard = zip(server.requests, server.bodies, strict=True)
    compared(name, [on_the_wire(one, body) for one, body in heard], request)


def test_a_mailbox_gets_to_see_what_was_accepted(request: pytest.FixtureRequest) -> None:
    compared("email", [_mail(alert) for alert in TOLD.values()], request)


def _mail(alert: Alert) -> str:
    """Write a message; the borders of its parts are drawn at random."""
    text = message(alert, "desk@example.com", ("ann@example.com", "bob@example.com")).as_string()
    return re.sub(r"={15}\d+==", "BORDER", text.replace("\r\n", "\n"))


async def test_a_terminal_gets_to_see_what_was_accepted(
    request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    told = list[str]()
    for alert in TOLD.values():
        await ConsoleNotifier(ConsoleSettings()).notify(alert)
        told.append(capfd.readouterr().err)
    compared("console", told, request)
