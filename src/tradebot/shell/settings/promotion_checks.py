"""Do promotion and its windows agree with the strategies there are?"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, TypeAlias

from tradebot.core.model.money import ZERO
from tradebot.core.model.settings import Promotion
from tradebot.core.model.window import PromotionWindow, is_edge
from tradebot.shell.settings import plugins
from tradebot.shell.settings.document import quoted, suggestion
from tradebot.shell.settings.sections import Sections

Problem: TypeAlias = tuple[tuple[str | int, ...], str, str]  # where, what is expected, what is

_BY_WINDOW: Final = (Promotion.AUTO_WINDOW, Promotion.HYBRID)
_EDGE: Final = "a moment of the session such as open, open+15m or close-15m"


def about_promotion(sections: Sections) -> Iterator[Problem]:
    """Find names that nobody has, windows that never open, and windows that nobody may use."""
    section = sections.promotion
    known = [strategy.strategy_id for strategy in sections.strategies]
    yield from _unknown(("promotion", "eligible"), section.eligible, known, "strategies")
    names = Counter(window.name for window in section.windows)
    for at, window in enumerate(section.windows):
        path = ("promotion", "windows", at)
        if names[window.name] > 1 or not window.name.strip():
            yield (*path, "name"), "a name of its own", quoted(window.name)
        yield from _unknown((*path, "strategies"), window.strategies, section.eligible, "eligible")
        yield from _about_window(path, window)
    if section.strategy in _BY_WINDOW:
        for name, given in (("eligible", section.eligible), ("windows", section.windows)):
            if not given:
                expected = f"at least one, because strategy is {section.strategy}"
                yield ("promotion", name), expected, "none"


def _about_window(path: tuple[str | int, ...], window: PromotionWindow) -> Iterator[Problem]:
    edges = (("starts", window.starts), ("ends", window.ends))
    if wrong := [(name, edge) for name, edge in edges if not is_edge(edge)]:
        for name, edge in wrong:
            yield (*path, name), _EDGE, quoted(edge)
    elif not window.can_open():
        yield (*path, "ends"), f"a moment after {window.starts}", quoted(window.ends)
    if not window.weekdays:
        yield (*path, "weekdays"), "at least one day", "none"
    calendars = sorted(plugins.names("calendars"))
    if window.calendar is not None and window.calendar not in calendars:
        expected = f"one of {', '.join(calendars)}"
        yield (*path, "calendar"), expected, quoted(window.calendar)
    for name, limit in (("orders_max", window.orders_max),
                        ("notional_max_usd", window.notional_max_usd)):
        if limit is not None and not limit > ZERO:
            yield (*path, name), "more than 0", quoted(str(limit))


def _unknown(
    path: tuple[str | int, ...], given: tuple[str, ...], known: list[str] | tuple[str, ...],
    what: str,
) -> Iterator[Problem]:
    for at, name in enumerate(given):
        if name not in known:
            listed = ", ".join(known) or "there are none"
            yield (*path, at), f"one of {what} ({listed})", quoted(name) + suggestion(name, known)
