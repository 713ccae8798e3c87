"""Can a person see what waits for them, and say yes or no to exactly that?"""

import io
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.asked import Out, document, told
from tests.tiny_daemon import TinyDaemon, a_morning, served

from tradebot.cli.client import Client
from tradebot.cli.outcome import Stop
from tradebot.cli.revise import changes
from tradebot.core.model.commands import ActivateSettings, Reject
from tradebot.core.model.settings import Mode, Promotion
from tradebot.shell.journal.file import Journal
from tradebot.shell.views.drafts import Shelf

SUBMIT = ("submit", "--symbol", "SPY", "--side", "buy", "--qty", "2", "--limit", "500.00")


@pytest.fixture
def daemon(tmp_path: Path) -> TinyDaemon:
    found = TinyDaemon()
    found.views.drafts.shelf = Shelf(directory=tmp_path / "drafts")
    activate(found, Promotion.MANUAL)
    return found


def activate(daemon: TinyDaemon, promotion: Promotion, **changes: Any) -> None:
    first = a_morning()[0]
    assert isinstance(first, ActivateSettings)
    settings = replace(first.settings, promotion=promotion, **changes)
    daemon.decide(ActivateSettings(settings=settings, version="asks"))


def a_draft(out: Out, home: Path) -> dict[str, Any]:
    _, found = document(out, home, *SUBMIT)
    assert found["reason_code"] == "POLICY_NEEDS_APPROVAL"
    assert found["draft_id"] == found["intent_id"]
    _, found = document(out, home, "drafts", "show", found["draft_id"][:8].lower())
    draft: dict[str, Any] = found["draft"]
    assert draft["draft_path"].startswith(str(home / "drafts"))
    return draft


def test_drafts_are_listed_and_shown_with_their_gates(home: Path, capsys: Out) -> None:
    assert told(capsys, home, "drafts", "list")[1] == "no drafts\n"
    draft = a_draft(capsys, home)
    _, listed, _ = told(capsys, home, "drafts", "list", "--status", "waiting")
    assert draft["draft_id"][:8] in listed
    assert "buy 2 SPY limit 500 day" in listed
    assert told(capsys, home, "drafts", "list", "--status", "sent")[1] == "no drafts\n"
    _, shown, _ = told(capsys, home, "drafts", "show", draft["draft_id"])
    assert draft["digest"] in shown
    assert "buying_power" in shown


def test_what_waits_for_a_person_says_what_to_do_next_and_no_more(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, *SUBMIT)
    (draft,) = document(capsys, home, "drafts", "list")[1]["drafts"]
    assert code == 0
    assert f"next       tradebot drafts show {draft['draft_id']}, then approve or reject" in said
    assert "GATE" not in said
    until = draft["expires_utc"][:19].replace("T", " ")
    assert f"until {until} UTC at the latest" in said


