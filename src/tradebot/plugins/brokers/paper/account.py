"""What does the account hold, what did it earn, and what may it still buy?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from tradebot.core.model.money import ZERO

Mark = Callable[[str], Decimal | None]


@dataclass(slots=True)
class Lot:
    """One holding: signed quantity in units at an average price a unit."""

    qty: Decimal
    avg_px: Decimal
    multiplier: Decimal

    def value_at(self, px: Decimal | None) -> Decimal:
        """Return what it is worth at a price; where nobody told one, at its average."""
        return self.qty * (self.avg_px if px is None else px) * self.multiplier


@dataclass(slots=True)
class PaperAccount:
    """Cash and holdings at average cost, in currency. `realized` is before fees."""

    cash: Decimal
    realized: Decimal = ZERO
    fees: Decimal = ZERO
    lots: dict[str, Lot] = field(default_factory=dict)

    def charge(self, fee: Decimal) -> None:
        self.cash -= fee
        self.fees += fee

    def trade(self, symbol: str, qty: Decimal, px: Decimal, multiplier: Decimal) -> None:
        """Book signed units at a price: what reduces realizes, what opens moves the average."""
        self.cash -= qty * px * multiplier
        lot = self.lots.get(symbol)
        if lot is None:
            self.lots[symbol] = Lot(qty, px, multiplier)
            return
        if lot.qty * qty > 0:
            lot.avg_px = (lot.qty * lot.avg_px + qty * px) / (lot.qty + qty)
        else:
            closed = min(abs(qty), abs(lot.qty)).copy_sign(lot.qty)
            self.realized += closed * (px - lot.avg_px) * multiplier
            if abs(qty) > abs(lot.qty):
                lot.avg_px = px
        lot.qty += qty
        if not lot.qty:
            del self.lots[symbol]

    def held(self, symbol: str) -> Decimal:
        lot = self.lots.get(symbol)
        return lot.qty if lot else ZERO

    def worth(self, mark: Mark) -> Decimal:
        """Return the value of what is held, at the marks."""
        return sum((lot.value_at(mark(symbol)) for symbol, lot in self.lots.items()), ZERO)

    def unrealized(self, mark: Mark) -> Decimal:
        total = ZERO
        for symbol, lot in self.lots.items():
            px = mark(symbol)
            if px is not None:
                total += lot.qty * (px - lot.avg_px) * lot.multiplier
        return total
