"""Does the whole daemon tell the same story twice, and lose nothing when it is killed?"""

import random
import subprocess
import time
from decimal import Decimal
from pathlib import Path

import pytest
from tests.daemon.rehearsal import HOUR, Rehearsal
from tools.verify_books import audited

KILLS = 4


def summed(rows: list[dict[str, str]], what: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row["symbol"]] = found.get(row["symbol"], Decimal(0)) + Decimal(row[what])
    return {symbol: total for symbol, total in found.items() if total}


def assert_book_is_the_brokers(rehearsal: Rehearsal) -> None:
    """Let the auditor hold the journal against the broker's file, and what verbs say against it."""
    books, wrong = audited(rehearsal.home)
    assert wrong == []
    assert books.orders, "nothing was traded"
    (sums,) = books.summed().values()
    held = {symbol: Decimal(qty) for symbol, qty in sums["positions"].items()}
    account = rehearsal.ask("account")["accounts"][0]
    fills = rehearsal.ask("fills", "--last", "20000")["fills"]
    assert Decimal(account["cash"]) == Decimal(sums["cash"])
    assert Decimal(100_000) + sum(Decimal(fill["cash"]) for fill in fills) == Decimal(sums["cash"])
    assert summed(rehearsal.ask("positions")["positions"], "qty") == held
    signed = [
        {**fill, "qty": fill["qty"] if fill["side"] == "buy" else f"-{fill['qty']}"}
        for fill in fills
    ]
    assert summed(signed, "qty") == held
    orders = rehearsal.ask("orders", "--last", "20000")["orders"]
    assert {order["client_order_id"] for order in orders} == set(books.orders)
    assert not [order for order in orders if order["in_doubt"]]
    assert rehearsal.ask("ledger", "verify")["good"] is True
    assert rehearsal.ask("replay")["same"] is True


@pytest.mark.promise(28)
def test_two_rehearsals_of_one_seed_write_the_same_bytes(tmp_path: Path) -> None:
    journals = []
    for hash_seed in ("1", "2"):
        (tmp_path / hash_seed).mkdir()
        rehearsal = Rehearsal(tmp_path / hash_seed)
        told = rehearsal.run(*HOUR, "--speed", "max", hash_seed=hash_seed)
        journals.append(rehearsal.journal())
        assert "TradeBooked" in told
    assert journals[0] == journals[1]
    assert_book_is_the_brokers(rehearsal)
    (ended,) = rehearsal.ask("alerts", "--last", "1")["alerts"]
    assert ended["title"] == "State STOPPED: stopped"
    filled = rehearsal.ask("alerts", "--kind", "fill")["alerts"]
    known = {order["client_order_id"] for order in rehearsal.ask("orders")["orders"]}
    assert filled and {row["fields"]["client_order_id"] for row in filled} <= known


@pytest.mark.promise(1, 10)
@pytest.mark.fault(1, 2, 3, 13)
def test_killed_at_random_moments_the_book_is_still_the_brokers(tmp_path: Path) -> None:
    rehearsal, moments = Rehearsal(tmp_path), random.Random(7)
    flags: tuple[str, ...] = HOUR
    for _ in range(KILLS):
        process = rehearsal.start(*flags, "--speed", "400")
        try:
            told, _ = process.communicate(timeout=1.0 + moments.random())
            raise AssertionError(f"it ended before it could be killed: {told.decode()}")
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        flags = ("--continue", *HOUR[2:])
    rehearsal.run(*flags, "--speed", "max")
    assert_book_is_the_brokers(rehearsal)


@pytest.mark.promise(29)
def test_however_fast_its_clock_runs_whoever_asks_is_answered(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path)
    until = ("--until", "2026-12-01T21:00:00Z")
    process = rehearsal.start(*HOUR[:2], *until, "--speed", "20000", told=subprocess.DEVNULL)
    try:
        while not (rehearsal.home / "tradebot.sock").exists():
            assert process.poll() is None
            time.sleep(0.02)
        for _ in range(3):
            asked = ("submit", "--symbol", "SPY", "--side", "buy", "--qty", "1")
            assert rehearsal.ask(*asked, codes=(0, 6))["intent_id"]  # a gate may refuse it
        assert rehearsal.ask("alerts", "--kind", "state")["alerts"][-1]["level"] == "info"
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
