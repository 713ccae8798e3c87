"""How is a server asked that may answer anything, or nothing? One POST, with a bound on all of it.

The deadline is the caller's. No redirect is followed, no proxy is asked and nothing is unpacked.
"""

import json
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar

from tradebot.core.model.fact import fact
from tradebot.ports import NoAnswer, UselessAnswer

ANSWER_BYTES_MAX: Final = 64 * 1024
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}


@fact
class Endpoint:
    """Where a language model is, and who asks it.

    model: the model's name, as its server knows it
    base_url: where the server is; the provider's own address where none is given
    api_key: say it in TRADEBOT_LANGUAGE__API_KEY, or in a file that ..._API_KEY_FILE names
    plain_http: let words and key go unencrypted to another machine
    """

    model: str
    base_url: str | None = None
    api_key: str | None = None
    plain_http: bool = False

    def __post_init__(self) -> None:
        if not (self.model.isprintable() and 0 < len(self.model) <= 100):
            raise ValueError("model: expected a name of at most 100 characters")
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise ValueError("api_key: expected printable ASCII (the value is not shown)")
        if self.base_url is not None:
            _check(self.base_url, may_be_plain=self.plain_http)


def _check(url: str, *, may_be_plain: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("base_url: expected https://HOST/PATH without a name or password")
    if parts.query or parts.fragment:
        raise ValueError("base_url: expected nothing behind the path")
    if parts.scheme == "http" and not (may_be_plain or _is_loopback(parts.hostname)):
        raise ValueError("base_url: expected https, or http to this machine (or set plain_http)")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def post(url: str, headers: Mapping[str, str], *bodies: Mapping[str, Any]) -> Any:
    """Return what the server answers to the first of these that it does not call a bad request."""
    try:
        async with ClientSession(
            timeout=ClientTimeout(total=None, sock_connect=None), headers=_HEADERS,
            auto_decompress=False, cookie_jar=DummyCookieJar(),
        ) as session:
            for body in bodies:
                async with session.post(
                    url, json=body, headers=headers, allow_redirects=False
                ) as answer:
                    if answer.status != 400:
                        return _read(await _taken(answer))
    except (ClientError, OSError) as error:
        raise NoAnswer(f"no connection ({type(error).__name__})") from error
    raise NoAnswer("HTTP 400")


async def _taken(answer: ClientResponse) -> bytes:
    if answer.status != 200:
        raise NoAnswer(f"HTTP {answer.status}")
    if answer.content_type != "application/json":
        raise NoAnswer("HTTP 200 without JSON")
    data = bytearray()
    async for chunk in answer.content.iter_any():
        data += chunk
        if len(data) > ANSWER_BYTES_MAX:
            raise NoAnswer(f"more than {ANSWER_BYTES_MAX} bytes")
    return bytes(data)


def _read(data: bytes) -> Any:
    try:
        return json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NoAnswer("HTTP 200 with broken JSON") from error


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: two readers could take it for two different answers."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name[:40]!r} stands twice")
        found[name] = value
    return found


def part(answer: Any, *path: str | int) -> Any:
    """Return what stands at this place of an answer; raise UselessAnswer where nothing does."""
    for step in path:
        try:
            answer = answer[step]
        except (KeyError, IndexError, TypeError):
            raise UselessAnswer("the answer has another form than this provider's") from None
    return answer
