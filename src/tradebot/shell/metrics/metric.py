"""What is a metric? A name with its unit, what it means, and where its numbers are read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from tradebot.shell.api.sockets import Sockets
from tradebot.shell.health import Health, Patient
from tradebot.shell.metrics.counts import Counts
from tradebot.shell.metrics.durations import Durations
from tradebot.shell.notify.alerts import Alerts

LABEL_LENGTH_MAX: Final = 64
SERIES_MAX: Final = 50  # of a metric whose labels are anybody's words


class Kind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Sample(NamedTuple):
    """One number, or the classes of a histogram, under the values of the metric's labels."""

    labels: tuple[str, ...]
    value: float | Durations


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the metrics are read from; nothing of it waits and nothing of it is changed."""

    health: Health
    counts: Counts
    steps: Mapping[str, Durations]  # of an order, by what they end with
    api: Sockets
    alerts: Alerts
    now: datetime

    @property
    def patient(self) -> Patient:
        return self.health.patient


Read: TypeAlias = Callable[[Watched], Iterable[Sample]]


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    kind: Kind
    about: str
    read: Read
    labels: tuple[str, ...] = ()


def one(value: Callable[[Watched], float | None]) -> Read:
    """Read a metric without labels; where nobody knows, there is no sample."""
    def read(watched: Watched) -> Iterable[Sample]:
        found = value(watched)
        return () if found is None else (Sample((), found),)

    return read


def each(counted: Callable[[Watched], Mapping[str, float]]) -> Read:
    """Read a metric with one label whose values the code or the configuration knows."""
    return lambda watched: (
        Sample((label(name),), value) for name, value in sorted(counted(watched).items())
    )


def label(value: str) -> str:
    """Make a label of what may be anybody's text: short, and in ASCII."""
    return value[:LABEL_LENGTH_MAX].encode("ascii", "backslashreplace").decode()
