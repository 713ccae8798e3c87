"""What can be set about the market data of Interactive Brokers?"""

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import AssetClass
from tradebot.plugins.ibkr.settings import IbkrSettings

_Seconds = Annotated[float, Field(gt=0, le=600)]


@fact
class IbkrMarketSettings:
    """Quotes, bars and options of US shares, through TWS or IB Gateway.

    symbols: the shares that are quoted
    host: where the gateway is
    port: 4002 is the gateway's port for paper accounts, 4001 for live ones; TWS has 7497 and 7496
    client_id: a number at the gateway of the feed's own: orders have another one
    allow_delayed: take quotes that are a quarter of an hour late where nobody pays for better ones
    asset_classes: what a symbol is; here all of them are equity
    symbols_max: market data lines of the login; options beyond them are asked for in turn
    poll_s: how often those without a line are asked for, in seconds
    history_days: how many days of minutes are known from the start
    history_bars: minutes of each share that are kept
    chain_s: how often a chain that somebody wants is asked for again, in seconds
    chain_days: how far ahead its options end
    chain_reach: how far its strikes are from the price, as a part of it
    chain_expiries: on how many days they end at most: those nearest to 35 days ahead
    chain_strikes: how many strikes of each day at most: those nearest to the price
    glance_s: how long one option may take to be quoted
    mute_s: how long no line may say anything while the market trades, in seconds
    heartbeat_s: how often the gateway is asked for the time, to see that it lives
    connect_timeout_s: how long the gateway may take to let us in
    answer_timeout_s: how long it may take to answer a question
    timezone: of times that the gateway tells without one: the one chosen at its login
    """

    symbols: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]
    host: str = "127.0.0.1"
    port: Annotated[int, Field(gt=0, lt=65536)] = 4002
    client_id: Annotated[int, Field(gt=0, lt=2**31)] = 11
    allow_delayed: bool = False
    asset_classes: Mapping[str, AssetClass] = field(default_factory=dict)
    symbols_max: Annotated[int, Field(ge=2, le=10_000)] = 100
    poll_s: _Seconds = 5.0
    history_days: Annotated[int, Field(ge=1, le=30)] = 5
    history_bars: Annotated[int, Field(ge=1, le=10_000)] = 5_000
    chain_s: _Seconds = 120.0
    chain_days: Annotated[int, Field(ge=1, le=1_000)] = 70
    chain_reach: Annotated[Decimal, Field(gt=0, lt=1)] = Decimal("0.15")
    chain_expiries: Annotated[int, Field(ge=1, le=100)] = 4
    chain_strikes: Annotated[int, Field(ge=2, le=1_000)] = 40
    glance_s: _Seconds = 11.0
    mute_s: _Seconds = 60.0
    heartbeat_s: _Seconds = 30.0
    connect_timeout_s: Annotated[float, Field(gt=0, le=9)] = 5.0
    answer_timeout_s: Annotated[float, Field(gt=0, le=120)] = 20.0
    timezone: str = "America/New_York"

    def __post_init__(self) -> None:
        self.link()

    def link(self) -> IbkrSettings:
        """Return what a session with the gateway goes by."""
        return IbkrSettings(
            host=self.host, port=self.port, client_id=self.client_id, timezone=self.timezone,
            connect_timeout_s=self.connect_timeout_s, heartbeat_s=self.heartbeat_s,
            answer_timeout_s=min(self.answer_timeout_s, 9.0),
        )
