"""Can the figures be had that a dashboard draws and a monitor reads?"""

from pathlib import Path

from tests.shell.api.test_server import AN_INTENT, ask, post
from tests.tiny_daemon import TinyDaemon


def test_headroom_and_equity_are_told_with_the_nearest_limit_first(
    daemon: TinyDaemon, path: Path
) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    daemon.fill(order, "3", "500", "X1")
    code, found = ask(path, "GET", "/api/v1/headroom")
    assert (code, found["at"]) == (200, "2026-08-24T14:30:00Z")
    rows = {(row["gate"], row["key"]): row for row in found["headroom"]}
    assert rows["position_size", "SPY"] == {
        "gate": "position_size", "key": "SPY", "account": "PAPER-1", "limit": "999987500",
        "actual": "5000.14", "unit": "USD", "used_frac": "0.000005", "breached": False,
    }
    used = [float(row["used_frac"]) for row in found["headroom"]]
    assert used == sorted(used, reverse=True)
    equity = ask(path, "GET", "/api/v1/equity")[1]
    assert [row["equity"] for row in equity["equity"]] == ["100000", "99998.75"]
    assert equity["profit"][-1]["strategy_id"] == "api"
    assert ask(path, "GET", "/api/v1/equity?symbol=SPY")[0] == 400
