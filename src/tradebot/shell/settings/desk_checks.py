"""Do the desk's rules and its calendar of events say what somebody can mean?"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tradebot.core.model.desk_policy import (
    DeskEvent,
    DeskPolicy,
    EventKind,
    StructureRule,
)
from tradebot.core.model.instrument import SYMBOL
from tradebot.shell.settings.document import quoted
from tradebot.shell.settings.ranges import Flaw, KeyPath

_DESK: Final = ("policy", "desk")
_BANDS: Final = (("iv_rank_min", "iv_rank_max"), ("days_min", "days_max"))


def about_desk(desk: DeskPolicy) -> Iterator[Flaw]:
    """Find bounds that nothing fits, rules that stand twice, and events of nobody."""
    ruled = Counter(rule.strategy for rule in desk.structures)
    for at, rule in enumerate(desk.structures):
        path = (*_DESK, "structures", at)
        if ruled[rule.strategy] > 1:
            yield (*path, "strategy"), "one rule a structure", quoted(rule.strategy.value)
        yield from _about_rule(path, rule)
    for at, event in enumerate(desk.events.dates):
        yield from _about_event((*_DESK, "events", "dates", at), event)


def _about_rule(path: KeyPath, rule: StructureRule) -> Iterator[Flaw]:
    for least_name, most_name in _BANDS:
        least, most = getattr(rule, least_name), getattr(rule, most_name)
        if least is not None and most is not None and least > most:
            yield (*path, most_name), f"at least {least_name}, {least}", quoted(str(most))


def _about_event(path: KeyPath, event: DeskEvent) -> Iterator[Flaw]:
    if event.kind is EventKind.EARNINGS and not event.symbols:
        yield (*path, "symbols"), "the company whose earnings these are", "none"
    for at, symbol in enumerate(event.symbols):
        if not SYMBOL.fullmatch(symbol):
            yield (*path, "symbols", at), "a symbol in capitals such as SPY", quoted(symbol)
