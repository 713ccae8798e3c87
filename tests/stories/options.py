"""How does a story speak of options? What is known of them, and what the desk may open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tests.stories.telling import NEW_YORK

from tradebot.core.model import commands as c
from tradebot.core.model.desk_policy import DeskEvent, DeskEvents, DeskPolicy, EventKind
from tradebot.core.model.facts import OptionFact, VolatilityFact
from tradebot.core.model.instrument import parse_occ
from tradebot.core.model.money import parse_decimal

if TYPE_CHECKING:
    from tests.stories.story import Stage


def _option(stage: "Stage", words: Sequence[str]) -> Sequence[str]:
    """Read `SPY261002P00480000 interest 600 delta -0.2`; of the rest little is known."""
    symbol, *rest = words
    said = dict(zip(rest[::2], map(parse_decimal, rest[1::2]), strict=True))
    little = {name: parse_decimal("0.01") for name in ("gamma", "theta", "vega")}
    stage.facts.options[symbol] = OptionFact(
        symbol=symbol, open_interest=said.get("interest"), delta=said["delta"], as_of=stage.now,
        **little,
    )
    return []


def _rank(stage: "Stage", words: Sequence[str]) -> Sequence[str]:
    """Read `SPY 0.22`."""
    symbol, rank = words
    stage.facts.volatilities[symbol] = VolatilityFact(
        symbol=symbol, implied=parse_decimal("0.20"), iv_rank=parse_decimal(rank), as_of=stage.now
    )
    return []


def _list(stage: "Stage", words: Sequence[str]) -> c.DefineInstruments:
    return c.DefineInstruments(instruments=tuple(map(parse_occ, words)))


def _desk(stage: "Stage", words: Sequence[str]) -> c.ActivateSettings:
    """Have the shipped limits on options; read `earnings SPY 2026-08-25T16:05` of New York."""
    dates: tuple[DeskEvent, ...] = ()
    if words:
        kind, symbol, at = words
        moment = datetime.fromisoformat(at).replace(tzinfo=NEW_YORK).astimezone(stage.now.tzinfo)
        dates = (DeskEvent(at=moment, kind=EventKind(kind), symbols=(symbol,)),)
    settings = stage.book.settings
    desk = DeskPolicy(events=DeskEvents(dates=dates))
    policy = replace(settings.policy, desk=desk)
    return c.ActivateSettings(
        settings=replace(settings, policy=policy), version=f"at {stage.now:%H:%M:%S}Z"
    )


SCENE: Final[Mapping[str, Callable[["Stage", Sequence[str]], Sequence[str]]]] = {
    "option": _option, "rank": _rank,
}
COMMANDS: Final[Mapping[str, Callable[["Stage", Sequence[str]], c.Command]]] = {
    "list": _list, "desk": _desk,
}
