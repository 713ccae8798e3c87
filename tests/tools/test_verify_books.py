"""Would the auditor of the books notice? What a real daemon wrote is spoiled, one way at a time."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.daemon.rehearsal import Rehearsal
from tools import verify_books
from tools.verify_books import Books, Order, against_broker, audited

TOOL = Path(verify_books.__file__)
SPAN = ("--start", "2026-11-24T14:29:00Z", "--until", "2026-11-24T14:35:50Z", "--speed", "max")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("audited"))
    rehearsal.run(*SPAN)
    return rehearsal.home


@pytest.fixture
def lines(home: Path) -> list[Any]:
    """The bodies of all decisions; a test may spoil them."""
    data = (home / "journal" / "00000001.jsonl").read_bytes().rstrip(b"\0")
    return [json.loads(line)["d"] for line in data.splitlines()[1:]]


def wrong_with(lines: list[Any]) -> str:
    books = Books()
    for line in lines:
        books.take(line)
    books.judge()
    return "; ".join(books.wrong)


def first(lines: list[Any], name: str) -> tuple[Any, Any]:
    """Return the first line that tells of this event, and what it tells."""
    return next((line, told) for line in lines for kind, told in line["events"] if kind == name)


def without(line: Any, name: str) -> None:
    line["events"] = [event for event in line["events"] if event[0] != name]


def doubled(lines: list[Any], name: str) -> None:
    line, _ = first(lines, name)
    lines.insert(lines.index(line) + 1, line)


def test_what_a_daemon_wrote_agrees_with_its_broker(home: Path) -> None:
    found = subprocess.run(
        (sys.executable, "-I", str(TOOL), str(home), "--json"), capture_output=True, text=True,
        check=False,
    )
    told = json.loads(found.stdout)
    assert (found.returncode, told["wrong"]) == (0, [])
    assert told["accounts"]["PAPER-1"]["cash"] != "100000", "nothing was traded"


def test_a_fill_that_is_not_booked_is_noticed(lines: list[Any]) -> None:
    without(first(lines, "TradeBooked")[0], "TradeBooked")
    assert "reported" in wrong_with(lines)


def test_a_fill_that_is_booked_twice_is_noticed(lines: list[Any]) -> None:
    doubled(lines, "TradeBooked")
    assert "booked twice" in wrong_with(lines)


def test_an_order_that_was_decided_on_twice_is_noticed(lines: list[Any]) -> None:
    doubled(lines, "OrderSubmitted")
    assert "one id was given to two orders" in wrong_with(lines)


def test_a_second_order_for_one_intent_is_noticed(lines: list[Any]) -> None:
    line, told = first(lines, "OrderSubmitted")
    line["events"].append(["OrderSubmitted", {**told, "cl_ord_id": "tb2"}])
    assert "has two orders" in wrong_with(lines)


def test_an_order_that_no_gate_cleared_is_noticed(lines: list[Any]) -> None:
    without(first(lines, "OrderSubmitted")[0], "StagesPassed")
    assert "went out without a clearance" in wrong_with(lines)


def test_an_order_behind_a_kill_is_noticed(lines: list[Any]) -> None:
    kill = ["KillSwitchSet", {"engaged": True, "reason": "a test", "by": "a test"}]
    lines.insert(0, {"command": ["SetKillSwitch", {}], "events": [kill]})
    assert "went out behind a kill" in wrong_with(lines)


@pytest.mark.parametrize("field", ["cash", "cost"])
def test_money_that_does_not_add_up_is_noticed(lines: list[Any], field: str) -> None:
    first(lines, "TradeBooked")[1][field] = "-1"
    assert "does not sum to zero" in wrong_with(lines)


@pytest.mark.parametrize(("spoil", "noticed"), [
    (lambda book: book.replace('"last_qty":"7"', '"last_qty":"6"', 1), "cash of"),
    (lambda book: book.replace('"side":"buy"', '"side":"sell"', 1), "another order was sent"),
    (lambda book: book.replace('"order_qty":"7"', '"order_qty":"70"', 1), "another order was sent"),
    (lambda book: _again(book, "OrderSubmitted"), "sent twice"),
    (lambda book: _again(book, "OrderSubmitted").replace("tb", "tX", 1), "not in the journal"),
    (lambda book: book.replace('"exec_id":"', '"exec_id":"Z', 1), "never told"),
    (lambda book: book.replace('"last_px":"2', '"last_px":"9', 1), "at another price"),
])
def test_what_the_broker_says_otherwise_is_noticed(
    home: Path, tmp_path: Path, spoil: Callable[[str], str], noticed: str
) -> None:
    truth = (home / "brokers" / "paper" / "book.jsonl").read_text()
    spoiled = spoil(truth)
    assert spoiled != truth
    (tmp_path / "book.jsonl").write_text(spoiled)
    books, _ = audited(home)
    found = "; ".join(against_broker(books, tmp_path / "book.jsonl", is_dead=False))
    assert noticed in found


def test_legs_that_trade_one_by_one_are_summed_by_leg() -> None:
    legs = [
        {"symbol": "A", "side": "buy", "ratio_qty": "1"},
        {"symbol": "B", "side": "sell", "ratio_qty": "2"},
    ]
    order = Order({"intent": {"legs": legs, "order_qty": "3"}, "account": "X", "reserved": "9"})
    for exec_id, symbol, qty, filled, moved in (
        ("1", "A", "3", 0, {"A": 3, "B": 0}), ("2", "B", "5", 2, {"A": 3, "B": -5}),
        ("3", "B", "1", 3, {"A": 3, "B": -6}),
    ):
        order.hear({"exec_type": "trade", "cl_ord_id": "t", "exec_id": exec_id, "symbol": symbol,
                    "last_qty": qty})
        assert (order.filled, dict(order.moved)) == (filled, moved)
    assert not order.is_open
    order.hear({"exec_type": "trade_cancel", "cl_ord_id": "t", "exec_ref_id": "2", "symbol": "B"})
    assert (order.filled, dict(order.moved)) == (0, {"A": 3, "B": -1})


def _again(book: str, kind: str) -> str:
    line = next(line for line in book.splitlines(keepends=True) if line.startswith(f'["{kind}'))
    return line + book
