"""What can be read of the daemon? Lists with filters, whole documents, and one thing by its id."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

from tradebot.core.session import IN_SESSION, State
from tradebot.ports import MarketData
from tradebot.shell.api.aftermath import aftermath
from tradebot.shell.api.chains import EXPIRY, told_chain
from tradebot.shell.api.queries import filters
from tradebot.shell.api.requests import Requests
from tradebot.shell.api.route import ApiRoute, Call, Found, get
from tradebot.shell.flattener import States
from tradebot.shell.views.filters import (
    DEAD_LETTER_STATUSES,
    DRAFT_STATUSES,
    FILTERS_OF_POSITIONS,
    INTENT_STATUSES,
    NO_STATUSES,
    ORDER_STATUSES,
    Filters,
)
from tradebot.shell.views.rows import Plain
from tradebot.shell.views.trust import trust
from tradebot.shell.views.views import Views

_READY: Final = frozenset({*IN_SESSION, State.HALTED})

Tell = Callable[[], Mapping[str, Any]]


def list_routes(views: Views) -> Iterator[ApiRoute]:
    """Yield the lists, each with the filters that it takes."""
    for name, rows, statuses in (
        ("intents", views.intents, INTENT_STATUSES),
        ("orders", views.orders, ORDER_STATUSES),
        ("fills", views.fills, NO_STATUSES),
        ("drafts", views.drafts.rows, DRAFT_STATUSES),
        ("dead-letters", views.dead_letters.rows, DEAD_LETTER_STATUSES),
    ):
        yield get(
            name, partial(_rows, name.replace("-", "_"), rows), f"List {name.replace('-', ' ')}",
            query=filters(statuses),
        )
    yield get(
        "decisions", partial(_rows, "decisions", views.recent.rows), "List the newest decisions",
        query=filters(NO_STATUSES, ("last",)),
    )
    yield get(
        "positions", lambda call: views.held(Filters(**call.query)),
        "List open positions and the structures they make",
        query=filters(NO_STATUSES, FILTERS_OF_POSITIONS),
    )


def document_routes(views: Views, status: Tell, health: Tell) -> Iterator[ApiRoute]:
    """Yield what there is one of."""
    def strategies() -> list[Any]:
        return list(status()["strategies"])

    documents: Mapping[str, tuple[Callable[[], Plain], str]] = {
        "status": (
            lambda: {"running": True, **views.status(), **status()},
            "Show state, mode, markets, routes, kill switch and counts",
        ),
        "health": (lambda: {"running": True, **health()}, "Show whether the daemon is well"),
        "account": (views.account, "Show the accounts, and profit and loss by strategy"),
        "strategies": (lambda: {"strategies": strategies()}, "List the strategies"),
        "trust": (
            lambda: trust(views.book, [row["strategy_id"] for row in strategies()]),
            "Show how far each strategy is trusted",
        ),
    }
    for path, (tell, summary) in documents.items():
        yield get(path, partial(_whole, tell), summary)


def one_routes(
    requests: Requests, market: MarketData, views: Views, brokers: Sequence[States]
) -> Iterator[ApiRoute]:
    """Yield what is asked for by its id, and what is left after a kill."""
    for path, one, summary in (
        ("intents/{id}", requests.intent, "Show the pipeline's result of one intent"),
        ("drafts/{id}", requests.draft, "Show one draft and its document"),
        ("dead-letters/{id}", requests.dead_letter, "Show one dead letter and its history"),
        ("why/{id}", requests.why, "Tell the whole chain of an intent, an order or a fill"),
    ):
        yield get(path, partial(_one, one), summary)
    yield get(
        "chain/{id}", lambda call: told_chain(market, call.name, call.query.get("expiry")),
        "List the options on a share", query=(EXPIRY,),
    )

    async def left(_: Call) -> Found:
        return {**await aftermath(views.book, brokers), "flattened": views.exits()}

    yield get("kill", left, "Ask every broker what is left after a kill")


def probe_routes(status: Tell, failures: Callable[[], int]) -> Iterator[ApiRoute]:
    """Yield what a supervisor or a load balancer asks."""
    def ready(_: Call) -> Found:
        state = str(status().get("state", ""))
        is_ready = state in _READY
        code = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return {"ready": is_ready, "state": state}, code

    yield ApiRoute(
        method="GET", path="/healthz", summary="Tell that the daemon answers",
        handler=lambda _: {"ok": True, "api_failures": failures()}, is_open=True,
    )
    yield ApiRoute(
        method="GET", path="/readyz", summary="Tell whether the daemon is ready to trade",
        handler=ready, codes=(200, 503), is_open=True,
    )
    yield ApiRoute(
        method="GET", path="/version", summary="Tell the release",
        handler=lambda _: {"name": "tradebot", "version": version("tradebot")},
    )


def _whole(tell: Callable[[], Plain], _: Call) -> Found:
    return tell()


def _one(tell: Callable[[str], Plain], call: Call) -> Found:
    return tell(call.name)


def _rows(name: str, rows: Callable[[Filters], list[Plain]], call: Call) -> Found:
    return {name: rows(Filters(**call.query))}
