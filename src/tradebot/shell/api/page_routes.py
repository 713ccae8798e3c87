"""Which files make the dashboard? A fixed list, read once; nobody names a path of ours."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from aiohttp import web

from tradebot.shell.api.route import ApiRoute, Call

PAGES: Final = {"/": "index.html", "/login": "login.html"}
_KINDS: Final = {
    "html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml",
}


def page_routes() -> Iterator[ApiRoute]:
    """Yield the pages and, below /static/, what they are made of."""
    found = dict(_read(files("tradebot.shell.api") / "static", ""))
    for path, name in PAGES.items():
        yield _route(path, name, found.pop(name))
    for name, content in found.items():
        yield _route(f"/static/{name}", name, content)


def _read(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _read(entry, f"{name}/")
        elif name.rpartition(".")[2] in _KINDS:
            yield name, entry.read_bytes()


def _route(path: str, name: str, content: bytes) -> ApiRoute:
    return ApiRoute(
        method="GET", path=path, summary=f"Load {name} of the dashboard",
        handler=partial(_load, name.rpartition(".")[2], content, sha256(content).hexdigest()[:32]),
        is_open=True,
    )


def _load(kind: str, content: bytes, tag: str, call: Call) -> web.Response:
    """Answer with the file, unless the browser has it just so."""
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    known = call.request.if_none_match or ()
    if any(etag.value == tag for etag in known):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return web.Response(
        body=content, headers=headers, content_type=_KINDS[kind], charset="utf-8"
    )
