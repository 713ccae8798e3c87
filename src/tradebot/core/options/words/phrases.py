"""Which phrase of the vocabulary begins here?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.options.words import vocabulary
from tradebot.core.options.words.companies import COMPANIES
from tradebot.core.options.words.tokens import NUMBER_WORDS, Token, stem


@fact
class Phrase:
    """Words in a row, and which field of a request they fill with what."""

    words: tuple[str, ...]
    field: str
    value: Any


def words_of(phrases: str) -> Iterator[tuple[str, ...]]:
    """Split a row of a table: phrases stand between bars."""
    return (tuple(stem(word) for word in phrase.split()) for phrase in phrases.split("|"))


def by_first_word(phrases: Iterable[Phrase]) -> Mapping[str, Sequence[Phrase]]:
    """Index phrases by their first word, the longest of them first."""
    found = defaultdict(list)
    for phrase in sorted(phrases, key=lambda phrase: -len(phrase.words)):
        found[phrase.words[0]].append(phrase)
    return found


def longest(index: Mapping[str, Sequence[Phrase]], said: Sequence[Token], at: int) -> Phrase | None:
    """Return the longest phrase of an index that begins here."""
    if at >= len(said):
        return None
    for phrase in index.get(said[at].stem, ()):
        here = said[at : at + len(phrase.words)]
        if tuple(token.stem or token.text for token in here) == phrase.words:
            return phrase
    return None


def vocabulary_of(field: str, table: Mapping[Any, str]) -> Iterator[Phrase]:
    """Turn a table of meanings into phrases that fill this field."""
    for value, phrases in table.items():
        for words in words_of(phrases):
            yield Phrase(words=words, field=field, value=value)


_VOCABULARY: Final = (
    *vocabulary_of("strategy_type", vocabulary.STRATEGIES),
    *vocabulary_of("outlook", vocabulary.OUTLOOKS),
    *vocabulary_of("risk_level", vocabulary.RISK_LEVELS),
    *vocabulary_of("action", vocabulary.ACTIONS),
    *vocabulary_of("side", vocabulary.SIDES),
    *vocabulary_of("role", vocabulary.ROLES),
    *vocabulary_of("symbol", COMPANIES),
)
_PHRASES: Final = by_first_word(_VOCABULARY)
_PLAIN: Final = NUMBER_WORDS | set(vocabulary.TICKERS_TOO.split("|")) | {
    word for phrase in _VOCABULARY if phrase.field != "symbol" for word in phrase.words
}
_KNOWN: Final = _PLAIN | {word for phrase in _VOCABULARY for word in phrase.words}
_SPELLED: Final = vocabulary.SPELLED.split("|")


def phrase_at(said: Sequence[Token], at: int) -> Phrase | None:
    return longest(_PHRASES, said, at)


def is_plain(word: str) -> bool:
    """Tell whether a ticker is a word as well: "IT", "ALL", "LOW"."""
    return word in _PLAIN


def respelled(word: str) -> str | None:
    """Return the one word of a structure's name that a slip of one letter made this."""
    if word in _KNOWN:
        return None
    near = [known for known in _SPELLED if _is_a_slip(word, known)]
    return near[0] if len(near) == 1 else None


def _is_a_slip(one: str, other: str) -> bool:
    """Tell whether one letter more, less or other, or two exchanged, make these equal."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or a[:2] + a[2:] == b[1::-1] + b[2:]