def test_an_approval_of_the_digest_sends_the_order(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    draft = a_draft(capsys, home)
    code, found = document(
        capsys, home, "drafts", "approve", draft["draft_id"], "--digest", draft["digest"]
    )
    assert (code, found["draft"]["status"], found["result"]["stage"]) == (0, "sent", "dispatch")
    assert len(daemon.book.orders.working) == 1
    code, _, said = told(
        capsys, home, "drafts", "approve", draft["draft_id"], "--digest", draft["digest"]
    )
    assert (code, said) == (
        6, "tradebot: POLICY_APPROVAL_USED: The draft's order was sent: its approval was for that"
        " one alone\n"
    )


def test_another_digest_is_refused(daemon: TinyDaemon, home: Path, capsys: Out) -> None:
    draft = a_draft(capsys, home)
    code, found = document(
        capsys, home, "drafts", "approve", draft["draft_id"], "--digest", "OTHER"
    )
    assert (code, found["reason_code"]) == (6, "POLICY_OTHER_DIGEST")
    assert not daemon.book.orders.working


def test_an_approved_draft_that_a_gate_refuses_ends_the_verb_as_refused(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    draft = a_draft(capsys, home)
    daemon.facts.quotes.clear()
    code, _, said = told(
        capsys, home, "drafts", "approve", draft["draft_id"], "--digest", draft["digest"]
    )
    assert code == 6
    assert "RISK_STALE_DATA" in said
    daemon.quote("SPY", "400.00", "400.02")
    code, said, _ = told(
        capsys, home, "drafts", "approve", draft["draft_id"], "--digest", draft["digest"]
    )
    assert (code, "refused RISK_PRICE_COLLAR" in said) == (6, True)


def test_without_a_digest_and_a_terminal_nothing_is_approved(home: Path, capsys: Out) -> None:
    draft = a_draft(capsys, home)
    code, _, said = told(capsys, home, "drafts", "approve", draft["draft_id"])
    assert (code, said) == (
        2, "tradebot: --digest: expected the digest that `drafts show` tells\n"
    )


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("word", "code", "orders"), [("yes\n", 0, 1), ("no\n", 1, 0)])
def test_at_a_terminal_the_draft_is_shown_and_a_yes_asked(
    daemon: TinyDaemon, home: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch,
    word: str, code: int, orders: int,
) -> None:
    draft = a_draft(capsys, home)
    monkeypatch.setattr(sys, "stdin", _Terminal(word))
    found, said, _ = told(capsys, home, "drafts", "approve", draft["draft_id"])
    assert (found, len(daemon.book.orders.working)) == (code, orders)
    assert draft["digest"] in said
    assert "approve this? type yes:" in said


def test_a_yes_reads_back_what_can_be_lost_and_a_script_must_say_the_same(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    draft = a_draft(capsys, home)
    approve = ("drafts", "approve", draft["draft_id"], "--digest", draft["digest"])
    code, _, said = told(capsys, home, *approve, "--max-loss", "49")
    assert (code, "expected what the draft says (50.002), got 49" in said) == (6, True)
    assert not daemon.book.orders.working
    code, said, _ = told(capsys, home, *approve, "--max-loss", "50.0020")
    assert (code, len(daemon.book.orders.working)) == (0, 1)
    assert "buy 2 SPY limit 500 day in account PAPER-1: at most 50.002 can be lost\n" in said


def test_a_yes_names_what_was_looked_at(daemon: TinyDaemon, home: Path, capsys: Out) -> None:
    draft = a_draft(capsys, home)
    path = f"/api/v1/drafts/{draft['draft_id']}/approve"
    for named, reason in (
        ({"account": "LIVE-7"}, "POLICY_OTHER_ACCOUNT"),
        ({"settings": "former"}, "POLICY_OTHER_SETTINGS"),
        ({"max_loss": "40"}, "POLICY_OTHER_RISK"),
    ):
        reply = Client(home).post(path, {"digest": draft["digest"], **named})
        assert reply.document["reason_code"] == reason
    assert not daemon.book.orders.working


def test_a_draft_tells_who_approved_it_and_how_many_lack(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    activate(daemon, Promotion.MANUAL, approvers_min=2)
    draft = a_draft(capsys, home)
    _, said, _ = told(
        capsys, home, "drafts", "approve", draft["draft_id"], "--digest", draft["digest"]
    )
    assert ", and 1 more must\n" in said
    daemon.decide(Reject(target=draft["draft_id"], reason="anew", by="ann"))
    draft = a_draft(capsys, home)
    path = f"/api/v1/drafts/{draft['draft_id']}/approve"
    for name, by, lacking, status in (
        ("ann", "ann", 1, "waiting"), ("bob", "ann, bob", 0, "sent"),
    ):
        body = {"digest": draft["digest"], "user": name}
        found = Client(home).post(path, body).checked()["draft"]
        assert (found["approved_by"], found["status"]) == (by, status)
        assert found["approvals_lacking"] == lacking


def test_a_draft_tells_why_its_approval_is_void(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    activate(daemon, Promotion.MANUAL, mode=Mode.STAGE)
    _, found = document(capsys, home, *SUBMIT)
    name = found["draft_id"]
    _, found = document(capsys, home, "drafts", "show", name)
    digest = found["draft"]["digest"]
    _, found = document(capsys, home, "drafts", "approve", name, "--digest", digest)
    assert (found["draft"]["status"], found["draft"]["approval_void"]) == ("approved", None)
    daemon.quote("SPY", "440.00", "440.02")
    wide = replace(daemon.book.settings.policy, price_collar_frac=Decimal(1),
                   quote_jump_max_frac=Decimal(1))
    activate(daemon, Promotion.MANUAL, policy=wide)
    _, shown, _ = told(capsys, home, "drafts", "show", name)
    assert "POLICY_OTHER_SETTINGS: other limits: asks" in shown
    _, found = document(capsys, home, "drafts", "approve", name, "--digest", digest)
    assert found["draft"]["status"] == "sent"


def test_the_status_names_the_drafts_that_end_first_with_what_a_yes_needs(
    home: Path, capsys: Out
) -> None:
    found = [a_draft(capsys, home) for _ in range(7)]
    _, told_of_it, _ = told(capsys, home, "status")
    first = found[0]
    assert f"draft {first['draft_id'][:8]}" in told_of_it
    assert f"digest {first['digest']}" in told_of_it
    _, status = document(capsys, home, "status")
    assert [row["draft_id"] for row in status["drafts"]["ending"]] == [
        draft["draft_id"] for draft in found[:5]
    ]


def test_a_rejected_draft_keeps_who_said_no_and_why(home: Path, capsys: Out) -> None:
    draft = a_draft(capsys, home)
    code, said, _ = told(
        capsys, home, "drafts", "reject", draft["draft_id"], "--reason", "too dear"
    )
    assert (code, "is rejected POLICY_REJECTED" in said) == (0, True)
    _, found = document(capsys, home, "drafts", "list", "--status", "rejected")
    assert "too dear" in found["drafts"][0]["reason_detail"]
    assert "/archive/" in found["drafts"][0]["draft_path"]


def test_what_no_draft_is_called_is_said(home: Path, capsys: Out) -> None:
    for words in (("show",), ("approve", "--digest", "X"), ("reject", "--reason", "no")):
        code, _, said = told(capsys, home, "drafts", words[0], "NOBODYSX", *words[1:])
        assert code in (1, 3)
        assert "Traceback" not in said


def test_drafts_are_read_without_a_daemon_but_not_answered(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    with served(daemon, tmp_path):
        draft = a_draft(capsys, tmp_path)
    journal = Journal.open(
        tmp_path / "journal", code="0.1.0", settings_hash="test", threaded=False, prewrite=False
    )
    journal.write(daemon.decisions)
    journal.close()
    _, found = document(capsys, tmp_path, "drafts", "list")
    assert found["drafts"] == [draft]
    _, shown = document(capsys, tmp_path, "drafts", "show", draft["draft_path"])
    assert shown["document"]["digest"] == draft["digest"]
    code, _, said = told(
        capsys, tmp_path, "drafts", "approve", draft["draft_id"], "--digest", draft["digest"]
    )
    assert code == 3
    assert "no daemon runs" in said


def edited(home: Path, draft: dict[str, Any], old: str, new: str, out: Out) -> str:
    """Write the draft's file as its daemon would, with one word changed."""
    _, found = document(out, home, "drafts", "show", draft["draft_id"])
    text = yaml.safe_dump(found["document"], sort_keys=False)
    assert old in text
    path = home / "edited.yaml"
    path.write_text(text.replace(old, new))
    return str(path)


@pytest.mark.parametrize(("old", "new", "asks"), [
    ("quantity: '2'", "quantity: 3", "buy 3 SPY limit 500 day"),
    ("net_price: '500", "net_price: '499.5", "buy 2 SPY limit 499.5 day"),
    ("order_qty: '2'", "order_qty: '1'", "buy 1 SPY limit 500 day"),
])
def test_an_edited_file_becomes_a_new_draft_in_the_place_of_the_old(
    home: Path, capsys: Out, old: str, new: str, asks: str
) -> None:
    draft = a_draft(capsys, home)
    file = edited(home, draft, old, new, capsys)
    code, found = document(
        capsys, home, "drafts", "revise", draft["draft_id"], "--file", file
    )
    assert code == 0
    assert found["draft"]["ask"] == asks
    assert found["draft"]["revises"] == draft["draft_id"]
    assert found["draft"]["digest"] != draft["digest"]
    assert (found["revised"]["status"], found["draft"]["status"]) == ("superseded", "waiting")
    _, listed = document(capsys, home, "drafts", "list", "--status", "open")
    assert [row["draft_id"] for row in listed["drafts"]] == [found["draft"]["draft_id"]]


def test_a_file_that_asks_for_another_trade_is_refused(home: Path, capsys: Out) -> None:
    draft = a_draft(capsys, home)
    for old, new, complaint in (
        ("instrument: SPY", "instrument: IBM", "trade.legs[0].instrument was changed"),
        ("expires_utc: '", "expires_utc: '3", "expires_utc was changed"),
        ("quantity: '2'", "quantity: two", "trade.legs[0].quantity: expected a quantity"),
    ):
        file = edited(home, draft, old, new, capsys)
        code, _, said = told_of(capsys, home, draft, "--file", file)
        assert code == 2
        assert complaint in said
    code, _, said = told_of(capsys, home, draft)
    assert (code, "a new quantity" in said) == (2, True)


def told_of(out: Out, home: Path, draft: dict[str, Any], *words: str) -> tuple[int, str, str]:
    return told(out, home, "drafts", "revise", draft["draft_id"], *words)


def test_a_change_that_a_gate_refuses_says_so_and_keeps_the_draft(home: Path, capsys: Out) -> None:
    draft = a_draft(capsys, home)
    code, said, _ = told_of(capsys, home, draft, "--qty", "9000000")
    assert (code, "RISK_ORDER_QUANTITY" in said) == (6, True)
    assert f"draft {draft['draft_id']} is waiting" in said
    code, said, _ = told_of(capsys, home, draft, "--limit", "499.99", "--ttl", "600")
    assert (code, f"takes the place of {draft['draft_id']}" in said) == (0, True)
    code, _, said = told_of(capsys, home, draft, "--qty", "1")
    assert (code, "POLICY_SUPERSEDED" in said) == (6, True)


def test_the_legs_of_a_combo_are_revised_together() -> None:
    legs = [{"quantity": "2", "price": None}, {"quantity": "4", "price": None}]
    draft = {"trade": {"order_qty": "2", "net_price": "1.5", "legs": legs}}
    now = {"trade": {"order_qty": "2", "net_price": "null", "legs": [
        {"quantity": "3", "price": "null"}, {"quantity": "6", "price": "null"}
    ]}}
    assert changes(draft, {**now, "trade": {**now["trade"], "net_price": "1.4"}}) == {
        "limit": "1.4", "qty": "3"
    }
    now["trade"]["legs"][1]["quantity"] = "5"  # type: ignore[index]
    with pytest.raises(Stop, match="expected one new quantity"):
        changes(draft, {**now, "trade": {**now["trade"], "net_price": "1.5"}})
