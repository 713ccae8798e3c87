"""Does `why` tell the whole chain, and `why-not` only numbers that would have passed?"""

import re
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_daemon import AT, TinyDaemon

from tradebot.core.gates import REQUIRED
from tradebot.core.gates.lists import GATE_LISTS
from tradebot.core.model.commands import (
    Delivery,
    ReportDelivery,
    RequestCancel,
    RequestReplace,
    SetKillSwitch,
    SubmitIntent,
)
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID, keyed_intent_id
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, Source
from tradebot.core.model.money import plain
from tradebot.core.model.reason import GateResult
from tradebot.core.model.report import ExecType
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.search import chain_of
from tradebot.shell.views.views import Views
from tradebot.shell.views.why import gate_sentence

SHAPE = {
    "id", "kind", "intent", "quotes", "gates", "route", "order", "reports", "bookings", "result",
    "because", "sentences",
}


def ask(
    daemon: TinyDaemon, key: str, qty: str = "10", *, side: Side = Side.BUY,
    price: str | None = None, symbol: str = "SPY",
) -> str:
    daemon.decide(SubmitIntent(intent=Intent(
        legs=(Leg(symbol=symbol, side=side),), order_qty=Decimal(qty), key=key, user="ann",
        ord_type=OrdType.LIMIT if price else OrdType.MARKET,
        price=Decimal(price) if price else None, source=Source.CLI,
    )))
    return keyed_intent_id(key)


def why(daemon: TinyDaemon, name: str) -> dict[str, Any]:
    found = daemon.views.why(name)
    assert found is not None
    assert set(found) == SHAPE
    return found


def order_of(daemon: TinyDaemon, intent: str) -> ClOrdID:
    return ClOrdID(why(daemon, intent)["order"]["client_order_id"])


def remedies(daemon: TinyDaemon, intent: str) -> list[str]:
    return list(why(daemon, intent)["because"]["remedies"])


def told_by_journal(daemon: TinyDaemon, name: str, home: Path) -> dict[str, Any] | None:
    journal = Journal.open(
        home, code="0.1.0", settings_hash="test", threaded=False, prewrite=False, sync=False,
    )
    journal.write(daemon.decisions[journal.last_seq:])
    journal.close()
    views = Views(events_max=None)
    for decision in chain_of(home, name):
        views.apply(decision)
    return views.why(name)


@pytest.mark.parametrize("name", sorted({*chain.from_iterable(GATE_LISTS.values())}))
def test_every_gate_of_every_list_tells_its_question(name: str) -> None:
    told = gate_sentence(GateResult(gate=name))
    assert re.fullmatch(rf"{name}: allowed; [a-z][^`?]+\?", told)


def test_the_chain_runs_from_the_ask_to_the_money(daemon: TinyDaemon) -> None:
    intent = ask(daemon, "k1")
    order = order_of(daemon, intent)
    daemon.report(order, ExecType.NEW)
    daemon.fill(order, "4", "500.01", "X1")
    daemon.fill(order, "6", "500.02", "X2")
    found = why(daemon, intent)
    assert found["intent"]["user"] == "ann"
    assert [(q["symbol"], q["bid"], q["ask"]) for q in found["quotes"]] == [
        ("SPY", "500", "500.02")
    ]
    assert found["quotes"][0]["age_s"] == plain(Decimal(found["quotes"][0]["seq"]))
    assert [gate["verdict"] for gate in found["gates"]] == ["ALLOW"] * len(REQUIRED)
    assert found["route"]["route"] == "paper"
    assert [r["exec_type"] for r in found["reports"]] == ["new", "trade", "trade"]
    assert [b["exec_id"] for b in found["bookings"]] == ["X1", "X2"]
    assert found["result"]["cash"] == "-5002.66"
    assert found["result"]["fees"] == "2.5"
    assert found["result"]["waits_for"] == []
    told = "\n".join(found["sentences"])
    assert "ann asked through cli: buy 10 SPY market day" in told
    assert (
        "order_quantity: allowed; is the largest leg at most order_qty_max units? "
        "10 <= 100"
    ) in told
    assert "read SPY 500 / 500.02" in told
    assert "10 of 10 filled at 500.016; cash -5002.66, fees 2.5" in found["sentences"][-1]


