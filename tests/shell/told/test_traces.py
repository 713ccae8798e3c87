"""Does a collector hear how each order passed, in its own words, and does nobody wait for it?"""

import asyncio
import base64
import json
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from tests.outward.a_server import AServer, Reply, hanging, huge, serving, status
from tests.tiny_daemon import AT, TinyDaemon

from tradebot.core.model.commands import SubmitIntent
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.core.model.money import ONE
from tradebot.core.model.report import ExecType
from tradebot.core.model.secret import Secret
from tradebot.shell import observers
from tradebot.shell.settings.config import load
from tradebot.shell.told.execution_log import ExecutionLog
from tradebot.shell.told.otlp_section import OtlpSection
from tradebot.shell.told.outlet import Outlet
from tradebot.shell.told.traces import Traces

WAITS_S = 5.0


class Lived:
    """Orders of a small daemon, each at times of its own, with a collector behind its log."""

    def __init__(self, port: int = 1, within_s: float = WAITS_S, headers: str = "") -> None:
        section = OtlpSection(
            url=f"http://127.0.0.1:{port}/v1/traces", allow_private=True,
            headers=Secret(headers) if headers else None,
        )
        self.at = AT
        self.daemon = TinyDaemon()
        self.log = ExecutionLog(
            Outlet("lines", lambda _: None), self.daemon.views, self, is_written=False
        )
        self.traces = Traces(section, section.url or "", self.daemon.views.ids_of, within_s)
        self.log.listeners.append(self.traces.on_end)

    def now(self) -> Any:
        return self.at

    def order(self, key: str, *ends: ExecType, heard_ms: int = 3) -> str:
        """Send an order 9 ms after it was decided; what the broker says comes a second apart."""
        command = SubmitIntent(intent=Intent(
            legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=ONE, key=key, source=Source.CLI,
            correlation_id="basket-7",
        ))
        decided = AT + timedelta(seconds=len(self.daemon.decisions) + 1)
        self.at = decided - timedelta(milliseconds=heard_ms)
        self.log.on_arrival(command)
        decision = self.daemon.decide(command)
        assert decision is not None
        self.at = decided + timedelta(milliseconds=5)
        self.log.on_decision(decision)
        [name] = self.daemon.book.orders.working
        self.at = decided + timedelta(milliseconds=9)
        self.log.on_sent(name)
        for end in ends:
            is_fill = end is ExecType.TRADE
            heard = self.daemon.fill(name, "1", "500.01", f"X-{key}") if is_fill else (
                self.daemon.report(name, end))
            assert heard is not None
            self.log.on_decision(heard)
        return name


