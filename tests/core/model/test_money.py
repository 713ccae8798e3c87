"""Does only plain ASCII become a number?"""

import re
import time
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tradebot.core.model.money import (
    BPS,
    CENT,
    ONE,
    ZERO,
    floor_to,
    is_multiple,
    parse_decimal,
    plain,
)

DIGITS = "0123456789"
FORBIDDEN = [
    "", " ", "-", "+1", "1.", ".5", "1e5", "1E5", "1_000", "1,000", "0x10", "NaN", "nan", "sNaN",
    "Infinity", "-inf", "--1", "1.2.3", " 1", "1 ", "1\n", "1\x00", "１２", "٣", "۳", "𝟏", "½",  # noqa: RUF001
    "1" * 16, "0." + "1" * 13, "-" + "9" * 16, "1٫5", "0b1", "None", "1d", "$1", "1%", "−1",  # noqa: RUF001
]


def is_plain(text: str) -> bool:
    """Say without a regular expression whether a text is a plain decimal."""
    whole, point, part = text.removeprefix("-").partition(".")
    if not 1 <= len(whole) <= 15 or (point and not 1 <= len(part) <= 12):
        return False
    return all(character in DIGITS for character in whole + part)


@pytest.mark.fault(100)
@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_not_a_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^expected a plain decimal"):
        parse_decimal(text)


@pytest.mark.parametrize("value", [1, 1.5, Decimal(1), None, b"1", True])
def test_only_text_is_parsed(value: object) -> None:
    with pytest.raises(ValueError, match=r"^expected a plain decimal"):
        parse_decimal(value)  # type: ignore[arg-type]


@given(st.text(max_size=30) | st.text("0123456789.-eE_+", max_size=32))
@example("9" * 15 + "." + "9" * 12)
@example("-0")
def test_every_text_is_plain_or_refused(text: str) -> None:
    if is_plain(text):
        assert parse_decimal(text) == Decimal(text)
    else:
        with pytest.raises(ValueError, match=r"^expected a plain decimal"):
            parse_decimal(text)


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 10**12 - 1))
def test_a_number_survives_writing_and_parsing(whole: int, part: int) -> None:
    value = Decimal(f"{whole}.{part:012d}")
    assert parse_decimal(plain(value)) == value
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", plain(value))


def test_minus_nought_is_nought_and_is_written_so() -> None:
    assert parse_decimal("-0") == ZERO
    assert plain(parse_decimal("-0")) == plain(parse_decimal("-0.00")) == "0"


def test_exponents_never_reach_the_paper() -> None:
    assert plain(Decimal("1E+5")) == "100000"
    assert plain(Decimal("1E-7")) == "0.0000001"
    assert plain(Decimal("100")) == "100"
    assert plain(Decimal("12.500")) == "12.5"


@pytest.mark.fault(100)
@pytest.mark.parametrize("text", ["9" * 5_000_000, "1." + "0" * 5_000_000, "-" * 5_000_000])
def test_huge_texts_are_refused_at_once_and_quoted_short(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(ValueError, match="expected") as refused:
        parse_decimal(text)
    assert time.perf_counter() - began < 0.05
    assert len(str(refused.value)) < 200


@pytest.mark.fault(75)
@given(st.decimals(-10**6, 10**6, places=4), st.sampled_from([CENT, BPS, ONE, Decimal("0.25")]))
def test_rounding_down_gives_whole_steps_nearer_to_nought(value: Decimal, step: Decimal) -> None:
    floored = floor_to(value, step)
    assert is_multiple(floored, step)
    assert abs(floored) <= abs(value) < abs(floored) + step


@pytest.mark.parametrize("step", [ZERO, Decimal(-1)])
def test_nothing_fits_a_step_that_is_not_positive(step: Decimal) -> None:
    assert not is_multiple(Decimal(10), step)
