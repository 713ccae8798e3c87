"""Does each day's file tell of every dead letter, once, whatever was cut off?"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.tiny_daemon import TinyDaemon

from tradebot.core.model.commands import Delivery, DiscardDeadLetter, ReportDelivery, SubmitIntent
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.money import parse_decimal
from tradebot.shell.told.dead_letter_files import DeadLetterFiles


def lines(directory: Path) -> list[dict[str, object]]:
    return [
        json.loads(line) for path in sorted(directory.glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def dies(daemon: TinyDaemon) -> str:
    """Let an order die undelivered; return its intent's id."""
    decision = daemon.decide(SubmitIntent(intent=Intent(
        legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=parse_decimal("1"),
        ord_type=OrdType.LIMIT, price=parse_decimal("500"), strategy_id=None,
    )))
    assert decision is not None
    sent = decision.events[-1]
    assert isinstance(sent, OrderSubmitted)
    daemon.decide(ReportDelivery(cl_ord_id=sent.cl_ord_id, delivery=Delivery.UNDELIVERED))
    return sent.intent_id


def told(daemon: TinyDaemon, directory: Path, since: int = 0) -> None:
    """Write what a daemon's life from then on leads to, and end it."""
    closes: list[Callable[[], None]] = []
    files = DeadLetterFiles(directory, daemon.views.dead_letters, closes.append)
    for decision in daemon.decisions[since:]:
        files.on_decision(decision)
    for close in closes:
        close()


def test_each_death_and_each_end_is_a_line_of_its_day(tmp_path: Path) -> None:
    daemon = TinyDaemon()
    closes: list[Callable[[], None]] = []
    files = DeadLetterFiles(tmp_path, daemon.views.dead_letters, closes.append)
    first = dies(daemon)
    files.on_decision(daemon.decisions[-1])
    daemon.decide(DiscardDeadLetter(target=first, reason="late", by="alice"))
    files.on_decision(daemon.decisions[-1])
    for close in closes:
        close()
    assert [line["status"] for line in lines(tmp_path)] == ["pending", "discarded"]
    assert [path.name for path in tmp_path.iterdir()] == ["2026-08-24.jsonl"]


@pytest.mark.fault(1, 68)
def test_what_a_crash_kept_back_is_written_at_the_next_start_and_only_that(tmp_path: Path) -> None:
    daemon = TinyDaemon()
    first = dies(daemon)
    told(daemon, tmp_path, since=len(daemon.decisions))
    second = dies(daemon)
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text() + '{"seq": 99')
    told(daemon, tmp_path, since=len(daemon.decisions))
    told(daemon, tmp_path, since=len(daemon.decisions))
    whole = [line for line in path.read_text().splitlines() if line.endswith("}")]
    assert [json.loads(line)["intent_id"] for line in whole] == [first, second]
