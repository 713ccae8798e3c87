"""Does closing and rolling find what was meant, take no more of it, and ask where it is unclear?"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.core.options.making import MONDAY, a_chain
from tests.makers import some_settings

from tradebot.core.model.desk_policy import DeskPolicy
from tradebot.core.model.instrument import Instrument
from tradebot.core.options.holdings import HeldLeg, HeldStructure, group
from tradebot.core.options.propose import Proposal, Situation
from tradebot.core.options.request import Question
from tradebot.core.options.select import NoneFits
from tradebot.core.options.unwind import unwind
from tradebot.core.options.words.grammar import read

CHAIN = a_chain()
NOW = Situation(chain=CHAIN, iv_rank=Decimal("0.5"), equity=Decimal(100_000))
HALF = DeskPolicy(concession_frac=Decimal("0.5"))  # of half the spread
BY = some_settings(policy={"trade_loss_max_frac": Decimal("0.02"), "desk": HALF})


def an_option(right: str, strike: int, number: int) -> Instrument:
    """Return the option of the chain's so manieth expiry."""
    return next(
        one.option for one in CHAIN.expiries[number].options
        if one.option.right == right and one.option.strike == strike
    )


def held(legs: str, number: int = 4, qty: int = 1) -> list[HeldLeg]:
    """Hold "+460 put -465 put", bought for a dollar each."""
    words = legs.split()
    return [
        HeldLeg(
            terms=an_option(right, int(strike[1:]), number),
            qty=Decimal(f"{strike[0]}{qty}"), cost=Decimal(f"{strike[0]}{qty}") * 100,
        ) for strike, right in zip(words[::2], words[1::2], strict=True)
    ]


CONDOR = held("+465 put -470 put -530 call +535 call", qty=2)
SPREAD = held("+440 put -450 put", number=3)


def unwound(text: str, *holdings: HeldLeg) -> Any:
    reading = read(text, {"SPY"}, MONDAY.date())
    assert not reading.questions
    structures: Sequence[HeldStructure] = group(holdings)[0]
    return unwind(reading.request, structures, NOW, BY)


def test_closing_reverses_every_leg_at_what_it_costs_now() -> None:
    (found,) = unwound("close my SPY condor", *CONDOR)
    assert isinstance(found, Proposal)
    assert (found.strategy, found.qty) == ("iron_condor", 2)
    assert [(leg.side, leg.symbol[-9:]) for leg in found.legs] == [
        ("sell", "P00465000"), ("buy", "P00470000"), ("buy", "C00530000"), ("sell", "C00535000"),
    ]
    mids = [one.mid for leg in CONDOR for one in CHAIN.expiries[4].options
            if one.option == leg.terms]
    halves = [(one.ask - one.bid) / 2 for leg in CONDOR for one in CHAIN.expiries[4].options
              if one.option == leg.terms]
    middle = -mids[0] + mids[1] + mids[2] - mids[3]
    assert middle < found.net_price <= middle + sum(halves) / 2 + Decimal("0.01")
    assert found.opens is None
    assert found.closes is not None


@pytest.mark.parametrize(("text", "why"), [
    ("close my SPY butterfly", "left of SPY: 2 iron_condor"),
    ("close 3 of my SPY iron condors", "2 are held and not yet being closed"),
    ("close my SPY 400/405 put spread", "the desk holds no such thing"),
])
def test_what_is_not_held_is_not_closed(text: str, why: str) -> None:
    found = unwound(text, *CONDOR)
    assert isinstance(found, NoneFits)
    assert why in found.why


def test_nothing_is_closed_of_nothing() -> None:
    found = unwound("close SPY")
    assert isinstance(found, NoneFits)
    assert found.why.endswith("left of SPY: nothing")


def test_less_than_all_may_be_closed() -> None:
    (found,) = unwound("close 1 of my SPY iron condors", *CONDOR)
    assert found.qty == 1
    assert [leg.qty for leg in found.closes.legs] == [1, -1, -1, 1]


def test_what_may_be_meant_in_two_ways_is_asked() -> None:
    found = unwound("close SPY", *CONDOR, *SPREAD)
    assert isinstance(found, Question)
    assert found.about == "held"
    assert "1 put_credit_spread" in found.text
    assert "2 iron_condor" in found.text
    (one,) = unwound("close my SPY put spread", *CONDOR, *SPREAD)
    assert one.strategy == "put_credit_spread"


def test_a_roll_closes_first_and_opens_the_same_elsewhere() -> None:
    closing, opening = unwound("roll my SPY put spread to 60 days out", *SPREAD)
    assert closing.closes is not None
    assert [leg.side for leg in closing.legs] == ["sell", "buy"]
    assert (opening.strategy, opening.qty) == ("put_credit_spread", 1)
    assert [leg.terms.strike for leg in opening.opens.legs] == [440, 450]
    assert opening.opens.expiry == CHAIN.expiries[6].day


def test_a_roll_to_other_strikes_stays_on_its_day() -> None:
    closing, opening = unwound("roll my SPY 450/440 put spread to 470/460", *SPREAD)
    assert [leg.terms.strike for leg in opening.opens.legs] == [460, 470]
    assert opening.opens.expiry == closing.closes.expiries[0] == CHAIN.expiries[3].day


def test_where_the_new_one_does_not_fit_nothing_is_closed() -> None:
    found = unwound("roll my SPY 450/440 put spread to 452/442", *SPREAD)
    assert isinstance(found, NoneFits)
    assert "no put is listed at 442" in found.why


def test_what_nobody_quotes_is_not_closed() -> None:
    strange = [
        replace(leg, terms=replace(leg.terms, symbol=f"X{number}"))
        for number, leg in enumerate(SPREAD)
    ]
    found = unwound("close my SPY put spread", *strange)
    assert isinstance(found, NoneFits)
    assert found.why.startswith("nobody quotes X")
