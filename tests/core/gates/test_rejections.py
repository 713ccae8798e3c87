"""Does a strategy pause in a symbol that a broker keeps rejecting?"""

import pytest
from tests.core.gates.asking import a_trader, ask, said, works
from tests.makers import a_report, an_intent

from tradebot.core.gates.rejections import rejections
from tradebot.core.model.report import ExecType


@pytest.mark.fault(71)
@pytest.mark.parametrize(("count", "expected"), [
    (1, "ALLOW 1 against 3"), (2, "ALLOW 2 against 3"), (3, "PAUSE 3 against 3"),
])
def test_so_many_rejections_pause_it(count: int, expected: str) -> None:
    trader = a_trader(rejections_max=3, rejections_window_s=60)
    for _ in range(count):
        trader.tell(a_report(ExecType.REJECTED, works(trader)))
    found = ask(rejections, trader)
    assert said(found) == expected
    for other in (an_intent(symbol="IBM", price="200"), an_intent(strategy_id="other")):
        assert said(ask(rejections, trader, other)) == "ALLOW 0 against 3"
    if found.until is not None:
        trader.seconds += int((found.until - trader.now).total_seconds())
        assert said(ask(rejections, trader)) == "ALLOW 2 against 3"
