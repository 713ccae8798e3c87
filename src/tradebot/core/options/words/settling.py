"""What request do the findings make together, and what must be asked about them?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.instrument import Right
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.strategy_type import Outlook, StrategyType
from tradebot.core.options.natures import DIRECTIONLESS, NATURES
from tradebot.core.options.request import (
    DeskAction,
    Question,
    Reading,
    Request,
    missing,
)
from tradebot.core.options.shapes import EITHER_RIGHT, SHAPES, strikes_of
from tradebot.core.options.words.findings import Heard
from tradebot.core.options.words.tokens import stem

_PER_NOTE: Final = Decimal("0.10")
_PER_QUESTION: Final = Decimal("0.20")
_STRIKES_MAX: Final = 4
_LISTED_MAX: Final = 6
_UNRESOLVED_MAX: Final = 20
_WORD_MAX: Final = 40
_SINGLE: Final = (
    "symbol", "risk_level", "delta", "width", "quantity", "max_loss", "max_loss_pct",
)
_TERMS: Final = ("horizon_days", "expiry", "strikes")


@dataclass(slots=True)
class _Settling:
    found: Sequence[Heard]
    asked: dict[str, Question] = field(default_factory=dict)

    def ask(self, about: str, text: str) -> None:
        """Ask once about a field: the first doubt is the nearest to the words."""
        self.asked.setdefault(about, Question(about=about, text=text))

    def named(self, *fields: str) -> list[Heard]:
        return [said for said in self.found if said.field in fields and not said.is_denied]

    def denied(self, *fields: str) -> list[Heard]:
        return [said for said in self.found if said.field in fields and said.is_denied]

    def one(self, name: str, among: Sequence[Heard] | None = None) -> Any:
        """Return the one value of a field; ask where there are several."""
        named = self.named(name) if among is None else among
        values = list(dict.fromkeys(said.value for said in named))
        if len(values) > 1:
            texts = list(dict.fromkeys(said.text for said in named))
            choice = texts if len(texts) == len(values) else [str(value) for value in values]
            self.ask(name, f"Which one: {_listed(' or ', choice)}?")
        return values[0] if len(values) == 1 and name not in self.asked else None


def settle(
    found: Sequence[Heard], left: Sequence[str], asked: Iterable[Question], notes: Sequence[str]
) -> Reading:
    """Turn findings and leftover words into a reading."""
    settling = _Settling(found=found)
    for question in asked:
        settling.ask(question.about, question.text)
    for said in settling.denied(*_SINGLE, *_TERMS):
        if not settling.named(said.field):
            settling.ask(said.field, f"Not {said.text}: what then?")
    action = _action(settling)
    if action is not DeskAction.OPEN:  # "roll it down": a strike, not an outlook
        left = [*left, *(said.text for said in settling.named("outlook"))]
        settling.found = [said for said in found if said.field != "outlook"]
    outlook = _outlook(settling)
    request = Request(
        action=action, outlook=outlook, unresolved=tuple(shown(left)),
        **{name: settling.one(name) for name in _SINGLE},
        **_strategy(settling, outlook), **_terms(settling, action),
    )
    _doubt(settling, request)
    for question in missing(request):
        settling.ask(question.about, question.text)
    doubt = _PER_NOTE * len(notes) + _PER_QUESTION * len(settling.asked)
    return Reading(
        request=replace(request, confidence=max(ZERO, ONE - doubt)),
        questions=tuple(settling.asked.values()), notes=tuple(notes),
    )


def _action(settling: _Settling) -> DeskAction:
    if denied := settling.denied("action", "side"):
        settling.ask("action", f"Not {denied[0].text}: what then?")
    actions = list(dict.fromkeys(said.value for said in settling.named("action")))
    if len(actions) > 1:
        settling.ask("action", f"Which one: {' or '.join(actions)}?")
    return actions[0] if actions else DeskAction.OPEN


def _outlook(settling: _Settling) -> Outlook | None:
    """Return the outlook; of several that go nowhere the first is as good as the others."""
    named = settling.named("outlook")
    if {said.value for said in named} <= DIRECTIONLESS:
        return named[0].value if named else None
    outlook: Outlook | None = settling.one("outlook")
    return outlook


def _strategy(settling: _Settling, outlook: Outlook | None) -> dict[str, Any]:
    """Return what all words about the structure leave possible."""
    names = settling.named("strategy_type")
    # "430P/440C strangle": letters name the structure only where nothing else does.
    names = [said for said in names if not said.text[0].isdigit()] or names
    excluded = tuple(dict.fromkeys(
        one for said in settling.denied("strategy_type") for one in said.value
    ))
    named = [one for one in StrategyType if any(one in said.value for said in names)]
    sides = settling.named("side")
    unfit = {said.value for said in settling.denied("outlook")}
    left = [
        one for one in named
        if all(one in said.value for said in names) and one not in excluded
        and all(NATURES[one].side in {said.value, None} for said in sides)
        and (outlook is None or outlook in NATURES[one].fits) and NATURES[one].fits - unfit
    ]
    if named and not left:
        about = {"strategy_type", "side", "outlook"}
        words = _listed(", ", [said.text for said in settling.found if said.field in about])
        settling.ask("strategy_type", f"These do not go together: {words}. Which one holds?")
    among = left or named
    strategy = left[0] if len(left) == 1 else None
    return {
        "strategy_type": strategy, "among": () if strategy else tuple(among),
        "excluded": excluded, "right": _right(names, strategy),
    }


def _doubt(settling: _Settling, request: Request) -> None:
    """Ask about what was said of a structure that nobody named, or that does not have it."""
    sides = settling.named("side")
    named = request.among or tuple(filter(None, [request.strategy_type]))
    if sides and request.outlook and not named:
        settling.ask("strategy_type", f"{sides[0].text}: which structure?")
    counts = {strikes_of(SHAPES[one]) for one in named}
    if request.strikes and named and len(request.strikes) not in counts:
        expected = " or ".join(map(str, sorted(counts)))
        told = f"{' or '.join(named)}: expected {expected} strikes, got {len(request.strikes)}"
        settling.ask("strikes", told)


def _right(names: Sequence[Heard], strategy: StrategyType | None) -> Right | None:
    """Return of what the legs are, where the structure's name leaves it open."""
    words = {stem(word) for said in names for word in said.text.split()}
    rights = [right for right in Right if right in words]
    return rights[0] if strategy in EITHER_RIGHT and len(rights) == 1 else None


