"""What were people told, and did it reach them?"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from tradebot.core.model.alert import AlertKind, Level
from tradebot.shell.api.bodies import NAME, BadRequest, Field, Form
from tradebot.shell.api.commands import USER
from tradebot.shell.api.queries import filters
from tradebot.shell.api.route import ApiRoute, Call, get, post
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.views.filters import NO_STATUSES
from tradebot.shell.views.rows import Plain


def _one_of(words: type[StrEnum]) -> Form[str]:
    known = [word.value for word in words]

    def read(name: str, text: str) -> str:
        if text not in known:
            raise BadRequest(name, f"one of {', '.join(known)}, got {text[:40]!r}")
        return text

    return Form(read, {"type": "string", "enum": known})


QUERY: Final = (
    Field("kind", _one_of(AlertKind), "only alerts of this kind"),
    Field("level", _one_of(Level), "only alerts that are at least so important"),
    *filters(NO_STATUSES, ("since", "last")),
)
CHANNEL: Final = Field("channel", NAME, "the channel to try; all where none is named")


def alert_routes(alerts: Alerts) -> Iterator[ApiRoute]:
    yield get(
        "alerts",
        lambda call: {
            "alerts": alerts.history.rows(**call.query), "channels": alerts.standing(),
        },
        "List the newest alerts and how the channels do", query=QUERY,
    )

    async def tried(call: Call) -> Plain:
        given = call.given
        return {"channels": await alerts.try_out(given.get("channel"), given.get("user", "api"))}

    yield post(
        "notify/test", tried, "Send a test message by one channel, or by all", (CHANNEL, USER)
    )
