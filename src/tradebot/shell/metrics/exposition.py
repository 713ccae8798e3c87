"""How do monitors read the metrics? As Prometheus text, made when somebody asks."""

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from tradebot.shell.metrics.durations import BOUNDS_S, Durations
from tradebot.shell.metrics.metric import Kind, Metric, Watched
from tradebot.shell.metrics.money import MONEY
from tradebot.shell.metrics.process import PROCESS
from tradebot.shell.metrics.trading import TRADING

METRICS: Final = (*PROCESS, *TRADING, *MONEY)
CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
_LE: Final = (*(repr(bound) for bound in BOUNDS_S), "+Inf")

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class Exposition(Collector):
    """Reads what others count, in one go and without waiting; it counts nothing itself."""

    def __init__(self, watched: Callable[[], Watched]) -> None:
        self.watched = watched
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def describe(self) -> Iterator[Family]:
        return map(_family, METRICS)

    def collect(self) -> Iterator[Family]:
        watched = self.watched()
        for metric in METRICS:
            family = _family(metric)
            for labels, value in metric.read(watched):
                if isinstance(family, HistogramMetricFamily):
                    assert isinstance(value, Durations)
                    classes = zip(_LE, accumulate(value.counts), strict=True)
                    family.add_metric(labels, list(classes), sum_value=value.sum_s)
                else:
                    assert not isinstance(value, Durations)
                    family.add_metric(labels, value)
            yield family


def _family(metric: Metric) -> Family:
    if metric.kind is Kind.HISTOGRAM:
        return HistogramMetricFamily(metric.name, metric.about, labels=metric.labels)
    if metric.kind is Kind.COUNTER:
        return CounterMetricFamily(metric.name, metric.about, labels=metric.labels)
    return GaugeMetricFamily(metric.name, metric.about, labels=metric.labels)
