"""Can a language model put anything into a person's mouth, or take a word out of it?"""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.options.words.test_grammar import SAID, SYMBOLS

from tradebot.core.model.strategy_type import Outlook, StrategyType
from tradebot.core.options.request import DeskAction, Reading, RiskLevel
from tradebot.core.options.words.claims import Claim, read_with
from tradebot.core.options.words.findings import BOUNDS, of_number
from tradebot.core.options.words.grammar import read
from tradebot.core.options.words.tokens import Token, tokens

TODAY = date(2025, 12, 1)
NUMBER = st.sampled_from([0, 1, 2, 16, 30, 45, 430, 440, 500, 10**9]).map(Decimal) | st.decimals(
    Decimal("0.01"), Decimal(1000), places=2
)
STRANGE = "reckon budge moon yolo fancy if unless risk limits \u0443\u0440\u0430 \U0001f680"
CLAIMS = st.builds(
    Claim, action=st.none() | st.sampled_from(DeskAction),
    symbol=st.none() | st.sampled_from(["SPY", "QQQ", "NVDA", "IT"]),
    outlook=st.none() | st.sampled_from(Outlook),
    strategy_type=st.none() | st.sampled_from(StrategyType),
    horizon_days=st.none() | st.integers(0, 60), expiry=st.none() | st.dates(TODAY),
    delta=st.none() | NUMBER, strikes=st.none() | st.lists(NUMBER, max_size=4).map(tuple),
    width=st.none() | NUMBER, quantity=st.none() | st.integers(-1, 1000),
    max_loss=st.none() | NUMBER, max_loss_pct=st.none() | NUMBER,
    risk_level=st.none() | st.sampled_from(RiskLevel),
    unresolved=st.none() | st.lists(st.sampled_from(STRANGE.split()), max_size=3).map(tuple),
)
TEXTS = st.tuples(SAID, st.sampled_from([*STRANGE.split(), ""]), SAID).map(" ".join)


def read_by_both(text: str, **claimed: Any) -> Reading:
    return read_with(Claim(**claimed), "model", text, SYMBOLS, TODAY)


def asked(reading: Reading) -> set[str]:
    return {question.about for question in reading.questions}


def numbers_in(text: str, name: str) -> set[Any]:
    """Return what a number of this text could fill a field with, by the account of a reader."""
    said = {token.number for token in tokens(text) if token.number is not None}
    said |= {part for token in tokens(text) for part in token.parts}
    scales = (1, 7, 14, 30, 365) if name == "horizon_days" else (1,)
    return {
        value for number in said for scale in scales
        for finding in of_number(name, number * scale, 0).findings
        for value in (finding.value if isinstance(finding.value, tuple) else (finding.value,))
    }


@given(TEXTS, CLAIMS)
def test_every_number_day_and_symbol_of_a_request_was_said(text: str, claim: Claim) -> None:
    alone = read(text, SYMBOLS, TODAY).request
    request = read_with(claim, "model", text, SYMBOLS, TODAY).request
    for name in BOUNDS:
        value = getattr(request, name)
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        assert set(values) <= numbers_in(text, name) | {0}
    assert request.symbol in {alone.symbol, None}
    assert request.expiry in {alone.expiry, alone.held_expiry, None}


@given(TEXTS, CLAIMS)
def test_no_question_of_the_words_is_ever_taken_back(text: str, claim: Claim) -> None:
    alone = read(text, SYMBOLS, TODAY)
    both = read_with(claim, "model", text, SYMBOLS, TODAY)
    answerable = {"words", "outlook", "strategy_type", "expiry", "strikes"}
    taken_back = asked(alone) - asked(both) - answerable
    if both.request.action is not alone.request.action:  # "counted from when?", of what is held
        taken_back -= {"horizon_days"} if "expiry" in asked(both) else set()
    assert not taken_back
    assert set(alone.request.excluded) <= set(both.request.excluded)
    assert both.request.strategy_type not in both.request.excluded
    if not alone.questions:  # what the words say for sure stays, or is asked about
        for part in fields(Claim):
            certain = getattr(alone.request, part.name)
            said = getattr(both.request, part.name)
            assert said == certain or part.name in asked(both) or not certain


