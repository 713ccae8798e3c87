"""Which contract is meant, what do its codes and hours say? The pure parts of the adapter."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from tradebot.core.model.report import RejReason
from tradebot.plugins.ibkr import codes, contracts
from tradebot.plugins.ibkr.account import is_real_money
from tradebot.plugins.ibkr.codes import Meaning
from tradebot.plugins.ibkr.settings import IbkrSettings, resets_until


def told(**more: Any) -> Any:
    return SimpleNamespace(**{"currency": "USD", "localSymbol": "", "multiplier": "", **more})


@pytest.mark.parametrize(("symbol", "asked"), [
    ("SPY", {"secType": "STK", "symbol": "SPY", "currency": "USD"}),
    ("BRK.B", {"secType": "STK", "symbol": "BRK B", "currency": "USD"}),
    ("SAP:EUR", {"secType": "STK", "symbol": "SAP", "currency": "EUR"}),
    ("SPY261218C00510000", {"secType": "OPT", "localSymbol": "SPY   261218C00510000"}),
    ("SPXW261218P05100500", {"secType": "OPT", "localSymbol": "SPXW  261218P05100500"}),
])
def test_a_symbol_is_asked_for_by_what_is_unique(symbol: str, asked: dict[str, str]) -> None:
    fields = contracts.asked_for(symbol)
    assert asked.items() <= fields.items()
    answer = told(secType=fields["secType"], symbol=fields.get("symbol", "SPX"),
                  currency=fields["currency"], localSymbol=fields.get("localSymbol", ""))
    assert contracts.symbol_of(answer) == symbol


def test_what_we_do_not_trade_has_a_name_too() -> None:
    assert contracts.symbol_of(told(secType="FUT", symbol="ES", localSymbol="ESZ6")) == "FUT:ESZ6"


@pytest.mark.parametrize(("number", "exact"), [
    (0.1, "0.1"), (1e-05, "0.00001"), (500.02, "500.02"), (10.0, "10"), (1e16, "10000000000000000"),
])
def test_a_number_of_the_library_is_read_as_it_was_written(number: float, exact: str) -> None:
    assert str(contracts.number(number)) == exact


def test_ticks_follow_the_rule_of_where_the_order_goes() -> None:
    details = told(
        validExchanges="NYSE,SMART", marketRuleIds="7,32", minTick=0.01, contract=told()
    )
    assert contracts.rule_of(details) == 32
    rule = [told(lowEdge=3.0, increment=0.05), told(lowEdge=0.0, increment=0.01)]
    terms = contracts.terms("X", details, rule)
    prices = ("2.99", "3.00", "3.01", "3.05", "-3.01")
    on_tick = [price for price in prices if terms.is_on_tick(Decimal(price))]
    assert on_tick == ["2.99", "3.00", "3.05"]
    assert contracts.terms("X", details, ()).tick_at(Decimal(500)) == Decimal("0.01")


@pytest.mark.parametrize(("code", "meaning"), [
    (201, Meaning.REFUSED), (110, Meaning.REFUSED), (10148, Meaning.NO_CANCEL),
    (202, Meaning.ENDED), (10349, Meaning.NOTHING), (2109, Meaning.NOTHING),
    (99999, Meaning.WHO_KNOWS), (322, Meaning.WHO_KNOWS),
])
def test_a_code_says_only_what_is_known_of_it(code: int, meaning: Meaning) -> None:
    assert codes.says(code) is meaning


def test_reasons_come_from_the_code_or_its_words() -> None:
    assert codes.reason(110, "margin") is RejReason.INVALID_PRICE_INCREMENT
    assert codes.reason(201, "Order rejected - reason:CASH needed") is RejReason.INSUFFICIENT_FUNDS
    assert codes.reason(10148, "") is RejReason.TOO_LATE
    assert codes.reason(99999, "who knows") is RejReason.OTHER


@pytest.mark.parametrize(("utc", "until"), [
    ("2026-11-21T04:50", "00:45"), ("2026-11-21T05:44", "00:45"), ("2026-11-21T05:45", None),
    ("2026-11-21T04:44", None), ("2026-07-21T03:50", "00:45"),
])
def test_the_night_is_new_yorks(utc: str, until: str | None) -> None:
    found = resets_until(IbkrSettings(), datetime.fromisoformat(utc).replace(tzinfo=UTC))
    assert (found and f"{found:%H:%M}") == until


def test_settings_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(ValueError, match="Atlantis"):
        IbkrSettings(timezone="Europe/Atlantis")


@pytest.mark.parametrize(("account", "is_real"), [
    ("DU1234567", False), ("DF1234567", False), ("U1234567", True), ("F1234567", True),
    ("X1", None),
])
def test_an_account_says_whose_money_it_is(account: str, is_real: bool | None) -> None:
    assert is_real_money(account) is is_real
