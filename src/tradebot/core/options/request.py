"""What does a person ask of the options desk, whoever read the words?"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Right
from tradebot.core.model.intent import Channel
from tradebot.core.model.money import ONE
from tradebot.core.model.strategy_type import Outlook, StrategyType


class DeskAction(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    ROLL = "roll"


class RiskLevel(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@fact
class Request:
    """What was said, and nothing else: None is what nobody said.

    `delta` is a size between 0 and 1, `max_loss` is in currency, `max_loss_pct` in percent of
    equity. `horizon_days` is a tenor, `expiry` a date as said: the chain has the last word on it.
    `among` holds what an undirected name ("put spread") may mean: a question when opening, a
    filter when closing. `held_expiry` and `held_strikes` tell what is to be closed or rolled;
    `expiry` and `strikes` then tell where a roll goes to. `provider`, `model` and `prompt_digest`
    are those of a language model; with `fallback` it was asked, and the grammar read the words.
    """

    action: DeskAction = DeskAction.OPEN
    symbol: str | None = None
    outlook: Outlook | None = None
    strategy_type: StrategyType | None = None
    among: tuple[StrategyType, ...] = ()
    excluded: tuple[StrategyType, ...] = ()
    right: Right | None = None
    horizon_days: int | None = None
    expiry: date | None = None
    delta: Decimal | None = None
    strikes: tuple[Decimal, ...] = ()
    width: Decimal | None = None
    quantity: int | None = None
    held_expiry: date | None = None
    held_strikes: tuple[Decimal, ...] = ()
    max_loss: Decimal | None = None
    max_loss_pct: Decimal | None = None
    risk_level: RiskLevel | None = None
    confidence: Decimal = ONE
    source: Channel = Channel.TYPED
    provider: str | None = None
    model: str | None = None
    prompt_digest: str | None = None
    fallback: bool = False
    unresolved: tuple[str, ...] = ()


@fact
class Question:
    """What the desk must hear before it goes on; `about` names the field, or `words`."""

    about: str
    text: str


@fact
class Reading:
    """A request, what stands between it and a structure, and what was understood with doubt."""

    request: Request
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()


def missing(request: Request) -> Iterator[Question]:
    """Ask for what no structure can be found, closed or rolled without."""
    if request.unresolved:
        words = ", ".join(repr(word) for word in request.unresolved)
        yield Question(about="words", text=f"What is meant by {words}?")
    if request.symbol is None:
        yield Question(about="symbol", text="Which underlying, by its ticker?")
    match request.action:
        case DeskAction.OPEN if request.strategy_type is None and request.among:
            choice = " or ".join(request.among)
            yield Question(about="strategy_type", text=f"Which one: {choice}?")
        case DeskAction.OPEN if request.strategy_type is None and request.outlook is None:
            yield Question(about="outlook", text="What is expected of it, or which structure?")
        case DeskAction.ROLL if not (request.expiry or request.horizon_days or request.strikes):
            yield Question(about="expiry", text="Roll it to which expiry or strikes?")
        case _:
            pass
