"""Which questions to the gateway are open, and is an answer whole?

IB answers with lines and says when it told the last one. Some lists bear the number of their
question; of the others nobody could tell two apart, so each kind is asked for one at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, TypeAlias

from tradebot.plugins.ibkr import codes
from tradebot.ports import WireError

Take: TypeAlias = Callable[..., None]

REQUESTS_FROM: Final = 2**30  # far above any order: errors name both by one kind of number

ORDERS: Final = "open orders"
COMPLETED: Final = "completed orders"
EXECUTIONS: Final = "executions"
POSITIONS: Final = "positions"
CASH: Final = "cash"
CONTRACT: Final = "a contract"
RULE: Final = "a market rule"
TIME: Final = "the time"

# By the library's names: what tells lines of a list, what its end; lines of those that have a
# number begin with it.
_LISTS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    ORDERS: (("openOrder", "orderStatus"), "openOrderEnd"),
    COMPLETED: (("completedOrder",), "completedOrdersEnd"),
    EXECUTIONS: (("execDetails",), "execDetailsEnd"),
    POSITIONS: (("position",), "positionEnd"),
    CASH: (("accountSummary",), "accountSummaryEnd"),
    CONTRACT: (("contractDetails",), "contractDetailsEnd"),
}
_NUMBERED: Final = frozenset({EXECUTIONS, CASH, CONTRACT})
_WHOLE: Final[Mapping[str, str]] = {RULE: "marketRule", TIME: "currentTime"}


class QuestionRefused(WireError):
    """IB's answer to one question: no, and why."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(codes.told(code, text))
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that is open: its lines so far, and the answer once it is whole."""

    number: int
    answer: asyncio.Future[list[Any]]
    lines: list[Any] = field(default_factory=list)


class Questions:
    """The open questions of one session."""

    def __init__(self) -> None:
        self._open: dict[str, OpenQuestion] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._numbers = count(REQUESTS_FROM)

    @asynccontextmanager
    async def asked(self, kind: str) -> AsyncIterator[OpenQuestion]:
        """Open a question once the last of its kind is closed."""
        async with self._locks.setdefault(kind, asyncio.Lock()):
            question = OpenQuestion(next(self._numbers), asyncio.get_running_loop().create_future())
            self._open[kind] = question
            try:
                yield question
            finally:
                del self._open[kind]

    def is_open(self, kind: str) -> bool:
        return kind in self._open

    def refuse(self, number: int, code: int, text: str) -> None:
        """Close the question of this number: IB will not answer it."""
        for question in self._open.values():
            if question.number == number and not question.answer.done():
                question.answer.set_exception(QuestionRefused(code, text))

    def give_up(self, reason: Exception) -> None:
        """Close every question: the session is over."""
        for question in self._open.values():
            if not question.answer.done():
                question.answer.set_exception(reason)

    def takers(self) -> Iterator[tuple[str, Take]]:
        """Yield what takes in the answers, by the names under which the library tells them."""
        for kind, (lines, end) in _LISTS.items():
            for name in lines:
                yield name, self._line_of(kind)
            yield end, self._end_of(kind)
        for kind, name in _WHOLE.items():
            yield name, self._whole(kind)

    def _line_of(self, kind: str) -> Take:
        def take(*told: Any) -> None:
            question = self._named(kind, told)
            if question is not None:
                question.lines.append(told)
        return take

    def _end_of(self, kind: str) -> Take:
        def take(*told: Any) -> None:
            question = self._named(kind, told)
            if question is not None and not question.answer.done():
                question.answer.set_result(question.lines)
        return take

    def _whole(self, kind: str) -> Take:
        def take(*told: Any) -> None:
            question = self._open.get(kind)
            if question is not None and not question.answer.done():
                question.answer.set_result(list(told))
        return take

    def _named(self, kind: str, told: tuple[Any, ...]) -> OpenQuestion | None:
        question = self._open.get(kind)
        if question is not None and kind in _NUMBERED and told[0] != question.number:
            return None
        return question
