"""Which sentences may be spoken to the desk? A grammar for a recogniser, made of the desk's words.

Speech has fewer forms than writing: one order of words, the first few phrases of each meaning,
numbers out of short lists, no strikes and no dates. Every sentence is one of which the written
grammar understands each word. It is written in JSGF, the JSpeech Grammar Format, and kept small:
the fewer words a recogniser must tell apart, the better it does.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.options.request import DeskAction
from tradebot.core.options.voice.numbers import in_words
from tradebot.core.options.words import vocabulary
from tradebot.core.options.words.companies import COMPANIES
from tradebot.core.options.words.phrases import is_plain
from tradebot.core.options.words.tenors import CALENDAR_WORDS, DAYS, MONTHS, WEEKDAYS
from tradebot.core.options.words.tokens import tokens

Knows = Callable[[str], bool]

CONTROLS: Final = ("repeat", "status", "kill", "help", "stop")
_FORMS: Final = 2  # of each meaning may be spoken
_WRITTEN_ONLY: Final = frozenset({"ic", "pcs", "ccs", "pds", "cds", "csp", "pmcc", "eom", "eoy"})
_DIGITS: Final = range(1, 10)
_COUNTS: Final = (*range(2, 11), 15, 20, 25, 50)
_DELTAS: Final = (*range(5, 55, 5), 16)
_WIDTHS: Final = (1, 2, 3, 5, 10, 20, 25)
_DAYS: Final = (7, 10, 14, 20, 21, 30, 35, 40, 45, 50, 60, 90)

# "a" and "the" stand where speech has them; what they do is nothing. A month comes last: "march
# seven contracts" names a day.
_RULES: Final[Mapping[str, Sequence[str]]] = {
    "request": (
        "[please] (<trade> | <view>) [<terms>]",
        "[please] <close> [my | the] <symbol>",
        "[please] <roll> [my | the] <symbol> <structure> to <tenor>",
    ),
    "trade": (
        "[<open> | <close> | put on | buy | sell]"
        " ([a | an | my | the | one] <one> | [<count>] <some>)",
    ),
    "one": ("<structure> (on | in | for) <symbol>", "<symbol> <structure>"),
    "some": ("<structures> (on | in | for) <symbol>", "<symbol> <structures>"),
    "view": (
        "[i am | i'm] <outlook> on <symbol>", "<symbol> [is | looks] <outlook> [strategy]",
    ),
    "terms": ("<term>* [<budget>] [expiring in <month>]",),
    "term": (
        "[with] <risk>", "<delta> delta", "<width> wide", "one contract", "<count> contracts",
        "[in | for] <span> [out]", "[for] <day>", "(expiring | this) <weekday>",
    ),
    "budget": ("(risk at most | maximum loss | max loss | budget) (<dollars> | <digit> percent)",),
    "dollars": ("<digit> hundred [fifty] dollars", "<digit> thousand [five hundred] dollars"),
    "span": ("<days> days", "<count> weeks", "<count> months"),
    "tenor": ("<span> [out]", "<day>", "<month>"),
}


@fact
class Ear:
    """What is listened for: sentences, and which ticker the words for an underlying stand for."""

    grammar: str
    tickers: Mapping[str, str]

    def written(self, spoken: str) -> str:
        """Write a sentence as it would be typed: "q q q" is QQQ."""
        words, at, found = spoken.split(), 0, list[str]()
        longest = max((len(name.split()) for name in self.tickers), default=1)
        while at < len(words):
            ends = range(min(len(words), at + longest), at, -1)
            end = next((e for e in ends if " ".join(words[at:e]) in self.tickers), at + 1)
            name = " ".join(words[at:end])
            found.append(self.tickers.get(name, name))
            at = end
        return " ".join(found)


def ear(symbols: Iterable[str], knows: Knows) -> Ear:
    """Listen for requests about these symbols, and for what steers the dialogue."""
    tickers = {
        spoken: symbol for symbol in sorted(symbols) for spoken in _names(symbol)
        if all(map(knows, spoken.split()))
    }
    words = {name: [*_known(said, knows)] for name, said in _words()}
    sentences = ("<request>", *CONTROLS)
    grammar = jsgf({"sentence": sentences, **_RULES, **words, "symbol": tuple(tickers)})
    return Ear(grammar=grammar, tickers=tickers)


def answers(*words: str) -> str:
    """Return a grammar of these answers, beside what is understood at any time."""
    return jsgf({"sentence": (*words, *CONTROLS)})


def jsgf(rules: Mapping[str, Sequence[str]]) -> str:
    """Write rules down; what has no alternatives cannot be said, and so what needs it cannot."""
    lines = ["#JSGF V1.0;\ngrammar desk;"]
    for rule, said in rules.items():
        public = "public " * (rule == "sentence")
        lines.append(f"{public}<{rule}> = {' | '.join(said) or '<VOID>'};")
    return "\n".join(lines) + "\n"


def _names(symbol: str) -> Iterator[str]:
    """Yield how an underlying is called: its letters, its letters as a word, its company."""
    word = symbol.lower()
    letters = [letter for letter in word if letter.isalpha()]
    if word not in CALENDAR_WORDS and (len(letters) > 1 or not is_plain(word)):
        yield " ".join(letters)
    if len(letters) > 2 and word not in CALENDAR_WORDS and not is_plain(word):
        yield "".join(letters)
    for company in COMPANIES.get(symbol, "").split("|"):
        spoken = [
            in_words(token.number) if token.number is not None else token.text.lower()
            for token in tokens(company.replace("&", " and "))
        ]
        if spoken:
            yield " ".join(spoken)


def _words() -> Iterator[tuple[str, Iterable[str]]]:
    """Yield what the desk's vocabulary puts into each place of a sentence."""
    yield "outlook", _phrases(vocabulary.OUTLOOKS)
    yield "risk", _phrases(vocabulary.RISK_LEVELS)
    yield "structure", _phrases(vocabulary.STRATEGIES)
    yield "structures", map(_plural, _phrases(vocabulary.STRATEGIES))
    for action in DeskAction:
        yield action.value, _phrases({action: vocabulary.ACTIONS[action]})
    yield "day", _phrases({day: said for said, day in DAYS.items()})
    yield "month", _in_full(MONTHS)
    yield "weekday", _in_full(WEEKDAYS)
    for name, numbers in (
        ("digit", _DIGITS), ("count", _COUNTS), ("delta", _DELTAS), ("width", _WIDTHS),
        ("days", _DAYS),
    ):
        yield name, map(in_words, numbers)


def _phrases(table: Mapping[Any, str]) -> Iterator[str]:
    """Yield the first forms of each meaning, those that people say."""
    for said in table.values():
        yield from islice((one for one in said.split("|") if one not in _WRITTEN_ONLY), _FORMS)


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def _in_full(names: Mapping[str, int]) -> Iterator[str]:
    """Leave out abbreviations: the first name of each is the full one."""
    full = dict[int, str]()
    for name, number in names.items():
        full.setdefault(number, name)
    return iter(full.values())


def _known(said: Iterable[str], knows: Knows) -> Iterator[str]:
    """Leave out what the recogniser could not tell by its sound."""
    return (one for one in said if all(map(knows, re.findall(r"[\w']+", one))))
