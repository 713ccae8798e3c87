"""In what form does the daemon answer? JSON documents; what went wrong as RFC 9457 has it."""

import json
from http import HTTPStatus
from typing import Any

from aiohttp import web

from tradebot.shell.views.rows import Plain


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
