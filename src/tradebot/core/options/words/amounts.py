"""What does a number count: dollars, percent, days, contracts, strikes, deltas or a width?

A number is read by the word before it, the word after it, or both: "width 5", "30 delta", "risk at
most 2 percent". Money and percentages are a budget only where a word of risk or loss says so, and
only as the most that may be lost: "more than $500" is not understood.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from tradebot.core.options.words.findings import Match, of_number, of_numbers
from tradebot.core.options.words.phrases import Phrase, by_first_word, longest, words_of
from tradebot.core.options.words.tokens import Token, stem

_EQUITY: Final = "|".join(
    f"percent of {whose}{what}" for whose in ("", "my ", "the ", "our ")
    for what in ("account", "equity", "portfolio", "capital", "money")
)
# After the number: the field, what one unit counts, and how it is called.
_UNITS: Final = (
    ("max_loss", 1, "dollar|buck|usd"),
    ("max_loss_pct", 1, f"percent|pct|per cent|{_EQUITY}"),
    ("delta", 1, "delta"),
    ("width", 1, "wide|point wide|dollar wide|wide wing|point wide wing|dollar wide wing|point|pt"
        "|point wing|dollar wing|wing|width"),
    ("strikes", 1, "strike"),
    ("quantity", 1, "contract|lot|x"),
    ("horizon_days", 1, "day|dte|calendar day|day to expiry|day to expiration|day horizon"),
    ("horizon_days", 7, "week|wk"),
    ("horizon_days", 14, "fortnight"),
    ("horizon_days", 30, "month"),
    ("horizon_days", 365, "year"),
)
_GLUED: Final = {"x": ("quantity", 1), "d": ("horizon_days", 1), "w": ("horizon_days", 7)}
_MARKERS: Final = (
    ("delta", "delta"),
    ("width", "width|wing|wing width"),
    ("strikes", "strike|strike price"),
    ("quantity", "quantity|qty|size|x"),
    ("horizon_days", "dte|horizon|tenor|next"),
)
_LINKS: Final = frozenset({"of", "is", "at", "=", ":", "around", "about", "~"})
_DENIALS: Final = frozenset({"not", "no", "never", "don't", "dont", "without", "won't", "can't"})
_LOSSES: Final = frozenset(map(stem, (
    "risk", "risking", "loss", "lose", "losing", "budget", "spend", "spending",
)))
_LINKS_OF_LOSS: Final = _LINKS | _DENIALS | frozenset({
    "most", "to", "up", "more", "than", "less", "under", "below", "a", "the", "my", "total", "i",
    "want", "can", "only", "it", "be",
})
_TRAILING: Final = "risk|of risk|at risk|loss|max|maximum|budget|max loss|max risk|maximum loss" \
    "|maximum risk|loss max|or less|at most|risk max"
_LIMITS: Final = frozenset({"limit", "cap", "capped"})  # without a word of loss: of a price
_CEILINGS: Final = _LIMITS | {"max", "maximum"}
_BEGINNINGS: Final = _LOSSES | _CEILINGS | _DENIALS
BUDGET_WORDS: Final = _LOSSES | _CEILINGS | _LINKS_OF_LOSS
_SURELY_MONEY: Final = 100  # below, "risk 2" may be percent, and "at most $2" a price
_RUN_MAX: Final = 10
UNIT_WORDS: Final = frozenset(
    word for _, _, phrases in _UNITS for words in words_of(phrases) for word in words
)


def _index(rows: Sequence[tuple[str, Any, str]]) -> Mapping[str, Sequence[Phrase]]:
    return by_first_word(
        Phrase(words=words, field=field, value=value)
        for field, value, phrases in rows for words in words_of(phrases)
    )


_AFTER: Final = _index(_UNITS)
_BEFORE: Final = _index([(field, None, phrases) for field, phrases in _MARKERS])
_BEHIND_MONEY: Final = _index([("max_loss", None, _TRAILING)])


def amount(said: Sequence[Token], at: int) -> Match | None:
    """Read the number that begins here, or that a word here announces."""
    if said[at].number is not None or said[at].parts:
        return _counted(said, at) or _money(said, at, at)
    end = _end_of_ceiling(said, at)
    return _marked(said, at) if end == at else _money(said, at, end)


def _marked(said: Sequence[Token], at: int) -> Match | None:
    """Read "delta .16", "width of 5", "strikes 430 and 440"."""
    marker, start = _marker(said, at)
    if marker is None:
        return None
    if marker.field == "strikes":
        return _strikes(said, start)
    field, scale, end = unit_at(said, start + 1)
    if field is None or _marker(said, start + 1)[0]:  # "delta 16 width 5": no number of widths
        scale, end = 1, start + 1
    elif field != marker.field and (field, marker.field) != ("max_loss", "width"):
        return None
    if marker.words == ("next",) and end == start + 1:
        return None
    return of_numbers(marker.field, [value * scale for value in _values(said[start])], end)


def _marker(said: Sequence[Token], at: int) -> tuple[Phrase | None, int]:
    """Return the word here that announces a number, and where that number stands."""
    marker = longest(_BEFORE, said, at)
    start = at + (len(marker.words) if marker else 0)
    while start < len(said) and said[start].stem in _LINKS:
        start += 1
    is_followed = start < len(said) and _values(said[start])
    return (marker if is_followed else None), start


def _counted(said: Sequence[Token], at: int) -> Match | None:
    """Read "30 delta", "45 days", "5 wide", "2 contracts"."""
    field, scale, end = unit_at(said, at + 1)
    if field is None or field in {"max_loss", "max_loss_pct"}:
        return None
    return of_numbers(field, [value * scale for value in _values(said[at])], end)


def _money(said: Sequence[Token], start: int, at: int) -> Match | None:
    """Read "$500 at risk", or "500" and "2%" where the words from `start` on announce them."""
    field, _, end = unit_at(said, at + 1)
    value, is_money = said[at].number, said[at].is_cash or field is not None
    trailing = longest(_BEHIND_MONEY, said, end) if is_money else None
    words = {token.stem for token in said[start:at]} | set(trailing.words if trailing else ())
    if value is None or not words or field not in {None, "max_loss", "max_loss_pct"}:
        return None
    is_about_loss = not _LOSSES.isdisjoint(words)
    is_sure = field == "max_loss_pct" or not 0 < value < _SURELY_MONEY
    is_price = not is_about_loss and not _LIMITS.isdisjoint(words)
    if is_price or sum((is_about_loss, is_money, is_sure)) < 2:
        return None
    return of_number(field or "max_loss", value, end + (len(trailing.words) if trailing else 0))


def _end_of_ceiling(said: Sequence[Token], at: int) -> int:
    """Return where the number stands that words announce as the most, or `at` where none is."""
    end = at
    while end < len(said) and said[end].stem in BUDGET_WORDS and end < at + _RUN_MAX:
        end += 1
    run = [token.stem for token in said[at:end]]
    begins = run[:2] in (["at", "most"], ["up", "to"]) or (run and run[0] in _BEGINNINGS)
    is_denied = not _DENIALS.isdisjoint(run)
    is_most = is_denied == ("more" in run)  # "no more than", but neither "no less" nor "more"
    return end if begins and is_most and end < len(said) and said[end].number is not None else at


def _strikes(said: Sequence[Token], at: int) -> Match:
    """Read all strikes of a list: "430 and 440", "430, 440"."""
    values = [*_values(said[at])]
    end = at + 1
    while end < len(said):
        following = end + (said[end].stem in {"and", ","})
        if following >= len(said) or not (more := _values(said[following])):
            break
        if unit_at(said, following + 1)[0] is not None:
            break
        values += more
        end = following + 1
    return of_numbers("strikes", values, end)


def unit_at(said: Sequence[Token], at: int) -> tuple[str | None, int, int]:
    """Return which field the unit here stands for, what one of it counts, and where it ends."""
    if at < len(said) and said[at].is_glued and said[at].stem in _GLUED:
        return *_GLUED[said[at].stem], at + 1
    unit = longest(_AFTER, said, at)
    return (unit.field, unit.value, at + len(unit.words)) if unit else (None, 1, at)


def _values(token: Token) -> tuple[Decimal, ...]:
    return token.parts if token.number is None else (token.number,)
