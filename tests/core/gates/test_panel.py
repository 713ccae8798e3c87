"""Do the gates together pass only what each of them lets pass, and say who objected?"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.core.gates.asking import a_trader
from tests.makers import an_intent, at

from tradebot.core.book.intents import IntentState
from tradebot.core.gates import REQUIRED, panel, worth
from tradebot.core.gates.answers import ALLOW, Said, block, lacks, pause, within
from tradebot.core.gates.look import Look
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import Reason, quote_need
from tradebot.core.model.verdict import Hold, Pass, Refuse


def a_look() -> Look:
    trader = a_trader()
    intent = IntentState(intent_id=IntentId("I"), body=an_intent(), expires=at(99_999))
    return Look(trader.book, intent, trader.facts, trader.now)


def allows(look: Look) -> Said:
    return ALLOW


def shows_numbers(look: Look) -> Said:
    return within(Decimal("1.50"), 2, Reason.RISK_HEAT)


def lacks_a_quote(look: Look) -> Said:
    return lacks(quote_need("SPY"))


def waits(look: Look) -> Said:
    return pause(Reason.RISK_ORDER_RATE, None, 3, 2, look.at + timedelta(seconds=1))


def refuses(look: Look) -> Said:
    return block(Reason.RISK_HEAT, 3, 2)


def cannot_tell(look: Look) -> Said:
    return within(Decimal("NaN"), 2, Reason.RISK_HEAT)


def says_nothing(look: Look) -> Any:
    return None


def test_what_all_allow_passes_with_their_numbers_in_order() -> None:
    told = panel.ask((shows_numbers, allows), a_look())
    assert told == Pass(readings="1.50<=2,")


def test_a_pause_holds_until_all_that_it_wants_may_be_there() -> None:
    told = panel.ask((lacks_a_quote, shows_numbers, waits), a_look())
    assert isinstance(told, Hold)
    assert (told.reason, told.needs) == (Reason.RISK_STALE_DATA, (quote_need("SPY"),))
    assert told.until == a_look().at + timedelta(seconds=1)
    assert [gate.gate for gate in told.gates] == ["lacks_a_quote", "waits"]
    assert told.readings == ",1.50<=2,"


def test_one_refusal_outweighs_every_pause_and_all_who_object_are_named() -> None:
    told = panel.ask((waits, allows, refuses), a_look())
    assert isinstance(told, Refuse)
    assert (told.reason, told.detail) == (Reason.RISK_HEAT, "gate refuses")
    assert [(gate.gate, gate.actual, gate.limit) for gate in told.gates] == [
        ("waits", 3, 2), ("refuses", 3, 2)
    ]


@pytest.mark.promise(30)
def test_a_gate_that_cannot_compute_refuses() -> None:
    told = panel.ask((allows, cannot_tell), a_look())
    assert isinstance(told, Refuse)
    assert told.reason is Reason.RISK_EVALUATION_FAILED


@pytest.mark.promise(30)
def test_a_gate_that_says_nothing_lets_nothing_pass() -> None:
    with pytest.raises(AttributeError):
        panel.ask((allows, says_nothing), a_look())


def test_what_many_gates_ask_is_worked_out_once_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    right = worth.unit_worth

    def counting(*args: Any) -> Decimal | None:
        asked.append(args)
        return right(*args)

    monkeypatch.setattr(worth, "unit_worth", counting)
    look = a_look()
    panel.ask(REQUIRED, look)
    panel.ask(REQUIRED, look)
    assert len(asked) == 1
    panel.ask(REQUIRED, a_look())
    assert len(asked) == 2
