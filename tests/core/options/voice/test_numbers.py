"""Is a number said in the words that the desk reads as that number?"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebot.core.options.voice.numbers import dollars, in_words
from tradebot.core.options.words.tokens import tokens


@given(st.integers(0, 999_999_999))
def test_a_whole_number_in_words_is_read_as_that_number(number: int) -> None:
    (token,) = tokens(in_words(number))
    assert token.number == number


@given(st.decimals(Decimal("0.01"), 999_999_999, places=2))
def test_an_amount_of_money_loses_no_cent(amount: Decimal) -> None:
    whole, _, cents = dollars(amount).partition(" and ")
    read = [tokens(part)[0].number or Decimal(0) for part in (whole, cents or "zero")]
    assert read[0] + read[1] / 100 == amount


@pytest.mark.parametrize(("number", "said"), [
    (0, "zero"), (7, "seven"), (15, "fifteen"), (50, "fifty"), (45, "forty five"),
    (412, "four hundred twelve"), (1000, "one thousand"), (10_500, "ten thousand five hundred"),
    (Decimal("2.50"), "two point five"), (Decimal("0.16"), "zero point one six"),
    (Decimal("-3"), "minus three"), (10**9, "1000000000"),
])
def test_a_number_is_said_as_people_say_it(number: Decimal | int, said: str) -> None:
    assert in_words(number) == said


@pytest.mark.parametrize(("amount", "said"), [
    ("412", "four hundred twelve dollars"), ("2.50", "two dollars and fifty cents"),
    ("1.01", "one dollar and one cent"), ("0", "zero dollars"), ("-2", "minus two dollars"),
])
def test_an_amount_is_said_with_its_cents_where_it_has_some(amount: str, said: str) -> None:
    assert dollars(Decimal(amount)) == said
