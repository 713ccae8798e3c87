"""Is the last look before the socket a look at everything that may have changed since?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from tests.makers import Trader, a_session, at, the

from tradebot.core.model.commands import Command, Control, Phase, SetControl, SetKillSwitch
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.intent import Source
from tradebot.shell.kill_flag import Latch
from tradebot.shell.wire.may_send import MaySend

CLOCK_SET = SetControl(
    control=Control.CLOCK_SET, engaged=True, reason="set by an hour", by="clock"
)


@dataclass
class StoppedClock:
    time: datetime

    def now(self) -> datetime:
        return self.time


def why_not(*meanwhile: Command, latched: str | None = None, seconds: float = 10) -> str | None:
    trader, latch = Trader(), Latch()
    trader.tell(replace(a_session(), closes=at(20)))
    sent = the(trader.submit(), OrderSubmitted)
    for command in meanwhile:
        trader.tell(command)
    if latched:
        latch.set(latched)
    return last_look(trader, latch, seconds).why_not(sent)


def last_look(
    trader: Trader, latch: Latch | None = None, seconds: float = 10,
    loop_time: Callable[[], float] = lambda: 0.0,
) -> MaySend:
    return MaySend(trader.book, latch or Latch(), StoppedClock(at(seconds)), loop_time)


@pytest.mark.promise(6)
def test_only_what_the_kill_itself_sends_passes_the_kill() -> None:
    trader, latch = Trader(), Latch()
    sent = the(trader.submit(), OrderSubmitted)
    trader.tell(SetKillSwitch(engaged=True, reason="test", by="x"))
    latch.set("test")
    may_send = last_look(trader, latch)
    exit_ = replace(sent, intent=replace(sent.intent, source=Source.KILL))
    assert may_send.why_not(exit_) is None
    for source in set(Source) - {Source.KILL}:
        order = replace(sent, intent=replace(sent.intent, source=source))
        assert may_send.why_not(order) == "kill latch: test"
    assert last_look(trader, latch, 60).why_not(exit_) is not None


def test_an_order_goes_while_nothing_speaks_against_it() -> None:
    assert why_not() is None


@pytest.mark.promise(6, 16)
@pytest.mark.fault(74, 84, 88)
@pytest.mark.parametrize(("refusal", "told"), [
    (why_not(latched="test"), "kill latch: test"),
    (why_not(SetKillSwitch(engaged=True, reason="test", by="x")), "kill switch: test"),
    (why_not(CLOCK_SET), "clock: set by an hour"),
    (why_not(a_session(Phase.POST_MARKET)), "SPY: the session ended"),
    (why_not(seconds=20), "SPY: the session ended"),
    (why_not(replace(a_session(), opens=at(12))), "SPY: the session ended"),
    (why_not(seconds=60), "the clearance ended before it could be sent"),
])
def test_an_order_stays_when(refusal: str | None, told: str) -> None:
    assert refusal == told
