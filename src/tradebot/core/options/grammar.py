"""What does a person ask for, in English words, without any language model?

Rules look at one word after the other, and each takes the words that it understands. What no rule
takes and what is not filler is listed as not understood. Whatever is missing, doubtful or said in
two ways becomes a question; nothing is guessed.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from tradebot.core.options.amounts import UNIT_WORDS, amount
from tradebot.core.options.findings import Finding, Match, of_number
from tradebot.core.options.phrases import is_plain, phrase_at, respelled
from tradebot.core.options.request import Question, Reading, Request
from tradebot.core.options.request import StrategyType as S
from tradebot.core.options.settling import Heard, settle
from tradebot.core.options.tenors import CALENDAR_WORDS, tenor
from tradebot.core.options.tokens import Token, stem_at, tokens
from tradebot.core.options.vocabulary import Role

TEXT_MAX: Final = 10_000
_PUT_VERB_AFTER: Final = frozenset({
    "", "please", "to", "and", "then", "let", "can", "could", "you", "i", "we", "just", "now",
})
_SMALL: Final = 10
_ONE_STRIKE: Final = frozenset({
    S.LONG_CALL, S.LONG_PUT, S.COVERED_CALL, S.CASH_SECURED_PUT, S.PROTECTIVE_PUT,
    S.LONG_STRADDLE, S.IRON_BUTTERFLY, S.BUTTERFLY, S.CALENDAR,
})


@dataclass(slots=True)
class _Sheet:
    """A text with what was made of it so far; `owners` tells which field took a token."""

    said: Sequence[Token]
    symbols: Container[str]
    today: date
    has_small_letters: bool
    owners: list[str | None]
    found: list[Heard] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, start: int, end: int, owner: str) -> None:
        self.owners[start:end] = [owner] * (end - start)

    def text(self, start: int, end: int) -> str:
        return " ".join(token.text for token in self.said[start:end])


_Rule = Callable[[_Sheet, int], Match | None]


def read(text: str, symbols: Container[str], today: date) -> Reading:
    """Read a request about one of these symbols, as it is meant today."""
    if len(text) > TEXT_MAX:
        told = f"Say it in fewer words: {len(text)} characters, at most {TEXT_MAX} are read."
        question = Question(about="words", text=told)
        return Reading(request=Request(confidence=Decimal(0)), questions=(question,))
    notes: list[str] = []
    said = [_spelled(token, symbols, notes) for token in tokens(text)]
    sheet = _Sheet(
        said=said, symbols=symbols, today=today, owners=[None] * len(said), notes=notes,
        has_small_letters=text != text.upper(),
    )
    _scan(sheet)
    _count_structures(sheet)
    left = [token.text for token, owner in zip(said, sheet.owners, strict=True) if owner is None]
    return settle(sheet.found, left, sheet.asked, sheet.notes)


def _spelled(token: Token, symbols: Container[str], notes: list[str]) -> Token:
    """Read a slip of one letter in the name of a structure as that name, and tell so."""
    if token.stem in UNIT_WORDS | CALENDAR_WORDS or token.text.upper() in symbols:
        return token
    meant = respelled(token.stem)
    if meant is None:
        return token
    notes.append(f"{token.text} is read as {meant}")
    return replace(token, stem=meant)


def _scan(sheet: _Sheet) -> None:
    """Let the rules take their words; a denial holds for the next thing that is found."""
    at, denial, was_denied = 0, None, False
    while at < len(sheet.said):
        match = next((m for rule in _RULES if (m := rule(sheet, at))), None)
        if match is None:
            at, denial = at + 1, None
            continue
        kinds = {finding.value for finding in match.findings if finding.field == "word"}
        if Role.DENIAL in kinds:
            denial = (at, match.end)
        elif Role.EITHER in kinds:
            sheet.take(at, match.end, Role.FILLER)
            denial = (at, match.end) if was_denied else None
        elif Role.FILLER in kinds:
            sheet.take(at, match.end, Role.FILLER)
        elif Role.IDIOM in kinds:
            denial = None
        elif Role.PAUSE in kinds:
            sheet.take(at, match.end, Role.PAUSE)
            denial, was_denied = None, False
        else:
            if denial:
                sheet.take(*denial, Role.DENIAL)
            was_denied = denial is not None
            _keep(sheet, at, match, was_denied)
            denial = None
        at = match.end


def _keep(sheet: _Sheet, at: int, match: Match, is_denied: bool) -> None:
    text = sheet.text(at, match.end)
    if match.question:
        sheet.asked.append(match.question)
        sheet.take(at, match.end, match.question.about)
    for finding in match.findings:
        sheet.take(at, match.end, finding.field)
        sheet.found.append(Heard(
            field=finding.field, value=finding.value, text=text, start=at, end=match.end,
            is_denied=is_denied, is_goal=_is_goal(sheet, at),
        ))


def _is_goal(sheet: _Sheet, at: int) -> bool:
    """Tell whether "to" leads here, straight or by way of another goal: "to Jan 430/425"."""
    while at > 0 and sheet.owners[at - 1] == Role.FILLER:
        at -= 1
        if sheet.said[at].stem in {"to", "into"}:
            return True
    return any(said.is_goal and said.end == at for said in sheet.found[-2:])


def _pause(sheet: _Sheet, at: int) -> Match | None:
    return _word(Role.PAUSE, at + 1) if sheet.said[at].is_pause else None


def _symbol(sheet: _Sheet, at: int) -> Match | None:
    """Read a ticker; one that is a word as well must stand out: "$ALL", or "IT" among others."""
    token = sheet.said[at]
    name = token.text.removeprefix("$").removesuffix("'s")
    if name.upper() not in sheet.symbols or not token.stem:
        return None
    if not token.is_cash:
        is_upper = name.isupper()
        begins = at == 0 or sheet.said[at - 1].is_pause
        if is_plain(token.stem) or token.stem in CALENDAR_WORDS:
            if not is_upper or not sheet.has_small_letters or (begins and len(name) == 1):
                return None
            sheet.notes.append(f"{name} is read as the ticker")
        elif not is_upper and len(name) == 1:
            return None
    return Match(end=at + 1, findings=(Finding(field="symbol", value=name.upper()),))


def _put_verb(sheet: _Sheet, at: int) -> Match | None:
    """Pass over "put on a": an order to trade, where "a put on" names what to trade."""
    before, here, after = (stem_at(sheet.said, at + n) for n in (-1, 0, 1))
    if here != "put" or after != "on" or before not in _PUT_VERB_AFTER:
        return None
    names_a_thing = at + 2 < len(sheet.said) and _symbol(sheet, at + 2)
    return None if names_a_thing else _word(Role.FILLER, at + 2)


def _tenor(sheet: _Sheet, at: int) -> Match | None:
    return tenor(sheet.said, at, sheet.today)


def _amount(sheet: _Sheet, at: int) -> Match | None:
    return amount(sheet.said, at)


def _strikes(sheet: _Sheet, at: int) -> Match | None:
    """Read "430/440"; and "430C" with the call that it names."""
    token = sheet.said[at]
    if token.parts:
        matches = [of_number("strikes", part, at + 1) for part in token.parts]
        asked = next((match for match in matches if match.question), None)
        found = tuple(finding for match in matches for finding in match.findings)
        return asked or Match(end=at + 1, findings=found)
    after = sheet.said[at + 1] if at + 1 < len(sheet.said) else None
    if token.number is None or after is None or not after.is_glued or after.stem not in {"c", "p"}:
        return None
    match = of_number("strikes", token.number, at + 2)
    name = phrase_at([Token(text=after.text, stem={"c": "call", "p": "put"}[after.stem])], 0)
    assert name is not None
    named = Finding(field=name.field, value=name.value)
    return replace(match, findings=(*match.findings, named)) if match.findings else match


def _phrase(sheet: _Sheet, at: int) -> Match | None:
    phrase = phrase_at(sheet.said, at)
    if phrase is None or (phrase.field == "symbol" and phrase.value not in sheet.symbols):
        return None
    finding = Finding(field=phrase.field, value=phrase.value)
    return Match(end=at + len(phrase.words), findings=(finding,))


def _word(word: Role, end: int) -> Match:
    return Match(end=end, findings=(Finding(field="word", value=word),))


_RULES: Final[tuple[_Rule, ...]] = (
    _pause, _put_verb, _tenor, _symbol, _amount, _strikes, _phrase,
)


def _count_structures(sheet: _Sheet) -> None:
    """Read the numbers before a name: "2 SPY condors", "the 430 call", "two 430 calls"."""
    for named in [said for said in sheet.found if said.field == "strategy_type"]:
        numbers = list(_numbers_before(sheet, named.start))
        if len(numbers) == 2:
            _settle_number(sheet, numbers[1], "quantity")
            _settle_number(sheet, numbers[0], "strikes")
        elif len(numbers) == 1:
            is_struck = any(said.field == "strikes" for said in sheet.found)
            field_name = _field_of(sheet.said[numbers[0]], named, is_struck=is_struck)
            _settle_number(sheet, numbers[0], field_name)


def _numbers_before(sheet: _Sheet, start: int) -> Iterator[int]:
    """Return where numbers stand that nobody took, between this name and what comes before."""
    for at in range(start - 1, max(-1, start - 9), -1):
        owner = sheet.owners[at]
        if owner is None and sheet.said[at].number is not None:
            yield at
        elif owner in {None, Role.PAUSE, "strategy_type"}:
            return


def _field_of(number: Token, named: Heard, *, is_struck: bool) -> str | None:
    """Tell what the one number before a name is: "2 condors", "a 450 straddle", not "10 condor"."""
    value = number.number
    assert value is not None
    is_small = value <= _SMALL or number.text[0].isalpha()
    is_plural = named.text.endswith("s")
    if not number.is_cash and is_small and (is_plural or is_struck or value == 1):
        return "quantity"
    has_one_strike = not _ONE_STRIKE.isdisjoint(named.value)
    return "strikes" if has_one_strike and not is_small and not is_plural else None


def _settle_number(sheet: _Sheet, at: int, field_name: str | None) -> None:
    token = sheet.said[at]
    assert token.number is not None
    if field_name:
        _keep(sheet, at, of_number(field_name, token.number, at + 1), is_denied=False)
        return
    told = f"{token.text}: a strike, how many, or what it may cost?"
    sheet.asked.append(Question(about="quantity", text=told))
    sheet.take(at, at + 1, "quantity")
