"""Does the doctor name what is wrong with an Alpaca? Asked of one that speaks its protocol."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.cli.surgery import Out, Surgery, results
from tests.fakes.alpaca.fake import KEY, SECRET, FakeAlpaca
from tests.fakes.faults import FaultKind
from tests.fakes.loopback import nobody_outside as nobody_outside
from tests.fakes.venue import Venue

from tradebot.shell.checks import checkup


@pytest.fixture
def surgery(tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> Surgery:
    monkeypatch.setattr("tradebot.cli.look.CALLS", 3)
    return Surgery(tmp_path, capsys)


@asynccontextmanager
async def an_alpaca(**more: Any) -> AsyncIterator[tuple[FakeAlpaca, dict[str, Any]]]:
    async with FakeAlpaca(Venue(), **more) as fake:
        yield fake, {
            "adapter": "alpaca", "key": KEY, "secret": SECRET, "url": fake.url,
            "stream_url": fake.stream_url,
        }


async def test_an_alpaca_that_is_well_passes(surgery: Surgery) -> None:
    async with an_alpaca() as (fake, route):
        fake.venue.place_external("SPY", 3, limit=Decimal(1))
        code, told = await surgery.look(**route)
    assert code == 0
    others = {"open orders": "warn", "stream": "skip"}
    assert results(told) == {**dict.fromkeys(told["checks"], "pass"), **others}
    assert (told["real_money"], told["account"]) == (False, "PA...001")
    assert told["open_orders"] == {"all": 1, "others": 1}
    assert told["permissions"] == {"trade": True, "options": True, "shorts": True}
    assert told["round_trip_ms"]["p50"] < checkup.TARGET_MS
    assert SECRET not in json.dumps(told)


async def test_an_alpaca_that_is_not_ours_is_named(surgery: Surgery) -> None:
    async with an_alpaca() as (fake, route):
        code, told = await surgery.look(**{**route, "secret": "another"})
        assert (code, results(told)["login"]) == (1, "fail")
        assert "does not take key and secret" in told["checks"]["login"]["says"]
        assert "put right" in told["checks"]["login"]["says"]
        code, told = await surgery.look(**route, account="PA0000000099")
        assert (code, "PA0000000099" in told["checks"]["login"]["says"]) == (1, True)
        fake.account.number = "123456789"
        code, told = await surgery.look(**route)
        assert (code, "real money" in told["checks"]["login"]["says"]) == (1, True)


async def test_real_money_on_a_route_of_paper_is_named(surgery: Surgery) -> None:
    async with an_alpaca(key="AKTEST") as (fake, route):
        fake.account.number = "123456789"
        code, told = await surgery.look(**{**route, "key": "AKTEST"}, paper=False)
        assert (code, results(told)["mode"]) == (1, "fail")
        assert "real money, but the route is paper" in told["checks"]["mode"]["says"]


async def test_what_alpaca_does_not_let_us_do_is_named(surgery: Surgery) -> None:
    async with an_alpaca() as (fake, route):
        fake.account.options_level, fake.account.shorting_enabled = 0, False
        fake.faults.push(FaultKind.SKEW, amount=60)
        code, told = await surgery.look(**route)
        assert (code, results(told)["permissions"], results(told)["clock"]) == (1, "warn", "fail")
        assert "options: no (level 0" in told["checks"]["permissions"]["says"]
        assert 55 < told["clock_skew_s"] < 65
        fake.account.trading_blocked = True
        code, told = await surgery.look(**route)
        assert (code, "trading_blocked" in told["checks"]["login"]["says"]) == (1, True)


