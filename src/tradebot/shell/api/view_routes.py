"""What can be read of the daemon? Lists with filters, whole documents, and one thing by its id."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

from tradebot.core.session import IN_SESSION, State
from tradebot.ports import MarketData
from tradebot.shell.api import shapes
from tradebot.shell.api.aftermath import aftermath
from tradebot.shell.api.answers import answer_by_rows
from tradebot.shell.api.bodies import Schema
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
    for name, rows, statuses, row in (
        ("intents", views.each_intent, INTENT_STATUSES, shapes.INTENT),
        ("orders", views.each_order, ORDER_STATUSES, shapes.ORDER),
        ("fills", views.each_fill, NO_STATUSES, shapes.FILL),
        ("drafts", views.drafts.each, DRAFT_STATUSES, shapes.DRAFT),
        ("dead-letters", views.dead_letters.rows, DEAD_LETTER_STATUSES, shapes.DEAD_LETTER),
    ):
        key = name.replace("-", "_")
        yield get(
            name, partial(_rows, key, rows), f"List {name.replace('-', ' ')}",
            query=filters(statuses), answers=shapes.listed(key, row),
        )
    yield get(
        "decisions", partial(_rows, "decisions", views.recent.rows), "List the newest decisions",
        query=filters(NO_STATUSES, ("last",)),
        answers=shapes.listed("decisions", shapes.DECIDED),
    )
    yield get(
        "positions", lambda call: views.held(Filters(**call.query)),
        "List open positions and the structures they make",
        query=filters(NO_STATUSES, FILTERS_OF_POSITIONS), answers=shapes.HELD,
    )


def document_routes(views: Views, status: Tell, health: Tell) -> Iterator[ApiRoute]:
    """Yield what there is one of."""
    def strategies() -> list[Any]:
        return list(status()["strategies"])

    documents: Mapping[str, tuple[Callable[[], Plain], str, Schema]] = {
        "status": (
            lambda: {"running": True, **views.status(), **status()},
            "Show state, mode, markets, routes, kill switch and counts", shapes.STATUS,
        ),
        "health": (
            lambda: {"running": True, **health()}, "Show whether the daemon is well",
            shapes.HEALTH,
        ),
        "account": (
            views.account, "Show the accounts, and profit and loss by strategy", shapes.ACCOUNT
        ),
        "strategies": (
            lambda: {"strategies": strategies()}, "List the strategies",
            shapes.listed("strategies", shapes.having("strategy_id is_enabled")),
        ),
        "trust": (
            lambda: trust(views.book, [row["strategy_id"] for row in strategies()]),
            "Show how far each strategy is trusted", shapes.TRUST,
        ),
    }
    for path, (tell, summary, answers) in documents.items():
        yield get(path, partial(_whole, tell), summary, answers=answers)


def one_routes(
    requests: Requests, market: MarketData, views: Views, brokers: Sequence[States]
) -> Iterator[ApiRoute]:
    """Yield what is asked for by its id, and what is left after a kill."""
    for path, one, summary, answers in (
        ("intents/{id}", requests.intent, "Show the pipeline's result of one intent",
         shapes.RESULT),
        ("drafts/{id}", requests.draft, "Show one draft and its document",
         shapes.shape(draft=shapes.DRAFT, document=shapes.OBJECT)),
        ("dead-letters/{id}", requests.dead_letter, "Show one dead letter and its history",
         shapes.OBJECT),
        ("why/{id}", requests.why, "Tell the whole chain of an intent, an order or a fill",
         shapes.WHY),
    ):
        yield get(path, partial(_one, one), summary, answers=answers)
    yield get(
        "chain/{id}", lambda call: told_chain(market, call.name, call.query.get("expiry")),
        "List the options on a share", query=(EXPIRY,), answers=shapes.CHAIN,
    )

    async def left(_: Call) -> Found:
        return {**await aftermath(views.book, brokers), "flattened": views.exits()}

    yield get("kill", left, "Ask every broker what is left after a kill", answers=shapes.KILLED)


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
        answers=shapes.shape(flag="ok", count="api_failures"),
    )
    yield ApiRoute(
        method="GET", path="/readyz", summary="Tell whether the daemon is ready to trade",
        handler=ready, codes=(200, 503), is_open=True,
        answers=shapes.shape(flag="ready", text="state"),
    )
    yield ApiRoute(
        method="GET", path="/version", summary="Tell the release",
        handler=lambda _: {"name": "tradebot", "version": version("tradebot")},
        answers=shapes.shape(text="name version"),
    )


def _whole(tell: Callable[[], Plain], _: Call) -> Found:
    return tell()


def _one(tell: Callable[[str], Plain], call: Call) -> Found:
    return tell(call.name)


def _rows(
    name: str, rows: Callable[[Filters], Iterable[Plain]], call: Call
) -> Awaitable[Found]:
    return answer_by_rows(name, rows(Filters(**call.query)))
