"""Which configuration holds, which ones held, and who lets a looser one in?"""

from collections.abc import Awaitable, Iterator
from difflib import unified_diff
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeVar

from tradebot.core.model.commands import ApproveSettings, RejectSettings
from tradebot.core.ratchet import changes
from tradebot.shell.api.bodies import COUNT, NAME, SENTENCE, Field, Given, takes
from tradebot.shell.api.command_routes import Doing
from tradebot.shell.api.requests import Unanswerable
from tradebot.shell.api.route import ApiRoute, Call, Found, get, post
from tradebot.shell.reload import Reloader, checked
from tradebot.shell.settings.config import ConfigError
from tradebot.shell.settings.versions import NotKept, Versions
from tradebot.shell.told.redact import hiding
from tradebot.shell.views.configs import Configs, change_rows
from tradebot.shell.views.rows import Plain

T = TypeVar("T")

_USER: Final = Field("user", NAME, "who asks")
_REASON: Final = Field("reason", SENTENCE, "why, for people")
_DIGEST: Final = Field("digest", NAME, "of the proposal that was looked at", is_needed=True)
_NUMBER: Final = Field("number", COUNT, "of the version", is_needed=True)
_BY: Final = "api"

_HIDE: Final = hiding(())


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
        pair = (call.query["from"], call.query["to"])
        return await _tried(_compared(reloader, versions, *pair))

    yield get("config", lambda _: reloader.document(), "Show which configuration holds")
    yield get(
        "config/versions", lambda _: {"versions": configs.rows()}, "List accepted configurations"
    )
    yield get(
        "config/versions/{id}", partial(_one, configs, versions),
        "Show a version with the text of its files",
    )
    yield get(
        "config/diff", compare, "Compare two versions",
        query=(_NUMBER.named("from"), _NUMBER.named("to")),
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
    row = configs.row(number)
    if row is None:
        raise Unanswerable(HTTPStatus.NOT_FOUND, "no version of this number is known")
    try:
        files = versions.files(number)
    except NotKept:
        return {**row, "is_kept": False, "files": []}
    return {**row, "is_kept": True, "files": [
        {"path": str(path), "text": "\n".join(_lines(data))} for path, data in files.items()
    ]}


async def _compared(reloader: Reloader, versions: Versions, one: int, other: int) -> Plain:
    """Tell which lines differ, and which settings that decide do."""
    before, after = versions.files(one), versions.files(other)
    first, second = [
        await reloader.work(partial(checked, reloader.latest, said)) for said in (before, after)
    ]
    return {
        "from": one, "to": other,
        "files": [
            {"path": str(path), "diff": _differing(path, before, after)}
            for path in {**before, **after} if before.get(path) != after.get(path)
        ],
        "changes": change_rows(changes(first.decisive(), second.decisive())),
    }


def _differing(path: Path, before: dict[Path, bytes], after: dict[Path, bytes]) -> str:
    one, other = _lines(before.get(path, b"")), _lines(after.get(path, b""))
    return "\n".join(unified_diff(one, other, lineterm="", n=2))


def _lines(data: bytes) -> list[str]:
    return [_HIDE(line) for line in data.decode(errors="replace").splitlines()]
