"""Do positions show as the structures they make, with what those can come to?"""

from decimal import Decimal
from pathlib import Path

import pytest
from tests import makers
from tests.shell.api.test_server import ask
from tests.tiny_daemon import AT, TinyDaemon

from tradebot.core.model.commands import Mark
from tradebot.core.model.facts import Quote
from tradebot.core.model.report import Holding
from tradebot.shell.views import held
from tradebot.shell.views.filters import Filters

PUT, LOWER_PUT = "SPY260918P00490000", "SPY260918P00480000"
CONDOR = {
    LOWER_PUT: (2, "1.00"), PUT: (-2, "2.50"), makers.CALL: (-2, "2.50"),
    makers.HIGHER_CALL: (2, "1.00"),
}


def holds(daemon: TinyDaemon, held: dict[str, tuple[int, str]]) -> None:
    holdings = tuple(
        Holding(symbol=symbol, qty=Decimal(qty), avg_px=Decimal(px))
        for symbol, (qty, px) in held.items()
    )
    daemon.decide(makers.a_route(
        "options", statement=makers.a_statement(account="P2", holdings=holdings)
    ))


def test_a_condor_is_one_position_with_its_legs_below(daemon: TinyDaemon, path: Path) -> None:
    holds(daemon, {**CONDOR, "IBM": (10, "200")})
    daemon.decide(Mark(quotes=tuple(
        Quote(symbol=symbol, bid=Decimal(1), ask=Decimal(1), as_of=AT) for symbol in CONDOR
    )))
    found = ask(path, "GET", "/api/v1/positions")[1]
    assert [row["symbol"] for row in found["positions"]] == [*CONDOR, "IBM"]
    (condor,) = found["structures"]
    legs = condor.pop("legs")
    assert condor == {
        "account": "P2", "strategy_id": "external", "structure": "iron_condor",
        "underlying": "SPY", "qty": "2", "expiries": ["2026-09-18"],
        "strikes": ["480", "490", "500", "510"], "days_left": 25, "net_cost": "-600",
        "value": "0", "unrealized": "600", "max_loss": "1400", "max_profit": "600",
        "break_evens": ["487", "503"], "is_partial": False,
    }
    assert [(leg["symbol"], leg["qty"], leg["unrealized"]) for leg in legs] == [
        (LOWER_PUT, "2", "0"), (PUT, "-2", "300"), (makers.CALL, "-2", "300"),
        (makers.HIGHER_CALL, "2", "0"),
    ]
    assert [row["symbol"] for row in found["loose"]] == ["IBM"]


def test_what_is_asked_for_by_the_underlying_finds_its_structures(daemon: TinyDaemon) -> None:
    holds(daemon, {**CONDOR, "IBM": (10, "200")})
    found = daemon.views.held(Filters(symbol="SPY"))
    assert [row["structure"] for row in found["structures"]] == ["iron_condor"]
    assert found["positions"] == found["loose"] == []
    assert daemon.views.held(Filters(symbol="IBM"))["structures"] == []
    assert daemon.views.held(Filters(strategy="sma"))["structures"] == []


def test_a_window_tells_how_many_there_are_and_cuts_no_structure(
    daemon: TinyDaemon, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {f"X{one}{two}": (1, "5") for one in "ABCDEFGHIJ" for two in "ABCDEFGHIJ"}
    holds(daemon, {LOWER_PUT: CONDOR[LOWER_PUT], **others, **CONDOR})
    grouped: list[str] = []
    leg = held.HeldLeg
    monkeypatch.setattr(
        held, "HeldLeg", lambda **of: grouped.append(of["terms"].symbol) or leg(**of)
    )
    found = ask(path, "GET", "/api/v1/positions?last=2")[1]
    assert [row["symbol"] for row in found["positions"]] == [makers.CALL, makers.HIGHER_CALL]
    assert (found["total"], sorted(grouped)) == (104, sorted(CONDOR))
    assert [row["structure"] for row in found["structures"]] == ["iron_condor"]
    assert found["loose"] == []


def test_a_structure_that_was_never_marked_has_no_value(daemon: TinyDaemon) -> None:
    holds(daemon, {PUT: (-1, "2.50")})
    (put,) = daemon.views.held()["structures"]
    assert (put["structure"], put["value"], put["unrealized"]) == ("cash_secured_put", None, None)
    assert (put["max_loss"], put["max_profit"]) == ("48750", "250")
