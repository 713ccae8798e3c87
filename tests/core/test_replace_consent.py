"""May a change let more go out than a person or a window agreed to?"""

from decimal import Decimal

import pytest
from tests.makers import Trader, a_report, some_settings, the

from tradebot.core.model.commands import Approve, RequestReplace
from tradebot.core.model.events import (
    IntentHeld,
    IntentReceived,
    OrderSubmitted,
    ReplaceRefused,
    ReplaceRequested,
)
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.settings import Promotion


def an_approved_order(trader: Trader) -> ClOrdID:
    """Send ten SPY at 500, as a person agreed."""
    events = trader.submit()
    received = the(events, IntentReceived)
    the(events, IntentHeld)
    sent = the(trader.tell(Approve(
        target=received.intent_id, digest=received.intent.digest(), by="alice"
    )), OrderSubmitted)
    trader.tell(a_report("new", sent.cl_ord_id))
    return sent.cl_ord_id


def a_careful_trader() -> Trader:
    return Trader(some_settings(promotion=Promotion.MANUAL, staging=True))


@pytest.mark.parametrize("more", [
    {"order_qty": Decimal(20)}, {"price": Decimal("500.5")},
])
def test_an_approved_order_does_not_grow_without_another_approval(more: dict[str, Decimal]) -> None:
    trader = a_careful_trader()
    change = RequestReplace(target=an_approved_order(trader), by="sma", **more)
    assert the(trader.tell(change), ReplaceRefused).reason == "POLICY_NEEDS_APPROVAL"


def test_an_approved_order_may_shrink() -> None:
    trader = a_careful_trader()
    change = RequestReplace(target=an_approved_order(trader), by="sma", order_qty=Decimal(5))
    assert the(trader.tell(change), ReplaceRequested)
