"""What becomes of an option once its last session has closed? What it pays then decides.

In the money it is exercised, or assigned where it was sold: shares change hands for the strike, or
cash alone where its style is European. Else it ends worthless. Nobody exercises early by himself.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from tradebot.core.model.instrument import ExerciseStyle, Instrument
from tradebot.core.model.money import CENT, ZERO, plain
from tradebot.core.model.payoff import pays
from tradebot.core.model.report import LegFill
from tradebot.plugins.brokers.paper.board import Board
from tradebot.plugins.brokers.paper.house import House

AGAIN: Final = timedelta(minutes=1)  # where nobody tells yet at what price the market closed


class Clearing:
    """Ends what is held of options, each once."""

    def __init__(self, house: House, board: Board) -> None:
        self._house = house
        self._board = board

    def settle_due(self) -> None:
        """Settle every option whose end has come, at the underlying's closing price."""
        now, ends = self._board.now(), self._house.ends
        for symbol in sorted(symbol for symbol, end in ends.items() if end <= now):
            terms = self._board.instrument(symbol)
            closing = self._board.closing_price(terms)
            if closing is None:
                ends[symbol] = now + AGAIN
            else:
                self._settle(terms, self._house.account.held(symbol), closing)

    def assign(self, symbol: str, qty: Decimal) -> None:
        """Have so much of it exercised early, held or owed, at what the market shows."""
        terms = self._board.instrument(symbol)
        spot = self._board.mark(terms.underlying or symbol)
        held = self._house.account.held(symbol)
        if spot is None or not ZERO < qty <= abs(held):
            raise ValueError(f"{plain(qty)} of {plain(held)} {symbol} cannot be exercised")
        self._settle(terms, qty.copy_sign(held), spot)

    def _settle(self, terms: Instrument, held: Decimal, spot: Decimal) -> None:
        paid = pays(terms, spot)
        if not paid >= CENT:
            self._house.settle(terms.symbol, held, ZERO, text="it ended worthless")
            return
        word = "exercised" if held > 0 else "assigned"
        legs: tuple[LegFill, ...] = ()
        if terms.exercise_style is not ExerciseStyle.EUROPEAN and terms.underlying is not None:
            legs = (LegFill(symbol=terms.underlying, last_px=spot),)
        text = f"{word} with {terms.underlying} at {plain(spot)}"
        self._house.settle(terms.symbol, held, paid, legs=legs, text=text)
