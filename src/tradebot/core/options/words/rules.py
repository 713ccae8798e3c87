"""Which rules take words, and in which order do they look?"""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.options.request import Question
from tradebot.core.options.words.amounts import amount
from tradebot.core.options.words.findings import Finding, Match, of_numbers
from tradebot.core.options.words.phrases import is_plain, phrase_at
from tradebot.core.options.words.tenors import CALENDAR_WORDS, tenor
from tradebot.core.options.words.tokens import Token, stem_at
from tradebot.core.options.words.vocabulary import Role

_BEFORE_PUT_ON: Final = frozenset({
    "", "please", "to", "and", "then", "let", "can", "could", "you", "i", "we", "just", "now",
})
_GLUED_RIGHTS: Final = {"c": Token(text="c", stem="call"), "p": Token(text="p", stem="put")}


@fact
class Text:
    """The words of a request, and what is known of the day on which they are said."""

    said: Sequence[Token]
    symbols: Container[str]
    today: date
    has_small_letters: bool


def _pause(text: Text, at: int) -> Match | None:
    return Match(end=at + 1, role=Role.PAUSE) if text.said[at].is_pause else None


def _put_on(text: Text, at: int) -> Match | None:
    """Pass over "put on a": an order to trade, where "a put on" names what to trade."""
    before, here, after = (stem_at(text.said, at + n) for n in (-1, 0, 1))
    if here != "put" or after != "on" or before not in _BEFORE_PUT_ON:
        return None
    names_a_thing = at + 2 < len(text.said) and _symbol(text, at + 2)
    return None if names_a_thing else Match(end=at + 2, role=Role.FILLER)


def _tenor(text: Text, at: int) -> Match | None:
    return tenor(text.said, at, text.today)


def _symbol(text: Text, at: int) -> Match | None:
    """Read a ticker; one that is a word as well must stand out: "$ALL", or "IT" among others."""
    token = text.said[at]
    name = token.text.removeprefix("$").removesuffix("'s")
    if name.upper() not in text.symbols:
        return None
    found = Match(end=at + 1, findings=(Finding(field="symbol", value=name.upper()),))
    is_word = is_plain(token.stem) or token.stem in CALENDAR_WORDS
    begins = at == 0 or text.said[at - 1].is_pause
    if token.is_cash or (name.isupper() and not is_word):
        return found
    if is_word and not (name.isupper() and text.has_small_letters):
        return None
    if len(name) == 1 and (begins or not is_word):
        return None
    return replace(found, note=f"{name} is read as the ticker")


def _amount(text: Text, at: int) -> Match | None:
    return amount(text.said, at)


def _strikes(text: Text, at: int) -> Match | None:
    """Read "430/440", and "430C" with the call that it names."""
    token = text.said[at]
    if token.parts:
        return of_numbers("strikes", token.parts, at + 1)
    right = _GLUED_RIGHTS.get(stem_at(text.said, at + 1))
    if token.number is None or right is None or not text.said[at + 1].is_glued:
        return None
    strike, named = of_numbers("strikes", [token.number], at + 2), phrase_at([right], 0)
    assert named is not None
    name = Finding(field=named.field, value=named.value)
    return Match(end=strike.end, findings=(*strike.findings, name), question=strike.question)


def _phrase(text: Text, at: int) -> Match | None:
    phrase = phrase_at(text.said, at)
    if phrase is None or (phrase.field == "symbol" and phrase.value not in text.symbols):
        return None
    end = at + len(phrase.words)
    if phrase.value is Role.UNCLEAR:
        told = f"{' '.join(phrase.words)}: close what is held, or open something new?"
        return Match(end=end, question=Question(about="action", text=told))
    if phrase.field == "role":
        return Match(end=end, role=phrase.value)
    return Match(end=end, findings=(Finding(field=phrase.field, value=phrase.value),))


# A day comes before a ticker (MAR), a ticker before a word (LOW), a number with its unit before
# bare strikes.
RULES: Final[tuple[Callable[[Text, int], Match | None], ...]] = (
    _pause, _put_on, _tenor, _symbol, _amount, _strikes, _phrase,
)
