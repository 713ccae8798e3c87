"""Is a key known by all of it, and by nothing else?"""

import pytest
from tests.makers import Trader, an_intent, of, the

from tradebot.core.model.commands import SubmitIntent
from tradebot.core.model.events import IntentConflicted, IntentReceived

LONG = "k" * 127


@pytest.mark.promise(1)
@pytest.mark.parametrize("other", [f"{LONG}b", LONG, f"{LONG}A"])
def test_keys_that_are_alike_to_all_but_the_last_letter_are_two_orders(other: str) -> None:
    trader = Trader()
    first, second = (
        the(trader.tell(SubmitIntent(intent=an_intent(key=key))), IntentReceived).intent_id
        for key in (f"{LONG}a", other)
    )
    assert first != second


@pytest.mark.promise(1)
def test_a_key_that_comes_again_makes_nothing_new_however_long_it_is() -> None:
    trader = Trader()
    once, again = (SubmitIntent(intent=an_intent(qty=5, key=f"{LONG}a")) for _ in range(2))
    trader.tell(once)
    assert trader.tell(again) == []
    told = trader.tell(SubmitIntent(intent=an_intent(qty=6, key=f"{LONG}a")))
    assert of(told, IntentConflicted)
    assert not of(told, IntentReceived)
