"""What can a route's broker do, and what do its answers prove? Frozen, and journaled with it."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from itertools import product

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import OrdType, TimeInForce
from tradebot.core.model.money import ZERO


class ReplaceKind(StrEnum):
    """What becomes of an order that is changed: it stays, or a new one takes its place."""

    NONE = "none"
    IN_PLACE = "in_place"
    NEW_ORDER = "new_order"


class IdMemory(StrEnum):
    """How long a second order under one ClOrdID is refused: while the first works, or longer."""

    FOREVER = "forever"
    OPEN_ONLY = "open_only"
    WINDOW = "window"
    NONE = "none"


class FillsSince(StrEnum):
    """How executions that we missed are asked for."""

    CURSOR = "cursor"
    TIME = "time"
    TODAY = "today"
    PER_SYMBOL = "per_symbol"
    NONE = "none"


class FillStream(StrEnum):
    """What the broker's stream tells of executions: each one, or the sum of an order's."""

    PER_EXECUTION = "per_execution"
    CUMULATIVE = "cumulative"
    NONE = "none"


@fact
class Takes:
    """An asset class and a type of order that are taken, and for how long such orders may work."""

    asset_class: AssetClass
    ord_type: OrdType
    times_in_force: tuple[TimeInForce, ...]


@fact
class Capabilities:
    """What a broker takes, what it remembers, and what its silence is worth.

    `absence_is_proof`: an id that `find` does not know can never arrive later (brokers that live
    in this process). `finds_by_id`: it looks a ClOrdID up itself; else its lists are searched.
    `fractional`: where quantities need not be whole. `outside_hours`: the types of order that work
    before the open and after the close, too. `real_money` is what the account behind the login is
    worth: known at the latest when `connect` returns, None until then. `lag_s`: how long its lists
    may lack what it has taken. `messages_per_s`: what it takes of us at most; None: no limit.
    """

    takes: tuple[Takes, ...]
    legs_max: int = 1
    allows_short: bool = True
    replaces: ReplaceKind = ReplaceKind.NONE
    id_memory: IdMemory = IdMemory.NONE
    finds_by_id: bool = False
    absence_is_proof: bool = False
    fills_since: FillsSince = FillsSince.NONE
    stream: FillStream = FillStream.NONE
    fractional: tuple[AssetClass, ...] = ()
    outside_hours: tuple[OrdType, ...] = ()
    real_money: bool | None = None
    has_paper: bool = True
    id_pattern: str = "[0-9A-Za-z]+"
    id_length_max: int = 28
    lag_s: Decimal = ZERO
    messages_per_s: Decimal | None = None


def takes_all(
    asset_classes: Iterable[AssetClass] = AssetClass, ord_types: Iterable[OrdType] = OrdType,
    times_in_force: Iterable[TimeInForce] = TimeInForce,
) -> tuple[Takes, ...]:
    """Return the table of a broker that takes each of these in every combination."""
    times = tuple(times_in_force)
    return tuple(
        Takes(asset_class=asset_class, ord_type=ord_type, times_in_force=times)
        for asset_class, ord_type in product(asset_classes, ord_types)
    )
