"""How did each order pass? One trace an order, for a collector that speaks OpenTelemetry.

OTLP over HTTP as JSON: the documents are small and the way outward is ours, so no other package
is needed. A thread posts them. What the collector does not take within a bound is counted and
lost; trading neither waits for it nor hears of it. Ids come of the order's own: no chance.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from importlib.metadata import version
from itertools import pairwise
from typing import Any, Final

from tradebot.core.model.events import OrderReported
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType
from tradebot.outward.line import HttpLine, Unreached
from tradebot.shell.journal.decision import Decision
from tradebot.shell.told.execution_log import STAGES, Passage
from tradebot.shell.told.otlp_section import OtlpSection
from tradebot.shell.told.outlet import Outlet, Write

WITHIN_S: Final = 10.0
GATHER_S: Final = 0.2  # a request for what comes meanwhile, not one an order
WAITING_MAX: Final = 500  # traces; all of them fit into one request
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_INTERNAL, _ERROR = 1, 2  # the kind of a span, the status of one that failed

IdsOf = Callable[..., Mapping[str, str]]


class Traces:
    """Takes an order when it has ended; its spans are written where they are posted."""

    def __init__(
        self, section: OtlpSection, url: str, ids_of: IdsOf, within_s: float = WITHIN_S
    ) -> None:
        self._ids_of = ids_of
        self.out = Outlet(
            "traces", to_collector(HttpLine(url, section.reach), section.header_values, within_s),
            waiting_max=WAITING_MAX, gather_s=GATHER_S,
        )

    def on_end(self, cl_ord_id: ClOrdID, way: Passage, decision: Decision) -> None:
        self.out.later(partial(self._spans, cl_ord_id, replace(way), decision))

    def _spans(self, cl_ord_id: ClOrdID, way: Passage, decision: Decision) -> str:
        ids = self._ids_of(intent_id=way.intent_id, cl_ord_id=cl_ord_id)
        return ",".join(map(json.dumps, spans(cl_ord_id, way, decision, ids)))


def spans(
    cl_ord_id: ClOrdID, way: Passage, decision: Decision, ids: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield an order's span, from the first that is known to its end, and those of its steps."""
    known = [(name, at) for name in STAGES if (at := getattr(way, name)) is not None]
    trace = {"traceId": _id(16, "trace", way.intent_id)}
    own = _id(8, "order", cl_ord_id)
    outcome = _outcome(decision)
    told = {
        "client_order_id": cl_ord_id, **ids, "route": way.route, "outcome": outcome,
        **({} if way.intent is None else {
            "symbol": way.intent.symbol, "strategy_id": way.intent.strategy_id
        }),
    }
    yield {
        **trace, "spanId": own, "name": "order", "kind": _INTERNAL,
        **_span(known[0][1], max(decision.at, *(at for _, at in known))),
        "attributes": _attributes({f"tradebot.{name}": text for name, text in told.items()}),
        **({"status": {"code": _ERROR}} if outcome == ExecType.REJECTED else {}),
    }
    for (_, since), (name, at) in pairwise(known):
        if at >= since:  # nobody knows how long a step took while the clock was set back
            yield {
                **trace, "spanId": _id(8, "order", cl_ord_id, name), "parentSpanId": own,
                "name": name, "kind": _INTERNAL, **_span(since, at),
            }


def to_collector(line: HttpLine, headers: Mapping[str, str], within_s: float) -> Write:
    """Post the spans of each text in one request; raise OSError unless they were taken."""
    resource = _attributes({"service.name": "tradebot", "service.version": version("tradebot")})
    head, tail = json.dumps({"resourceSpans": [{
        "resource": {"attributes": resource},
        "scopeSpans": [{"scope": {"name": "tradebot.orders"}, "spans": ["|"]}],
    }]}).split('"|"')
    headers = {**headers, "Content-Type": "application/json"}

    async def post(body: bytes) -> None:
        try:
            async with asyncio.timeout(within_s):
                answer = await line.call(body, headers)
        except TimeoutError:
            raise OSError(f"no answer within {within_s:g} s") from None
        except Unreached as error:
            raise OSError(str(error)) from None
        if not answer.is_good:
            raise OSError(f"HTTP status {answer.status}")

    def write(texts: Sequence[str]) -> None:
        asyncio.run(post((head + ",".join(texts) + tail).encode()))

    return write


def _outcome(decision: Decision) -> str:
    """Say what ended the order: its last fill, or a word of the broker."""
    kinds = [e.report.exec_type for e in decision.events if isinstance(e, OrderReported)]
    if not kinds:
        return "unknown"
    return "filled" if kinds[-1] is ExecType.TRADE else kinds[-1].value


def _id(size: int, *parts: object) -> str:
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=size).hexdigest()


def _span(since: datetime, until: datetime) -> dict[str, str]:
    return {"startTimeUnixNano": _nanoseconds(since), "endTimeUnixNano": _nanoseconds(until)}


def _nanoseconds(at: datetime) -> str:
    return str((at - _EPOCH) // _MICROSECOND * 1000)


def _attributes(told: Mapping[str, object]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"stringValue": str(value)}}
        for key, value in told.items() if value is not None
    ]
