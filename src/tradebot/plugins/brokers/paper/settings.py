"""What can be set about the broker that happens to be in this process?"""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from tradebot.core.model.fact import fact

_NotNegative = Annotated[Decimal, Field(ge=0)]


@fact
class PaperSettings:
    """A broker without money.

    account: the name of the account, as it appears in statements
    initial_balance: cash when the account is opened, in currency
    currency: what the account is kept in
    latency_ms_min: how long a message takes to the broker at least
    latency_ms_max: how long it takes at most; 0 in both means at once
    slippage_bps: how much worse than the quote an order without a limit fills
    commission_bps: fee of shares, pairs: hundredths of a percent of what is traded
    commission_per_share: fee of shares, in currency, besides the one in basis points
    commission_per_contract: fee of options, in currency
    fill_probability: of an order at rest that the market touches without trading through it
    short_allowed: whether more may be sold than is held
    naked_options_allowed: whether calls may be sold that neither shares nor other calls cover
    buying_power_multiple: how many times its equity the account may hold
    seed: the source of chance for latencies and touches
    """

    account: Annotated[str, Field(min_length=1, max_length=32)] = "PAPER-1"
    initial_balance: _NotNegative = Decimal(100_000)
    currency: str = "USD"
    latency_ms_min: _NotNegative = Decimal(10)
    latency_ms_max: _NotNegative = Decimal(50)
    slippage_bps: Annotated[Decimal, Field(ge=0, le=1000)] = Decimal(5)
    commission_bps: Annotated[Decimal, Field(ge=0, le=1000)] = Decimal(1)
    commission_per_share: _NotNegative = Decimal(0)
    commission_per_contract: _NotNegative = Decimal("0.65")
    fill_probability: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.95")
    short_allowed: bool = True
    naked_options_allowed: bool = False
    buying_power_multiple: Annotated[Decimal, Field(gt=0, le=10)] = Decimal(1)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.latency_ms_max < self.latency_ms_min:
            raise ValueError("latency_ms_max: expected at least latency_ms_min")
