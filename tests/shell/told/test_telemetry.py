"""Does the log say each thing once, under its ids, and the health document what is true?"""

import asyncio
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.daemon.rehearsal import CONFIG
from tests.tiny_daemon import AT, TinyDaemon, served

import tradebot
from tradebot.cli.main import main
from tradebot.core.model.commands import (
    Delivery,
    ReportDelivery,
    SetKillSwitch,
    SubmitIntent,
)
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.core.model.money import ONE
from tradebot.core.model.report import ExecType
from tradebot.shell import observers
from tradebot.shell.settings.config import load
from tradebot.shell.told.execution_log import ExecutionLog
from tradebot.shell.told.importance import Importance
from tradebot.shell.told.outlet import Outlet
from tradebot.shell.told.telemetry import Console, JsonLog, Repeats

LATER = AT + timedelta(seconds=61)


class Steps:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = AT

    def now(self) -> datetime:
        return self.at


@pytest.mark.fault(94)
def test_a_text_that_comes_again_within_a_minute_is_counted_and_told_once() -> None:
    repeats = Repeats()
    told = [repeats.heard(AT + timedelta(seconds=n), "broken") for n in range(50)]
    assert told == [["broken"], *[[]] * 49]
    assert repeats.heard(LATER, "other") == ["broken (came 49 more times)", "other"]
    assert repeats.heard(LATER, "broken") == ["broken"]
    assert repeats.over() == []


def test_texts_that_are_remembered_are_bounded() -> None:
    repeats = Repeats()
    told = [line for n in range(10_000) for line in repeats.heard(AT, f"text {n}")]
    assert len(told) == 10_000
    assert len(repeats._seen) <= 257


def test_a_clock_that_goes_back_silences_nothing() -> None:
    repeats = Repeats()
    repeats.heard(LATER, "broken")
    assert repeats.heard(AT, "broken") == ["broken"]


def an_intent(daemon: TinyDaemon) -> SubmitIntent:
    return SubmitIntent(intent=Intent(
        legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=ONE, key="k", source=Source.CLI,
        correlation_id="basket-7",
    ))


def test_every_line_about_an_intent_carries_its_ids() -> None:
    daemon = TinyDaemon()
    log = JsonLog(io.StringIO(), daemon.views.ids_of)
    decision = daemon.decide(an_intent(daemon))
    assert decision is not None
    filled = daemon.fill(next(iter(daemon.book.orders.working)), "1", "500.01", "X1")
    assert filled is not None
    told = log.told(decision) + log.told(filled)
    lines = [json.loads(line) for line in told.splitlines()]
    assert {"IntentReceived", "OrderSubmitted", "OrderReported", "TradeBooked"} <= {
        line["event"] for line in lines
    }
    assert {line["correlation_id"] for line in lines} == {"basket-7"}
    assert len({line["intent_id"] for line in lines}) == 1


def test_a_log_says_how_important_a_line_is_and_leaves_out_what_is_less_than_asked_for() -> None:
    daemon, told = TinyDaemon(), {}
    ordered = daemon.decide(an_intent(daemon))
    doubted = daemon.decide(ReportDelivery(
        cl_ord_id=next(iter(daemon.book.orders.working)), delivery=Delivery.UNKNOWN, detail="mute"
    ))
    killed = daemon.decide(SetKillSwitch(engaged=True, reason="enough", by="me"))
    for least in Importance:
        log = JsonLog(io.StringIO(), daemon.views.ids_of, least, for_journald=True)
        lines = "".join([log.told(decision) for decision in (ordered, doubted, killed) if decision])
        told[least] = {json.loads(line[3:])["event"]: line[:3] for line in lines.splitlines()}
    assert told[Importance.ERROR] == {"KillSwitchSet": "<3>"}
    assert told[Importance.WARNING] == {"OrderInDoubt": "<4>", "KillSwitchSet": "<3>"}
    assert told[Importance.INFO]["OrderSubmitted"] == "<6>"
    assert told[Importance.DEBUG].keys() - told[Importance.INFO].keys() == {
        "StagesPassed", "RouteChosen"
    }


def test_an_execution_tells_the_latency_of_each_stage() -> None:
    daemon, clock, lines = TinyDaemon(), Steps(), []

    def write(texts: Sequence[str]) -> None:
        lines.extend(texts)

    out = Outlet("test", write)
    log = ExecutionLog(out, daemon.views, clock)
    command = an_intent(daemon)
    first = AT + timedelta(seconds=len(daemon.decisions) + 1)  # when it will be decided
    clock.at = first - timedelta(milliseconds=3)
    log.on_arrival(command)
    decision = daemon.decide(command)
    assert decision is not None
    clock.at = first + timedelta(milliseconds=5)
    log.on_decision(decision)
    name = next(iter(daemon.book.orders.working))
    clock.at = first + timedelta(milliseconds=9)
    log.on_sent(name)
    for heard in (daemon.report(name, ExecType.NEW), daemon.fill(name, "1", "500.01", "X1")):
        assert heard is not None
        log.on_decision(heard)
    out.close()
    [line] = [json.loads(text) for text in lines]
    assert line["latency_ms"] == {
        "decided": 3.0, "durable": 5.0, "sent": 4.0, "acknowledged": 991.0, "filled": 1000.0,
        "total": 2003.0,
    }
    assert (line["exec_id"], line["last_px"], line["symbol"]) == ("X1", "500.01", "SPY")
    assert line["correlation_id"] == "basket-7"


