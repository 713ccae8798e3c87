"""How does anything of ours go out over HTTP? To a checked address, with a bound on all of it.

A name is resolved here, each of its addresses is checked, and the connection goes to what was
checked: a name that points elsewhere a moment later is not asked again. No redirect is followed,
no proxy is asked, nothing is unpacked. The deadline is the caller's.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Final, TypeAlias

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult

from tradebot.core.model.fact import fact
from tradebot.outward.names import NameServer, dial
from tradebot.outward.target import Reach, check, literal, reachable

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

ANSWER_BYTES_MAX: Final = 64 * 1024
_NO_TIMEOUT: Final = ClientTimeout(total=None, sock_connect=None)
_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "tradebot"}


class Unreached(Exception):
    """Nobody answered; `is_forbidden`: the address is one that may not be called."""

    def __init__(self, text: str, *, is_forbidden: bool = False) -> None:
        super().__init__(text)
        self.is_forbidden = is_forbidden


@fact
class HttpAnswer:
    """What came back: at most the first bytes of it, and why it ends there if it goes on."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    cut: str = ""

    @property
    def is_good(self) -> bool:
        return self.status // 100 == 2


class HttpLine:
    """One URL, and the only way to it. Raises ValueError where the URL is out of reach."""

    def __init__(self, url: str, reach: Reach, resolve: Resolve | None = None) -> None:
        self._url, self._reach, self._target = url, reach, reachable(url, reach)
        self._resolve = resolve or NameServer().ask
        self._tls = ssl.create_default_context(cafile=reach.ca_file) if reach.ca_file else None

    async def call(
        self, body: bytes | None = None, headers: Mapping[str, str] | None = None,
        *, wants_answer: bool = False,
    ) -> HttpAnswer:
        """Post the body, or get where there is none; raise Unreached where nobody answered.

        What follows a success is read only where it is wanted: it may come slowly, or never end.
        """
        pinned = _Pinned(await self._addresses())
        try:
            async with ClientSession(
                connector=TCPConnector(resolver=pinned, ssl=self._tls or True, force_close=True),
                timeout=_NO_TIMEOUT, auto_decompress=False, cookie_jar=DummyCookieJar(),
            ) as session, session.request(
                "GET" if body is None else "POST", self._url, data=body,
                headers={**_HEADERS, **(headers or {})}, allow_redirects=False,
            ) as answer:
                is_read = wants_answer or answer.status // 100 != 2
                read, cut = await _taken(answer) if is_read else (b"", "")
                return HttpAnswer(status=answer.status, headers=answer.headers, body=read, cut=cut)
        except (ClientError, OSError, ValueError) as error:  # its text may show the URL
            raise Unreached(f"no connection ({type(error).__name__})") from None

    async def knock(self) -> str:
        """Connect, agree on TLS and hang up; tell who answered where."""
        host, addresses = self._target.host, await self._addresses()
        is_plain = self._target.scheme == "http"
        try:
            _, writer = await asyncio.open_connection(
                sock=await dial(addresses, self._target.port),
                ssl=None if is_plain else self._tls or True,
                server_hostname=None if is_plain else host,
            )
        except OSError as error:
            raise Unreached(f"no connection ({type(error).__name__})") from None
        tls, address = map(writer.get_extra_info, ("ssl_object", "peername"))
        writer.transport.abort()
        return f"{host} answers at {address[0]}, {tls.version() if tls else 'unencrypted'}"

    async def _addresses(self) -> Sequence[str]:
        host = self._target.host
        if literal(host) is not None:
            return [host]
        try:
            found = await self._resolve(host, self._target.port)
            addresses = [ip_address(address) for address in found]
        except (OSError, ValueError) as error:
            raise Unreached(f"{host} has no address ({type(error).__name__})") from None
        if not addresses:
            raise Unreached(f"{host} has no address")
        try:
            for address in addresses:
                check(address, self._reach)
        except ValueError as error:
            raise Unreached(f"{host}: {error}", is_forbidden=True) from None
        return found


async def _taken(answer: ClientResponse) -> tuple[bytes, str]:
    data = bytearray()
    try:
        async for chunk in answer.content.iter_any():
            data += chunk
            if len(data) > ANSWER_BYTES_MAX:
                return bytes(data[:ANSWER_BYTES_MAX]), f"more than {ANSWER_BYTES_MAX} bytes"
    except (ClientError, OSError) as error:
        return bytes(data), f"it broke off ({type(error).__name__})"
    return bytes(data), ""


class _Pinned(AbstractResolver):
    """Answers only what was checked."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=address, port=port, proto=0, flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Have nothing to close."""
