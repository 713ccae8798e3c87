"""Does a person who asks in words get a draft, a question or a reason, and nothing else?"""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.asked import Out, document, told
from tests.tiny_daemon import AT, TinyDaemon

from tradebot.core.model.commands import ActivateSettings, EnterSession, SubmitIntent
from tradebot.core.model.intent import Source
from tradebot.core.model.settings import Promotion
from tradebot.core.model.window import PromotionWindow
from tradebot.core.session import Phase
from tradebot.shell.views.drafts import Present

REQUEST = {
    "symbol", "outlook", "strategy_type", "horizon_days", "expiry", "delta", "strikes", "width",
    "quantity", "max_loss", "max_loss_pct", "risk_level", "confidence", "source", "model",
    "fallback", "unresolved",
}


def submitted(daemon: TinyDaemon) -> list[SubmitIntent]:
    return [d.command for d in daemon.decisions if isinstance(d.command, SubmitIntent)]


def test_a_request_becomes_a_draft_that_waits_for_a_person(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    code, found = document(capsys, home, "ask", "SPY neutral strategy with low risk")
    assert code == 0
    assert set(found) >= {"request", "structure", "draft_id", "draft_path", "questions"}
    assert set(found["request"]) >= REQUEST
    assert found["request"]["outlook"] == "neutral"
    assert found["structure"]["strategy_type"] == "iron_condor"
    assert found["questions"] == []
    intent = daemon.book.intents.open[found["draft_id"]]
    assert intent.held is not None
    assert intent.held.reason == "POLICY_NEEDS_APPROVAL"
    assert intent.body.source is Source.DESK
    assert intent.body.asked is not None
    assert intent.body.asked.text == "SPY neutral strategy with low risk"
    assert daemon.views.drafts.get(found["draft_id"]) is not None


def test_people_read_what_was_assumed_and_how_to_approve(home: Path, capsys: Out) -> None:
    code, text, _ = told(capsys, home, "ask", "SPY", "condor,", "risk", "at", "most", "$500")
    assert code == 0
    assert "understood: open, symbol SPY, strategy type iron_condor, max loss 500" in text
    assert "assumed: 1 of it\n" in text
    assert "You can lose at most $372, if SPY closes below 468.72 or above 531.28" in text
    assert "tradebot drafts approve" in text
    assert "assumed: a budget" not in text


def test_what_an_open_window_lets_go_on_is_told_as_sent(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    daemon.decide(ActivateSettings(version="window", settings=replace(
        daemon.book.settings, promotion=Promotion.AUTO_WINDOW, eligible=("iron_condor",),
        windows=(PromotionWindow(name="day"),),
    )))
    daemon.decide(EnterSession(
        calendar="XNYS", phase=Phase.TRADING, session="2026-08-24", opens=AT,
        closes=AT + timedelta(hours=6),
    ))
    code, text, _ = told(capsys, home, "ask", "SPY iron condor, 1 contract")
    assert code == 0
    (order,) = daemon.book.orders.working
    assert f"order {order} is sent; tell all of it with: tradebot why " in text
    assert "no draft yet" not in text


def test_a_limit_is_told_in_cents_and_money_as_money(home: Path, capsys: Out) -> None:
    _, text, _ = told(capsys, home, "ask", "--dry-run", "SPY long call")
    assert "\nIts limit: pay at most 11.90 a unit.\n" in text
    assert re.search(r"^assumed: a budget of \$[1-9]\d?,\d{3}: at medium", text, re.MULTILINE)
    assert text.endswith("a dry run: nothing was staged, and no gate was asked\n")


def test_a_dry_run_stages_nothing(home: Path, daemon: TinyDaemon, capsys: Out) -> None:
    before = len(daemon.decisions)
    code, found = document(capsys, home, "ask", "--dry-run", "SPY iron condor")
    assert code == 0
    assert found["structure"]["quantity"] == "10"
    assert found["draft_id"] is None
    assert len(daemon.decisions) == before


def test_what_is_missing_is_asked_and_stages_nothing(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    code, found = document(capsys, home, "ask", "SPY put spread")
    assert code == 6
    assert [question["about"] for question in found["questions"]] == ["strategy_type"]
    assert found["structure"] is None
    code, text, _ = told(capsys, home, "ask", "SPY put spread")
    assert code == 6
    assert "question: Which one: put_credit_spread or put_debit_spread?" in text
    assert not submitted(daemon)


def test_what_does_not_fit_is_told_with_its_numbers(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    code, found = document(capsys, home, "ask", "SPY iron condor, risk at most $100")
    assert code == 6
    assert found["why"] == "iron_condor: 1 can lose $372, the budget is $100"
    assert not submitted(daemon)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "x" * 10_001])
def test_no_words_or_too_many_are_a_usage_error(text: str, home: Path, capsys: Out) -> None:
    code, said, trouble = told(capsys, home, "ask", text)
    assert (code, said) == (2, "")
    assert trouble == f"tradebot: TEXT: expected 1 to 10000 characters of words, got {len(text)}\n"


def test_without_a_daemon_nobody_is_there_to_ask(tmp_path: Path, capsys: Out) -> None:
    assert told(capsys, tmp_path, "ask", "SPY condor")[0] == 3


def a_draft(home: Path, capsys: Out, text: str) -> dict[str, Any]:
    _, found = document(capsys, home, "ask", text)
    _, shown = document(capsys, home, "drafts", "show", found["draft_id"])
    return shown


def test_a_draft_tells_what_its_legs_make_and_in_whose_words(home: Path, capsys: Out) -> None:
    words = "SPY iron condor, risk at most $500"
    shown = a_draft(home, capsys, words)["document"]
    trade, meta = shown["trade"], shown["meta"]
    assert shown["expires_utc"].startswith("2026-08-24T20:00:0")  # the close
    assert (trade["strategy_type"], trade["symbol"]) == ("iron_condor", "SPY")
    assert (trade["net_price"], trade["max_loss"], trade["max_profit"]) == ("-1.28", "372", "128")
    assert trade["break_evens"] == ["468.72", "531.28"]
    assert trade["explanation"][2].startswith("You can lose at most $372, if SPY closes below")
    assert meta == {
        "user": meta["user"], "source": "desk", "request": words, "channel": "typed",
        "confidence": "1", "provider": None, "model": None, "prompt_digest": None,
        "fallback": False, "revises": None,
    }


def test_an_edited_draft_tells_what_it_is_now(home: Path, tmp_path: Path, capsys: Out) -> None:
    shown = a_draft(home, capsys, "SPY iron condor, risk at most $500")
    edited = shown["document"]
    edited["trade"]["net_price"] = "-1.20"
    file = tmp_path / "edited.yaml"
    file.write_text(yaml.safe_dump(edited))
    code, found = document(
        capsys, home, "drafts", "revise", shown["draft"]["draft_id"], "--file", str(file)
    )
    assert code == 0
    _, again = document(capsys, home, "drafts", "show", found["draft"]["draft_id"])
    assert again["document"]["trade"]["max_loss"] == "380"
    assert again["document"]["trade"]["break_evens"] == ["468.8", "531.2"]
    assert again["document"]["digest"] != shown["document"]["digest"]
    assert again["document"]["meta"]["request"] == "SPY iron condor, risk at most $500"


def test_of_a_calendar_it_tells_what_nobody_knows(home: Path, capsys: Out) -> None:
    trade = a_draft(home, capsys, "SPY calendar, risk at most $500")["document"]["trade"]
    assert trade["strategy_type"] == "calendar"
    assert trade["max_loss"] == "416"
    assert (trade["max_profit"], trade["break_evens"]) == (None, None)
    assert "hangs on what its later option is worth by then" in trade["explanation"][-1]


def test_drafts_are_listed_with_their_age_and_how_far_the_market_moved(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    now = AT + timedelta(hours=2)
    daemon.views.drafts.present = Present(now=lambda: now, quote=daemon.facts.quotes.get)
    shown = a_draft(home, capsys, "SPY iron condor, risk at most $500")
    assert shown["draft"]["mid_then"] == shown["draft"]["mid_now"]
    assert shown["draft"]["drift"] == "0"
    sold = shown["document"]["trade"]["legs"][1]["instrument"]
    quote = daemon.facts.quotes[sold]
    daemon.facts.quotes[sold] = replace(quote, bid=quote.bid + 1, ask=quote.ask + 1)
    _, listed, _ = told(capsys, home, "drafts", "list")
    _, found = document(capsys, home, "drafts", "list")
    assert found["drafts"][0]["drift"] == "-1"
    assert "1 h 59 min" in listed
    assert "1 SPY iron condor 2026-10-02 limit -1.28" in listed
    del daemon.facts.quotes[sold]
    _, found = document(capsys, home, "drafts", "list")
    assert found["drafts"][0]["drift"] is None


def test_why_begins_with_the_words(home: Path, capsys: Out) -> None:
    found = a_draft(home, capsys, "SPY iron condor, risk at most $500")
    _, chain, _ = told(capsys, home, "why", found["draft"]["draft_id"])
    first = chain.splitlines()[0]
    assert first.endswith(
        'typed: "SPY iron condor, risk at most $500", read by the grammar with confidence 1'
    )
