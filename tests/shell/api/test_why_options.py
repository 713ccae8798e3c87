"""Does `why` tell what the desk's gates said of options, and what would have to be otherwise?"""

from dataclasses import replace
from decimal import Decimal

from tests.core.gates.desks import CONDOR, a_condor, ranked
from tests.makers import an_intent
from tests.shell.told.test_gate_files import a_daemon, submit
from tests.tiny_daemon import AT

from tradebot.core.model.desk_policy import DeskPolicy, Excess


def test_a_hold_names_the_facts_that_it_waits_for() -> None:
    daemon, leg = a_daemon(), CONDOR[0].symbol
    del daemon.facts.options[leg], daemon.facts.volatilities["SPY"]
    found = daemon.views.why(submit(daemon, a_condor()))
    assert found is not None
    words = [
        "the rank of SPY's volatility in its year", f"how {leg} trades, and what moves its price"
    ]
    assert found["because"]["remedies"] == ["; ".join(words)]
    assert found["result"]["waits_for"] == words


def test_a_refusal_says_what_would_be_another_case() -> None:
    daemon = a_daemon()
    daemon.facts.volatilities["SPY"] = ranked("0.2", AT)
    found = daemon.views.why(submit(daemon, a_condor()))
    assert found is not None
    assert found["because"]["remedies"] == [
        "another structure, or options that are dearer or cheaper"
    ]
    assert any("iv_rank: refused; is the rank of implied volatility" in s for s in (
        found["sentences"]
    ))


def test_what_was_let_through_beyond_its_limit_is_told_so() -> None:
    limits = replace(DeskPolicy().greeks, excess=Excess.WARN, vega_max_frac=Decimal("0.0001"))
    daemon = a_daemon(greeks=limits)
    found = daemon.views.why(submit(daemon, an_intent("buy", 1, CONDOR[0].symbol, price="2.10")))
    assert found is not None
    (told,) = [line for line in found["sentences"] if "portfolio_vega" in line]
    assert told.endswith("40 beyond its limit 10")