def test_an_intent_an_order_and_a_fill_tell_the_same_chain(daemon: TinyDaemon) -> None:
    intent = ask(daemon, "k1")
    order = order_of(daemon, intent)
    daemon.fill(order, "4", "500.01", "X1")
    daemon.decide(RequestCancel(target=order, by="ann"))
    request = daemon.book.orders.working[next(iter(daemon.book.orders.working))].canceling
    assert request is not None
    kinds = []
    for name in (intent, order, "X1", request):
        found = why(daemon, name)
        kinds.append(found.pop("kind"))
        assert found.pop("id") == name
        assert found == {
            key: value for key, value in why(daemon, intent).items() if key not in ("id", "kind")
        }
    assert kinds == ["intent", "order", "fill", "order"]


def test_the_journal_tells_what_the_memory_tells(daemon: TinyDaemon, tmp_path: Path) -> None:
    bought = ask(daemon, "k1")
    order = order_of(daemon, bought)
    daemon.fill(order, "10", "500.01", "X1")
    sold = ask(daemon, "k2", "4", side=Side.SELL, price="499")
    daemon.fill(order_of(daemon, sold), "4", "501", "X2")
    refused = ask(daemon, "k3", "101")
    for name in (bought, order, "X1", sold, "X2", refused):
        assert told_by_journal(daemon, name, tmp_path) == why(daemon, name)
    assert told_by_journal(daemon, "nobody", tmp_path) is None


def test_the_journal_knows_what_memory_has_let_go(daemon: TinyDaemon, tmp_path: Path) -> None:
    daemon.views._kept.intents._size = daemon.views._kept.orders._size = 2
    first = ask(daemon, "k0")
    order = order_of(daemon, first)
    daemon.fill(order, "10", "500.01", "X0")
    for number in range(1, 5):
        daemon.fill(order_of(daemon, ask(daemon, f"k{number}")), "10", "500.01", f"X{number}")
    assert daemon.views.why(first) is None
    found = told_by_journal(daemon, "X0", tmp_path)
    assert found is not None
    assert (found["kind"], found["intent"]["intent_id"]) == ("fill", first)


def test_a_long_chain_is_told_whole_by_the_journal(daemon: TinyDaemon, tmp_path: Path) -> None:
    intent = ask(daemon, "k1", "50")
    order = order_of(daemon, intent)
    for number in range(250):
        daemon.fill(order, "0.1", "500.01", f"X{number}")
    assert daemon.views.why(intent) is None
    found = told_by_journal(daemon, intent, tmp_path)
    assert found is not None
    assert len(found["bookings"]) == len(found["reports"]) == 250


def test_a_fill_of_an_order_that_is_not_ours_says_so(daemon: TinyDaemon, tmp_path: Path) -> None:
    daemon.report(
        "theirs", ExecType.TRADE, exec_id="E1", last_qty=Decimal(3), last_px=Decimal(500),
        symbol="SPY", is_sell=False,
    )
    found = why(daemon, "E1")
    assert (found["kind"], found["intent"], found["result"]["status"]) == ("fill", None, "external")
    assert found["bookings"][0]["qty"] == "3"
    assert told_by_journal(daemon, "E1", tmp_path) == found


def test_a_chain_with_changes_doubt_and_a_second_attempt_is_the_same_in_the_journal(
    daemon: TinyDaemon, tmp_path: Path
) -> None:
    changed = ask(daemon, "k1", price="499")
    order = order_of(daemon, changed)
    daemon.report(order, ExecType.NEW)
    daemon.decide(RequestReplace(target=order, by="ann", order_qty=Decimal(20)))
    replacing = daemon.book.orders.working[next(iter(daemon.book.orders.working))].replacing
    assert replacing is not None
    request = replacing.request_id
    daemon.report(request, ExecType.REPLACED, orig_cl_ord_id=order, order_qty=Decimal(20))
    daemon.decide(RequestReplace(target=request, by="ann", order_qty=Decimal(101)))
    daemon.fill(request, "20", "499", "X1")
    again = ask(daemon, "k2", symbol="IBM")
    first = order_of(daemon, again)
    daemon.decide(ReportDelivery(cl_ord_id=first, delivery=Delivery.NEVER_LEFT, detail="latch"))
    second = order_of(daemon, again)
    daemon.decide(ReportDelivery(cl_ord_id=second, delivery=Delivery.UNKNOWN, detail="cut off"))
    assert why(daemon, request)["order"]["order_qty"] == "20"
    assert why(daemon, again)["route"]["attempt"] == 2
    for name in (again, first, second):
        assert "nobody knows" in why(daemon, name)["result"]["waits_for"][0]
    assert why(daemon, first)["order"]["ord_status"] == "never_left"
    for name in (changed, order, request, "X1", again, first, second):
        assert told_by_journal(daemon, name, tmp_path) == why(daemon, name)


