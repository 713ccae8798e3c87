"""Is a person told of an option's last day, and of what became of it?"""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.shell.api.test_why import ask, order_of, told_by_journal, why
from tests.tiny_daemon import AT, TinyDaemon

from tradebot.core.model.commands import DefineInstruments, Mark
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ExecID
from tradebot.core.model.instrument import parse_occ
from tradebot.core.model.report import ExecType, LegFill

TODAY = "SPY260824C00500000"


@pytest.fixture
def intent(daemon: TinyDaemon) -> str:
    """One call that ends today, bought at 2, marked while the market stands at its strike."""
    daemon.decide(DefineInstruments(instruments=(parse_occ(TODAY),)))
    daemon.quote(TODAY, "1.90", "2.00")
    found = ask(daemon, "k1", "1", symbol=TODAY, price="2")
    daemon.fill(order_of(daemon, found), "1", "2", "X1")
    daemon.decide(Mark(quotes=(
        Quote(symbol=TODAY, bid=Decimal(2), ask=Decimal(2), as_of=AT),
    )))
    return found


def end(daemon: TinyDaemon) -> None:
    daemon.report(
        "S1", ExecType.SETTLEMENT, exec_id=ExecID("S1"), symbol=TODAY, is_sell=True,
        last_qty=Decimal(1), last_px=Decimal(3),
        legs=(LegFill(symbol="SPY", last_px=Decimal(503)),), text="exercised with SPY at 503",
    )


def test_status_warns_of_a_pin_until_the_option_is_gone(daemon: TinyDaemon, intent: str) -> None:
    (pin,) = daemon.views.status()["pins"]
    assert (pin["symbol"], pin["qty"], pin["spot"]) == (TODAY, "1", "500.01")
    assert pin["sentence"].startswith(f"PIN RISK {TODAY}")
    end(daemon)
    assert daemon.views.status()["pins"] == []


def test_the_story_of_the_order_goes_on_to_the_option_s_end(
    daemon: TinyDaemon, intent: str
) -> None:
    end(daemon)
    told = "\n".join(why(daemon, intent)["sentences"])
    assert f"PIN RISK {TODAY}" in told
    assert f"settled 1 {TODAY} @ 3, SPY at 503: exercised with SPY at 503" in told


def test_a_settlement_is_explained_by_its_own_name(
    daemon: TinyDaemon, intent: str, tmp_path: Path
) -> None:
    end(daemon)
    found = why(daemon, "S1")
    assert found["result"]["status"] == "settled"
    assert [(b["symbol"], b["qty"]) for b in found["bookings"]] == [(TODAY, "1"), ("SPY", "100")]
    assert found["result"]["cash"] == "-50000"
    assert told_by_journal(daemon, "S1", tmp_path) == found
