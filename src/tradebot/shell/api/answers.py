"""In what form does the daemon answer? JSON documents; what went wrong as RFC 9457 has it."""

import asyncio
import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from tradebot.shell.views.rows import Plain

SLICE_MAX: Final = 50  # rows that are told in one stretch: about a millisecond


def answer(document: Plain, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(
        text=json.dumps(document), status=status, content_type="application/json"
    )


async def answer_by_rows(name: str, rows: Iterable[Plain]) -> web.Response:
    """Answer with a list under its name; between two slices of it trading goes on."""
    told = []
    for place, row in enumerate(rows, start=1):
        told.append(json.dumps(row))
        if place % SLICE_MAX == 0:
            await asyncio.sleep(0)
    text = f"{{{json.dumps(name)}: [{', '.join(told)}]}}"
    return web.Response(text=text, content_type="application/json")


def problem(status: HTTPStatus, detail: str, **more: Any) -> web.Response:
    document = {
        "type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail,
        **more,
    }
    return web.Response(
        text=json.dumps(document), status=status, content_type="application/problem+json"
    )
