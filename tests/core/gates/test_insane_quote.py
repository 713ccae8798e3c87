"""Is a quote that no market can have, or that leaps, not traded on?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.core.gates.asking import a_trader, ask, said
from tests.makers import Trader, a_quote, an_intent

from tradebot.core.gates.insane_quote import insane_quote
from tradebot.core.model.facts import Quote
from tradebot.shell.facts import FactCache
from tradebot.shell.kill_flag import Latch


@pytest.mark.fault(82)
@pytest.mark.parametrize(("bid", "expected"), [
    ("109", "ALLOW 0.09 against 0.1"),
    ("110", "ALLOW 0.1 against 0.1"),
    ("111", "PAUSE 0.11 against 0.1"),
    ("89", "PAUSE 0.11 against 0.1"),
])
def test_a_quote_may_be_this_far_from_the_one_before(bid: str, expected: str) -> None:
    trader = _quoted(bid, bid, before="100", seconds=60)
    found = ask(insane_quote, trader)
    assert said(found) == expected
    assert found.need == ("quote:SPY" if found.answer == "PAUSE" else None)


@pytest.mark.fault(82)
@pytest.mark.parametrize(("bid", "ask_"), [("100.01", "100"), ("0", "0"), ("-1", "100")])
def test_a_crossed_or_empty_quote_is_none(bid: str, ask_: str) -> None:
    assert ask(insane_quote, _quoted(bid, ask_)).answer == "PAUSE"


@pytest.mark.parametrize(("bid", "ask_", "expected"), [
    ("0", "0.04", "ALLOW 0.1 against 0.1"),
    ("0.03", "0.05", "ALLOW 0.1 against 0.1"),
    ("0.04", "0.05", "PAUSE 0.5 against 0.1"),
    ("0", "0.01", "PAUSE 0.8333 against 0.1"),
    ("0", "0", "PAUSE 0.1"),
])
def test_a_quote_that_spans_the_mid_before_it_leaps_nowhere(
    bid: str, ask_: str, expected: str
) -> None:
    """Of an option, to be asked for is a market."""
    trader, symbol = a_trader(quote_jump_max_frac="0.10"), "SPY261218C00800000"
    trader.facts.quotes[symbol] = replace(
        a_quote(symbol, bid, ask_, trader.now), prior_mid=Decimal("0.03"),
        prior_as_of=trader.now - timedelta(seconds=1),
    )
    assert said(ask(insane_quote, trader, an_intent(symbol=symbol))) == expected


def test_an_old_quote_before_it_says_nothing() -> None:
    assert ask(insane_quote, _quoted("200", "200", before="100", seconds=61)).answer == "ALLOW"


def test_without_a_quote_it_waits_and_without_one_before_it_leaps_nowhere() -> None:
    trader = a_trader()
    assert said(ask(insane_quote, trader)) == "ALLOW 0 against 0.1"
    trader.facts.quotes.clear()
    assert ask(insane_quote, trader, an_intent()).answer == "PAUSE"


def test_the_quote_before_is_handed_in_with_the_newest() -> None:
    cache = FactCache(Latch())
    for bid in ("100", "100.02", "120"):
        cache.on_market(a_quote("SPY", bid, bid))
    found = cache.view().quote("SPY")
    assert found is not None
    assert (found.mid, found.prior_mid) == (120, Decimal("100.02"))


def _quoted(bid: str, ask_: str, *, before: str = "", seconds: int = 1) -> Trader:
    trader = a_trader(quote_jump_max_frac="0.10", quote_jump_within_s="60")
    quote: Quote = a_quote("SPY", bid, ask_, trader.now)
    if before:
        then = trader.now - timedelta(seconds=seconds)
        quote = replace(quote, prior_mid=Decimal(before), prior_as_of=then)
    trader.facts.quotes["SPY"] = quote
    return trader
