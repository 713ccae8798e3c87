"""Does the desk propose what was asked for, within the policy, and never more than fits?"""

from decimal import Decimal
from typing import Any

import pytest
from tests.core.options.making import MONDAY, a_chain
from tests.makers import some_settings

from tradebot.core.model.desk_policy import DeskPolicy
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.propose import Proposal, Situation, propose
from tradebot.core.options.select import NoneFits
from tradebot.core.options.words.grammar import read

CHAIN = a_chain()
HALF = DeskPolicy(concession_frac=Decimal("0.5"))  # of half the spread
BY = some_settings(policy={"trade_loss_max_frac": Decimal("0.02"), "desk": HALF})


def proposed(
    text: str, rank: str | None = "0.5", shares: int = 0, equity: str | None = "100000",
    by: Any = BY,
) -> Proposal | NoneFits:
    reading = read(text, {"SPY"}, MONDAY.date())
    assert not reading.questions
    return propose(reading.request, Situation(
        chain=CHAIN, iv_rank=None if rank is None else Decimal(rank), shares=Decimal(shares),
        equity=None if equity is None else Decimal(equity),
    ), by)


def a_proposal(text: str, **more: Any) -> Proposal:
    found = proposed(text, **more)
    assert isinstance(found, Proposal), found
    return found


def why_none(text: str, **more: Any) -> str:
    found = proposed(text, **more)
    assert isinstance(found, NoneFits)
    return found.why


@pytest.mark.parametrize(("text", "rank", "shares", "strategy"), [
    ("SPY neutral", "0.5", 0, "iron_condor"), ("SPY neutral", None, 0, "iron_condor"),
    ("SPY neutral", "0.29", 0, "butterfly"), ("SPY neutral", "0.81", 0, "iron_butterfly"),
    ("SPY neutral", "0.30", 0, "iron_condor"), ("SPY neutral", "0.80", 0, "iron_condor"),
    ("SPY stays in a range", "0.5", 0, "iron_condor"), ("SPY is calm", "0.1", 0, "butterfly"),
    ("bullish on SPY", "0.25", 0, "put_credit_spread"),
    ("bullish on SPY", "0.24", 0, "call_debit_spread"),
    ("bearish on SPY", "0.5", 0, "call_credit_spread"),
    ("bearish on SPY", "0.1", 0, "put_debit_spread"),
    ("SPY neutral", "0.5", 100, "covered_call"), ("SPY neutral", "0.5", 99, "iron_condor"),
    ("bullish on SPY", "0.5", 100, "covered_call"),
    ("bearish on SPY", "0.5", 99, "call_credit_spread"),
    ("bearish on SPY", "0.2", 100, "protective_put"), ("bearish on SPY", "0.5", 100, "collar"),
    ("SPY will be volatile", "0.55", 0, "long_straddle"),
    ("SPY will be volatile", "0.5", 0, "long_strangle"),
    ("SPY neutral, not a condor", "0.5", 0, "iron_butterfly"),
    ("SPY neutral, not a condor", "0.1", 0, "butterfly"),
])
def test_an_outlook_calls_for_what_the_policy_says(
    text: str, rank: str | None, shares: int, strategy: str
) -> None:
    found = a_proposal(text, rank=rank, shares=shares, equity="200000")
    assert found.strategy == strategy
    assert any(told.startswith(f"{strategy}: the policy's choice") for told in found.assumed)


def test_a_structure_that_was_named_is_no_assumption() -> None:
    found = a_proposal("SPY iron butterfly", rank="0.01")
    assert found.strategy is StrategyType.IRON_BUTTERFLY
    assert not any("policy's choice" in told for told in found.assumed)


@pytest.mark.parametrize(("text", "qty"), [
    ("SPY iron condor", 4), ("SPY iron condor, moderate risk", 4), ("SPY condor, high risk", 5),
    ("SPY iron condor, risk at most $500", 1), ("SPY iron condor, max loss 1%", 2),
    ("SPY iron condor, risk at most $9000", 5), ("SPY iron condor, max loss 50%", 5),
    ("SPY iron condor, 2 contracts", 2),
])
def test_the_size_is_what_the_budget_allows(text: str, qty: int) -> None:
    assert a_proposal(text).qty == qty


def test_low_risk_means_a_smaller_budget_and_strikes_further_away() -> None:
    low, usual = a_proposal("SPY iron condor, low risk"), a_proposal("SPY iron condor")
    assert low.opens and usual.opens
    assert (low.qty, low.opens.prospects.max_loss) == (2, 404)
    assert (usual.qty, usual.opens.prospects.max_loss) == (4, 373)


@pytest.mark.parametrize(("text", "why"), [
    ("SPY iron condor, risk at most $372", "1 can lose $373, the budget is $372"),
    ("SPY iron condor, 5 contracts", "5 can lose $1,865, the budget is $1,500, at medium risk"),
    ("SPY iron condor, 6 contracts, risk at most $5000",
     "6 can lose $2,238, the budget is $2,000, the policy lets one trade lose no more"),
    ("SPY iron condor on December 19", "no expiry on 2026-12-19: listed is 2026-11-27"),
])
def test_what_does_not_fit_is_not_made_to(text: str, why: str) -> None:
    assert why in why_none(text)


def test_what_nobody_knows_is_no_budget() -> None:
    assert why_none("SPY condor", equity=None) == "nobody knows what the account is worth"


def test_a_cap_of_the_policy_holds_without_a_word() -> None:
    by = some_settings(policy={"trade_loss_max_frac": Decimal(1), "desk": HALF})
    assert a_proposal("SPY iron condor", by=by).qty == 10


@pytest.mark.parametrize("text", ["SPY iron condor", "SPY long straddle", "long call on SPY"])
def test_a_concession_asks_for_less_than_the_middle_and_more_than_the_market(text: str) -> None:
    prices = []
    for part in ("0", "0.5", "1"):
        desk = DeskPolicy(concession_frac=Decimal(part))
        policy = {"trade_loss_max_frac": Decimal("0.05"), "desk": desk}
        prices.append(a_proposal(text, by=some_settings(policy=policy)).net_price)
    assert prices[0] < prices[1] < prices[2]
    assert prices[1] % Decimal("0.01") == 0


def test_a_single_option_has_its_price_without_a_sign() -> None:
    by = some_settings(policy={"trade_loss_max_frac": Decimal(1), "desk": HALF})
    found = a_proposal("SPY cash secured put", by=by)
    assert found.net_price < 0
    intent = found.intent()
    assert intent.price == -found.net_price
    assert [leg.side for leg in intent.legs] == ["sell"]
    assert a_proposal("SPY iron condor").intent().price == Decimal("-1.27")


def test_shares_that_are_held_are_not_bought_again() -> None:
    found = a_proposal("SPY protective put", rank="0.1", shares=200)
    assert found.qty == 2
    assert [leg.side for leg in found.legs] == ["buy"]
    assert found.opens is not None
    assert found.opens.shares == 100
    assert found.net_price == Decimal("5.02")
