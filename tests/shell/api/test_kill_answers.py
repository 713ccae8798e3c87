"""What does the API say of a kill: what was in flight, and what the brokers confirm afterwards?"""

from pathlib import Path

import pytest
from tests.shell.api.test_server import AN_INTENT, ask, post
from tests.tiny_daemon import TinyDaemon

from tradebot.core.model.report import ExecType


@pytest.mark.fault(86)
def test_after_a_kill_only_what_every_broker_confirms_counts_as_over(
    daemon: TinyDaemon, path: Path
) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    assert ask(path, "GET", "/api/v1/kill")[1]["confirmed"] is False, "nobody has killed"
    assert post(path, "/api/v1/kill", {"reason": "drill"})[1]["in_flight"] == [order]
    found = ask(path, "GET", "/api/v1/kill")[1]
    assert (found["confirmed"], found["working"]) == (False, [order])
    assert [row["client_order_id"] for row in found["statements"][0]["open_orders"]] == [order]
    daemon.report(order, ExecType.CANCELED)
    daemon.is_broker_gone = True
    found = ask(path, "GET", "/api/v1/kill")[1]
    assert (found["confirmed"], found["working"]) == (False, [])
    assert found["statements"][0]["trouble"] == "NotSent: no route to host"
    daemon.is_broker_gone = False
    assert ask(path, "GET", "/api/v1/kill")[1]["confirmed"] is True


def test_a_second_kill_changes_nothing_and_asks_for_no_cancel_twice(
    daemon: TinyDaemon, path: Path
) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    first = post(path, "/api/v1/kill", {"reason": "drill"})[1]
    decided = len(daemon.decisions)
    again = post(path, "/api/v1/kill", {"reason": "again"})[1]
    assert (again["reason"], again["cancel_requested"]) == ("drill", [order])
    assert first["cancel_requested"] == [order]
    assert len(daemon.decisions) == decided


def test_only_a_kill_flattens_and_by_what_the_broker_states(
    daemon: TinyDaemon, path: Path
) -> None:
    assert post(path, "/api/v1/flatten", {})[0] == 409
    post(path, "/api/v1/kill", {"reason": "drill"})
    code, found = post(path, "/api/v1/flatten", {"user": "alice"})
    assert code == 200
    assert [(row["symbol"], row["side"], row["order_qty"]) for row in found["sent"]] == [
        ("SPY", "sell", "3")
    ]
    again = post(path, "/api/v1/flatten", {})[1]
    assert (again["sent"], again["refused"][0]["reason_code"]) == ([], "OMS_PENDING_REQUEST")
    daemon.is_broker_gone = True
    assert post(path, "/api/v1/flatten", {})[1]["trouble"][0]["route"] == "paper"
