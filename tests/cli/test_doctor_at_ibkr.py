"""Does the doctor name what is wrong with a gateway? Asked of one that speaks its protocol."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.surgery import Out, Surgery, results
from tests.fakes.faults import FaultKind, Request
from tests.fakes.loopback import nobody_outside as nobody_outside
from tests.fakes.tws.gateway import FakeGateway
from tests.fakes.venue import Venue


@pytest.fixture
def surgery(tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> Surgery:
    monkeypatch.setattr("tradebot.cli.look.CALLS", 3)
    return Surgery(tmp_path, capsys)


@asynccontextmanager
async def a_gateway(**more: Any) -> AsyncIterator[tuple[FakeGateway, dict[str, Any]]]:
    async with FakeGateway(Venue(), **more) as gateway:
        yield gateway, {
            "adapter": "ibkr", "host": gateway.host, "port": gateway.port, "client_id": 7,
            "connect_timeout_s": 1, "answer_timeout_s": 1,
        }


async def test_a_gateway_that_is_well_passes_beside_a_daemon(surgery: Surgery) -> None:
    async with a_gateway() as (gateway, route):
        gateway.occupied.add(7)  # the daemon's own connection
        code, told = await surgery.look(**route)
    assert (code, set(results(told).values())) == (0, {"pass"})
    assert "beside the daemon (client_id 907 for 7)" in told["checks"]["login"]["says"]
    assert (told["real_money"], told["account"]) == (False, "DU...567")
    assert "server version 178" in told["checks"]["permissions"]["says"]


async def test_a_gateway_that_is_not_ours_is_named(surgery: Surgery) -> None:
    async with a_gateway() as (gateway, route):
        gateway.occupied.add(907)
        code, told = await surgery.look(**route)
        assert "326" in told["checks"]["login"]["says"]
        assert "leave it alone for 30 s" in told["checks"]["login"]["says"]
        gateway.occupied.clear()
        code, told = await surgery.look(**route, account="DU7654321")
        assert (code, "DU7654321" in told["checks"]["login"]["says"]) == (1, True)
    async with a_gateway(account="U1234567") as (_, route):
        code, told = await surgery.look(**route)
        assert (code, "not one of paper money" in told["checks"]["login"]["says"]) == (1, True)
        code, told = await surgery.look(**route, paper=False)
        assert (code, results(told)["mode"]) == (1, "fail")


async def test_a_gateway_that_takes_no_orders_or_has_another_time_is_named(
    surgery: Surgery
) -> None:
    async with a_gateway(is_read_only=True) as (_, route):
        code, told = await surgery.look(**route)
        assert (code, "ead-" in told["checks"]["login"]["says"]) == (1, True)
    async with a_gateway() as (gateway, route):
        gateway.skew_s = -120
        code, told = await surgery.look(**route)
        assert (code, results(told)["clock"]) == (1, "fail")
        assert "timedatectl" in told["checks"]["clock"]["says"]


async def test_nobody_there_and_nobody_who_answers_are_told_in_time(surgery: Surgery) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    code, told = await surgery.look(adapter="ibkr", port=port, connect_timeout_s=1)
    assert (code, f"127.0.0.1:{port}" in told["checks"]["login"]["says"]) == (1, True)
    async with a_gateway() as (gateway, route):
        gateway.faults.push(FaultKind.HANG, on=Request.CONNECT)
        began = datetime.now(UTC)
        code, told = await surgery.look(**{**route, "connect_timeout_s": 0.3})
        assert (code, results(told)["login"]) == (1, "fail")
        assert (datetime.now(UTC) - began).total_seconds() < 5
