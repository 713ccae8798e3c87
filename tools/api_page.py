"""What does the reference say of the API? Every route, and the OpenAPI document, from the code."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tables import code, table
from tradebot.shell.api.alert_routes import alert_routes
from tradebot.shell.api.bodies import Field
from tradebot.shell.api.figure_routes import figure_routes
from tradebot.shell.api.login_routes import LoginDesk
from tradebot.shell.api.openapi import is_page, openapi, openapi_route
from tradebot.shell.api.route import ApiRoute
from tradebot.shell.api.routes import usual_routes
from tradebot.shell.api.stream_routes import Followers

FILE = "openapi.json"
ABOUT = (
    "The same routes are served on the Unix socket beside the data and over TCP; the"
    " [guide](../guide/api.md) tells how to log in and to ask. For programs:"
    f" [{FILE}]({FILE}), which a daemon serves at `/openapi.json`."
)
ACCESS = (
    "*Open* needs no token. *Terminal* is never done over TCP: the command that does it is named"
    " with it. All else needs a token or a login there."
)


class _Nobody:
    """Stands for every part of a daemon: a route is described without being asked."""

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *args: Any, **more: Any) -> Any:
        return self


def routes() -> Sequence[ApiRoute]:
    nobody: Any = _Nobody()
    listed = [
        *usual_routes(
            submit=nobody, views=nobody, status=nobody, health=nobody, latch=nobody,
            reconciler=nobody, brokers=(), desk=nobody, market=nobody, reloader=nobody,
            failures=nobody,
        ),
        *figure_routes(nobody, nobody, nobody, nobody), *alert_routes(nobody),
        *Followers(nobody, datetime(2026, 1, 1, tzinfo=UTC), 1).routes(),
        *LoginDesk(nobody, nobody, nobody).routes(),
    ]
    return [*listed, openapi_route(listed)]


def document() -> str:
    return json.dumps(openapi(routes()), indent=1, ensure_ascii=False) + "\n"


def write() -> Iterator[str]:
    yield "# API"
    yield f"\n{ABOUT}\n\n{ACCESS}\n"
    shown = [route for route in routes() if not is_page(route.path)]
    for title, is_write in (("Reading", False), ("Writing", True)):
        yield f"## {title}\n"
        yield from table(("route", "does", "takes", "access"), [
            (code(f"{route.method} {route.path}"), route.summary, _taken(route), _access(route))
            for route in sorted(shown, key=lambda one: one.path) if route.is_write is is_write
        ])
        yield ""


def _taken(route: ApiRoute) -> str:
    return ", ".join(map(_named, (*route.query, *(route.body or ()))))


def _named(field: Field) -> str:
    return f"**{code(field.name)}**" if field.is_needed else code(field.name)


def _access(route: ApiRoute) -> str:
    if route.loosens:
        return f"terminal: {code(route.loosens)}"
    return "open" if route.is_open else ""
