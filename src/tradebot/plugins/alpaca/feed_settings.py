"""What can be set about Alpaca's market data?"""

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.secret import Secret
from tradebot.outward.target import is_loopback, target

_DATA: Final = "https://data.alpaca.markets"
_STREAM: Final = "wss://stream.data.alpaca.markets"
_TRADING: Final = {True: "https://paper-api.alpaca.markets", False: "https://api.alpaca.markets"}
_SOCKETS: Final = {"wss://": "https://", "ws://": "http://"}  # a socket's URL, as a page's

_Seconds = Annotated[float, Field(gt=0, le=600)]


class ShareFeed(StrEnum):
    IEX = "iex"  # one exchange's own quotes
    SIP = "sip"  # the best of all exchanges, for whoever pays for it
    DELAYED_SIP = "delayed_sip"  # the same, a quarter of an hour later


class OptionSource(StrEnum):
    OPRA = "opra"  # the best of all exchanges, for whoever pays for it
    INDICATIVE = "indicative"  # made up from it, and not what anybody bids


@fact
class AlpacaMarketSettings:
    """Quotes, bars and options of US shares as Alpaca tells them.

    symbols: the shares that are quoted
    key: the API key's id
    secret: the secret that belongs to the key
    paper: whether the key is one of play money; the lists of options are asked for there
    feed: which quotes of shares: iex, sip or delayed_sip
    option_feed: which quotes of options: opra or indicative
    allow_delayed: let quotes be late (delayed_sip) or made up (indicative)
    asset_classes: what a symbol is; here all of them are equity
    symbols_max: lines of the stream that the subscription gives; whoever has none is asked for
    option_lines_max: the same of the stream of options
    poll_s: how often those without a line are asked for, in seconds
    requests_per_minute: of everything that is asked for, at most; an account has 200
    history_bars: minutes of each share that are known from the start
    history_days: how far back they are looked for
    chain_s: how often a chain that somebody wants is fetched again, in seconds
    chain_days: how far ahead its options end
    chain_reach: how far its strikes are from the price, as a part of it
    mute_s: how long the stream may say nothing while the market trades, in seconds
    call_s: how long an answer may take, in seconds
    data_url: another address for what is asked for
    stream_url: another address for what is told unasked
    trading_url: another address for the lists of options
    """

    symbols: Annotated[tuple[str, ...], Field(min_length=1)]
    key: Secret
    secret: Secret
    paper: bool = True
    feed: ShareFeed = ShareFeed.IEX
    option_feed: OptionSource = OptionSource.OPRA
    allow_delayed: bool = False
    asset_classes: Mapping[str, AssetClass] = field(default_factory=dict)
    symbols_max: Annotated[int, Field(ge=1, le=10_000)] = 30
    option_lines_max: Annotated[int, Field(ge=0, le=1_000)] = 200
    poll_s: _Seconds = 2.0
    requests_per_minute: Annotated[int, Field(ge=1, le=10_000)] = 150
    history_bars: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    history_days: Annotated[int, Field(ge=1, le=30)] = 7
    chain_s: _Seconds = 30.0
    chain_days: Annotated[int, Field(ge=1, le=1_000)] = 60
    chain_reach: Annotated[Decimal, Field(gt=0, lt=1)] = Decimal("0.2")
    mute_s: _Seconds = 30.0
    call_s: _Seconds = 10.0
    data_url: str = _DATA
    stream_url: str = _STREAM
    trading_url: str | None = None

    def __post_init__(self) -> None:
        for name, secret in (("key", self.key), ("secret", self.secret)):
            text = secret.reveal()
            if not (text and text.isascii() and text.isprintable() and " " not in text):
                raise ValueError(f"{name}: expected plain letters (the value is not shown)")
        if self.feed is ShareFeed.DELAYED_SIP and not self.allow_delayed:
            raise ValueError("feed: delayed_sip is a quarter of an hour late: set allow_delayed")
        if self.option_feed is OptionSource.INDICATIVE and not self.allow_delayed:
            raise ValueError("option_feed: indicative is not what anybody bids: set allow_delayed")
        _check("data_url", self.data_url)
        _check("trading_url", self.contracts_url)
        _check("stream_url", _as_page(self.stream_url))

    @property
    def contracts_url(self) -> str:
        return self.trading_url or _TRADING[self.paper]


def _as_page(url: str) -> str:
    for socket, page in _SOCKETS.items():
        if url.startswith(socket):
            return page + url.removeprefix(socket)
    raise ValueError("stream_url: expected wss://HOST")


def _check(name: str, url: str) -> None:
    """Let no key of ours go out unencrypted, but to this machine."""
    try:
        named = target(url)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if named.scheme != "https" and not is_loopback(named.host):
        raise ValueError(f"{name}: expected an encrypted one, unless it is this machine's")
