"""What is the number before a structure's name: how many of them, or its strike?"""

from collections.abc import Iterator, Sequence
from typing import Final

from tradebot.core.options.request import Question
from tradebot.core.options.shapes import SHAPES, strikes_of
from tradebot.core.options.words.findings import Heard, Match, of_number
from tradebot.core.options.words.tokens import Token
from tradebot.core.options.words.vocabulary import Role

_REACH: Final = 8
_SMALL: Final = 10


def counts(
    said: Sequence[Token], owners: Sequence[str | None], found: Sequence[Heard]
) -> Iterator[tuple[int, Match]]:
    """Read "2 SPY condors", "the 430 call" and "two 430 calls", and tell where each number is."""
    is_struck = any(heard.field == "strikes" for heard in found)
    for named in [heard for heard in found if heard.field == "strategy_type"]:
        match list(_numbers_before(said, owners, named.start)):
            case [at]:
                yield at, _alone(said[at], named, at + 1, is_struck=is_struck)
            case [strike, count]:
                yield count, _of(said[count], "quantity", count + 1)
                yield strike, _of(said[strike], "strikes", strike + 1)
            case _:
                pass


def _numbers_before(
    said: Sequence[Token], owners: Sequence[str | None], start: int
) -> Iterator[int]:
    """Return where numbers stand that nothing took, the nearest first."""
    for at in range(start - 1, max(-1, start - 1 - _REACH), -1):
        if owners[at] is None and said[at].number is not None:
            yield at
        elif owners[at] in {None, Role.PAUSE, "strategy_type"}:
            return


def _alone(number: Token, named: Heard, end: int, *, is_struck: bool) -> Match:
    """Read the one number before a name: "2 condors", "a 450 straddle"; "50 calls" is doubtful."""
    assert number.number is not None
    is_small = number.number <= _SMALL or number.text[0].isalpha()
    is_plural = named.text.endswith("s")
    if not number.is_cash and is_small and (is_plural or is_struck or number.number == 1):
        return _of(number, "quantity", end)
    if strikes_of(SHAPES[named.value[0]]) == 1 and not is_small and not is_plural:
        return _of(number, "strikes", end)
    told = f"{number.text}: a strike, how many, or what it may cost?"
    return Match(end=end, question=Question(about="quantity", text=told))


def _of(token: Token, field: str, end: int) -> Match:
    assert token.number is not None
    return of_number(field, token.number, end)
