"""Does each day's file tell what became of each draft, once, whatever was cut off?"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_daemon import AT, TinyDaemon, a_morning

from tradebot.core.model.commands import (
    ActivateSettings,
    Approve,
    Delivery,
    EnterSession,
    Phase,
    Reject,
    ReportDelivery,
    SubmitIntent,
    Tick,
)
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import IntentId, StrategyId
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.money import parse_decimal
from tradebot.core.model.settings import Promotion
from tradebot.core.model.window import PromotionWindow
from tradebot.shell.told.promotion_files import PromotionFiles

DAY = "2026-08-24.jsonl"


def a_daemon(promotion: Promotion = Promotion.MANUAL, **changes: Any) -> TinyDaemon:
    daemon = TinyDaemon()
    first = a_morning()[0]
    assert isinstance(first, ActivateSettings)
    settings = replace(first.settings, promotion=promotion, **changes)
    daemon.decide(ActivateSettings(settings=settings, version="asks"))
    return daemon


def a_draft(daemon: TinyDaemon, **changes: Any) -> IntentId:
    decision = daemon.decide(SubmitIntent(intent=Intent(**{
        "legs": (Leg(symbol="SPY", side=Side.BUY),), "order_qty": parse_decimal("1"),
        "ord_type": OrdType.LIMIT, "price": parse_decimal("500"),
        "strategy_id": StrategyId("sma"), **changes,
    })))
    assert decision is not None
    intent_id: IntentId = decision.events[0].intent_id  # type: ignore[union-attr]
    return intent_id


def approve(daemon: TinyDaemon, draft: IntentId) -> OrderSubmitted:
    digest = daemon.book.intents.open[draft].body.digest()
    decision = daemon.decide(Approve(target=draft, digest=digest, by="ann"))
    assert decision is not None
    sent = decision.events[-1]
    assert isinstance(sent, OrderSubmitted)
    return sent


def told(daemon: TinyDaemon, directory: Path) -> list[dict[str, Any]]:
    """Write what a daemon's start finds missing, end it, and read what is there."""
    closes: list[Callable[[], None]] = []
    PromotionFiles(directory, daemon.views.promotions, closes.append)
    return ended(closes, directory)


def ended(closes: list[Callable[[], None]], directory: Path) -> list[dict[str, Any]]:
    for close in closes:
        close()
    lines = [
        line for path in sorted(directory.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]


def test_a_draft_is_held_and_then_promoted_by_whoever_approved_it(tmp_path: Path) -> None:
    daemon = a_daemon()
    draft = a_draft(daemon)
    sent = approve(daemon, draft)
    held, promoted = told(daemon, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [DAY]
    assert (held["outcome"], held["reason_code"]) == ("HELD", "POLICY_NEEDS_APPROVAL")
    assert (held["approved_by"], held["client_order_id"]) == ([], None)
    assert (promoted["outcome"], promoted["draft_id"]) == ("PROMOTED", draft)
    assert (promoted["approved_by"], promoted["window"]) == (["ann"], None)
    assert promoted["client_order_id"] == sent.cl_ord_id
    assert promoted["digest"] == held["digest"] == sent.intent.digest()
    assert promoted["settings_version"] == "asks"
    assert promoted["gates"] == {"list": held["gates"]["list"], "verdict": "ALLOW",
                                 "objections": []}


def test_a_window_that_is_open_promotes_without_a_hold(tmp_path: Path) -> None:
    window = PromotionWindow(name="day")
    daemon = a_daemon(Promotion.AUTO_WINDOW, eligible=("sma",), windows=(window,))
    daemon.decide(EnterSession(
        calendar="XNYS", phase=Phase.TRADING, session="2026-08-24", opens=AT,
        closes=AT + timedelta(hours=6),
    ))
    draft = a_draft(daemon)
    (promoted,) = told(daemon, tmp_path)
    assert (promoted["draft_id"], promoted["outcome"]) == (draft, "PROMOTED")
    assert (promoted["window"], promoted["session"]) == ("day", "2026-08-24")


def test_a_no_and_a_draft_that_outlived_its_time_are_told_apart(tmp_path: Path) -> None:
    daemon = a_daemon(draft_ttl_s=1)
    daemon.decide(Reject(target=a_draft(daemon), reason="no", by="bob"))
    a_draft(daemon, ttl_s=1)
    daemon.decide(Tick())
    ends = [(line["outcome"], line["reason_code"]) for line in told(daemon, tmp_path)]
    assert ends == [
        ("HELD", "POLICY_NEEDS_APPROVAL"), ("REFUSED", "POLICY_REJECTED"),
        ("HELD", "POLICY_NEEDS_APPROVAL"), ("EXPIRED", "POLICY_INTENT_EXPIRED"),
    ]


def test_what_never_needed_anybody_is_no_promotion(tmp_path: Path) -> None:
    daemon = a_daemon(Promotion.DISABLED)
    a_draft(daemon)
    assert not told(daemon, tmp_path)


@pytest.mark.fault(29)
def test_what_a_crash_kept_back_is_written_at_the_next_start_and_nothing_twice(
    tmp_path: Path,
) -> None:
    daemon = a_daemon()
    first = a_draft(daemon)
    assert len(told(daemon, tmp_path)) == 1
    approve(daemon, first)
    a_draft(daemon)
    path = tmp_path / DAY
    path.write_text(path.read_text() + '{"draft_id": "torn')
    assert len(told(daemon, tmp_path)) == 3
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:1], *lines[2:]]) + "\n")  # one from the midst is lost
    again = told(daemon, tmp_path)
    assert sorted((line["draft_id"], line["outcome"]) for line in again) == sorted({
        (line["draft_id"], line["outcome"]) for line in again
    })
    assert len(again) == 3


def test_a_draft_that_is_sent_twice_was_promoted_once(tmp_path: Path) -> None:
    daemon, closes = a_daemon(), list[Callable[[], None]]()
    files = PromotionFiles(tmp_path, daemon.views.promotions, closes.append)
    draft = a_draft(daemon)
    files.on_decision(daemon.decisions[-1])
    sent = approve(daemon, draft)
    files.on_decision(daemon.decisions[-1])
    daemon.decide(ReportDelivery(cl_ord_id=sent.cl_ord_id, delivery=Delivery.NEVER_LEFT))
    files.on_decision(daemon.decisions[-1])
    assert approve(daemon, draft).attempt == 2
    files.on_decision(daemon.decisions[-1])
    assert [line["outcome"] for line in ended(closes, tmp_path)] == ["HELD", "PROMOTED"]
