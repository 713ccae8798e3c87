"""Do number words come to the number that they spell, and to none where they spell none?"""

from decimal import Decimal

import pytest

from tradebot.core.options.words.tokens import Token, tokens

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"


def spelled(number: int) -> str:
    """Put a number into words, as an account of its own."""
    if number < 20:
        return ONES.split(" ")[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return TENS.split(" ")[ten] + (f"-{spelled(one)}" if one else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    count, rest = divmod(number, size)
    return f"{spelled(count)} {name}" + (f" {spelled(rest)}" if rest else "")


def the_only(text: str) -> Token:
    (token,) = tokens(text)
    return token


def test_every_number_below_ten_thousand_is_read_as_it_is_spelled() -> None:
    wrong = [n for n in range(10_000) if the_only(spelled(n)).number != n]
    assert wrong == []


@pytest.mark.parametrize(("text", "number"), [
    ("a hundred", "100"), ("one hundred and fifty", "150"), ("twelve hundred", "1200"),
    ("ninety nine hundred", "9900"), ("a thousand", "1000"), ("five grand", "5000"),
    ("two thousand and five", "2005"), ("one million two thousand", "1002000"), ("$1.5k", "1500"),
    ("2 hundred", "200"), ("1,000", "1000"), ("-.5", "-0.5"), ("-$500", "-500"), ("$2.50", "2.5"),
])
def test_a_number_may_be_worded_in_many_ways(text: str, number: str) -> None:
    assert the_only(text).number == Decimal(number)


@pytest.mark.parametrize("text", [
    "two three", "five twenty", "twenty ten", "twenty zero", "hundred", "hundred hundred",
    "two hundred hundred", "one thousand two thousand", "thousand two", "forty eleven", "9" * 16,
])
def test_words_that_spell_no_number_are_none(text: str) -> None:
    assert the_only(text).number is None


@pytest.mark.parametrize(("text", "words"), [
    ("two and three", ["two", "and", "three"]), ("twenty and five", ["twenty", "and", "five"]),
    ("one hundred and SPY", ["one hundred", "and", "SPY"]), ("a condor", ["a", "condor"]),
    ("one hundred and two and three", ["one hundred and two", "and", "three"]),
    ("2 k", ["2", "k"]), ("2k", ["2 k"]), ("one hundred and", ["one hundred", "and"]),
    ("430/440", ["430/440"]), ("12.5-15", ["12.5-15"]), ("30-delta", ["30", "delta"]),
    ("iron_condor", ["iron", "condor"]), ("AT&T's 2x", ["AT&T's", "2", "x"]),
    ("BRK.B, S&P.", ["BRK.B", ",", "S&P", "."]), ("\uff11\uff12 lots", ["\uff11\uff12", "lots"]),
])
def test_words_are_split_where_a_reader_would(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens(text)] == words
