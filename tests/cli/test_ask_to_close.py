"""Can what the desk opened be closed and rolled by words: all of it, once, and nothing else?"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.cli.asked import Out, document, told
from tests.tiny_daemon import TinyDaemon

from tradebot.core.model.ids import ExecID
from tradebot.core.model.report import ExecType, LegFill


def opened(home: Path, daemon: TinyDaemon, capsys: Out, text: str) -> str:
    """Ask, approve, and let the broker fill all of it at the prices of the moment."""
    _, found = document(capsys, home, "ask", text)
    code, _ = document(
        capsys, home, "drafts", "approve", found["draft_id"], "--digest", found["digest"]
    )
    assert code == 0
    order = daemon.views.pipeline_result(found["draft_id"])
    assert order is not None
    cl_ord_id = order["client_order_id"]
    intent = daemon.book.orders.working[cl_ord_id].intent
    mids = [daemon.facts.quotes[leg.symbol].mid for leg in intent.legs]
    daemon.report(cl_ord_id, ExecType.NEW)
    net = sum(
        (leg.side.sign * leg.ratio_qty * mid for leg, mid in zip(intent.legs, mids, strict=True)),
        Decimal(0),
    )
    legs = tuple(
        LegFill(symbol=leg.symbol, last_px=mid) for leg, mid in zip(intent.legs, mids, strict=True)
    )
    daemon.report(
        cl_ord_id, ExecType.TRADE, exec_id=ExecID(f"X{cl_ord_id}"), last_qty=intent.order_qty,
        last_px=net if len(legs) > 1 else abs(net), legs=legs if len(legs) > 1 else (),
    )
    assert not daemon.book.halted
    return str(found["draft_id"])


def ask(home: Path, capsys: Out, *words: str) -> dict[str, Any]:
    return document(capsys, home, "ask", *words)[1]


def test_a_condor_is_closed_once(home: Path, daemon: TinyDaemon, capsys: Out) -> None:
    opened(home, daemon, capsys, "SPY iron condor, 2 contracts")
    found = ask(home, capsys, "close my SPY condor")
    structure = found["structure"]
    assert (structure["strategy_type"], structure["quantity"]) == ("iron_condor", "2")
    assert structure["closes"] is True
    assert structure["profit"] == "-16"  # what the price gives up: 0.08 a unit
    assert structure["explanation"][-1] == (
        "It brought $272 when it was opened: so it lost $16, before fees."
    )
    _, shown = document(capsys, home, "drafts", "show", found["draft_id"])
    trade = shown["document"]["trade"]
    assert trade["strategy_type"] == "close_iron_condor"
    assert (trade["max_loss"], trade["max_profit"]) == (None, None)
    code, again = document(capsys, home, "ask", "close my SPY condor")
    assert code == 6
    assert again["why"] == (
        "the desk holds no such thing, or is closing it already; left of SPY: nothing"
    )


def test_what_comes_out_of_another_structure_is_told(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    opened(home, daemon, capsys, "SPY iron condor, 3 contracts")
    legs = ask(home, capsys, "--dry-run", "close my SPY condor")["structure"]["legs"]
    sold = next(leg for leg in legs if leg["action"] == "buy" and leg["right"] == "put")
    text = f"buy 1 SPY put {sold['expiry']} at strike {sold['strike']}"
    assert ask(home, capsys, "--dry-run", text)["structure"]["assumed"][-1] == (
        f"{sold['instrument']} comes out of the iron_condor that is held"
    )
    same = ask(home, capsys, "--dry-run", "SPY iron condor")["structure"]["assumed"]
    assert not [text for text in same if "comes out of" in text]


def test_what_is_closed_in_part_can_be_closed_in_full(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    opened(home, daemon, capsys, "SPY iron condor, 3 contracts")
    assert ask(home, capsys, "close 2 of my SPY condors")["structure"]["quantity"] == "2"
    assert ask(home, capsys, "close my SPY condor")["structure"]["quantity"] == "1"
    assert "left of SPY: nothing" in ask(home, capsys, "close SPY")["why"]


def test_a_rejected_close_frees_what_it_would_have_closed(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    opened(home, daemon, capsys, "SPY iron condor, 1 contract")
    draft = ask(home, capsys, "close my SPY condor")["draft_id"]
    assert ask(home, capsys, "close my SPY condor")["draft_id"] is None
    told(capsys, home, "drafts", "reject", draft, "--reason", "not yet")
    assert ask(home, capsys, "close my SPY condor")["draft_id"] is not None


def test_closing_leaves_nothing(home: Path, daemon: TinyDaemon, capsys: Out) -> None:
    opened(home, daemon, capsys, "SPY iron condor, 1 contract")
    opened(home, daemon, capsys, "close my SPY condor")
    assert daemon.views.positions() == []


def test_a_roll_is_two_drafts_the_closing_one_first(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    opened(home, daemon, capsys, "SPY put credit spread, 1 contract")
    code, found = document(capsys, home, "ask", "roll my SPY put spread to 60 days out")
    assert code == 0
    first, second = found["steps"]
    assert (first["structure"]["closes"], second["structure"]["closes"]) == (True, False)
    assert found["draft_id"] == first["draft_id"] != second["draft_id"]
    assert second["structure"]["expiry"] > first["structure"]["expiry"]
    assert [leg["strike"] for leg in first["structure"]["legs"]] == [
        leg["strike"] for leg in second["structure"]["legs"]
    ]


def test_which_one_is_asked_where_two_are_held(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    opened(home, daemon, capsys, "SPY iron condor, 1 contract")
    opened(home, daemon, capsys, "SPY call debit spread, 1 contract")
    code, found = document(capsys, home, "ask", "close SPY")
    assert code == 6
    assert [question["about"] for question in found["questions"]] == ["held"]
    assert ask(home, capsys, "close my SPY call spread")["draft_id"] is not None


def test_what_somebody_else_holds_is_not_the_desks(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    told(capsys, home, "submit", "--symbol", "SPY", "--side", "buy", "--qty", "2", "--limit", "500")
    (order,) = daemon.book.orders.working
    daemon.fill(order, "2", "500", "X1")
    assert "left of SPY: nothing" in ask(home, capsys, "close SPY")["why"]


def a_hundred_shares(home: Path, daemon: TinyDaemon, capsys: Out) -> None:
    for exec_id in ("X1", "X2"):
        told(capsys, home, "submit", "--symbol", "SPY", "--side", "buy", "--qty", "50")
        (order,) = daemon.book.orders.working
        daemon.fill(order, "50", "500", exec_id)


def test_shares_that_a_person_bought_cover_a_call(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    a_hundred_shares(home, daemon, capsys)
    found = ask(home, capsys, "SPY neutral")
    assert found["structure"]["strategy_type"] == "covered_call"
    assert [leg["action"] for leg in found["structure"]["legs"]] == ["sell"]
    assert found["structure"]["assumed"][-1] == "the shares are held: only the options are traded"
    _, shown = document(capsys, home, "drafts", "show", found["draft_id"])
    trade = shown["document"]["trade"]
    assert trade["strategy_type"] == "covered_call"
    assert trade["explanation"][-1] == "Shares that are held cover it."
    assert trade["max_loss"] is not None


def test_a_call_that_those_shares_cover_is_closed_alone(
    home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    a_hundred_shares(home, daemon, capsys)
    opened(home, daemon, capsys, "SPY neutral")
    structure = ask(home, capsys, "close my SPY covered call")["structure"]
    assert (structure["strategy_type"], structure["quantity"]) == ("covered_call", "1")
    assert [leg["action"] for leg in structure["legs"]] == ["buy"]
    assert "left of SPY: nothing" in ask(home, capsys, "close SPY")["why"]


@pytest.mark.parametrize("text", ["close my SPY condor", "roll my SPY condor to next month"])
def test_nothing_is_closed_of_nothing(
    text: str, home: Path, daemon: TinyDaemon, capsys: Out
) -> None:
    before = len(daemon.decisions)
    assert "left of SPY: nothing" in ask(home, capsys, text)["why"]
    assert len(daemon.decisions) == before
