"""Which day do the words name: a date, a weekday, a month, "next monthly"?

What names two days ("next Friday") or a day that has passed is asked about. Whether options expire
on that day is for the chain to say.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from tradebot.core.options.request import Question
from tradebot.core.options.words.findings import Finding, Match
from tradebot.core.options.words.phrases import by_first_word, longest, vocabulary_of
from tradebot.core.options.words.tokens import Token, stem_at

MONTHS: Final = {
    name: number
    for number, names in enumerate((
        "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
        "august aug", "september sep sept", "october oct", "november nov", "december dec",
    ), 1)
    for name in names.split()
}
WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tue", "wednesday wed", "thursday thu", "friday fri")
    )
    for name in names.split()
}
CALENDAR_WORDS: Final = frozenset({*MONTHS, *WEEKDAYS})
_ALSO_VERBS: Final = frozenset({"may", "march", "mar"})
_BEFORE_A_DATE: Final = frozenset({
    "on", "by", "until", "for", "to", "expiring", "expire", "expiry", "expiration", "exp", "dated",
})
_BEFORE_A_MONTH: Final = _BEFORE_A_DATE - {"on"} | {"in", "into"}
_AFTER_A_DATE: Final = frozenset({"expiry", "expiration", "exp", "monthly", "option"})
_ORDINALS: Final = frozenset({"st", "nd", "rd", "th"})
_YEARS: Final = range(2000, 2100)
_COUNT_MAX: Final = 10  # "2 Dec" may count contracts
_AHEAD_MAX: Final = timedelta(days=1100)
# "Sep 19", said in November: next year's is so far off that a slip is likelier.
_YEARLESS_MAX: Final = timedelta(days=270)


def third_friday(year: int, month: int) -> date:
    """Return the day on which monthly options expire, holidays apart."""
    first = date(year, month, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 14)


def _month_after(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _next_monthly(today: date) -> date:
    this, after = third_friday(today.year, today.month), _month_after(today)
    return this if this > today else third_friday(after.year, after.month)


def _friday_of(week: int, today: date) -> date:
    return today + timedelta(days=4 - today.weekday() + 7 * week)


DAYS: Final[Mapping[str, Callable[[date], date]]] = {
    "today": lambda today: today,
    "tomorrow": lambda today: today + timedelta(days=1),
    "this week": lambda today: _friday_of(0, today),
    "next week": lambda today: _friday_of(1, today),
    "weekly|next weekly|this weekly":
        lambda today: today + timedelta(days=(4 - today.weekday() - 1) % 7 + 1),
    "this month": lambda today: third_friday(today.year, today.month),
    "next month": lambda today: third_friday(_month_after(today).year, _month_after(today).month),
    "monthly|next monthly|front month|front monthly|next month expiry": _next_monthly,
    "end of month|end of the month|month end|eom":
        lambda today: _month_after(today) - timedelta(days=1),
    "end of year|end of the year|year end|eoy": lambda today: date(today.year, 12, 31),
}
_NAMED: Final = by_first_word(vocabulary_of("expiry", {day: said for said, day in DAYS.items()}))


def tenor(said: Sequence[Token], at: int, today: date) -> Match | None:
    """Read the day that is named here."""
    if said[at].parts:
        return _joined(said, at, today)
    if said[at].number is not None:
        return _day_first(said, at, today)
    if named := longest(_NAMED, said, at):
        return _on(named.value(today), at + len(named.words), today)
    if weekday := _weekday(said, at, today):
        return weekday
    return _month(said, at, today) if said[at].stem in MONTHS else None


def _on(day: date, end: int, today: date) -> Match:
    if today <= day <= today + _AHEAD_MAX:
        return Match(end=end, findings=(Finding(field="expiry", value=day),))
    fault = "has passed" if day < today else "is too far ahead"
    return _ask(f"{day} {fault}: which day is meant?", end)


def _ask(text: str, end: int) -> Match:
    return Match(end=end, question=Question(about="expiry", text=text))


def _made(year: int | None, month: int, day: int | None, end: int, today: date) -> Match:
    """Return the day, the next one where no year was said, or a question."""
    years = (today.year, today.year + 1) if year is None else (year,)
    days = [found for y in years if (found := _day_of(y, month, day))]
    if not days:
        return _ask(f"Day {day} of month {month} is in no calendar: which day is meant?", end)
    ahead = [found for found in days if found >= today]
    if year is None and ahead and ahead[0] > today + _YEARLESS_MAX:
        return _ask(f"{days[0]} has passed: is {ahead[0]} meant?", end)
    return _on(ahead[0] if ahead else days[0], end, today)


def _day_of(year: int, month: int, day: int | None) -> date | None:
    try:
        return date(year, month, day) if day else third_friday(year, month)
    except ValueError:
        return None


def _weekday(said: Sequence[Token], at: int, today: date) -> Match | None:
    end = at + 1 + (said[at].stem in {"this", "coming", "next"})
    weekday = WEEKDAYS.get(stem_at(said, end - 1))
    if weekday is None:
        return None
    coming = today + timedelta(days=(weekday - today.weekday()) % 7)
    if said[at].stem == "next":
        return _ask(f"Next {said[at + 1].text}: {coming} or {coming + timedelta(days=7)}?", end)
    return _on(coming, end, today)


def _month(said: Sequence[Token], at: int, today: date) -> Match | None:
    """Read "Dec 19", "December 19th, 2025", "Jan 2027" or "January": its third Friday."""
    day, end = _whole(said, at + 1, 31), at + 1
    if day is None:
        is_date = stem_at(said, at - 1) in _BEFORE_A_MONTH or stem_at(said, end) in _AFTER_A_DATE
        if said[at].stem in _ALSO_VERBS and not is_date:
            return None
    else:
        end += 1 + (stem_at(said, at + 2) in _ORDINALS)
        end += stem_at(said, end) == "," and _year(said, end + 1) is not None
    year = _year(said, end)
    end += year is not None
    end += day is None and stem_at(said, end) == "monthly"
    return _made(year, MONTHS[said[at].stem], day, end, today)


def _day_first(said: Sequence[Token], at: int, today: date) -> Match | None:
    """Read "19 Dec 2025" or "the 19th of December"."""
    day, end = _whole(said, at, 31), at + 1
    is_ordinal = stem_at(said, end) in _ORDINALS
    end += is_ordinal
    end += stem_at(said, end) == "of"
    if day is None or stem_at(said, end) not in MONTHS:
        return None
    month, year = MONTHS[stem_at(said, end)], _year(said, end + 1)
    is_sure = is_ordinal or year or day > _COUNT_MAX or stem_at(said, at - 1) in _BEFORE_A_DATE
    if not is_sure:
        return _ask(f"{said[at].text} {said[end].text}: a day, or how many?", end + 1)
    return _made(year, month, day, end + 1 + (year is not None), today)


def _joined(said: Sequence[Token], at: int, today: date) -> Match | None:
    """Read 2025-12-19, 12/19/25 or 12/19; the last two may be strikes as well."""
    parts = [int(part) for part in said[at].parts if part == part.to_integral_value()]
    if len(parts) != len(said[at].parts) or len(parts) not in {2, 3} or "$" in said[at].text:
        return None
    if len(parts) == 3 and parts[0] in _YEARS and parts[1] <= 12:
        return _made(parts[0], parts[1], parts[2], at + 1, today)
    if not (0 < parts[0] <= 12 and 0 < parts[1] <= 31):
        return None
    year = None if len(parts) == 2 else parts[2] + 2000 * (parts[2] < 100)
    is_sure = (
        (len(parts) == 3 and parts[2] in _YEARS)
        or stem_at(said, at - 1) in _BEFORE_A_DATE or stem_at(said, at + 1) in _AFTER_A_DATE
        or (at + 1 < len(said) and bool(said[at + 1].parts))
    )
    if is_sure:
        return _made(year, parts[0], parts[1], at + 1, today)
    return _ask(f"{said[at].text}: a day or strikes?", at + 1)


def _year(said: Sequence[Token], at: int) -> int | None:
    year = _whole(said, at, _YEARS[-1])
    return year if year in _YEARS else None


def _whole(said: Sequence[Token], at: int, most: int) -> int | None:
    """Return the whole number that stands here, where it is not more than that."""
    value = said[at].number if at < len(said) else None
    if value is None or said[at].is_cash or not Decimal(1) <= value <= most:
        return None
    return int(value) if value == value.to_integral_value() else None