@given(TEXTS, CLAIMS)
def test_a_reading_with_a_model_is_as_bounded_as_one_without(text: str, claim: Claim) -> None:
    reading = read_with(claim, "model", text, SYMBOLS, TODAY)
    told = "".join((*reading.request.unresolved, *reading.notes))
    told += "".join(question.text for question in reading.questions)
    assert told.isprintable()
    assert len(told) < 10_000
    assert len(asked(reading)) == len(reading.questions)
    assert (reading.request.confidence == 1) == (not reading.questions and not reading.notes)


@given(SAID, CLAIMS)
def test_where_every_word_is_understood_a_model_adds_nothing(text: str, claim: Claim) -> None:
    alone, both = read(text, SYMBOLS, TODAY), read_with(claim, "model", text, SYMBOLS, TODAY)
    if not alone.request.unresolved:
        is_asked = asked(alone) and asked(both)  # of "bullish condor" either may be what is meant
        for part in fields(Claim):
            said = getattr(both.request, part.name)
            assert said in (getattr(alone.request, part.name), None, ()) or is_asked


@pytest.mark.parametrize(("text", "claimed", "expected"), [
    ("I reckon SPY ain't budging", {"outlook": "neutral"}, {"outlook": "neutral"}),
    ("SPY condor, got 500 to burn", {"max_loss": Decimal(500)}, {"max_loss": Decimal(500)}),
    ("SPY condor, got five hundred to burn", {"max_loss": Decimal(500)},
     {"max_loss": Decimal(500)}),
    ("get rid of my SPY condor", {"action": "close"}, {"action": "close"}),
    ("put spread on SPY, to the moon", {"strategy_type": "put_credit_spread"},
     {"strategy_type": "put_credit_spread"}),
    ("Apple to the moon", {"symbol": "AAPL", "outlook": "bullish"}, {"symbol": "AAPL"}),
    ("SPY moon, two weeks", {"horizon_days": 14, "outlook": "bullish"}, {"horizon_days": 14}),
    ("SPY condor struck around 430 thereabouts 440", {"strikes": (Decimal(440),)},
     {"strikes": (Decimal(440),)}),
])
def test_a_model_explains_words_that_the_desk_does_not_know(
    text: str, claimed: dict[str, Any], expected: dict[str, Any]
) -> None:
    kinds: dict[str, Any] = {
        "outlook": Outlook, "action": DeskAction, "strategy_type": StrategyType,
    }
    typed = {name: kinds.get(name, lambda same: same)(value) for name, value in claimed.items()}
    reading = read_by_both(text, **typed)
    assert {name: getattr(reading.request, name) for name in expected} == expected
    assert asked(reading) <= {"outlook", "words", "strikes"}
    assert any("as model understands it" in note for note in reading.notes)
    assert reading.request.confidence < 1


@pytest.mark.parametrize(("text", "word"), [
    ("SPY condor only whenever calm", "only"), ("never fancy an SPY condor", "never"),
    ("SPY condor, wild limits", "limits"), ("SPY condor crazy risk", "risk"),
    ("SPY condor wow, 17", "17"), ("SPY condor wow \uff11\uff17", "\uff11\uff17"),
    ("SPY condor \u202ewow wow2\x07", "\\u202e"),
])
def test_a_word_that_binds_stays_a_question_whatever_a_model_makes_of_it(
    text: str, word: str
) -> None:
    reading = read_by_both(text, risk_level=RiskLevel.HIGH)
    assert word in reading.request.unresolved
    assert "words" in asked(reading)


def test_words_that_a_model_does_not_understand_either_are_asked_about() -> None:
    reading = read_by_both(
        "SPY ain't budging wibbly", outlook=Outlook.NEUTRAL, unresolved=("so Wibbly",)
    )
    assert reading.request.unresolved == ("wibbly",)


def test_a_number_fills_one_field_once() -> None:
    reading = read_by_both(
        "SPY condor, wow 5 stuff", width=Decimal(5), quantity=5, risk_level=RiskLevel.LOW
    )
    assert (reading.request.width, reading.request.quantity) == (Decimal(5), None)
    assert "quantity" in asked(reading)


@pytest.mark.parametrize("token", tokens("not no never don't if unless only limit risk delta days"))
def test_no_binding_word_is_strange(token: Token) -> None:
    reading = read_by_both(f"wow {token.text}", risk_level=RiskLevel.HIGH)
    assert token.text in reading.request.unresolved
