"""Which configuration holds, which ones held, and who lets a looser one in?"""

from collections.abc import Awaitable, Iterator
from functools import partial
from http import HTTPStatus
from typing import Final, TypeVar

from tradebot.core.model.commands import ApproveSettings, RejectSettings
from tradebot.shell.api.bodies import COUNT, NAME, SENTENCE, Field, Given, takes
from tradebot.shell.api.command_routes import Doing
from tradebot.shell.api.requests import Unanswerable
from tradebot.shell.api.route import ApiRoute, Call, Found, get, post
from tradebot.shell.compared import compared, version_document
from tradebot.shell.reload import Reloader
from tradebot.shell.settings.config import ConfigError
from tradebot.shell.settings.versions import NotKept, Versions
from tradebot.shell.views.configs import Configs
from tradebot.shell.views.rows import Plain

T = TypeVar("T")

_USER: Final = Field("user", NAME, "who asks")
_REASON: Final = Field("reason", SENTENCE, "why, for people")
_DIGEST: Final = Field("digest", NAME, "of the proposal that was looked at", is_needed=True)
_VERSION: Final = Field("number", COUNT, "of a version")
_NUMBER: Final = Field("number", COUNT, "of the version", is_needed=True)
_BY: Final = "api"


@takes(_DIGEST, _USER, _REASON)
def parse_approve(given: Given) -> ApproveSettings:
    return ApproveSettings(
        target=given["digest"], by=given.get("user", _BY), reason=given.get("reason", "")
    )


@takes(_DIGEST, _USER, _REASON.needed())
def parse_reject(given: Given) -> RejectSettings:
    return RejectSettings(
        target=given["digest"], by=given.get("user", _BY), reason=given["reason"]
    )


def config_routes(doing: Doing, reloader: Reloader) -> Iterator[ApiRoute]:
    """Yield what is asked of configurations, and done with them."""
    configs, versions = reloader.parts.configs, reloader.parts.versions

    async def reload(call: Call) -> Found:
        return await _tried(reloader.reload(call.given.get("user", _BY), "api"))

    async def rollback(call: Call) -> Found:
        given = call.given
        return await _tried(reloader.rollback(
            given["number"], given.get("user", _BY), given["reason"]
        ))

    async def compare(call: Call) -> Found:
        one, other = (call.query.get(name) for name in ("from", "to"))
        newest = reloader.parts.engine.book.config.number
        return await _tried(reloader.work(lambda: compared(
            reloader.latest, versions, newest if one is None else one, other
        )))

    yield get("config", lambda _: reloader.document(), "Show which configuration holds")
    yield get(
        "config/versions", lambda _: {"versions": configs.rows()}, "List accepted configurations"
    )
    yield get(
        "config/versions/{id}", partial(_one, configs, versions),
        "Show a version with the text of its files",
    )
    yield get(
        "config/diff", compare, "Compare two versions; else the newest, and the files of now",
        query=(_VERSION.named("from"), _VERSION.named("to")),
    )
    yield post("config/reload", reload, "Read the files anew", (_USER,))
    yield post(
        "config/rollback", rollback, "Put the files of a version back in their places",
        (_NUMBER, _USER, _REASON.needed()),
    )
    yield post(
        "config/approve", partial(doing.parsed, parse_approve), "Let looser settings in",
        parse_approve, loosens="tradebot config approve DIGEST",
    )
    yield post(
        "config/reject", partial(doing.parsed, parse_reject), "Keep looser settings out",
        parse_reject,
    )


async def _tried(asked: Awaitable[Plain]) -> Plain:
    try:
        return await asked
    except ConfigError as error:
        raise Unanswerable(
            HTTPStatus.UNPROCESSABLE_ENTITY, error.problems[0], problems=error.problems
        ) from None
    except NotKept as error:
        raise Unanswerable(HTTPStatus.NOT_FOUND, str(error)) from None


def _one(configs: Configs, versions: Versions, call: Call) -> Found:
    number = int(call.name) if call.name.isascii() and call.name.isdigit() else 0
    found = version_document(configs, versions, number)
    if found is None:
        raise Unanswerable(HTTPStatus.NOT_FOUND, "no version of this number is known")
    return found
