"""Which figures can be had of the daemon: its limits, its equity, and metrics for monitors?"""

from collections.abc import Callable, Iterator
from datetime import datetime

from aiohttp import web

from tradebot.core.model.facts import Facts
from tradebot.shell.api import shapes
from tradebot.shell.api.route import ApiRoute, get
from tradebot.shell.metrics.exposition import CONTENT_TYPE
from tradebot.shell.views.headroom import headroom
from tradebot.shell.views.views import Views


def figure_routes(
    views: Views, facts: Callable[[], Facts], now: Callable[[], datetime],
    metrics: Callable[[], bytes],
) -> Iterator[ApiRoute]:
    yield get(
        "headroom", lambda _: headroom(views.book, facts(), now()),
        "Show how near each standing limit of the gates is",
        answers=shapes.shape(maybe="at", headroom={"type": "array", "items": shapes.ROOM}),
    )
    yield get(
        "equity", lambda _: views.equity.document(views.last),
        "Show how equity and each strategy's profit came to be",
        answers=shapes.shape(maybe="at", lists="equity profit"),
    )
    yield ApiRoute(
        method="GET", path="/metrics", summary="Tell all metrics as Prometheus text",
        answers={"type": "string", "contentMediaType": "text/plain"},
        handler=lambda _: web.Response(body=metrics(), headers={"Content-Type": CONTENT_TYPE}),
    )
