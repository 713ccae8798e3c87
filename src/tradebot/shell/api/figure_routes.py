"""Which figures can be had of the daemon: how near its limits are, how its equity came to be?"""

from collections.abc import Callable, Iterator
from datetime import datetime

from tradebot.core.model.facts import Facts
from tradebot.shell.api.route import ApiRoute, get
from tradebot.shell.views.headroom import headroom
from tradebot.shell.views.views import Views


def figure_routes(
    views: Views, facts: Callable[[], Facts], now: Callable[[], datetime]
) -> Iterator[ApiRoute]:
    yield get(
        "headroom", lambda _: headroom(views.book, facts(), now()),
        "Show how near each standing limit of the gates is",
    )
    yield get(
        "equity", lambda _: views.equity.document(views.last),
        "Show how equity and each strategy's profit came to be",
    )
