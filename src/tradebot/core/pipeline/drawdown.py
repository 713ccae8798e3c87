"""Did an account fall so far below its high-water mark that a person must look?

The halt refuses whatever opens; what closes stays free. Clearing it makes the equity of that
moment the new mark, or the same fall would halt everything again at once.
"""

from collections.abc import Iterator

from tradebot.core.book.book import Book
from tradebot.core.model.events import EVERYTHING, Event, InstrumentHalted
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Reason
from tradebot.core.pipeline.pipeline import record


def halt_at_drawdown(book: Book) -> Iterator[Event]:
    """Halt everything, once, where equity came to `drawdown_halt_frac` below its mark."""
    if EVERYTHING in book.halted:
        return
    limit = book.settings.policy.drawdown_halt_frac
    for name, account in book.ledger.accounts.items():
        fallen = account.fallen
        if not account.unmarked and 0 < account.high_water * limit <= fallen:
            yield from record(book, InstrumentHalted(
                symbol=EVERYTHING, reason=Reason.RISK_DRAWDOWN_HALT,
                detail=f"{name} is {plain(fallen)} below {plain(account.high_water)}",
            ))
            return
