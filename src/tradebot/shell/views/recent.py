"""What was decided lately? The newest events, in the order of the journal, as one reads them."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Final

from tradebot.core.model import events as e
from tradebot.shell.views.filters import ALL, Filters
from tradebot.shell.views.history import Moment, Told
from tradebot.shell.views.newest import KEPT_MAX
from tradebot.shell.views.rows import Plain, event_row

_NAMES: Final = ("intent_id", "cl_ord_id", "target")


class RecentEvents:
    """The newest events of all kinds; the journal has them all."""

    def __init__(self, size: int = KEPT_MAX) -> None:
        self._told: deque[Told] = deque(maxlen=size)

    def apply(self, moment: Moment, event: e.Event) -> None:
        self._told.append(Told(Moment(moment.seq, moment.at), event))

    def rows(self, filters: Filters = ALL) -> Iterator[Plain]:
        """Tell the newest `last` of them; `part` counts within one decision."""
        return told_rows(list(self._told)[-filters.last:])

    def after(self, seq: int) -> list[Told] | None:
        """Return all that came after a decision, or None where not all of it is kept."""
        if self._told and self._told[-1].moment.seq == seq:
            return []
        found = list(takewhile(lambda told: told.moment.seq > seq, reversed(self._told)))[::-1]
        return found if 0 < len(found) < len(self._told) else None


def told_rows(events: Iterable[Told]) -> Iterator[Plain]:
    last, part = None, 0
    for told in events:
        part = part + 1 if told.moment.seq == last else 0
        last = told.moment.seq
        yield {**event_row(told), "part": part, "about": about(told.event)}


def about(event: e.Event) -> str | None:
    """Return the id under which `why` tells what came of it, where there is one."""
    told = (event, getattr(event, "report", None))
    found = (getattr(one, name, None) for one in told for name in _NAMES)
    return next((name for name in found if name), None)
