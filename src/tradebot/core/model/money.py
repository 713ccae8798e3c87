"""How does a number enter the system? As text, through one strict parser, into a Decimal."""

import re
from decimal import ROUND_DOWN, Decimal
from typing import Final

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
BPS: Final = Decimal("0.0001")
CENT: Final = Decimal("0.01")

# ASCII digits only: other scripts' digits, `1_000`, exponents, NaN and Infinity never match.
_PLAIN: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?", re.ASCII)
EXPECTED: Final = "a plain decimal such as 12.50 (at most 15 digits before and 12 after the point)"


def parse_decimal(text: str) -> Decimal:
    """Parse a plain ASCII decimal; raise ValueError for anything else."""
    if not isinstance(text, str) or not _PLAIN.fullmatch(text):
        raise ValueError(f"expected {EXPECTED}, got {str(text)[:40]!r}")
    return Decimal(text)


def is_multiple(value: Decimal, step: Decimal) -> bool:
    """Tell whether value is a whole number of steps; a step that is not positive fits nothing."""
    return step > 0 and value % step == 0


def floor_to(value: Decimal, step: Decimal) -> Decimal:
    """Round towards zero to a whole number of steps."""
    return (value / step).to_integral_value(rounding=ROUND_DOWN) * step


def plain(value: Decimal) -> str:
    """Write a Decimal without exponent and without trailing zeros after the point."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def money(amount: Decimal) -> str:
    """Write an amount for a person, whole where it is whole."""
    cents = amount.quantize(CENT)
    return f"${cents.quantize(ONE) if cents == cents.to_integral() else cents:,}"
