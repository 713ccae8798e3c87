"""What can a rule of the grammar make of the words at one place?"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.money import plain
from tradebot.core.options.request import Question
from tradebot.core.options.words.vocabulary import Role

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
    """What the words up to `end` say, what must be asked about them, or that they fill no field."""

    end: int
    findings: tuple[Finding, ...] = ()
    question: Question | None = None
    note: str | None = None
    role: Role | None = None


@fact
class Heard(Finding):
    """A finding with its words, and whether they were denied or led to by "to"."""

    text: str
    start: int
    end: int
    is_denied: bool
    is_goal: bool


def of_number(field: str, value: Decimal, end: int) -> Match:
    """Fill a field with a number, or ask where it cannot be meant."""
    if field == "delta" and abs(value) != 1:  # "30 delta" is .30, and a put's delta is negative
        value = abs(value) if abs(value) < 1 else abs(value) / 100
    low, high = BOUNDS[field]
    is_whole = value == value.to_integral_value()
    if not low <= value <= high or (field in _WHOLE and not is_whole):
        kind = "a whole number" if field in _WHOLE else "a number"
        name = field.replace("_", " ")
        told = f"{name}: expected {kind} from {plain(low)} to {plain(high)}, got {plain(value)}"
        return Match(end=end, question=Question(about=field, text=told))
    made: dict[str, Any] = {"strikes": (value,), "quantity": int(value), "horizon_days": int(value)}
    return Match(end=end, findings=(Finding(field=field, value=made.get(field, value)),))


def of_numbers(field: str, values: Iterable[Decimal], end: int) -> Match:
    """Fill a field with several numbers: strikes stand side by side, others will be asked about."""
    matches = [of_number(field, value, end) for value in values]
    asked = next((match for match in matches if match.question), None)
    return asked or Match(end=end, findings=tuple(m.findings[0] for m in matches))
