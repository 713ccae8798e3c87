"""May a dead letter that is tried again wait for ever? No longer than any intent."""

from datetime import timedelta

import pytest
from tests.makers import Trader, the

from tradebot.core.model.commands import Delivery, ReportDelivery, RetryDeadLetter
from tradebot.core.model.events import DeadLetterRetried, OrderSubmitted

YEAR = timedelta(days=366)


@pytest.mark.fault(69)
@pytest.mark.parametrize(("ttl_s", "within"), [
    (60, timedelta(seconds=60)), (10**15, YEAR), (0, timedelta(seconds=23_400)),
    (-10**15, timedelta(seconds=23_400)),
])
def test_whoever_tries_it_again_cannot_let_it_wait_for_ever(ttl_s: int, within: timedelta) -> None:
    trader = Trader()
    sent = the(trader.submit(), OrderSubmitted)
    trader.tell(ReportDelivery(cl_ord_id=sent.cl_ord_id, delivery=Delivery.UNDELIVERED))
    events = trader.tell(RetryDeadLetter(target=sent.intent_id, by="ann", ttl_s=ttl_s))
    assert the(events, DeadLetterRetried).expires == trader.now + within
