"""Alpaca's bench: the adapter, and a whole Alpaca on this machine behind its sockets."""

from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import alpaca.trading.client  # noqa: F401 - it takes a second, and deadlines are short here
from tests.conformance.venue_bench import VenueBench
from tests.fakes.alpaca.fake import KEY, SECRET, FakeAlpaca
from tests.fakes.faults import Request
from tests.plugins.fake_market import FakeMarket
from tests.plugins.paper.bench import CALENDARS

from tradebot.core.model.report import RejReason
from tradebot.core.model.secret import Secret
from tradebot.plugins.alpaca.broker import AlpacaBroker
from tradebot.plugins.alpaca.settings import AlpacaSettings
from tradebot.ports import Broker, Clock


class AlpacaBench(VenueBench):
    """`carries_fills`: whether an order that replaced another counts what that one had filled."""

    name = "alpaca"
    speed = Decimal(10)  # threads and sockets take their time, whatever the loop's clock says
    rejects: ClassVar = {
        "insufficient_buying_power": RejReason.INSUFFICIENT_FUNDS,
        "insufficient_balance": RejReason.INSUFFICIENT_FUNDS,
        "insufficient_qty": RejReason.EXCEEDS_LIMIT,
        "unknown_symbol": RejReason.UNKNOWN_SYMBOL,
        "options_expired": RejReason.UNKNOWN_SYMBOL,
        "not_tradable": RejReason.NOT_PERMITTED,
        "wash_trade": RejReason.NOT_PERMITTED,
        "uncovered": RejReason.NOT_PERMITTED,
        "options_level": RejReason.NOT_PERMITTED,
        "not_authorized": RejReason.NOT_PERMITTED,
        "liquidation_only": RejReason.NOT_PERMITTED,
        "class_not_allowed": RejReason.NOT_PERMITTED,
        "pattern_day_trader": RejReason.NOT_PERMITTED,
        "forbidden": RejReason.NOT_PERMITTED,
        "short_not_allowed": RejReason.NOT_SHORTABLE,
        "not_shortable": RejReason.NOT_SHORTABLE,
        "fractional_short": RejReason.NOT_SHORTABLE,
        "sub_penny": RejReason.INVALID_PRICE_INCREMENT,
        "price_band": RejReason.PRICE_OUT_OF_BAND,
        "limit_not_positive": RejReason.PRICE_OUT_OF_BAND,
        "market_closed": RejReason.EXCHANGE_CLOSED,
        "opg_window": RejReason.EXCHANGE_CLOSED,
        "cls_window": RejReason.EXCHANGE_CLOSED,
        "not_fractionable": RejReason.INCORRECT_QUANTITY,
        "fractional_day": RejReason.INCORRECT_QUANTITY,
        "too_fine": RejReason.INCORRECT_QUANTITY,
        "whole_contracts": RejReason.INCORRECT_QUANTITY,
        "qty_not_positive": RejReason.INCORRECT_QUANTITY,
        "no_qty": RejReason.INCORRECT_QUANTITY,
        "extended_hours": RejReason.UNSUPPORTED,
        "option_time_in_force": RejReason.UNSUPPORTED,
        "option_type": RejReason.UNSUPPORTED,
        "crypto_time_in_force": RejReason.UNSUPPORTED,
        "crypto_type": RejReason.UNSUPPORTED,
        "fok_unsupported": RejReason.UNSUPPORTED,
        "order_class": RejReason.UNSUPPORTED,
        "intent_mismatch": RejReason.UNSUPPORTED,
        "mleg_ratio": RejReason.UNSUPPORTED,
        "mleg_type": RejReason.UNSUPPORTED,
    }
    mute_within_s = 6.0
    account = "PA3FAKE00001"
    carries_fills: ClassVar = True

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.fake = FakeAlpaca(self.venue, carries_fills=self.carries_fills)
        self.faults = self.fake.faults

    async def open(self) -> None:
        self.fake.account.multiplier = Decimal(10**15)  # credit is not the question
        await self.fake.__aenter__()

    async def close(self) -> None:
        await self.fake.__aexit__(None, None, None)

    def broker(self) -> Broker:
        return self._built()

    def stranger(self) -> Broker:
        return self._built(secret=Secret("not-the-secret"))

    def outsider(self) -> Broker:
        return self._built(account="PA3OTHER0001")

    async def cut(self) -> None:
        self.fake.updates.drop()

    def sent(self, cl_ord_id: str) -> bytes:
        (body,) = (
            asked.body for asked in self.fake.asked
            if asked.kind is Request.SUBMIT and cl_ord_id.encode() in asked.body
        )
        return body

    def _built(self, **changes: Any) -> AlpacaBroker:
        settings: dict[str, Any] = {
            "key": Secret(KEY), "secret": Secret(SECRET), "url": self.fake.url,
            "stream_url": self.fake.stream_url, "call_s": 9.0, "silence_s": 0.3,
            "heartbeat_s": 4.0, "lag_s": 1.0, **changes,
        }
        return AlpacaBroker(
            AlpacaSettings(**settings), route=self.name, clock=self.clock,
            market=FakeMarket(self.clock, self.instruments), state_dir=Path(),
            calendars=CALENDARS,
        )
