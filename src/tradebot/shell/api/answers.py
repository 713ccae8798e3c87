"""In what form does the daemon answer? JSON documents; what went wrong as RFC 9457 has it."""

import json
from http import HTTPStatus
from typing import Any

from aiohttp import web

from tradebot.shell.api import commands
from tradebot.shell.views.rows import Plain


async def read_body(request: web.Request, *, may_be_empty: bool = False) -> dict[str, Any]:
    if may_be_empty and not request.can_read_body:
        return {}
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="the body must be application/json")
    return commands.parse_json(await request.read())


def answer(document: Plain, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(
        text=json.dumps(document), status=status, content_type="application/json"
    )


def problem(status: HTTPStatus, detail: str, **more: Any) -> web.Response:
    document = {
        "type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail,
        **more,
    }
    return web.Response(
        text=json.dumps(document), status=status, content_type="application/problem+json"
    )
