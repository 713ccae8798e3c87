"""Does what somebody asked for in words go by itself inside a window, and leave a whole trail?"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.daemon.rehearsal import Rehearsal

from tradebot.cli.client import Client, NotRunning
from tradebot.cli.outcome import Stop
from tradebot.core.model.strategy_type import StrategyType

SETTINGS = (
    "--speed", "20", "--set", "strategies=[]", "--set", "promotion.strategy=auto_window",
    "--set", f"promotion.eligible={','.join(StrategyType)}",
    "--set", 'promotion.windows=[{"name": "early", "starts": "09:36", "ends": "09:50"}]',
    "--set", "supervision.stall_s=30", "--start", "2026-11-24T14:30:30Z",
)


def until(look: Callable[[], Any], within_s: float = 40) -> Any:
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        try:
            if found := look():
                return found
        except (NotRunning, Stop):
            pass
        time.sleep(0.1)
    raise AssertionError("it never came to be")


@pytest.mark.promise(23)
def test_a_structure_waits_for_its_window_and_goes_and_the_trail_is_whole(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path)
    client = Client(rehearsal.home)
    daemon = rehearsal.start(*SETTINGS)
    try:
        until(lambda: client.get("/api/v1/status").document.get("state") == "TRADING")
        asked = client.post("/api/v1/ask", {"text": "bullish on SPY, risk at most 500"}).checked()
        assert asked["structure"], asked["questions"]
        assert until(lambda: _drafts(client, "waiting"))["reason_code"] == "POLICY_WINDOW_CLOSED"
        assert until(lambda: _drafts(client, "sent"))["approved_by"] is None
        until(lambda: client.get("/api/v1/fills").document["fills"])
    finally:
        daemon.terminate()
        told, _ = daemon.communicate(timeout=20)
    assert daemon.returncode == 0, told
    records = [
        json.loads(line) for path in (rehearsal.home / "promotions").iterdir()
        for line in path.read_text().splitlines()
    ]
    assert [(v["outcome"], v["window"], v["session"]) for v in records] == [
        ("HELD", None, "2026-11-24"), ("PROMOTED", "early", "2026-11-24"),
    ]
    assert records[1]["at"] >= "2026-11-24T14:36:00"
    found = rehearsal.ask("audit", "verify")
    assert (found["good"], found["by_window"], found["by_approval"]) == (True, 1, 0)
    assert rehearsal.ask("replay")["same"] is True


def _drafts(client: Client, status: str) -> dict[str, Any] | None:
    """Return the one draft once it has come to this, however long it lacked a quote before."""
    rows = client.get("/api/v1/drafts").document["drafts"]
    return next((row for row in rows if row["status"] == status), None)
