"""Which routes does every daemon have, out of the parts that answer them?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tradebot.ports import MarketData
from tradebot.shell.api import command_routes, view_routes
from tradebot.shell.api.aftermath import Decide
from tradebot.shell.api.config_routes import config_routes
from tradebot.shell.api.page_routes import page_routes
from tradebot.shell.api.requests import Requests
from tradebot.shell.api.route import ApiRoute
from tradebot.shell.desk.desk import OptionsDesk
from tradebot.shell.flattener import States
from tradebot.shell.reconcile import Reconciler
from tradebot.shell.reload import Reloader
from tradebot.shell.views.views import Views


def usual_routes(
    *, submit: Decide, views: Views, status: Callable[[], Mapping[str, Any]],
    health: Callable[[], Mapping[str, Any]], latch: Callable[[str, str], None],
    reconciler: Reconciler, brokers: Sequence[States], desk: OptionsDesk, market: MarketData,
    reloader: Reloader, failures: Callable[[], int], pace: float = 1.0,
) -> Iterator[ApiRoute]:
    """Yield what the verbs ask for, and what a supervisor does."""
    yield from view_routes.probe_routes(status, failures)
    requests = Requests(views, submit, latch)
    doing = command_routes.Doing(requests, pace)
    yield from view_routes.list_routes(views)
    yield from view_routes.document_routes(views, status, health)
    yield from view_routes.one_routes(requests, market, views, brokers)
    yield from doing.routes()
    yield from command_routes.desk_routes(desk)
    yield from command_routes.reconcile_routes(doing, views, reconciler)
    yield from command_routes.strategy_routes(
        doing, lambda: [row["strategy_id"] for row in status()["strategies"]]
    )
    yield from config_routes(doing, reloader)
    yield from page_routes()
