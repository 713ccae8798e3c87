"""What do the raw lines of a journal say of one order? Standard library only, none of our code."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

Raw: TypeAlias = Mapping[str, Any]

ENDS: Final = frozenset({"canceled", "rejected", "expired"})
TAKES_BACK: Final = frozenset({"trade_cancel", "trade_correct"})
ZERO: Final = Decimal(0)


class Order:
    """What the lines say of one order, from its submission on."""

    def __init__(self, event: Raw) -> None:
        self.intent: Raw = event["intent"]
        self.account: str = event["account"]
        self.reserved = Decimal(event["reserved"])
        self.qty = Decimal(self.intent["order_qty"])
        self.fills: dict[str, tuple[str | None, Decimal]] = {}  # one leg, or None: all of them
        self.asked: dict[str, tuple[Decimal, Decimal]] = {}  # changes: quantity, reserved in all
        self.booked: Counter[str] = Counter()
        self.has_ended = self.is_in_doubt = self.has_never_left = False

    @property
    def filled(self) -> Decimal:
        """Return what is whole; of legs that trade one by one, what all of them make together."""
        legs = self.intent["legs"]
        alone = (self._sum(leg["symbol"]) // abs(units(leg)) for leg in legs)
        return self._sum(None) + (min(alone) if len(legs) > 1 else ZERO)

    @property
    def is_open(self) -> bool:
        return not self.has_ended and self.filled < self.qty

    @property
    def moved(self) -> Counter[str]:
        """Return what its reports say that it moved, by symbol."""
        found: Counter[str] = Counter()
        for leg in self.intent["legs"]:
            signed, symbol = units(leg), leg["symbol"]
            found[symbol] += signed * self._sum(None) + self._sum(symbol).copy_sign(signed)
        return found

    def _sum(self, leg: str | None) -> Decimal:
        return sum((qty for of, qty in self.fills.values() if of == leg), ZERO)

    @property
    def reserves(self) -> Decimal:
        """Return what still counts: all of it in doubt, the worse while a change is under way."""
        left = self.qty - self.filled
        now = self.reserved if self.is_in_doubt else self.reserved * left / self.qty
        then = [worst * (qty - self.filled) / qty for qty, worst in self.asked.values()]
        return max((now, *then)) if self.is_open else ZERO

    def hear(self, report: Raw) -> None:
        kind, named = report["exec_type"], report["cl_ord_id"]
        if kind not in ("pending_cancel", "pending_replace", "cancel_rejected"):
            self.is_in_doubt = False
        if kind in TAKES_BACK:
            self.fills[report["exec_ref_id"]] = None, ZERO
        if kind in ("trade", "trade_correct"):
            is_one_leg = len(self.intent["legs"]) > 1 and not report.get("legs")
            leg = report.get("symbol") if is_one_leg else None
            self.fills[report["exec_id"]] = leg, Decimal(report["last_qty"])
        change = self.asked.pop(named, None) if kind in ("replaced", "cancel_rejected") else None
        told = report.get("order_qty")
        if kind == "replaced" and change is not None:
            self.qty, self.reserved = change
        if told is not None and kind in ("new", "replaced", "restated"):
            self.reserved, self.qty = self.reserved * Decimal(told) / self.qty, Decimal(told)
        is_over = kind == "done_for_day" and self.intent.get("time_in_force") != "gtc"
        self.has_ended = kind in ENDS or is_over or (self.has_ended and kind != "restated")


def number(raw: Raw, name: str, otherwise: str = "0") -> Decimal:
    return Decimal(raw.get(name, otherwise))


def units(leg: Raw) -> Decimal:
    """Return what one unit of an order moves of a leg, signed."""
    return number(leg, "ratio_qty", "1") * {"buy": 1, "sell": -1}[leg["side"]]
