"""What can a rule of the grammar make of the words at one place?"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.money import plain
from tradebot.core.options.request import Question

# What lies outside of these is not read but asked about; the gates have limits of their own.
BOUNDS: Final[Mapping[str, tuple[Decimal, Decimal]]] = {
    "quantity": (Decimal(1), Decimal(1000)),
    "delta": (Decimal("0.01"), Decimal("0.99")),
    "strikes": (Decimal("0.01"), Decimal(100_000)),
    "width": (Decimal("0.01"), Decimal(1000)),
    "max_loss": (Decimal(1), Decimal(1_000_000)),
    "max_loss_pct": (Decimal("0.01"), Decimal(100)),
    "horizon_days": (Decimal(0), Decimal(1100)),
}
_WHOLE: Final = frozenset({"quantity", "horizon_days"})


@fact
class Finding:
    """A field of the request, and what the words fill it with."""

    field: str
    value: Any


@fact
class Match:
    """The words up to `end`: what they say, or what must be asked about them."""

    end: int
    findings: tuple[Finding, ...] = ()
    question: Question | None = None


def of_number(field: str, value: Decimal, end: int) -> Match:
    """Fill a field with a number, or ask where it cannot be meant."""
    if field == "delta":
        value = abs(value) if abs(value) < 1 else abs(value) / 100 if abs(value) > 1 else value
    low, high = BOUNDS[field]
    is_whole = value == value.to_integral_value()
    if not low <= value <= high or (field in _WHOLE and not is_whole):
        kind = "a whole number" if field in _WHOLE else "a number"
        text = f"{field}: expected {kind} from {plain(low)} to {plain(high)}, got {plain(value)}"
        return Match(end=end, question=Question(about=field, text=text))
    if field == "strikes":
        return Match(end=end, findings=(Finding(field=field, value=(value,)),))
    return Match(end=end, findings=(
        Finding(field=field, value=int(value) if field in _WHOLE else value),
    ))
