"""Is a quote that is too old, or from the future, not traded on, however old it is?"""

from datetime import timedelta

import pytest
from tests.core.gates.asking import a_trader, ask, said
from tests.makers import a_quote

from tradebot.core.gates.stale_quote import stale_quote

DAY_S = 86_400


@pytest.mark.promise(15)
@pytest.mark.parametrize(("age_s", "expected"), [
    (0.0, "ALLOW 0 against 15"),
    (15.0, "ALLOW 15 against 15"),
    (15.000001, "PAUSE 15.000001 against 15"),
    (DAY_S, "PAUSE 86400 against 15"),
    (365 * DAY_S + 1, "PAUSE 31536001 against 15"),
    (-0.000001, "PAUSE -0.000001 against 15"),
    (-DAY_S + 1, "PAUSE -86399 against 15"),
])
def test_a_quote_may_be_this_old(age_s: float, expected: str) -> None:
    trader = a_trader(quote_age_max_s="15")
    as_of = trader.now - timedelta(seconds=age_s)
    trader.facts.quotes["SPY"] = a_quote(as_of=as_of)
    found = ask(stale_quote, trader)
    assert said(found) == expected
    assert found.need == ("quote:SPY" if found.answer == "PAUSE" else None)


def test_without_a_quote_it_waits_for_one() -> None:
    trader = a_trader()
    trader.facts.quotes.clear()
    assert ask(stale_quote, trader).need == "quote:SPY"