def test_what_a_decision_read_is_told_once(daemon: TinyDaemon) -> None:
    told = why(daemon, ask(daemon, "k1", "101"))["sentences"]
    assert sum(line.startswith("    read SPY") for line in told) == 1


def test_nothing_stopped_what_was_filled(daemon: TinyDaemon) -> None:
    assert why(daemon, ask(daemon, "k1"))["because"] is None


def test_what_works_at_the_broker_waits_for_it(daemon: TinyDaemon) -> None:
    intent = ask(daemon, "k1", price="499")
    daemon.fill(order_of(daemon, intent), "4", "499", "X1")
    assert why(daemon, intent)["result"]["waits_for"] == ["the broker: 6 are still to fill"]


@pytest.mark.parametrize(("side", "price"), [
    (Side.BUY, None), (Side.BUY, "510"), (Side.SELL, None), (Side.SELL, "499.37"),
])
def test_the_quantity_named_passes_and_one_more_does_not(
    daemon: TinyDaemon, side: Side, price: str | None
) -> None:
    refused = ask(daemon, "big", "5000", side=side, price=price)
    told = [text for text in remedies(daemon, refused) if text.startswith("at most ")]
    assert len(told) == 4  # units, worth, buying power and the loss of one trade all object
    fits = min(int(text.split()[2]) for text in told)
    assert why(daemon, ask(daemon, "fits", str(fits), side=side, price=price))["because"] is None
    again = TinyDaemon()
    over = why(again, ask(again, "over", str(fits + 1), side=side, price=price))
    assert over["because"]["reason_code"].startswith("RISK_ORDER_")


def test_buying_power_counts_what_the_order_closes(daemon: TinyDaemon) -> None:
    for number in range(3):
        name = order_of(daemon, ask(daemon, f"k{number}", "60"))
        daemon.fill(name, "60", "500.01", f"X{number}")
    sold = ask(daemon, "k4", "100", side=Side.SELL)
    assert why(daemon, sold)["because"] is None


@pytest.mark.parametrize(("side", "off"), [(Side.BUY, "560"), (Side.SELL, "440")])
def test_the_price_named_is_the_last_within_the_collar(
    daemon: TinyDaemon, side: Side, off: str
) -> None:
    told = remedies(daemon, ask(daemon, "off", "1", side=side, price=off))
    edge = Decimal(told[0].split()[5].rstrip(","))
    assert told[0].startswith("a price of at ")
    assert why(daemon, ask(daemon, "in", "1", side=side, price=plain(edge)))["because"] is None
    out = plain(edge + side.sign * Decimal("0.10"))
    assert remedies(daemon, ask(daemon, "out", "1", side=side, price=out)) == told


def test_a_price_off_its_tick_gets_its_two_neighbours(daemon: TinyDaemon) -> None:
    told = remedies(daemon, ask(daemon, "k1", "1", price="500.015"))
    assert told == ["500.01 or 500.02: prices go in steps of 0.01"]


def test_a_hold_names_the_quote_it_waits_for(daemon: TinyDaemon) -> None:
    daemon.facts.quotes["SPY"] = Quote(
        symbol="SPY", bid=Decimal(500), ask=Decimal(501), as_of=AT - timedelta(days=1)
    )
    found = why(daemon, ask(daemon, "k1"))
    assert found["because"]["reason_code"] == "RISK_STALE_DATA"
    assert found["because"]["remedies"] == ["a sane quote of SPY, at most 3600 s old"]
    assert found["result"]["waits_for"] == ["a fresh quote of SPY"]


def test_a_kill_switch_says_how_it_is_cleared(daemon: TinyDaemon) -> None:
    daemon.decide(SetKillSwitch(engaged=True, reason="test", by="ann"))
    found = why(daemon, ask(daemon, "k1"))
    assert found["because"]["reason_code"] == "RISK_KILL_SWITCH"
    assert "clear-kill" in found["because"]["remedies"][0]
    assert "kill_switch: refused; is the kill switch off?" in "\n".join(found["sentences"])
