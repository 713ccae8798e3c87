"""Is every draft of a session accounted for, through kills and a disk that takes no files?"""

import json
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.daemon.rehearsal import Rehearsal

from tradebot.cli.client import Client, NotRunning
from tradebot.cli.outcome import Stop

STAGE = (
    "--speed", "30", "--set", "mode=stage", "--set", "strategies=[]",
    "--set", "policy.open_orders_max=1000", "--set", "policy.open_orders_symbol_max=1000",
    "--set", "policy.duplicate_within_s=0", "--set", "supervision.stall_s=30",
)
OPEN = ("--start", "2026-11-24T14:29:45Z", "--until", "2026-11-24T17:00:00Z")
ROUNDS = (range(0, 70), range(70, 140), range(140, 200))
SHORT_TTL_S = 90  # three seconds of the test


class Session:
    """A daemon in stage mode that can be asked, killed and continued."""

    def __init__(self, directory: Path) -> None:
        self.rehearsal = Rehearsal(directory)
        self.client = Client(self.rehearsal.home)
        self.drafts = self.rehearsal.home / "drafts"
        self.keys: dict[int, str] = {}

    def start(self, *flags: str) -> "subprocess.Popen[bytes]":
        daemon = self.rehearsal.start(*flags, *STAGE)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                if self.client.get("/api/v1/status").document.get("state") == "TRADING":
                    return daemon
            except (NotRunning, Stop):
                pass
            time.sleep(0.05)
        daemon.kill()
        raise AssertionError(f"it did not trade: {daemon.communicate()[0].decode()}")

    def submit(self, numbers: range) -> None:
        """Ask for trades; every fifth may wait but a short while."""
        for number in numbers:
            body = {"symbol": "SPY", "side": "buy", "qty": "1", "key": f"draft-{number}"}
            if number % 5 == 0:
                body["ttl"] = str(SHORT_TTL_S)
            found = self.client.post("/api/v1/intents", body).checked()
            path = f"/api/v1/intents/{found['intent_id']}"
            while found["reason_code"] == "RISK_STALE_DATA":  # no quote came since the start
                time.sleep(0.02)
                found = self.client.get(path).checked()
            assert found["reason_code"] == "POLICY_STAGED", found
            self.keys[number] = found["draft_id"]

    def answer(self, numbers: range) -> None:
        """Say yes to one in seven and no to another, where the time is not over already."""
        for number in numbers:
            if number % 5 == 0 or number % 7 > 1:
                continue
            path = f"/api/v1/drafts/{self.keys[number]}"
            if number % 7 == 0:
                digest = self.client.get(path).checked()["draft"]["digest"]
                self.client.post(f"{path}/approve", {"digest": digest}).checked()
            else:
                self.client.post(f"{path}/reject", {"reason": "not today"}).checked()

    def files(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        for path in self.drafts.rglob("*.yaml"):
            yield path, yaml.safe_load(path.read_text())


def wanted(number: int) -> str:
    if number % 5 == 0:
        return "expired"
    return {0: "approved", 1: "rejected"}.get(number % 7, "waiting")


@pytest.mark.fault(1, 29)
def test_two_hundred_drafts_are_accounted_for(tmp_path: Path) -> None:
    session = Session(tmp_path)
    daemon = session.start(*OPEN)
    session.submit(ROUNDS[0])
    session.answer(ROUNDS[0])
    daemon.kill()
    daemon.communicate()

    shutil.rmtree(session.drafts)
    session.drafts.write_text("no directory: nothing can be written here")
    daemon = session.start("--continue", *OPEN[2:])
    session.submit(ROUNDS[1])
    session.answer(ROUNDS[1])
    assert session.client.get("/readyz").is_good
    daemon.kill()
    told, _ = daemon.communicate()
    assert b"ALERT drafts cannot be written" in told

    daemon = session.start("--continue", *OPEN[2:])
    session.submit(ROUNDS[2])
    session.drafts.unlink()  # there is room again, while it runs
    session.answer(ROUNDS[2])
    time.sleep(SHORT_TTL_S / 30 + 1)
    daemon.send_signal(signal.SIGTERM)
    told, _ = daemon.communicate(timeout=10)
    assert b"drafts can be written again" in told
    assert daemon.returncode == 0

    rows = session.rehearsal.ask("drafts", "list", "--last", "1000")["drafts"]
    assert {row["draft_id"] for row in rows} == set(session.keys.values())
    by_id = {row["draft_id"]: row for row in rows}
    for number, draft_id in session.keys.items():
        assert by_id[draft_id]["status"] == wanted(number), number
    assert Counter(row["status"] for row in rows) == {
        "waiting": 114, "expired": 40, "approved": 23, "rejected": 23
    }
    files = {told["draft_id"]: (path, told) for path, told in session.files()}
    assert len(files) == sum(1 for _ in session.files()) == 200
    for draft_id, (path, document) in files.items():
        row = by_id[draft_id]
        assert tmp_path / row["draft_path"] == path
        assert document["digest"] == row["digest"]
        assert document.get("outcome", {"status": "waiting"})["status"] == row["status"]
    broker = (session.rehearsal.home / "brokers" / "paper" / "book.jsonl").read_text()
    assert [json.loads(line)[0] for line in broker.splitlines()] == ["Opened"], "something was sent"
    assert session.rehearsal.ask("ledger", "verify")["good"] is True
    assert session.rehearsal.ask("replay")["same"] is True
