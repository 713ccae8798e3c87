"""Of which words and numbers is a request made?"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.money import parse_decimal

_DIGITS: Final = r"(?:(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"
_TOKEN: Final = re.compile(
    rf"(?P<joined>\$?{_DIGITS}(?:[/\u2013-]\$?{_DIGITS})+)"
    rf"|(?P<number>(?:(?<!\w)-)?\$?{_DIGITS})"
    r"|(?P<word>\$?[A-Za-z]+(?:['.&][A-Za-z]+)*|[%Δδ=@~])"
    r"|(?P<stop>[,;:!?()\".]+)"
    r"|(?P<glue>[-\u2013\u2014/_])"
    r"|(?P<other>[^\sA-Za-z0-9,;:!?()\".%=@~/_-]+|.)",
    re.DOTALL,
)
_SIGNS: Final = {"%": "percent", "Δ": "delta", "δ": "delta"}
SMALL_NUMBERS: Final = {
    word: number
    for words, start, step in (
        ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
         "fifteen sixteen seventeen eighteen nineteen", 0, 1),
        ("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    )
    for number, word in zip(range(start, 100, step), words.split(), strict=False)
}
SCALES: Final = {
    "hundred": 100, "thousand": 1000, "grand": 1000, "k": 1000, "million": 1000_000,
}
_COUNTED_BY_A: Final = frozenset({*SCALES, "day", "week", "month", "year", "fortnight"})
NUMBER_WORDS: Final = frozenset({*SMALL_NUMBERS, *SCALES})


@fact
class Token:
    """One word, number, group of numbers ("430/440") or pause; `stem` is empty for numbers."""

    text: str
    stem: str = ""
    number: Decimal | None = None
    parts: tuple[Decimal, ...] = ()
    is_cash: bool = False
    is_glued: bool = False
    is_pause: bool = False


def stem(word: str) -> str:
    """Return a word in lower case and in the singular: "Spreads" and "spread" are one word."""
    lower = word.lower().removesuffix("'s")
    if lower.endswith("ies") and len(lower) > 4:
        return f"{lower[:-3]}y"
    is_plural = lower.endswith("s") and len(lower) > 3 and lower != "news"
    return lower[:-1] if is_plural else lower


def stem_at(said: Sequence[Token], at: int) -> str:
    """Return the word that stands here, or nothing at either end and at a number."""
    return said[at].stem if 0 <= at < len(said) else ""


def tokens(text: str) -> list[Token]:
    """Split a text into tokens; number words ("forty five") become numbers."""
    return list(_with_numbers(list(_split(text.replace("\u2019", "'")))))


def _split(text: str) -> Iterator[Token]:
    end = -1
    for match in _TOKEN.finditer(text):
        said, kind, is_glued = match.group(), match.lastgroup, match.start() == end
        if kind == "glue" or said.isspace():
            continue
        end = match.end()
        if kind == "joined":
            yield Token(text=said, parts=_numbers(re.split(r"[/\u2013-]", said)))
        elif kind == "number":
            (number,) = _numbers([said]) or (None,)
            yield Token(text=said, number=number, is_cash="$" in said, is_glued=is_glued)
        elif kind == "word":
            word = _SIGNS.get(said) or stem(said.removeprefix("$"))
            yield Token(text=said, stem=word, is_cash=said[0] == "$", is_glued=is_glued)
        else:
            yield Token(text=said, stem=said, is_pause=kind == "stop")


def _numbers(texts: Sequence[str]) -> tuple[Decimal, ...]:
    """Return the numbers, or nothing where one is too long to be meant."""
    try:
        return tuple(
            parse_decimal(f"{sign}0{digits}" if digits[0] == "." else f"{sign}{digits}")
            for text in texts
            for sign in ["-" * text.startswith("-")]
            for digits in [text.lstrip("-$").replace(",", "")]
        )
    except ValueError:
        return ()


def _with_numbers(said: Sequence[Token]) -> Iterator[Token]:
    at = 0
    while at < len(said):
        end = _end_of_number(said, at)
        if end == at:
            yield said[at]
            at += 1
            continue
        words = said[at:end]
        yield Token(
            text=" ".join(token.text for token in words), number=_worth(words),
            is_cash=words[0].is_cash,
        )
        at = end


def _end_of_number(said: Sequence[Token], at: int) -> int:
    """Return where the number that begins here ends, or `at` where none is put in words."""
    first, end = said[at], at
    after = said[at + 1].stem if at + 1 < len(said) else ""
    if first.stem in {"a", "an"} and after in _COUNTED_BY_A:
        end = at + 1
    elif first.number is not None and after in SCALES and (after != "k" or said[at + 1].is_glued):
        return at + 2
    while end < len(said) and said[end].stem in NUMBER_WORDS - {"k"}:
        end += 1
        is_and = end + 1 < len(said) and said[end].stem == "and" and end > at + 1
        if is_and and said[end - 1].stem in SCALES and said[end + 1].stem in SMALL_NUMBERS:
            end += 1
    return end


def _worth(words: Sequence[Token]) -> Decimal | None:
    """Return what number words come to, or None: "two three" and "five twenty" are no numbers."""
    if words[0].number is not None:
        return words[0].number * SCALES[words[1].stem]
    total = part = 0
    room, ceiling = 100, 1000_001
    for word in words:
        scale = SCALES.get(word.stem)
        small = 1 if word.stem in {"a", "an"} else SMALL_NUMBERS.get(word.stem)
        if scale == 100 and 0 < part < 100:
            part, room = part * 100, 100
        elif scale is not None and scale > 100 and part and scale < ceiling:
            total, part, room, ceiling = total + part * scale, 0, 100, scale
        elif small is not None and small < room and (small or len(words) == 1):
            part, room = part + small, 10 if small >= 20 else 0
        elif word.stem != "and":
            return None
    return Decimal(total + part)
