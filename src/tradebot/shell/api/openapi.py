"""What is the API, for programs? An OpenAPI document, made from the routes that are served."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from tradebot.shell.api import shapes
from tradebot.shell.api.bodies import Field, schema_of
from tradebot.shell.api.route import ANYTHING, ApiRoute
from tradebot.shell.api.shapes import OBJECT, PROBLEM
from tradebot.shell.views.rows import Plain

ABOUT: Final = (
    "The same routes on the Unix socket beside the data, where file permissions guard them, and"
    " over TCP with a token or a login. Numbers that are money travel as text."
)
_NAMES: Final = re.compile(r"\{(\w+)\}")
_SHAPES: Final = {
    name.title().replace("_", ""): schema for name, schema in vars(shapes).items()
    if name.isupper() and isinstance(schema, dict) and "required" in schema
}
_CALLED: Final = {id(schema): name for name, schema in _SHAPES.items()}
_KEY: Final = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "the same key and body give the first answer again; another body is refused",
}


def openapi(routes: Iterable[ApiRoute]) -> Plain:
    """Describe all routes but the dashboard's own files; a shape that is told twice is named."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if not is_page(route.path):
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "tradebot", "version": version("tradebot"), "description": ABOUT},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {
                name: _inner(schema) for name, schema in sorted(_SHAPES.items())
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "login": {"type": "apiKey", "in": "cookie", "name": "tradebot_PORT"},
            },
        },
    }


def is_page(path: str) -> bool:
    """Tell whether a path is of the dashboard's own files."""
    return path in ("/", "/login") or path.startswith("/static/")


def openapi_route(routes: Iterable[ApiRoute]) -> ApiRoute:
    """Serve the document, which is in it itself."""
    every = list(routes)
    own = ApiRoute(
        method="GET", path="/openapi.json", summary="Describe this API", answers=OBJECT,
        handler=lambda _: found(),
    )
    every.append(own)
    found = cache(lambda: openapi(every))
    return own


def _operation(route: ApiRoute) -> Plain:
    told: Plain = {
        "summary": route.summary, "operationId": _called(route),
        "parameters": list(_parameters(route)), "responses": _responses(route),
        "security": [] if route.is_open else [{"token": []}, {"login": []}],
    }
    if route.body is not None:
        told["requestBody"] = {
            "required": not route.may_be_empty,
            "content": {"application/json": {"schema": schema_of(route.body)}},
        }
    if route.loosens:
        told["description"] = f"Never over TCP. At a terminal: `{route.loosens}`."
    return told


def _called(route: ApiRoute) -> str:
    words = re.findall(r"\w+", route.path.removeprefix("/api/v1"))
    return "_".join((route.method.lower(), *words))


def _parameters(route: ApiRoute) -> Iterator[Plain]:
    for name in _NAMES.findall(route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for field in route.query:
        yield _query(field)
    if route.path == "/api/v1/intents" and route.is_write:
        yield _KEY


def _query(field: Field) -> Plain:
    return {
        "name": field.name, "in": "query", "required": field.is_needed,
        "schema": field.form.schema, "description": field.about,
    }


def _responses(route: ApiRoute) -> Mapping[str, Any]:
    schema = _named(route.answers or ANYTHING)
    kind = schema.get("contentMediaType", "application/json")
    good = {str(code): _answer(schema, kind) for code in route.codes}
    return {**good, "default": _answer(_named(PROBLEM), "application/problem+json")}


def _named(schema: Any) -> Any:
    """Refer to a shape by its name, wherever it stands."""
    name = _CALLED.get(id(schema))
    return {"$ref": f"#/components/schemas/{name}"} if name is not None else _inner(schema)


def _inner(schema: Any) -> Any:
    match schema:
        case dict():
            return {key: _named(value) for key, value in schema.items()}
        case list():
            return [_named(value) for value in schema]
        case _:
            return schema


def _answer(schema: Mapping[str, Any], kind: str) -> Plain:
    return {"description": "", "content": {kind: {"schema": schema}}}
