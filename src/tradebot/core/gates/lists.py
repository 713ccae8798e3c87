"""Which gate stands behind which reading in the journal? The names, by the number of their list."""

from collections.abc import Mapping
from typing import Final

# Never edited: a gate that comes, goes or moves means a new list.
GATE_LISTS: Final[Mapping[int, tuple[str, ...]]] = {
    1: (
        "kill_switch", "halted_instrument", "session", "mode", "order_quantity", "stale_quote",
        "order_notional", "price_collar", "in_doubt", "buying_power",
    ),
}
GATE_LIST: Final = max(GATE_LISTS)
