"""Does a spread that words opened end as its terms say, in a whole daemon, to the last cent?"""

import json
import signal
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.daemon.rehearsal import Rehearsal
from tools.verify_books import audited

from tradebot.core.model.instrument import option_of

CONFIG = """\
schema_version: 1
mode: paper
data_dir: data
seed: 11
schedule: {calendar: XNYS}
market_data: {provider: simulated, symbols: [SPY], interval_s: 5}
brokers:
  paper: {adapter: paper, initial_balance: 1000000}
promotion: {strategy: disabled}
policy:
  desk: {days_to_expiry_min: 0, open_interest_min: 0, spread_max_frac: 1}
  approval_price_drift_frac: 1  # minutes go by between the words and the approval
  approval_risk_drift_frac: 1
"""
EVENING = ("--start", "2026-12-03T17:00:00Z", "--until", "2026-12-03T20:55:00Z", "--speed", "120")
NEXT_DAY = ("--continue", "--until", "2026-12-04T21:05:00Z", "--speed", "max")
WITHIN_S = 50.0


def test_a_spread_is_held_over_its_last_close(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path)
    (tmp_path / "c.yaml").write_text(CONFIG, encoding="utf-8")
    with (tmp_path / "told").open("wb") as told:
        daemon = rehearsal.start(*EVENING, told=told.fileno())
        try:
            spread = opened(rehearsal)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(timeout=30)
    rehearsal.run(*NEXT_DAY)
    assert spread["structure"] == "put_debit_spread"
    paid, fees = Decimal(spread["net_cost"]), Decimal("2.60")
    account = rehearsal.ask("account")["accounts"][0]
    assert account["fees"] == "2.6"
    settled = ended(rehearsal)
    assert {report["symbol"] for report in settled} == {leg["symbol"] for leg in spread["legs"]}
    pays = sum(comes_to(report) for report in settled)
    held = rehearsal.ask("positions")["positions"]
    assert all(option_of(row["symbol"]) is None for row in held)
    shares = sum((Decimal(row["qty"]) * Decimal(row["avg_px"]) for row in held), Decimal(0))
    assert Decimal(account["cash"]) == 1_000_000 - paid - fees + pays - shares
    assert rehearsal.ask("status", codes=(3,))["reconciliation"]["routes"][0]["status"] == "clean"
    assert audited(rehearsal.home)[1] == []


def opened(rehearsal: Rehearsal) -> dict[str, Any]:
    """Have a spread staged, approved and filled; return it as positions tell it."""
    until = time.monotonic() + WITHIN_S
    while not (rehearsal.home / "tradebot.sock").exists():
        assert time.monotonic() < until
        time.sleep(0.2)
    spot = int(Decimal(rehearsal.ask("chain", "SPY")["spot"])) // 5 * 5
    words = f"SPY {spot}/{spot + 5} put debit spread expiring Dec 4, 2 contracts, risk at most 2000"
    draft = rehearsal.ask("ask", words)
    approved = rehearsal.ask("drafts", "approve", draft["draft_id"], "--digest", draft["digest"])
    assert approved["draft"]["status"] == "sent", approved
    while True:
        found = rehearsal.ask("positions")["structures"]
        if found and found[0]["qty"] == "2":
            return dict(found[0])
        assert time.monotonic() < until, found
        time.sleep(0.5)


def ended(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """Return the settlements in the journal: reports that are commands of their own."""
    found = []
    for line in rehearsal.journal().rstrip(b"\0").splitlines():
        body = json.loads(line).get("d", {})
        if any(name == "PositionSettled" for name, _ in body.get("events", ())):
            found.append(body["command"][1])
    return found


def comes_to(report: dict[str, Any]) -> Decimal:
    """Return what an ended option is worth by its strike and the market's close."""
    option, qty = option_of(report["symbol"]), Decimal(report["last_qty"])
    assert option is not None and option.strike is not None
    closes = [Decimal(leg["last_px"]) for leg in report.get("legs", ())]
    worth = sum((option.strike - px for px in closes), Decimal(0))
    return worth * qty * 100 * (1 if report.get("is_sell") else -1)
