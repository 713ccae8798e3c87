"""What may a language model add to what the words themselves say?

It may explain words that the grammar does not know, by a name out of a closed list, and place a
number that the grammar could not place. It takes no word, no denial and no question back: what
the words do not bear out is dropped and asked about, and what contradicts them is asked about.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.money import plain
from tradebot.core.model.strategy_type import Outlook, StrategyType
from tradebot.core.options.natures import DIRECTIONLESS
from tradebot.core.options.request import DeskAction, Question, Reading, Request, RiskLevel
from tradebot.core.options.words.amounts import BUDGET_WORDS, UNIT_WORDS, unit_at
from tradebot.core.options.words.findings import BOUNDS, Heard, of_number
from tradebot.core.options.words.grammar import WordSheet, hear, settled
from tradebot.core.options.words.phrases import is_plain
from tradebot.core.options.words.settling import settle, shown
from tradebot.core.options.words.tenors import CALENDAR_WORDS
from tradebot.core.options.words.tokens import stem, tokens

_ALWAYS_FOUND: Final = frozenset({"symbol", "expiry"})  # by the grammar, or nobody said one
_MONEY: Final = frozenset({"max_loss", "width", "strikes"})
_BOUNDING: Final = frozenset(map(stem, (
    "if", "unless", "only", "when", "whenever", "until", "till", "once", "after", "before", "while",
    "provided", "assuming", "everything", "anything", "whatever",
)))
# Words that bound what is asked for: whoever explains them away changes what was said.
_BINDING: Final = UNIT_WORDS | BUDGET_WORDS | CALENDAR_WORDS | _BOUNDING


@fact
class Claim:
    """What a model says that a person said, with the words that it does not understand."""

    action: DeskAction | None = None
    symbol: str | None = None
    outlook: Outlook | None = None
    strategy_type: StrategyType | None = None
    horizon_days: int | None = None
    expiry: date | None = None
    delta: Decimal | None = None
    strikes: tuple[Decimal, ...] | None = None
    width: Decimal | None = None
    quantity: int | None = None
    max_loss: Decimal | None = None
    max_loss_pct: Decimal | None = None
    risk_level: RiskLevel | None = None
    unresolved: tuple[str, ...] | None = None


def read_with(
    claim: Claim, by: str, text: str, symbols: Container[str], today: date
) -> Reading:
    """Read a text with the help of what a model claims about it."""
    sheet = hear(text, symbols, today)
    free = _free(sheet, " ".join(claim.unresolved or ()))
    weighing = _Weighing(sheet, settled(sheet).request, by, free)
    for part in fields(Claim):
        said = getattr(claim, part.name)
        if said is not None and part.name != "unresolved":
            for value in said if isinstance(said, tuple) else (said,):
                weighing.weigh(part.name, value)
    return weighing.reading()


def _free(sheet: WordSheet, unresolved: str) -> list[int]:
    """Return where words stand that a model may explain, and does not say that it cannot."""
    unclear = {token.stem for token in tokens(unresolved)}
    return [
        at for at in sheet.left
        if (word := sheet.said[at].stem) not in unclear and _is_strange(word)
    ]


def _is_strange(word: str) -> bool:
    is_legible = word.isprintable() and not any(map(str.isnumeric, word))
    return bool(word) and is_legible and word not in _BINDING and not is_plain(word)


@dataclass(slots=True)
class _Weighing:
    """Holds each claim against the words; `free` tells where words stand that it may explain."""

    sheet: WordSheet
    settled: Request
    by: str
    free: list[int]
    added: list[Heard] = field(default_factory=list)
    placed: set[int] = field(default_factory=set)
    doubts: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def weigh(self, name: str, value: Any) -> None:
        if self._is_known(name, value):
            return
        words = self._where(name, value) if name in BOUNDS else range(0)
        if words is None or name in _ALWAYS_FOUND or not self._is_open(name, value):
            told = f"{self.by} reads {name} {_written(value)}, which your words do not bear out"
            self.doubts.append(Question(about=name, text=f"{told}: what is meant?"))
        elif self.free:
            self.placed.update(words)
            self._add(name, value)
        else:
            told = f"no word is left for {name} {_written(value)}, which {self.by} reads"
            self.notes.append(told)

    def reading(self) -> Reading:
        """Settle all findings; words that explained nothing are still not understood."""
        explained = set(self.free) if self.added else set()
        words = [self.sheet.said[at].text for at in self.free]
        if explained:
            self.notes.append(f"{', '.join(shown(words))}: as {self.by} understands it")
        left = [
            self.sheet.said[at].text for at in self.sheet.left
            if at not in explained and at not in self.placed
        ]
        return settle(
            [*self.sheet.found, *self.added], left, [*self.sheet.asked, *self.doubts],
            [*self.sheet.notes, *self.notes],
        )

    def _said(self, name: str, *, is_denied: bool) -> Iterator[Any]:
        """Yield what the words fill a field with; a name of several structures yields each."""
        for heard in self.sheet.found:
            if heard.field == name and heard.is_denied == is_denied:
                yield from heard.value if isinstance(heard.value, tuple) else [heard.value]

    def _is_known(self, name: str, value: Any) -> bool:
        if name == "outlook" and {value, self.settled.outlook} <= DIRECTIONLESS:
            return True
        said = () if name == "strategy_type" else self._said(name, is_denied=False)
        return value == getattr(self.settled, name) or value in said

    def _is_open(self, name: str, value: Any) -> bool:
        """Tell whether the words neither deny this nor fill the field with something else."""
        if value in self._said(name, is_denied=True):
            return False
        is_more = name == "strikes" or value in self.settled.among
        return is_more or not list(self._said(name, is_denied=False))

    def _where(self, name: str, value: Decimal | int) -> range | None:
        """Return where this number stands unread, without the unit of another field."""
        for at in self.sheet.left:
            token = self.sheet.said[at]
            unit, scale, end = unit_at(self.sheet.said, at + 1)
            is_of_another = unit not in {name, None} or (token.is_cash and name not in _MONEY)
            if token.number is None or at in self.placed or is_of_another:
                continue
            findings = of_number(name, token.number * scale, end).findings
            if findings and findings[0].value in (value, (value,)):
                return range(at, end)
        return None

    def _add(self, name: str, value: Any) -> None:
        is_many = name in {"strikes", "strategy_type"}
        self.added.append(Heard(
            field=name, value=(value,) if is_many else value, text=_written(value),
            start=-1, end=-1, is_denied=False, is_goal=True,
        ))
        self.notes.append(f"{name} {_written(value)}: as {self.by} understands it")


def _written(value: Any) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value).replace("_", " ")