def _terms(settling: _Settling, action: DeskAction) -> dict[str, Any]:
    """Return tenor, expiry and strikes: of what is opened, of what is held, or of both."""
    def is_new(said: Heard) -> bool:
        return action is DeskAction.OPEN or (action is DeskAction.ROLL and said.is_goal)

    def split(name: str) -> tuple[list[Heard], list[Heard]]:
        named = settling.named(name)
        return [s for s in named if is_new(s)], [s for s in named if not is_new(s)]

    days, held_days = split("horizon_days")
    dates, held_dates = split("expiry")
    strikes, held_strikes = split("strikes")
    if held_days:
        settling.ask("expiry", f"{held_days[0].text}: counted from when? Name the day.")
    if days and dates:
        settling.ask("expiry", f"Which one: {days[0].text} or {dates[0].text}?")
    if max(len(_all_of(strikes)), len(_all_of(held_strikes))) > _STRIKES_MAX:
        settling.ask("strikes", f"At most {_STRIKES_MAX} strikes make a structure: which are they?")
        strikes, held_strikes = [], []
    return {
        "horizon_days": settling.one("horizon_days", days),
        "expiry": settling.one("expiry", dates), "held_expiry": settling.one("expiry", held_dates),
        "strikes": _all_of(strikes), "held_strikes": _all_of(held_strikes),
    }


def _all_of(strikes: Sequence[Heard]) -> tuple[Decimal, ...]:
    return tuple(sorted({strike for said in strikes for strike in said.value}))


def _listed(link: str, texts: Iterable[str]) -> str:
    return link.join(list(dict.fromkeys(texts))[:_LISTED_MAX])


def shown(words: Iterable[str]) -> Iterator[str]:
    """Return the first few words, short and with nothing in them that a terminal obeys."""
    for word in list(dict.fromkeys(words))[:_UNRESOLVED_MAX]:
        visible = word if word.isprintable() else word.encode("unicode_escape").decode()
        yield visible if len(visible) <= _WORD_MAX else f"{visible[:_WORD_MAX]}..."
