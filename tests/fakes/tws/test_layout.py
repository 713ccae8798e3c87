"""Does every field stand where a real decoder looks for it, in every version?

Each field gets a number of its own; what ib_async reads is compared name by name. A field that is
shifted by one place cannot hide behind a neighbour that is empty, too.
"""

import logging
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import ib_async
import pytest
from ib_async.client import Client
from ib_async.decoder import Decoder
from tests.fakes.tws.layout import Garbled, Layout
from tests.fakes.tws.messages import ByClient, ByServer

VERSIONS: Final = range(157, 179)

# What cannot be any number: dates, rows, and switches for what follows them.
TOLD: Final = {
    "expiry": "20261218", "real_expiration_date": "20261218", "time": "20261122 01:02:03 UTC",
    "order_type": "LMT", "legs": (), "leg_prices": (), "routing": (), "algo_params": (),
    "sec_ids": (), "conditions_count": "0", "has_delta_neutral_contract": "0",
    "algo_strategy": "", "hedge_type": "", "scale_price_increment": "",
}
NAMES: Final = {
    "account": "acctNumber", "legs_description": "comboLegsDescrip", "rule_80a": "rule80A",
    "is_price_revision_pending": "pendingPriceRevision", "realized_pnl": "realizedPNL",
    "yield": "yield_", "yield_date": "yieldRedemptionDate",
}
# Two fields with one name in the library, and one that it throws away.
APART: Final = {
    "exchange", "trail_stop_price", "adjusted_trail_stop_price", "md_size_multiplier",
}
COUNTED: Final = {  # how many fields of it the decoder keeps under their names
    ByServer.OPEN_ORDER: 90, ByServer.COMPLETED_ORDER: 66, ByServer.EXECUTION: 20,
    ByServer.CONTRACT_DATA: 23, ByServer.POSITION: 8, ByServer.PORTFOLIO_VALUE: 8,
    ByServer.COMMISSION: 5,
}


class Catcher:
    """Stands where the library keeps its state, and catches whatever is decoded."""

    defaultTimezone = None  # noqa: N815 - theirs

    def __init__(self) -> None:
        self.caught: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.caught.extend(values)


@pytest.mark.parametrize("layout", COUNTED, ids=lambda layout: str(layout.message_id))
def test_every_field_is_read_as_what_it_was_written_as(layout: Layout) -> None:
    for version in VERSIONS:
        compared = [
            (name, float(here), float(there)) for name, here, there in read_back(layout, version)
            if not isinstance(here, bool)
        ]
        assert [name for name, here, there in compared if here != there] == []
        assert len(compared) >= COUNTED[layout], len(compared)


@pytest.mark.parametrize("layout", COUNTED, ids=lambda layout: str(layout.message_id))
def test_every_switch_is_read_as_what_it_was_written_as(layout: Layout) -> None:
    for bit in range(len(layout.fields).bit_length()):  # so that no two stand alike every time
        wrong = [
            name for name, here, there in read_back(layout, VERSIONS[-1], bit)
            if isinstance(here, bool) and here is not bool(int(there))
        ]
        assert wrong == []


@pytest.mark.parametrize(
    "layout", [*COUNTED, ByServer.ERROR], ids=lambda layout: str(layout.message_id)
)
def test_no_field_is_sent_that_the_library_does_not_wait_for(layout: Layout) -> None:
    for version in VERSIONS:
        message = layout.write(version, **numbered(layout))
        assert decoded(version, message), "the decoder could make nothing of it"
        assert not decoded(version, message[:-1]), version


def numbered(layout: Layout, bit: int | None = None) -> dict[str, Any]:
    """Give every field a number of its own, or one bit of it."""
    return {
        field.name: TOLD.get(field.name, str(1000 + place if bit is None else place >> bit & 1))
        for place, field in enumerate(layout.fields)
    }


def decoded(version: int, message: Sequence[str]) -> list[Any]:
    decoder = Decoder(catcher := Catcher(), version)
    decoder.logger = logging.getLogger("tests")  # what it cannot read is no fault here
    decoder.interpret(list(message))
    return catcher.caught


def read_back(layout: Layout, version: int, bit: int | None = None) -> list[tuple[str, Any, str]]:
    """Have the library read numbers; return field, what it read there, and what was written."""
    numbers = numbered(layout, bit)
    caught = decoded(version, layout.write(version, **numbers))
    read = [value for value in caught if hasattr(value, "__dict__")]
    read += [value.contract for value in read if hasattr(value, "contract")]
    return [
        (field.name, getattr(value, name), numbers[field.name])
        for field in layout.fields
        for name in (NAMES.get(field.name, camel(field.name)),)
        for value in read
        if field.name not in TOLD and field.name not in APART and hasattr(value, name)
        and field.is_there(version, numbers)
    ]


def test_what_the_library_asks_for_is_read_to_its_end() -> None:
    legs = [ib_async.ComboLeg(1, 1, "BUY", "SMART"), ib_async.ComboLeg(2, 2, "SELL", "SMART")]
    bag = ib_async.Contract("BAG", symbol="SPY", exchange="SMART", comboLegs=legs)
    order = ib_async.LimitOrder("BUY", 3, 1.5, tif="GTC", orderRef="mine", outsideRth=True)
    order.smartComboRoutingParams = [ib_async.TagValue("NonGuaranteed", "0")]
    order.advancedErrorOverride, order.usePriceMgmtAlgo = "", True
    for version in VERSIONS:
        asked = sent(version, lambda client: client.placeOrder(7, bag, order))
        told = ByClient.PLACE.read(version, asked)
        assert [row[:3] for row in told["legs"]] == [["1", "1", "BUY"], ["2", "2", "SELL"]]
        assert told["routing"] == [["NonGuaranteed", "0"]] and told["order_ref"] == "mine"
        assert (told["outside_rth"], told["use_price_mgmt_algo"]) == ("1", "1")
        asked = sent(version, lambda client: client.cancelOrder(7, "now"))
        assert ByClient.CANCEL.read(version, asked)["order_id"] == "7"
        asked = sent(version, lambda client: client.reqContractDetails(8, bag))
        assert ByClient.CONTRACT_DETAILS.read(version, asked)["req_id"] == "8"


def sent(version: int, ask: Callable[[Client], None]) -> list[str]:
    """Have the library ask for something; return the fields that it would send."""
    client, out = Client(Catcher()), []
    client._serverVersion, client.connState = version, Client.CONNECTED
    client.sendMsg = out.append
    ask(client)
    return out[0].split("\0")[:-1]


@pytest.mark.parametrize("layout", [
    layout for side in (ByClient, ByServer) for layout in vars(side).values()
    if isinstance(layout, Layout)
], ids=lambda layout: str(layout.message_id))
def test_what_is_written_can_be_read_and_one_field_less_cannot(layout: Layout) -> None:
    for version in VERSIONS:
        message = layout.write(version)
        read = layout.read(version, message)
        assert all(read[field.name] in (field.usual, []) for field in layout.fields)
        with pytest.raises(Garbled):
            layout.read(version, (*message, ""))
        if len(message) > 1:
            with pytest.raises(Garbled):
                layout.read(version, message[:-1])


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
