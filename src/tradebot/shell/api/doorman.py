"""Who may ask over TCP? This host, no foreign page, with a token or a login, and what may they do?

A browser on the same machine runs pages of strangers, so that the address alone admits nobody.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.http import HttpVersion11

from tradebot.shell.api.logins import Logins, Throttle
from tradebot.shell.api.route import ApiRoute
from tradebot.shell.api.section import ApiSection
from tradebot.shell.api.token import TokenFile

HEADER_BYTES_MAX: Final = 8 * 1024
PATH_MAX: Final = 2_048
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
        "require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_LOG: Final = logging.getLogger(__name__)
_ANYWHERE: Final = ("0.0.0.0", "::")  # where one listens; nobody is called so
_METRICS: Final = ("/metrics", "/version")
_SAME_PAGE: Final = ("same-origin", "none")


class NotAdmitted(Exception):
    """Who asks may not; the text says why, `headers` what HTTP wants beside it."""

    def __init__(self, status: HTTPStatus, text: str, **headers: str) -> None:
        super().__init__(text)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Doorman:
    """Looks at each request over TCP before anything else does."""

    def __init__(
        self, section: ApiSection, port: int, token: TokenFile, logins: Logins,
        now: Callable[[], float],
    ) -> None:
        self._hosts = frozenset(_hosts(section, port))
        self._origins = frozenset((
            *(f"http://{host}" for host in self._hosts), *section.allowed_origins,
        ))
        self._open = _METRICS if section.open_metrics else ()
        self._token = token
        self._logins = logins
        self._now = now
        self._throttle = Throttle(now)
        self.cookie = f"tradebot_{port}"  # cookies know no ports, and a rehearsal has another one

    def see(self, request: web.Request) -> None:
        """Let nobody in who was sent here by a stranger's page, or who does not speak plainly."""
        if request.version < HttpVersion11:
            raise NotAdmitted(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here")
        if sum(len(name) + len(value) for name, value in request.raw_headers) > HEADER_BYTES_MAX:
            text = f"at most {HEADER_BYTES_MAX} bytes of headers"
            raise NotAdmitted(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, text)
        if len(request.raw_path) > PATH_MAX:
            raise NotAdmitted(HTTPStatus.REQUEST_URI_TOO_LONG, f"at most {PATH_MAX} characters")
        if request.headers.getall("Host", []) not in [[host] for host in self._hosts]:
            raise NotAdmitted(HTTPStatus.MISDIRECTED_REQUEST, "no such host is served here")
        if "Upgrade" in request.headers:
            raise NotAdmitted(HTTPStatus.BAD_REQUEST, "nothing but HTTP/1.1 is spoken here")
        origins = request.headers.getall("Origin", [])
        sites = request.headers.getall("Sec-Fetch-Site", [])
        if not self._origins.issuperset(origins) or not set(sites) <= set(_SAME_PAGE):
            raise NotAdmitted(HTTPStatus.FORBIDDEN, "a page from elsewhere may not ask here")

    def admit(self, request: web.Request, route: ApiRoute) -> str | None:
        """Return who logged in, if it is a login that asks; raise NotAdmitted."""
        name = None if route.is_open or route.path in self._open else self._known(request)
        if route.loosens:
            text = f"never over TCP; at a terminal of the daemon's machine: {route.loosens}"
            raise NotAdmitted(HTTPStatus.FORBIDDEN, text)
        if route.is_write and request.content_type != "application/json":
            text = "the body must be application/json, an empty one too"
            raise NotAdmitted(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text)
        return name

    def log_in(self, *, token: str | None, code: str | None, name: str) -> str:
        """Return a new login's key for the token, or for a code that nobody has used."""
        self._see_patience()
        self._refresh()
        is_right = (token is not None and self._token.matches(token)) or (
            code is not None and self._logins.spend(code)
        )
        if not is_right:
            raise self._failed()
        return self._logins.open(name)

    def login(self, request: web.Request) -> tuple[str | None, int | None]:
        """Return who is logged in and for how many seconds; nobody where a program asks."""
        found = self._logins.of(request.cookies.get(self.cookie, ""))
        return (found.name, int(found.until - self._now())) if found is not None else (None, None)

    def log_out(self, request: web.Request) -> None:
        self._logins.close(request.cookies.get(self.cookie, ""))

    def _known(self, request: web.Request) -> str | None:
        self._refresh()
        login = self._logins.of(request.cookies.get(self.cookie, ""))
        if login is not None:
            return f"{login.name}@web"
        self._see_patience()
        kind, _, said = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._token.matches(said.strip()):
            return None
        if "Authorization" in request.headers:
            raise self._failed()
        raise _unknown()  # after a restart every open page has an outlived cookie: no guess

    def _refresh(self) -> None:
        try:
            self._token.refresh()
        except OSError as error:
            _LOG.error("nobody is let in over TCP: %s", error)
            text = "the token's file cannot be trusted: the daemon's log says why"
            raise NotAdmitted(HTTPStatus.SERVICE_UNAVAILABLE, text) from None

    def _see_patience(self) -> None:
        if (wait_s := self._throttle.wait_s()) > 0:
            text = "too many wrong tokens; a login that stands goes on"
            raise NotAdmitted(
                HTTPStatus.TOO_MANY_REQUESTS, text, Retry_After=str(int(wait_s) + 1)
            )

    def _failed(self) -> NotAdmitted:
        self._throttle.failed()
        return _unknown()


def _unknown() -> NotAdmitted:
    text = "a token or a login is needed: tradebot dashboard prints a link"
    return NotAdmitted(HTTPStatus.UNAUTHORIZED, text, WWW_Authenticate="Bearer")


def _hosts(section: ApiSection, port: int) -> Iterator[str]:
    """Name what a browser may call us: never a name that a stranger's server could resolve."""
    host = f"[{section.host}]" if ":" in section.host else section.host
    for name in (host, "127.0.0.1", "localhost", "[::1]"):
        if section.host not in _ANYWHERE or name != host:
            yield f"{name}:{port}"
    yield from section.allowed_hosts
