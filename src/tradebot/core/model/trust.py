"""What must a strategy have shown before its orders may go to a kind of route?"""

from decimal import Decimal
from enum import StrEnum

from tradebot.core.model.fact import fact
from tradebot.core.model.money import ZERO


class Trust(StrEnum):
    """Whether a strategy's record decides where its orders may go."""

    OFF = "off"
    REQUIRED = "required"


@fact
class TrustStep:
    """The bounds of one step up; None is no bound.

    sessions_min: sessions in which it sent an order
    clean_sessions_min: how many of them since a statement last differed from the book
    orders_min: orders that it sent
    fills_min: executions of them
    rejects_max_frac: the most of its orders that brokers may have rejected
    net_min_usd: the least profit, realised and after fees
    drawdown_max_usd: the furthest that this profit may ever have fallen from its highest
    """

    sessions_min: int = 5
    clean_sessions_min: int = 5
    orders_min: int = 20
    fills_min: int = 10
    rejects_max_frac: Decimal = Decimal("0.05")
    net_min_usd: Decimal | None = None
    drawdown_max_usd: Decimal | None = None


@fact
class TrustLadder:
    """The two steps there are: from a mock to simulated money, and from that to real money.

    paper: what is asked of it on mock routes, or any further up
    live: what is asked of it on paper, shadow and testnet routes, or further up
    """

    paper: TrustStep = TrustStep()
    live: TrustStep = TrustStep(
        sessions_min=60, clean_sessions_min=20, orders_min=100, fills_min=100,
        rejects_max_frac=Decimal("0.01"), net_min_usd=ZERO, drawdown_max_usd=Decimal(2_000),
    )
