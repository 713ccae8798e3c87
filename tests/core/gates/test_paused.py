"""Does a pause refuse what is new of strategies, keep what waits, and let people trade?"""

import pytest
from tests.core.gates.asking import a_trader, ask
from tests.makers import an_intent, of

from tradebot.core.gates.paused import paused
from tradebot.core.model.commands import Control, SetControl
from tradebot.core.model.events import ControlSet, IntentHeld
from tradebot.core.model.intent import Source

ON = SetControl(control=Control.PAUSE, engaged=True, reason="lunch", by="alice")


@pytest.mark.parametrize(("source", "answer"), [
    (Source.STRATEGY, "BLOCK"), (Source.CLI, "ALLOW"), (Source.API, "ALLOW"),
    (Source.DESK, "ALLOW"),
])
def test_only_strategies_are_stopped(source: Source, answer: str) -> None:
    trader = a_trader()
    assert ask(paused, trader, an_intent(source=source)).answer == "ALLOW"
    trader.tell(ON)
    assert ask(paused, trader, an_intent(source=source)).answer == answer


def test_what_waited_before_or_never_left_goes_on_waiting() -> None:
    trader = a_trader()
    trader.facts.quotes.pop("IBM")
    (held,) = of(trader.submit("buy", 1, symbol="IBM", price="200"), IntentHeld)
    trader.tell(ON)
    for found in (ask(paused, trader, held=held), ask(paused, trader, attempt=2)):
        assert (found.answer, found.need) == ("PAUSE", "release:pause")


def test_twice_changes_nothing() -> None:
    trader = a_trader()
    assert of(trader.tell(ON), ControlSet)
    assert not trader.tell(ON)
