"""What becomes of a disabled strategy's intents? None goes out, not even one that waited before."""

import pytest
from tests.makers import Trader, a_quote, of, the

from tradebot.core.model.commands import FactArrived, StrategyState
from tradebot.core.model.events import IntentHeld, IntentRefused, OrderSubmitted
from tradebot.core.model.intent import Source
from tradebot.core.model.reason import Reason, quote_need


def disabled(trader: Trader) -> None:
    trader.tell(StrategyState(strategy_id="sma", enabled=False, reason="it hung"))


def test_what_a_disabled_strategy_waited_for_does_not_go_out() -> None:
    trader = Trader()
    del trader.facts.quotes["SPY"]
    the(trader.submit(), IntentHeld)
    disabled(trader)
    trader.facts.quotes["SPY"] = a_quote(as_of=trader.now)
    refused = the(trader.tell(FactArrived(needs=(quote_need("SPY"),))), IntentRefused)
    assert (refused.reason, refused.detail) == (
        Reason.RISK_HALTED, "strategy sma is disabled: it hung"
    )


@pytest.mark.fault(95)
def test_nothing_new_of_it_goes_out_until_it_is_enabled_again() -> None:
    trader = Trader()
    disabled(trader)
    assert not of(trader.submit(), OrderSubmitted)
    trader.tell(StrategyState(strategy_id="sma", enabled=True, reason="mended"))
    assert of(trader.submit(), OrderSubmitted)


def test_a_person_may_still_trade_for_it() -> None:
    trader = Trader()
    disabled(trader)
    assert of(trader.submit("sell", source=Source.CLI, key="k"), OrderSubmitted)
