"""How does an alert's text fit another program's page, as text and as nothing else?

Nobody trusts the words of an alert: a symbol, a name or a broker's sentence may be in them.
"""

from collections.abc import Callable, Iterator
from typing import Final

from tradebot.core.model.alert import Alert
from tradebot.core.model.ids import digest_text
from tradebot.core.model.sound import printable

SPARE: Final = "-"  # where a service bears no empty text
ELLIPSIS: Final = "…"
_LONGEST: Final = 16_384  # no service takes more; nobody looks at each letter of a megabyte


def alert_id(alert: Alert) -> str:
    """Name an alert, the same at every try: a receiver can tell a repeat by it."""
    return digest_text(alert.kind, alert.key, alert.at.isoformat(), alert.title, *alert.fields)


def lines(text: str) -> str:
    """Return text that moves no cursor, turns no line around, hides no letter and is no link."""
    cut = text[:_LONGEST] + ELLIPSIS if len(text) > _LONGEST else text
    return "\n".join(map(printable, cut.replace("://", ": //").split("\n")))


def one_line(text: str) -> str:
    return lines(" ".join(text[:_LONGEST].split()))


def as_it_is(letter: str) -> str:
    return letter


def fitted(text: str, most: int, escape: Callable[[str], str] = as_it_is) -> str:
    """Cut text to what a service takes, each letter escaped; what was cut ends in an ellipsis."""
    taken, room, last = list[str](), most, 0
    for letter in text:
        piece = escape(letter)
        if length(piece) > room:
            return "".join(taken[:last]) + ELLIPSIS
        taken.append(piece)
        room -= length(piece)
        last = len(taken) if room else last
    return "".join(taken)


def length(text: str) -> int:
    """Count as JavaScript does, and with it most services: rare letters are two."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def told_fields(alert: Alert, most: int) -> Iterator[tuple[str, str]]:
    """Yield names and values that can be shown, as many as a service takes."""
    for name, value in alert.fields[:most]:
        yield one_line(name) or SPARE, lines(value).strip() or SPARE


def as_text(alert: Alert) -> str:
    """Write an alert as plain text: its words, and a line for each field."""
    fields = [f"{name}: {value}" for name, value in told_fields(alert, len(alert.fields))]
    return "\n".join([lines(alert.text).strip(), *([""] if fields else []), *fields]).strip()
