"""Is reading total, bounded and honest about what it did not understand?"""

from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tradebot.core.options.request import Reading, Request
from tradebot.core.options.words.findings import BOUNDS, of_number
from tradebot.core.options.words.grammar import TEXT_MAX, read

TODAY = date(2025, 12, 1)
SYMBOLS = frozenset({"SPY", "QQQ", "AAPL", "A", "IT", "ON", "ALL", "F", "MAR", "C"})
SOME = (
    "not no or and but bullish bearish calm risk at most more than less to into a two hundred "
    "thousand five $500 1k 2% 0 -1 .16 30 45 430 430/440 12/19 1/2/3/4/5 19 2026-01-16 99999999 "
    "delta wide wings strikes contracts lots dte days week month put on call calls me close roll "
    "my sell buy SPY QQQ A IT ON Apple iron condor condro condors straddle spread spreads credit "
    "Dec may March next friday this monthly expiring $ , . ! / 買う é \uff11\uff12 \x1b[31m \u202e"
)
SAID = st.lists(st.sampled_from(SOME.split(" ")), max_size=60).map(" ".join)
ANY = st.text(max_size=300) | SAID | st.tuples(SAID, st.text(max_size=20), SAID).map(" ".join)


def reading_of(text: str) -> Reading:
    return read(text, SYMBOLS, TODAY)


@given(ANY)
def test_any_text_is_read_within_bounds_and_what_is_not_understood_is_asked(text: str) -> None:
    reading = reading_of(text)
    request = reading.request
    asked = [question.about for question in reading.questions]
    assert len(asked) == len(set(asked))
    assert bool(request.unresolved) <= ("words" in asked)
    assert request.symbol in SYMBOLS or "symbol" in asked
    assert Decimal(0) <= request.confidence <= 1
    assert (request.confidence == 1) == (not asked and not reading.notes)
    for field, (low, high) in BOUNDS.items():
        value = getattr(request, field)
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        assert all(low <= one <= high for one in values)
    assert len(request.strikes) <= 4 and len(request.held_strikes) <= 4
    assert request.strategy_type not in (*request.excluded, *request.among)
    said = "".join((*request.unresolved, *(q.text for q in reading.questions), *reading.notes))
    assert said.isprintable()
    assert len(said) < 5000


@given(SAID, st.text(alphabet=st.characters(categories=["L", "N", "S"]), min_size=1, max_size=12))
def test_a_word_from_elsewhere_is_never_lost(said: str, strange: str) -> None:
    assume(not strange.isascii())
    assert reading_of(f"{said} , {strange}").request.unresolved


@given(SAID)
def test_the_same_words_on_the_same_day_are_read_the_same(said: str) -> None:
    assert reading_of(said) == reading_of(said)
    assert reading_of(f"  {said}\n\t") == reading_of(said)


@pytest.mark.parametrize("piece", [
    "1,", "1,111", "a.", "-", "1/", "$", "9", "risk ", "not ", "to ", "a ", "two ", "hundred ",
    "2 ", "430 ", "x", "condor ", "2 condors ", "strikes 430 ", "strikes ", "don't ", "é", "iron ",
    ".5", "at most ", "SPY ", "Dec ", "no more than ", "condro ", "A ", "\x00", "to SPY ", "(",
    "width 5 ", "delta of ", "$1 max ", "next 5 ",
])
def test_ten_thousand_characters_take_no_longer_than_their_number(piece: str) -> None:
    text = (piece * TEXT_MAX)[:TEXT_MAX]
    began = perf_counter()
    reading = reading_of(text)
    assert perf_counter() - began < 2  # a quadratic rule takes minutes
    assert reading.questions


@pytest.mark.parametrize("field", sorted(BOUNDS))
def test_a_number_is_read_up_to_its_bounds_and_asked_about_beyond(field: str) -> None:
    low, high = BOUNDS[field]
    for value in (low, high):
        assert of_number(field, value, 1).question is None
    for value in (low - 1 if low >= 0 and field != "delta" else Decimal(0), high + 100):
        question = of_number(field, value, 1).question
        assert question is not None
        assert question.about == field


def test_a_longer_text_is_not_read_at_all() -> None:
    reading = reading_of("SPY iron condor " + "x" * TEXT_MAX)
    assert reading.request == Request(confidence=Decimal(0))
    assert [question.about for question in reading.questions] == ["words"]


def test_what_was_not_understood_is_shown_without_what_a_terminal_obeys() -> None:
    (question,) = reading_of("SPY iron condor \x1b[2J\u202e").questions
    assert "\\x1b" in question.text
    assert "\\u202e" in question.text


def test_doubt_lowers_the_confidence_and_is_told() -> None:
    sure, slip = reading_of("SPY iron condor"), reading_of("SPY irn condro")
    assert (sure.request.confidence, sure.notes) == (1, ())
    assert slip.request.strategy_type == sure.request.strategy_type
    assert slip.request.confidence == Decimal("0.8")
    assert slip.notes == ("irn is read as iron", "condro is read as condor")


@pytest.mark.parametrize(("text", "told"), [
    ("SPY condor, frobnicate", "'frobnicate'"),
    ("SPY condor 2020-01-17", "2020-01-17 has passed"),
    ("SPY condor next friday", "2025-12-05 or 2025-12-12"),
    ("SPY condor, risk $0", "from 1 to 1000000, got 0"),
    ("SPY straddle or condor", "straddle, condor"),
    ("SPY bullish or bearish", "bullish or bearish"),
    ("SPY condor 30-45 dte", "Which one: 30 or 45?"),
    ("SPY condor 2.5 lots", "a whole number from 1 to 1000, got 2.5"),
    ("SPY call spread", "call_credit_spread or call_debit_spread"),
    ("sell my SPY condor", "close what is held, or open something new"),
])
def test_a_question_names_what_it_is_about(text: str, told: str) -> None:
    (question,) = reading_of(text).questions
    assert told in question.text
