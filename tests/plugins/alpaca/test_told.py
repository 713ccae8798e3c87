"""Is Alpaca's JSON read strictly, and are its oddities understood?"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tradebot.plugins.alpaca.told import (
    Unreadable,
    read_activity,
    read_order,
    read_position,
    symbol_of,
)

ORDER = {
    "id": "o1", "client_order_id": "tb1", "status": "new", "symbol": "SPY", "side": "buy",
    "qty": "10", "filled_qty": "4", "limit_price": "99.5", "replaces": None, "replaced_by": None,
    "submitted_at": "2026-11-20T14:30:00.123456789-05:00", "legs": None,
}
FILL = {
    "order_id": "o1", "symbol": "SPY", "side": "sell_short", "qty": "4", "price": "99.5",
    "cum_qty": "4.0", "transaction_time": "2026-11-20T19:30:00.977Z",
}


def test_a_time_is_read_to_the_microsecond_in_utc() -> None:
    assert read_order(ORDER).at == datetime(2026, 11, 20, 19, 30, 0, 123456, UTC)


def test_an_execution_is_named_by_its_order_and_what_is_filled_then() -> None:
    fill = read_activity(FILL)
    assert (fill.exec_id, fill.is_sell, fill.px) == ("o1:4", True, Decimal("99.5"))


def test_a_combo_has_no_side_and_its_legs_have_ids() -> None:
    leg = {**ORDER, "id": "leg1", "client_order_id": "x", "ratio_qty": "2"}
    told = read_order({**ORDER, "side": "", "symbol": "", "legs": [leg]})
    assert told.is_sell is None
    assert told.symbols == ("SPY",)
    assert told.legs[0].ratio_qty == 2


@pytest.mark.parametrize(("symbol", "asset_class", "expected"), [
    ("BTCUSD", "crypto", "BTC/USD"), ("ETHUSDT", "crypto", "ETH/USDT"),
    ("ETHBTC", "crypto", "ETH/BTC"), ("BTC/USD", "crypto", "BTC/USD"),
    ("BRK.B", "us_equity", "BRK.B"), ("AAPLUSD", "us_equity", "AAPLUSD"),
])
def test_a_coin_has_its_stroke(symbol: str, asset_class: str, expected: str) -> None:
    assert symbol_of({"symbol": symbol, "asset_class": asset_class}) == expected


@pytest.mark.parametrize(("qty", "side", "expected"), [
    ("5", "long", "5"), ("-5", "short", "-5"), ("5", "short", "-5"),
])
def test_what_is_owed_is_negative(qty: str, side: str, expected: str) -> None:
    row = {"symbol": "SPY", "qty": qty, "side": side, "avg_entry_price": "104.285714285714285714"}
    assert read_position(row).qty == Decimal(expected)


def test_a_number_that_is_no_text_is_read_as_it_prints() -> None:
    assert read_order({**ORDER, "qty": 0.1}).qty == Decimal("0.1")


@pytest.mark.parametrize("changed", [
    {"qty": "NaN"}, {"qty": "1e400"}, {"qty": ""}, {"qty": True}, {"qty": []}, {"id": None},
    {"id": ""}, {"status": 7}, {"submitted_at": "yesterday"}, {"limit_price": "\u0661"},
    {"submitted_at": "2026-11-20T14:30:00"}, {"legs": [None]}, {"legs": "none"},
])
def test_what_cannot_be_read_is_never_guessed(changed: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_order({**ORDER, **changed})


@pytest.mark.parametrize("row", [None, [], "order", 7])
def test_what_is_no_object_is_no_order(row: Any) -> None:
    with pytest.raises(Unreadable):
        read_order(row)
