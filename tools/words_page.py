"""What does the reference say of the words that the options desk understands?"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import phrases
from tables import code, table
from tradebot.core.options.words import vocabulary
from tradebot.core.options.words.companies import COMPANIES
from tradebot.core.options.words.findings import BOUNDS
from tradebot.core.options.words.grammar import TEXT_MAX, read

TABLE = Path(__file__).resolve().parent.parent / "tests/core/options/words/phrases.tsv"
EXAMPLES = (
    "SPY neutral strategy with low risk",
    "two contracts of an iron condor on SPY",
    "iron condor on SPY, 16 delta, 10 wide, 2 contracts",
    "SPY Dec 19 430/440 bull call spread",
    "SPY iron condor 45 days out",
    "SPY iron condor, risk at most $500",
    "SPY volatile, no straddles",
    "roll the SPY put spread to next month",
    "SPY irn condor",
    "SPY call spread",
    "SPY iron condor next Friday",
    "SPY iron condor, risk more than $500",
)


def write() -> Iterator[str]:
    asked = phrases.load(TABLE)
    yield "# Words the options desk understands"
    yield f"\nA request is English, up to {TEXT_MAX:,} characters. A word that is on no list here"
    yield "and is no filler is asked about, and so is what is missing, doubtful or said twice over:"
    yield "nothing is guessed. One wrong letter in the name of a structure is forgiven, and told."
    yield "\n## Examples"
    yield f"\nRead on {asked.today:%A}, {asked.today}; `ask` names what is asked about.\n"
    yield from table(("request", "is read as"), [
        (text, code(phrases.written(phrases.told(read(text, asked.symbols, asked.today)))))
        for text in EXAMPLES
    ])
    for title, words in (
        ("Structures", vocabulary.STRATEGIES), ("Outlooks", vocabulary.OUTLOOKS),
        ("Risk", vocabulary.RISK_LEVELS), ("Opening, closing, rolling", vocabulary.ACTIONS),
        ("Buying and selling", vocabulary.SIDES), ("Companies", COMPANIES),
    ):
        yield f"\n## {title}\n"
        yield from table(("meaning", "words"), list(_rows(words)))
    yield "\n## Numbers"
    yield "\nBeyond these bounds the desk asks; what may be traded, the gates decide.\n"
    yield from table(("field", "from", "to"), [
        (code(field), f"{low:f}", f"{high:f}") for field, (low, high) in BOUNDS.items()
    ])


def _rows(words: Mapping[Any, str]) -> Iterator[tuple[str, str]]:
    for meaning, said in words.items():
        named = meaning if isinstance(meaning, tuple) else (meaning,)
        yield " or ".join(code(str(one)) for one in named), said.replace("|", ", ")
