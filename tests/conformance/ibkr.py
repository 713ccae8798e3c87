"""The bench of the adapter for Interactive Brokers: a TWS of ours on loopback."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from tests.conformance.venue_bench import VenueBench
from tests.fakes.tws.gateway import FakeGateway
from tests.plugins.fake_market import FakeMarket
from tests.plugins.playing import CALENDARS

from tradebot.core.model.report import RejReason
from tradebot.plugins.ibkr.broker import IbkrBroker
from tradebot.plugins.ibkr.settings import IbkrSettings
from tradebot.ports import Broker, Clock

_PLACE = "3"


class IbkrBench(VenueBench):
    name = "ibkr"
    account = "DU1234567"
    mute_within_s = 6.0
    fee = Decimal("0.35")
    cannot: ClassVar = {
        "stranger": "the gateway is logged in by a person: there are no credentials to be wrong",
        "an_order_that_came_too_fast_is_sent_again":
            "IB does not say which message it turned away: the order stays in doubt",
    }
    rejects: ClassVar = {
        "110": RejReason.INVALID_PRICE_INCREMENT, "200": RejReason.UNKNOWN_SYMBOL,
        "103": RejReason.DUPLICATE_ORDER, "387": RejReason.UNSUPPORTED,
        "434": RejReason.INCORRECT_QUANTITY,
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.gateway = FakeGateway(self.venue)
        self._home = tempfile.TemporaryDirectory()

    async def open(self) -> None:
        await self.gateway.__aenter__()
        self.faults = self.gateway.faults

    async def close(self) -> None:
        self._home.cleanup()
        await self.gateway.__aexit__(None, None, None)

    def broker(self, account: str = "") -> Broker:
        settings = IbkrSettings(
            port=self.gateway.port, account=account, heartbeat_s=2.0, answer_timeout_s=3.0
        )
        return IbkrBroker(
            settings, route=self.name, clock=self.clock,
            market=FakeMarket(self.clock, self.instruments), state_dir=Path(self._home.name),
            calendars=CALENDARS,
        )

    def outsider(self) -> Broker:
        return self.broker("DU7654321")

    async def cut(self) -> None:
        self.gateway.drop_all()

    def sent(self, cl_ord_id: str) -> bytes:
        """Return the last order under an id as the client wrote it, field by field."""
        (*_, last) = [
            message for way, _, message in self.gateway.recorded
            if way == "<" and message[0] == _PLACE and cl_ord_id in message
        ]
        return "\0".join(last).encode()
