"""What was opened as one, and how much of it was not closed as one since?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.model.intent import Leg
from tradebot.core.model.money import ZERO

Together: TypeAlias = tuple[tuple[str, Decimal], ...]  # symbols with signed ratios, by symbol

KEPT_MAX: Final = 100  # an owner; the oldest leave first


@dataclass(slots=True)
class Combos:
    """Combos by account and owner, the oldest first. What they say is a hint: holdings decide."""

    held: dict[tuple[str, str], dict[Together, Decimal]] = field(default_factory=dict)

    def of(self, account: str, owner: str) -> Iterator[tuple[Together, Decimal]]:
        """Yield what an owner opened together, the newest first, and how many."""
        yield from reversed(self.held.get((account, owner), {}).items())

    def traded(self, account: str, owner: str, legs: Sequence[Leg], qty: Decimal) -> None:
        """Take a fill, negative if busted: it closes what was opened the other way, then opens."""
        known = self.held.setdefault((account, owner), {})
        made = tuple(sorted((leg.symbol, leg.signed_ratio) for leg in legs))
        reverse = tuple((symbol, -ratio) for symbol, ratio in made)
        closed = max(ZERO, min(qty, known.get(reverse, ZERO)))
        for together, change in ((reverse, -closed), (made, qty - closed)):
            left = known.pop(together, ZERO) + change
            if left > 0:
                known[together] = left
        while len(known) > KEPT_MAX:
            del known[next(iter(known))]

    def ended(self, account: str, symbol: str) -> None:
        """Forget what needs a symbol that the account does not hold any more."""
        for (name, _), known in self.held.items():
            if name == account:
                for together in [t for t in known if any(symbol == s for s, _ in t)]:
                    del known[together]
