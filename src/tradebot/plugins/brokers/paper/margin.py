"""What do holdings tie up? Whatever stands on one underlying is weighed together.

That is what it is worth less what it must come to at the end: shares and bought options count what
they are worth, a spread what it can lose, a sold put its strike; shares cover sold calls. What was
sold and nothing covers counts as the shares that it stands for, at the market.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.money import ZERO
from tradebot.core.model.payoff import as_option, cover, worst_payoff
from tradebot.plugins.brokers.paper.account import Lot
from tradebot.plugins.brokers.paper.board import Board


@fact
class Obligation:
    """What holdings on one underlying must pay at the end, at most.

    `cover` is for how many shares calls, or shares, are held beyond those that were sold; what
    lacks there is `naked`, and not in the debt.
    """

    debt: Decimal
    cover: Decimal

    @property
    def naked(self) -> Decimal:
        return max(ZERO, -self.cover)

    def is_worse(self, other: "Obligation") -> bool:
        return (-self.cover, self.debt) > (-other.cover, other.debt)

    def ties_up(self, value: Decimal, spot: Decimal) -> Decimal:
        """Return what an account sets aside for holdings that are worth so much."""
        return max(ZERO, value + self.debt) + self.naked * spot


def obligation_of(held: Iterable[tuple[Instrument, Decimal]]) -> Obligation:
    """Weigh signed quantities of what stands on one underlying."""
    options = [(as_option(terms), qty) for terms, qty in held if qty]
    covered = cover(options)
    worst = worst_payoff(options, -covered)
    assert worst is not None  # with shares for all that was sold there is an end
    return Obligation(debt=max(ZERO, -worst), cover=covered)


def tied_up(lots: Mapping[str, Lot], board: Board) -> Decimal:
    """Return what all holdings tie up."""
    groups: dict[str, list[str]] = {}
    for symbol in lots:
        groups.setdefault(board.underlying(symbol), []).append(symbol)
    total = ZERO
    for name, symbols in groups.items():
        value = sum((lots[symbol].value_at(board.mark(symbol)) for symbol in symbols), ZERO)
        if symbols == [name]:  # shares alone, as almost always
            total += abs(value)
        else:
            owed = obligation_of((board.instrument(s), lots[s].qty) for s in symbols)
            total += owed.ties_up(value, spot_of(name, symbols, board))
    return total


def spot_of(underlying: str, symbols: Iterable[str], board: Board) -> Decimal:
    """Return the price of the underlying; where nobody told it, that of the highest strike."""
    strikes = (board.instrument(symbol).strike or ZERO for symbol in symbols)
    return board.mark(underlying) or max(strikes, default=ZERO)
