"""Do the desk's rules and its calendar of events say what somebody can mean?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.model.desk_policy import (
    DeskEvent,
    DeskPolicy,
    EventKind,
    GreekLimits,
    StructureRule,
)
from tradebot.core.model.instrument import SYMBOL
from tradebot.core.model.money import ONE, ZERO
from tradebot.shell.settings.document import quoted

Path: TypeAlias = tuple[str | int, ...]
Flaw: TypeAlias = tuple[Path, str, str]  # where, what is expected, what is

_DESK: Final = ("policy", "desk")
_BANDS: Final = (("iv_rank_min", "iv_rank_max"), ("days_min", "days_max"))


def about_desk(desk: DeskPolicy) -> Iterator[Flaw]:
    """Find bounds that nothing fits, rules that stand twice, and events of nobody."""
    yield from _about_numbers(_DESK, desk)
    yield from _about_numbers((*_DESK, "greeks"), desk.greeks)
    ruled = Counter(rule.strategy for rule in desk.structures)
    for at, rule in enumerate(desk.structures):
        path = (*_DESK, "structures", at)
        if ruled[rule.strategy] > 1:
            yield (*path, "strategy"), "one rule a structure", quoted(rule.strategy.value)
        yield from _about_rule(path, rule)
    for at, event in enumerate(desk.events.dates):
        yield from _about_event((*_DESK, "events", "dates", at), event)


def _about_numbers(path: Path, section: DeskPolicy | GreekLimits) -> Iterator[Flaw]:
    for field in fields(section):
        value = getattr(section, field.name)
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            continue
        if field.name.endswith("_frac") and not ZERO <= value <= ONE:
            yield (*path, field.name), "a fraction from 0 to 1", quoted(str(value))
        elif value < ZERO:
            yield (*path, field.name), "at least 0", quoted(str(value))


def _about_rule(path: Path, rule: StructureRule) -> Iterator[Flaw]:
    for least_name, most_name in _BANDS:
        least, most = getattr(rule, least_name), getattr(rule, most_name)
        for name, value in ((least_name, least), (most_name, most)):
            if value is not None and (value < 0 or (name.startswith("iv_rank") and value > 1)):
                expected = "a rank from 0 to 1" if name.startswith("iv_rank") else "at least 0"
                yield (*path, name), expected, quoted(str(value))
        if least is not None and most is not None and least > most:
            yield (*path, most_name), f"at least {least_name}, {least}", quoted(str(most))
    if rule.quantity_max is not None and not rule.quantity_max > 0:
        yield (*path, "quantity_max"), "more than 0", quoted(str(rule.quantity_max))


def _about_event(path: Path, event: DeskEvent) -> Iterator[Flaw]:
    if event.kind is EventKind.EARNINGS and not event.symbols:
        yield (*path, "symbols"), "the company whose earnings these are", "none"
    for at, symbol in enumerate(event.symbols):
        if not SYMBOL.fullmatch(symbol):
            yield (*path, "symbols", at), "a symbol in capitals such as SPY", quoted(symbol)
    for name in ("hours_before", "hours_after"):
        hours = getattr(event, name)
        if hours < 0:
            yield (*path, name), "at least 0", quoted(str(hours))
