"""What does the API say of a kill: what was in flight, and what the brokers confirm afterwards?"""

import asyncio
from pathlib import Path

import pytest
from tests.shell.api.test_server import AN_INTENT, ask, post
from tests.tiny_daemon import StatedByTheBook, TinyDaemon

from tradebot.core.model.commands import Flatten
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


def test_a_second_kill_tells_its_own_reason_and_asks_for_no_cancel_twice(
    daemon: TinyDaemon, path: Path
) -> None:
    order = post(path, "/api/v1/intents", AN_INTENT, key="k1")[1]["client_order_id"]
    first = post(path, "/api/v1/kill", {"reason": "drill"})[1]
    decided = len(daemon.decisions)
    for _ in range(2):
        again = post(path, "/api/v1/kill", {"reason": "again"})[1]
        assert (again["reason"], again["cancel_requested"]) == ("drill; again", [order])
    assert first["cancel_requested"] == [order]
    assert len(daemon.decisions) == decided + 1, "and the same reason again tells nothing"
    assert ask(path, "GET", "/api/v1/kill")[1]["reason"] == "drill; again"


def test_a_kill_tells_what_is_to_be_closed_and_what_was(daemon: TinyDaemon, path: Path) -> None:
    assert post(path, "/api/v1/kill", {"reason": "drill"})[1]["to_flatten"] == []
    assert post(path, "/api/v1/kill", {"flatten": "yes"})[0] == 400
    found = post(path, "/api/v1/kill", {"reason": "drill", "user": "alice", "flatten": True})[1]
    assert found["to_flatten"] == ["paper"]
    stated = asyncio.run(StatedByTheBook(daemon).statement())
    for _ in range(2):
        daemon.decide(Flatten(route="paper", statement=stated, by="alice"))
    found = ask(path, "GET", "/api/v1/kill")[1]
    sold = daemon.book.orders.working.popitem()[0]
    assert found["flattened"]["sent"] == [
        {"client_order_id": sold, "symbol": "SPY", "side": "sell", "order_qty": "3"}
    ]
    assert [row["reason_code"] for row in found["flattened"]["refused"]] == ["OMS_PENDING_REQUEST"]
    assert found["to_flatten"] == ask(path, "GET", "/api/v1/status")[1]["kill"]["to_flatten"]
