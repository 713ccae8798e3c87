"""Does everything new wait while nobody knows what time it is, and go on by itself afterwards?"""

from dataclasses import replace

import pytest
from tests.core.gates.asking import a_trader, ask
from tests.makers import an_intent, of

from tradebot.core.gates.clock_set import clock_set
from tradebot.core.model.commands import Control, RequestCancel, SetControl
from tradebot.core.model.events import CancelRequested, IntentHeld, OrderSubmitted
from tradebot.core.model.intent import Source

SET = SetControl(
    control=Control.CLOCK_SET, engaged=True, reason="the wall clock was set by +3600.0 s",
    by="clock",
)


@pytest.mark.parametrize("source", sorted({*Source} - {Source.KILL}))
def test_whoever_asks_waits(source: Source) -> None:
    trader = a_trader()
    assert ask(clock_set, trader, an_intent(source=source)).answer == "ALLOW"
    trader.tell(SET)
    found = ask(clock_set, trader, an_intent(source=source))
    assert (found.answer, found.reason, found.need) == (
        "PAUSE", "RISK_CLOCK_SET", "release:clock_set",
    )


def test_what_waited_goes_out_when_the_clock_is_believed_again() -> None:
    trader = a_trader()
    trader.tell(SET)
    assert of(trader.submit(), IntentHeld)
    assert of(trader.tell(replace(SET, engaged=False)), OrderSubmitted)


def test_a_cancel_passes() -> None:
    trader = a_trader()
    (sent,) = of(trader.submit(), OrderSubmitted)
    trader.tell(SET)
    assert of(trader.tell(RequestCancel(target=sent.cl_ord_id, by="alice")), CancelRequested)
