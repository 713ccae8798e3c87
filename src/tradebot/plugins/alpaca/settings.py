"""Where is Alpaca, who are we there, and how long do we wait for it? Nothing is asked here."""

from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.outward.target import is_loopback, target

_REST: Final = {True: "https://paper-api.alpaca.markets", False: "https://api.alpaca.markets"}
_STREAM: Final = {
    True: "wss://paper-api.alpaca.markets/stream", False: "wss://api.alpaca.markets/stream",
}
_PLAIN: Final = {"wss://": "https://", "ws://": "http://"}  # a socket's URL, as a page's

Seconds = Annotated[float, Field(gt=0, le=9)]  # a call must end before its route gives it up


@fact
class AlpacaSettings:
    """One account at Alpaca.

    key: the API key's id: PK... for play money, AK... for real money
    secret: the secret that belongs to the key
    paper: whether the account holds play money; it must say the same of itself
    account: the account's number, where no other one may be traded
    url: another address for orders: https, or http to this machine
    stream_url: another address for what becomes of them: wss, or ws to this machine
    connect_s: how long a connection may take, in seconds
    silence_s: how long an answer may let us wait for its next bytes, in seconds
    call_s: how long a call may take in all, in seconds
    heartbeat_s: how often the stream is asked whether it is there; half of it, and it is not
    lag_s: for how long an order that was taken may still be unknown, in seconds
    calls_max: how many calls may be under way at once
    requests_per_minute: what Alpaca takes of an account, questions and orders
    listens: whether what becomes of orders is heard; who only looks does without
    """

    key: Secret
    secret: Secret
    paper: bool = True
    account: str = ""
    url: str | None = None
    stream_url: str | None = None
    connect_s: Seconds = 3.0
    silence_s: Seconds = 5.0
    call_s: Seconds = 8.0
    heartbeat_s: Annotated[float, Field(gt=0)] = 10.0
    lag_s: Annotated[float, Field(ge=0, le=9)] = 2.0
    calls_max: Annotated[int, Field(ge=2, le=64)] = 8
    requests_per_minute: Annotated[int, Field(ge=20)] = 200
    listens: bool = True

    def __post_init__(self) -> None:
        for name, secret in (("key", self.key), ("secret", self.secret)):
            text = secret.reveal()
            if not (text and text.isascii() and text.isprintable() and " " not in text):
                raise ValueError(f"{name}: expected plain letters (the value is not shown)")
        _check("url", self.rest_url)
        _check("stream_url", _as_page(self.socket_url))

    @property
    def rest_url(self) -> str:
        return (self.url or _REST[self.paper]).rstrip("/")

    @property
    def socket_url(self) -> str:
        return self.stream_url or _STREAM[self.paper]


def _as_page(url: str) -> str:
    for socket, page in _PLAIN.items():
        if url.startswith(socket):
            return page + url.removeprefix(socket)
    raise ValueError("stream_url: expected wss://HOST/PATH")


def _check(name: str, url: str) -> None:
    """Let nothing of ours go out unencrypted, but to this machine."""
    try:
        named = target(url)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if named.scheme != "https" and not is_loopback(named.host):
        raise ValueError(f"{name}: expected an encrypted one, unless it is this machine's")
