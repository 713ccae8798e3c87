"""Would today's code decide the past the same way? Commands again, with what was read then."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.model.events import Event
from tradebot.core.model.fact import fact
from tradebot.core.pipeline.handle import handle
from tradebot.shell.facts import RecordedFacts
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import replay
from tradebot.shell.replay.as_then import as_then, is_older

Progress: TypeAlias = Callable[[int], None]

TELL_EVERY: Final = 1000
_SHOWN: Final = 200
_NOTHING: Final = object()
BROKEN: Final = (AssertionError, LookupError, ValueError, TypeError, ArithmeticError)


@fact
class Difference:
    """The first place where past and present part; what follows it would only echo it.

    Where gates were asked `by_other_gates` than today's, an upgrade explains it.
    """

    seq: int
    at: datetime
    command: str
    path: str
    recorded: str
    decided: str
    by_other_gates: bool = False

    def sentence(self) -> str:
        since = "; its gate list is not today's" if self.by_other_gates else ""
        return (
            f"decision {self.seq} ({self.command}) differs at {self.path}:"
            f" recorded {self.recorded}, decided now {self.decided}{since}"
        )


@fact
class Comparison:
    """What was compared, and the first difference in events or, after all of them, in the books."""

    decisions: int
    events: int
    difference: Difference | None = None
    books: str | None = None

    @property
    def is_same(self) -> bool:
        return self.difference is None and self.books is None


def redecide(directory: Path, progress: Progress = lambda done: None) -> Comparison:
    """Compare a whole journal with what is decided now; raise JournalDamaged."""
    return compare(replay(directory), progress)


def compare(
    decisions: Iterable[Decision], progress: Progress = lambda done: None
) -> Comparison:
    """Decide every command again on one book, fold the recorded events into another.

    What gates of another list decided is told as it was told then; the books, which keep some of
    that, are not compared after it.
    """
    decided, folded = Book(), Book()
    done = events = 0
    is_other_list = False
    for decision in decisions:
        done += 1
        events += len(decision.events)
        difference = _decide_again(decided, decision)
        if difference is not None:
            return Comparison(decisions=done, events=events, difference=difference)
        folded.fold(decision.at, decision.events)
        is_other_list |= is_older(decision.events)
        if done % TELL_EVERY == 0:
            progress(done)
    apart = None if is_other_list else next(_apart("book", folded, decided), None)
    books = f"{apart[0]}: folded {apart[1]}, decided {apart[2]}" if apart else None
    return Comparison(decisions=done, events=events, books=books)


def _decide_again(book: Book, decision: Decision) -> Difference | None:
    now: list[Event] = []
    facts = RecordedFacts(decision.reads)
    try:
        now.extend(handle(book, decision.command, facts, decision.at))
    except BROKEN as error:
        broken = f"{type(error).__name__}: {error}"
        return _difference(decision, (f"events[{len(now)}]", "a decision", broken))
    told = tuple(now)
    if is_older(decision.events):
        told = as_then(decision.events, now, book.settings.policy)
    apart = next(_apart("events", decision.events, told), None)
    return _difference(decision, apart) if apart is not None else None


def _difference(decision: Decision, apart: tuple[str, str, str]) -> Difference:
    path, recorded, decided = apart
    return Difference(
        seq=decision.seq, at=decision.at, command=type(decision.command).__name__, path=path,
        recorded=recorded, decided=decided, by_other_gates=is_older(decision.events),
    )


def _apart(path: str, past: Any, present: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the places where two values part, as far into them as they are alike."""
    if past == present and type(past) is type(present):
        return
    if type(past) is not type(present):
        yield path, _short(past), _short(present)
    elif is_dataclass(past):
        for field in fields(past):
            if field.compare:
                name = field.name
                yield from _apart(f"{path}.{name}", getattr(past, name), getattr(present, name))
    elif isinstance(past, Mapping):
        for key in {**past, **present}:
            yield from _apart(f"{path}[{key}]", past.get(key, _NOTHING), present.get(key, _NOTHING))
    elif isinstance(past, Sequence) and not isinstance(past, str):
        for place in range(max(len(past), len(present))):
            yield from _apart(f"{path}[{place}]", _at(past, place), _at(present, place))
    else:
        yield path, _short(past), _short(present)


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else _NOTHING


def _short(value: object) -> str:
    if value is _NOTHING:
        return "nothing"
    text = str(value) if isinstance(value, str | int | Decimal | datetime) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
