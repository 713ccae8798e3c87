"""What did a round of checks find? One that breaks is a failure of its own, not the end."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from time import perf_counter
from typing import TypeAlias

from tradebot.core.model.fact import fact
from tradebot.shell.settings.plugins import contained


class Word(StrEnum):
    """A check's answer, the worst last."""

    SKIP = "skip"
    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


Finding: TypeAlias = tuple[Word, str]
Check: TypeAlias = Callable[[], Finding]


@fact
class Checked:
    """One check's answer, in words, and what it took."""

    name: str
    word: Word
    said: str
    took_ms: float


def examine(checks: Mapping[str, Check]) -> list[Checked]:
    """Ask all of them, in order."""
    return [_ask(name, check) for name, check in checks.items()]


def worst(found: list[Checked]) -> Word:
    order = list(Word)
    return max((checked.word for checked in found), key=order.index, default=Word.PASS)


def _ask(name: str, check: Check) -> Checked:
    broken: list[str] = []
    began = perf_counter()
    answer = contained(check, partial(_note, broken))
    word, said = answer if answer is not None else (Word.FAIL, broken[0])
    took_ms = round((perf_counter() - began) * 1000, 1)
    return Checked(name=name, word=word, said=said, took_ms=took_ms)


def _note(broken: list[str], error: Exception) -> None:
    broken.append(f"{type(error).__name__}: {error}")