async def eventually(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + WAITS_S
    while not is_so():
        assert time.monotonic() < until, "it never came"
        await asyncio.sleep(0.01)


def understood(body: bytes) -> ExportTraceServiceRequest:
    """Read OTLP as JSON by the definitions of the protocol, which know no stranger's key.

    Ids are hexadecimal in OTLP and base64 in protobuf's own JSON: that is its one difference.
    """
    told = json.loads(body)
    for resource in told["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for key, size in (("traceId", 32), ("spanId", 16), ("parentSpanId", 16)):
                    if key in span:
                        assert re.fullmatch(rf"[0-9a-f]{{{size}}}", span[key])
                        span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    return Parse(json.dumps(told), ExportTraceServiceRequest())


def spans_of(server: AServer) -> list[Span]:
    return [
        span for body in server.bodies for resource in understood(body).resource_spans
        for scope in resource.scope_spans for span in scope.spans
    ]


def attributes(found: Any) -> dict[str, str]:
    return {entry.key: entry.value.string_value for entry in found.attributes}


async def told(live: Callable[[Lived], Any], **more: Any) -> tuple[AServer, list[Span]]:
    async with serving() as server:
        lived = Lived(server.port, **more)
        live(lived)
        await asyncio.to_thread(lived.traces.out.close)
        assert (lived.traces.out.lost, lived.traces.out.trouble) == (0, "")
        return server, spans_of(server)


async def test_a_trace_tells_each_step_of_an_order_to_the_microsecond() -> None:
    server, spans = await told(
        lambda lived: lived.order("k", ExecType.NEW, ExecType.TRADE), headers="api-key=s3cret=="
    )
    root, *steps = spans
    assert (root.name, root.parent_span_id, root.kind) == ("order", b"", Span.SPAN_KIND_INTERNAL)
    took = [(s.name, (s.end_time_unix_nano - s.start_time_unix_nano) // 1_000_000) for s in steps]
    assert took == [
        ("decided", 3), ("durable", 5), ("sent", 4), ("acknowledged", 991), ("filled", 1000)
    ]
    assert {s.parent_span_id for s in steps} == {root.span_id}
    assert {s.trace_id for s in spans} == {root.trace_id}
    assert len({s.span_id for s in spans}) == len(spans)
    assert root.start_time_unix_nano == steps[0].start_time_unix_nano
    assert root.end_time_unix_nano == steps[-1].end_time_unix_nano
    decided = AT + timedelta(seconds=5)  # four decisions make the morning
    assert steps[0].end_time_unix_nano == int(decided.timestamp()) * 10**9
    [request] = server.requests
    assert (request.path, request.headers["Content-Type"], request.headers["api-key"]) == (
        "/v1/traces", "application/json", "s3cret==")
    assert "s3cret" not in server.bodies[0].decode()


async def test_a_trace_names_its_order_and_says_what_became_of_it() -> None:
    names: list[str] = []

    def live(lived: Lived) -> None:
        names.append(lived.order("a", ExecType.NEW, ExecType.TRADE))
        names.append(lived.order("b", ExecType.REJECTED))
        names.append(lived.order("c", ExecType.NEW, ExecType.CANCELED))

    server, spans = await told(live)
    roots = [span for span in spans if span.name == "order"]
    assert [attributes(root)["tradebot.client_order_id"] for root in roots] == names
    assert [attributes(root)["tradebot.outcome"] for root in roots] == [
        "filled", "rejected", "canceled"]
    assert [root.status.code for root in roots] == [
        Status.STATUS_CODE_UNSET, Status.STATUS_CODE_ERROR, Status.STATUS_CODE_UNSET]
    first = attributes(roots[0])
    assert (first["tradebot.symbol"], first["tradebot.route"]) == ("SPY", "paper")
    assert first["tradebot.correlation_id"] == "basket-7"
    assert len(first["tradebot.intent_id"]) == 26
    service = understood(server.bodies[0]).resource_spans[0].resource
    assert attributes(service)["service.name"] == "tradebot"


async def test_the_same_orders_have_the_same_ids_whenever_they_are_told() -> None:
    def live(lived: Lived) -> None:
        lived.order("a", ExecType.TRADE)
        lived.order("b", ExecType.TRADE)

    (_, once), (_, again) = await told(live), await told(live)
    assert [s.span_id for s in once] == [s.span_id for s in again]
    assert len({s.trace_id for s in once}) == 2


async def test_a_clock_that_was_set_back_makes_no_step_of_less_than_nothing() -> None:
    _, spans = await told(lambda lived: lived.order("k", ExecType.TRADE, heard_ms=-60_000))
    assert all(s.end_time_unix_nano >= s.start_time_unix_nano for s in spans)
    assert "decided" not in [s.name for s in spans]


@pytest.mark.parametrize(("reply", "within_s", "trouble"), [
    (status(503, "later"), WAITS_S, "HTTP status 503"),
    (status(302, Location="http://127.0.0.1:1/"), WAITS_S, "HTTP status 302"),
    (huge, WAITS_S, "HTTP status 500"),
    (hanging, 0.1, "no answer within 0.1 s"),
])
async def test_what_a_collector_does_not_take_is_counted_and_lost(
    reply: Reply, within_s: float, trouble: str
) -> None:
    async with serving(reply) as server:
        lived = Lived(server.port, within_s)
        lived.order("k", ExecType.TRADE)
        out = lived.traces.out
        await eventually(lambda: bool(out.trouble))
        assert (out.lost, out.trouble) == (1, trouble)
        await asyncio.to_thread(out.close)


async def test_nobody_waits_for_a_collector_that_is_not_there_or_hangs() -> None:
    async with serving(hanging) as server:
        for lived in (Lived(), Lived(server.port)):
            ended: list[Any] = []
            lived.log.listeners.append(lambda *way, ended=ended: ended.append(way))
            lived.order("k", ExecType.TRADE)
            began = time.monotonic()
            for _ in range(20_000):
                lived.traces.on_end(*ended[0])
            assert time.monotonic() - began < 1.0
            assert lived.traces.out.waiting <= 500
            assert lived.traces.out.lost > 15_000
        await eventually(lambda: len(server.requests) == 1)


def observed(folder: Path, text: str, *, is_rehearsal: bool) -> list[str]:
    (folder / "c.yaml").write_text(text)
    with ExitStack() as ending:
        log = observers.executions(
            load(folder / "c.yaml", environ={}), folder, TinyDaemon().views, Lived(), ending,
            is_rehearsal=is_rehearsal,
        )
        return sorted(log.outlets)


ASKED = "telemetry: {otlp: {url: 'https://collector.example/v1/traces'%s}}"


def test_traces_go_where_a_setting_sends_them_and_a_rehearsals_only_if_asked(
    tmp_path: Path
) -> None:
    with_traces = ["execution_log", "traces"]
    assert observed(tmp_path, "mode: paper", is_rehearsal=False) == ["execution_log"]
    assert observed(tmp_path, ASKED % "", is_rehearsal=False) == with_traces
    assert observed(tmp_path, ASKED % "", is_rehearsal=True) == ["execution_log"]
    asked = ASKED % ", rehearsals: true"
    assert observed(tmp_path, asked, is_rehearsal=True) == with_traces


@pytest.mark.parametrize("settings", [
    {"url": "http://collector.example/v1/traces"},
    {"url": "https://127.0.0.1/v1/traces"},
    {"url": "https://name:canary@collector.example/"},
    {"url": "file:///canary"},
    {"headers": Secret("canary")},
    {"headers": Secret("a=b\r\ncanary: 1")},
    {"headers": Secret("Host=canary")},
])
def test_a_collector_out_of_reach_and_headers_that_are_none_are_refused_at_once(
    settings: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"^(url|headers): ") as refusal:
        OtlpSection(**settings)
    assert "canary" not in str(refusal.value)


def test_traces_and_headers_do_not_decide(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        (tmp_path / "c.yaml").touch(mode=0o600)
        (tmp_path / "c.yaml").write_text(text)
        return load(tmp_path / "c.yaml", environ={}).settings_hash

    asked = ASKED % ", allow_private: true, headers: 'a=b'"
    assert digest("mode: paper") == digest(f"mode: paper\n{asked}")
