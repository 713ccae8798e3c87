"""What does a person ask for, in English words, without any language model?

Rules look at one word after the other, and each takes the words that it understands. What no rule
takes and what is not filler is listed as not understood. Whatever is missing, doubtful or said in
two ways becomes a question; nothing is guessed.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from tradebot.core.model.money import ZERO
from tradebot.core.options.request import Question, Reading, Request
from tradebot.core.options.words.amounts import UNIT_WORDS
from tradebot.core.options.words.counts import counts
from tradebot.core.options.words.findings import Heard, Match
from tradebot.core.options.words.phrases import respelled
from tradebot.core.options.words.rules import RULES, Text
from tradebot.core.options.words.settling import settle
from tradebot.core.options.words.tenors import CALENDAR_WORDS
from tradebot.core.options.words.tokens import Token, tokens
from tradebot.core.options.words.vocabulary import Role

TEXT_MAX: Final = 10_000
_NEVER_RESPELLED: Final = UNIT_WORDS | CALENDAR_WORDS


def read(text: str, symbols: Container[str], today: date) -> Reading:
    """Read a request about one of these symbols, as it is meant today."""
    if len(text) > TEXT_MAX:
        told = f"Say it in fewer words: {len(text)} characters, at most {TEXT_MAX} are read."
        question = Question(about="words", text=told)
        return Reading(request=Request(confidence=ZERO), questions=(question,))
    return settled(hear(text, symbols, today))


@dataclass(slots=True)
class WordSheet:
    """What was made of a text so far; `owners` tells for each token what took it."""

    said: Sequence[Token] = ()
    owners: list[str | None] = field(default_factory=list)
    found: list[Heard] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    denial: slice | None = None
    is_denied: bool = False

    @property
    def left(self) -> list[int]:
        """Return where the tokens stand that nothing took."""
        return [at for at, owner in enumerate(self.owners) if owner is None]

    def take(self, words: slice, owner: str) -> None:
        self.owners[words] = [owner] * (words.stop - words.start)


def settled(sheet: WordSheet) -> Reading:
    """Say what the words come to."""
    left = [sheet.said[at].text for at in sheet.left]
    return settle(sheet.found, left, sheet.asked, sheet.notes)


def hear(text: str, symbols: Container[str], today: date) -> WordSheet:
    """Find all that the rules understand; what it comes to is for `settled` to say."""
    sheet, said = WordSheet(), tokens(text)
    sheet.owners = [None] * len(said)
    sheet.said = [_spelled(token, symbols, sheet.notes) for token in said]
    _scan(sheet, Text(
        said=sheet.said, symbols=symbols, today=today, has_small_letters=text != text.upper(),
    ))
    for at, match in counts(sheet.said, sheet.owners, sheet.found):
        _keep(sheet, at, match)
    return sheet


def _spelled(token: Token, symbols: Container[str], notes: list[str]) -> Token:
    """Read a slip of one letter in the name of a structure as that name, and tell so."""
    if token.stem in _NEVER_RESPELLED or token.text.upper() in symbols:
        return token
    meant = respelled(token.stem)
    if meant is None:
        return token
    notes.append(f"{token.text} is read as {meant}")
    return replace(token, stem=meant)


def _scan(sheet: WordSheet, text: Text) -> None:
    """Let the rules take their words, from left to right."""
    at = 0
    while at < len(text.said):
        match = next((found for rule in RULES if (found := rule(text, at))), None)
        if match is None:
            at, sheet.denial, sheet.is_denied = at + 1, None, False
            continue
        if match.role is None:
            _keep(sheet, at, match)
        else:
            _pass(sheet, slice(at, match.end), match.role)
        at = match.end


def _pass(sheet: WordSheet, words: slice, role: Role) -> None:
    """Go past words that fill no field; a denial holds for the next thing that is found."""
    if role is Role.DENIAL:
        sheet.denial = words
    elif role is Role.EITHER:
        sheet.denial = words if sheet.is_denied else None
        sheet.take(words, Role.FILLER)
    elif role is Role.FILLER:
        sheet.take(words, role)
    else:
        sheet.denial, sheet.is_denied = None, False
        if role is Role.PAUSE:
            sheet.take(words, role)


def _keep(sheet: WordSheet, at: int, match: Match) -> None:
    words = slice(at, match.end)
    is_symbol = any(finding.field == "symbol" for finding in match.findings)
    sheet.is_denied = sheet.denial is not None and not (is_symbol and sheet.denial.stop < at)
    if sheet.is_denied and sheet.denial:  # "not SPY" denies it; "I don't think SPY will" does not
        sheet.take(sheet.denial, Role.DENIAL)
        sheet.denial = None
    if match.question:
        sheet.asked.append(match.question)
        sheet.take(words, match.question.about)
    if match.note:
        sheet.notes.append(match.note)
    heard = [
        Heard(
            field=finding.field, value=finding.value, end=match.end, start=at,
            text=" ".join(token.text for token in sheet.said[words]),
            is_denied=sheet.is_denied, is_goal=_is_goal(sheet, at),
        )
        for finding in match.findings
    ]
    for one in heard:
        sheet.take(words, one.field)
    sheet.found += heard


def _is_goal(sheet: WordSheet, at: int) -> bool:
    """Tell whether "to" leads here, straight or by way of another goal: "to Jan 430/425"."""
    while at > 0 and sheet.owners[at - 1] == Role.FILLER:
        at -= 1
        if sheet.said[at].stem in {"to", "into"}:
            return True
    return bool(sheet.found) and sheet.found[-1].is_goal and sheet.found[-1].end == at
