"""Does the referee see an order that nobody let go, by the events alone?"""

from tests.makers import OPEN, Trader, some_settings

from tradebot.core.model import events as e
from tradebot.core.model.settings import Mode, Promotion
from tradebot.shell.journal.decision import Decision
from tradebot.shell.simulate.consents import Consents


def broken(consents: Consents) -> list[int]:
    trader = Trader()
    events = tuple(trader.submit())
    assert any(isinstance(event, e.OrderSubmitted) for event in events)
    decision = Decision(seq=1, at=OPEN, command=trader, events=events)  # type: ignore[arg-type]
    return [number for number, _ in consents.note(decision)]


def test_where_nobody_is_asked_an_order_goes() -> None:
    assert broken(Consents(some_settings(), lambda: 0.0)) == []


def test_an_order_that_nobody_approved_breaks_a_promise() -> None:
    asked = some_settings(promotion=Promotion.MANUAL)
    assert broken(Consents(asked, lambda: 0.0)) == [23]


def test_a_live_order_without_an_arming_breaks_a_promise() -> None:
    assert broken(Consents(some_settings(mode=Mode.LIVE), lambda: 0.0)) == [11]
