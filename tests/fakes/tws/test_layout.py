"""Does every field stand where a real decoder looks for it, in every version?

Each field gets a number of its own; what ib_async reads is compared name by name. A field that is
shifted by one place cannot hide behind a neighbour that is empty, too.
"""

import re
from typing import Any, Final

import pytest
from ib_async.decoder import Decoder
from tests.fakes.tws.layout import Garbled, Layout
from tests.fakes.tws.messages import ByClient, ByServer
from tests.fakes.tws.witness import VERSIONS

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


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("layout", COUNTED, ids=lambda layout: str(layout.message_id))
def test_every_field_is_read_as_what_it_was_written_as(layout: Layout, version: int) -> None:
    numbers = {
        field.name: TOLD.get(field.name, str(1000 + place))
        for place, field in enumerate(layout.fields)
    }
    catcher = Catcher()
    Decoder(catcher, version).interpret(list(layout.write(version, **numbers)))
    read = [value for value in catcher.caught if hasattr(value, "__dict__")]
    read += [value.contract for value in read if hasattr(value, "contract")]
    compared = [
        (field.name, float(getattr(value, name)), float(numbers[field.name]))
        for field in layout.fields
        for name in (NAMES.get(field.name, camel(field.name)),)
        for value in read
        if field.name not in TOLD and field.name not in APART and hasattr(value, name)
        and field.is_there(version, numbers) and not isinstance(getattr(value, name), bool)
    ]
    assert [name for name, here, there in compared if here != there] == []
    assert len(compared) >= COUNTED[layout], len(compared)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("layout", [
    layout for side in (ByClient, ByServer) for layout in vars(side).values()
    if isinstance(layout, Layout)
], ids=lambda layout: str(layout.message_id))
def test_what_is_written_can_be_read_and_one_field_less_cannot(
    layout: Layout, version: int
) -> None:
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
