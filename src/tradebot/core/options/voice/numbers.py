"""How is a number or an amount of money said, so that an ear cannot take it for another?"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tradebot.core.model.money import CENT, plain
from tradebot.core.options.words.tokens import SCALES, SMALL_NUMBERS

_SMALL: Final = {number: word for word, number in SMALL_NUMBERS.items()}
_GROUPS: Final = tuple((SCALES[name], name) for name in ("million", "thousand", "hundred"))
_SAID_MAX: Final = 1000 * SCALES["million"]


def in_words(number: Decimal | int) -> str:
    """Say a number: whole ones in words, digits after the point one by one."""
    exact = Decimal(number)
    whole, _, digits = plain(abs(exact)).partition(".")
    if int(whole) >= _SAID_MAX:
        return plain(exact)
    sign = ["minus"] * (exact < 0)
    after = ["point", *(_SMALL[int(digit)] for digit in digits)] if digits else []
    return " ".join([*sign, *_whole(int(whole)), *after])


def dollars(amount: Decimal) -> str:
    """Say an amount of money, cents only where there are some."""
    whole, cents = divmod(int(abs(amount).quantize(CENT) / CENT), 100)
    sign = "minus " * (amount < 0)
    told = f"{sign}{_counted(whole, 'dollar')}"
    return f"{told} and {_counted(cents, 'cent')}" if cents else told


def _counted(count: int, unit: str) -> str:
    return f"{in_words(count)} {unit}{'s' * (count != 1)}"


def _whole(number: int) -> Iterator[str]:
    for size, name in _GROUPS:
        if number >= size:
            yield from _whole(number // size)
            yield name
            number %= size
            if not number:
                return
    if number > 20 and number % 10:
        yield _SMALL[number - number % 10]
        number %= 10
    yield _SMALL[number]
