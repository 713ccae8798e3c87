"""What does the reference say of the metrics? Each that `/metrics` tells, with its labels."""

from collections.abc import Iterator

from tables import code, table
from tradebot.shell.metrics.exposition import METRICS

ABOUT = (
    "`GET /metrics` tells these as Prometheus text. What can be done with them is in the"
    " [guide](../guide/metrics.md)."
)


def write() -> Iterator[str]:
    yield "# Metrics"
    yield f"\n{ABOUT}\n"
    yield from table(("metric", "kind", "labels", "tells"), [
        (code(metric.name), metric.kind.value, ", ".join(map(code, metric.labels)), metric.about)
        for metric in METRICS
    ])
