"""How is alpaca-py's client made to ask once, in time, and to hang up when it is told to?

As it comes it asks a server that failed again, orders too, waits without end for an answer, and
follows what the environment says of proxies and passwords. The library is imported here alone.
"""

from collections.abc import Callable
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from tradebot.plugins.alpaca.refusals import as_error
from tradebot.plugins.alpaca.settings import AlpacaSettings
from tradebot.ports import DeliveryUnknown, NotSent, WireError

if TYPE_CHECKING:
    from alpaca.common.rest import RESTClient


class OneTryClient:
    """A client of alpaca-py whose calls are one request each. It blocks: it is for threads."""

    def __init__(self, settings: AlpacaSettings) -> None:
        from alpaca.trading.client import TradingClient

        self._lines = _Lines()
        client = TradingClient(
            settings.key.reveal(), settings.secret.reveal(), paper=settings.paper, raw_data=True,
            url_override=settings.rest_url,
        )
        client._retry = 0
        session = client._session
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            session.mount(scheme, _one_try(settings, self._lines))
        self._client = client

    def ask(self, question: "Callable[[RESTClient], Any]") -> Any:
        """Ask once; raise what is known where that brought no answer of JSON."""
        from alpaca.common.exceptions import APIError
        from requests import RequestException

        try:
            return question(self._client)
        except APIError as error:
            response = error.response
            known = as_error(response.status_code, response.text, response.headers)
        except RequestException as error:
            known = _known_of(error)
        raise known  # out here, so that it carries no request of ours, nor the secret in that

    def hang_up(self) -> None:
        """End every line, also those on which somebody waits for an answer."""
        self._lines.end()
        self._client._session.close()


class _Lines:
    """All lines of a client, also those in use; once they have ended there are no more."""

    def __init__(self) -> None:
        self._held = WeakSet[Any]()
        self._are_over = False

    def begin(self, line: Any) -> None:
        self._held.add(line)
        if self._are_over:
            raise ConnectionAbortedError

    def end(self) -> None:
        self._are_over = True
        for line in list(self._held):
            if line.sock is not None:
                with suppress(OSError):
                    line.sock.shutdown(SHUT_RDWR)  # whoever reads it stops waiting
            line.close()


def _one_try(settings: AlpacaSettings, lines: _Lines) -> Any:
    from requests import PreparedRequest, RequestException, Response
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

    class OneTry(HTTPAdapter):
        """Sends a request once, within time, and takes no answer from elsewhere."""

        def send(self, request: PreparedRequest, *args: Any, **more: Any) -> Response:
            more["timeout"] = (settings.connect_s, settings.silence_s)
            answer = super().send(request, *args, **more)
            if answer.is_redirect:
                raise RequestException("it points elsewhere")
            return answer

    adapter = OneTry(max_retries=0, pool_maxsize=settings.calls_max)
    adapter.poolmanager.pool_classes_by_scheme = {
        "http": _kept(HTTPConnectionPool, lines), "https": _kept(HTTPSConnectionPool, lines),
    }
    return adapter


def _kept(pool: Any, lines: _Lines) -> Any:
    """Return a kind of pool whose lines are known also while they are in use."""

    class KeptLine(pool.ConnectionCls):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            lines.begin(self)

    return type("KeptLines", (pool,), {"ConnectionCls": KeptLine})


def _known_of(error: Exception) -> WireError:
    """Tell a line that was never there from one that ended: only the first carried nothing."""
    from requests.exceptions import ConnectionError as Unconnected
    from requests.exceptions import ConnectTimeout, SSLError
    from urllib3.exceptions import NewConnectionError

    cause = error.args[0] if error.args else None
    why = getattr(cause, "reason", None)
    is_new = isinstance(error, Unconnected) and isinstance(why, NewConnectionError)
    if is_new or isinstance(error, ConnectTimeout | SSLError):
        return NotSent(f"no connection ({type(error).__name__})")
    return DeliveryUnknown(f"no good answer ({type(error).__name__})")