def test_what_a_restart_forgot_is_null_and_the_execution_is_told() -> None:
    daemon, lines = TinyDaemon(), []
    out = Outlet("test", lines.extend)
    daemon.decide(an_intent(daemon))
    log = ExecutionLog(out, daemon.views, Steps())
    filled = daemon.fill(next(iter(daemon.book.orders.working)), "1", "500.01", "X1")
    assert filled is not None
    log.on_decision(filled)
    out.close()
    [line] = [json.loads(text) for text in lines]
    assert set(line["latency_ms"].values()) == {None}
    assert line["correlation_id"] == "basket-7"


def rehearsed(place: Path, **overrides: object) -> Path:
    """Rehearse half an hour; the file is the same everywhere, what is laid over it says where."""
    (place / "c.yaml").write_text(CONFIG)
    overrides["data_dir"] = place / "data"

    async def run() -> None:
        async with tradebot.open_daemon(
            place / "c.yaml", rehearse=True, resume=True, speed="max", overrides=overrides,
            start=datetime(2026, 11, 24, 14, 30, tzinfo=UTC),
            until=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        ) as daemon:
            await daemon.submit(symbol="SPY", side="buy", qty=1, key="once", wait=True)
            await asyncio.sleep(1700)

    tradebot.rehearse(run())
    return place / "data" / "rehearsal"


def test_a_rehearsal_leaves_a_line_an_execution_and_its_health(tmp_path: Path) -> None:
    home = rehearsed(tmp_path)
    health = json.loads((home / "telemetry" / "system_health.json").read_text())
    assert health["system_status"] == "healthy"
    assert health["components"]["risk_gates"]["status"] == "healthy"
    lines = (home / "telemetry" / "execution_log.jsonl").read_text().splitlines()
    journal = (home / "journal" / "00000001.jsonl").read_text()
    assert len(lines) == journal.count('"TradeBooked"') > 0
    assert all(json.loads(line)["latency_ms"]["total"] > 0 for line in lines)


@pytest.mark.promise(29)
@pytest.mark.fault(94)
def test_trading_is_the_same_where_telemetry_cannot_be_written(tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("free", "blocked", "off")]
    for home in homes:
        (home / "data" / "rehearsal").mkdir(parents=True)
    blocker = homes[1] / "data" / "rehearsal" / "telemetry"
    blocker.write_text("a file where the directory belongs")
    free, blocked = rehearsed(homes[0]), rehearsed(homes[1])
    off = rehearsed(homes[2], **{"telemetry.execution_log": "false"})
    assert (free / "telemetry" / "execution_log.jsonl").exists()
    assert blocker.is_file()
    assert not (off / "telemetry" / "execution_log.jsonl").exists()
    journals = {(home / "journal" / "00000001.jsonl").read_bytes() for home in (free, blocked, off)}
    assert len(journals) == 1


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_health_tells_what_ails(home: Path, capsys: Any) -> None:
    with served(TinyDaemon(), home):
        assert main(["health", "--data-dir", str(home)]) == 0
        told = capsys.readouterr().out
        assert main(["health", "--data-dir", str(home), "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
    assert "health         degraded" in told
    assert "brokers: degraded (down ['paper'])" in told
    assert (found["running"], found["system_status"]) == (True, "degraded")


def test_health_without_a_daemon_shows_what_was_last_written(tmp_path: Path, capsys: Any) -> None:
    home = rehearsed(tmp_path)
    assert main(["health", "--data-dir", str(home), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert (found["running"], found["system_status"]) == (False, "stopped")
    assert found["last_written"]["system_status"] == "healthy"


def test_a_status_line_fits_its_terminal_and_stays_below_what_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = io.StringIO()
    console = Console(out, UTC, is_terminal=True)
    console.status(AT, {"state": "TRADING", "PAPER-1": "equity 100,000.00 realised 0.00"})
    console.line(AT, "something")
    shown = [line.rpartition("\x1b[K")[2] for line in out.getvalue().split("\n")]
    assert [len(shown[-1]), shown[-1][10:24]] == [39, " state TRADING"]
    assert shown[0].endswith("  something")


@pytest.mark.parametrize(("term", "can_redraw"), [("xterm", True), ("dumb", False)])
def test_a_dumb_terminal_gets_lines_for_people_and_no_codes(
    term: str, *, can_redraw: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TERM", term)
    (tmp_path / "c.yaml").write_text(CONFIG)
    config = load(tmp_path / "c.yaml", environ={})
    out = Outlet("test", lambda _: None, is_terminal=True)
    found = observers.telling("auto", config, out, TinyDaemon().views)
    out.close()
    assert isinstance(found, Console)
    assert found.is_terminal is can_redraw


@pytest.mark.fault(106)
@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_a_broker_wrote_begins_no_line_of_the_log_and_moves_no_cursor(
    is_terminal: bool,
) -> None:
    out = io.StringIO()
    console = Console(out, ZoneInfo("UTC"), is_terminal=is_terminal)
    console.line(AT, "rejected: \x1b[2Jno\n11-21 09:30:00  all is well\u2028\u202e")
    said = out.getvalue().removeprefix("\r\x1b[K")
    assert said.count("\n") == 1
    assert said.rstrip("\n").isprintable()
