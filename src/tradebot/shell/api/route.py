"""What is one thing that can be asked of the daemon, what does it take and what does it answer?"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from aiohttp import web

from tradebot.shell.api.answers import answer
from tradebot.shell.api.bodies import Body, Field, Schema, parse_json, read
from tradebot.shell.api.queries import read_query
from tradebot.shell.views.rows import Plain

ANYTHING: Final[Schema] = {"type": "object"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read: the ids in its path, its query, its body as written and by field."""

    request: web.Request
    names: tuple[str, ...]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.names[0]


# A document, a document and what HTTP calls it, or an answer that is no document.
Found: TypeAlias = Plain | tuple[Plain, HTTPStatus] | web.StreamResponse
Handler: TypeAlias = Callable[[Call], Found | Awaitable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoute:
    """One method and path. A body's fields are checked here; a body that needs none may be empty.

    `codes` are those under which a good answer comes. What `is_write` changes something; what
    `loosens` a control is done by this command at a terminal and never over TCP. What `is_open`
    needs no token there; what `lasts` answers for as long as somebody listens.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    query: tuple[Field, ...] = ()
    body: tuple[Field, ...] | None = None
    answers: Schema | None = None
    codes: tuple[int, ...] = (200,)
    is_write: bool = False
    loosens: str = ""
    is_open: bool = False
    lasts: bool = False

    @property
    def may_be_empty(self) -> bool:
        return not any(field.is_needed for field in self.body or ())

    async def heard(self, request: web.Request, user: str | None = None) -> Call:
        """Read a request; what the route does not take is refused.

        Where `user` logged in, that is who asks, whatever the body says.
        """
        body = {} if self.body is None else await self._body(request)
        if user is not None and any(field.name == "user" for field in self.body or ()):
            body = {**body, "user": user}
        return Call(
            request=request, names=tuple(request.match_info.values()), body=body,
            query=read_query(request.query, self.query), given=read(body, self.body or ()),
        )

    async def answer(self, call: Call) -> web.StreamResponse:
        found = self.handler(call)
        if isinstance(found, Awaitable):
            found = await found
        if isinstance(found, web.StreamResponse):
            return found
        return answer(*found) if isinstance(found, tuple) else answer(found)

    async def _body(self, request: web.Request) -> dict[str, Any]:
        if self.may_be_empty and not request.can_read_body:
            return {}
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(reason="the body must be application/json")
        return parse_json(await request.read())


def get(path: str, handler: Handler, summary: str, **more: Any) -> ApiRoute:
    """Name what is read at a path below /api/v1/."""
    return ApiRoute(
        method="GET", path=f"/api/v1/{path}", handler=handler, summary=summary, **more
    )


def post(
    path: str, handler: Handler, summary: str, body: Body[Any] | tuple[Field, ...], **more: Any
) -> ApiRoute:
    """Name what is changed at a path below /api/v1/."""
    fields = body.fields if isinstance(body, Body) else body
    return ApiRoute(
        method="POST", path=f"/api/v1/{path}", handler=handler, summary=summary, body=fields,
        is_write=True, **more,
    )
