"""Which options end today so near their strike that nobody can tell what will become of them?

Each is told of once. Nothing is traded for it: a person decides whether to close before the end.
"""

from collections.abc import Iterator
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Phase
from tradebot.core.model.events import Event, PinNoticed
from tradebot.core.model.facts import Facts
from tradebot.core.model.instrument import Instrument
from tradebot.core.pipeline.pipeline import record


def notice_pins(book: Book, facts: Facts) -> Iterator[Event]:
    """Tell of every held option in its last session whose underlying stands near the strike."""
    for account, sums in book.ledger.accounts.items():
        for underlying, structure in sums.structures.items():
            ending = [terms for terms in structure.options.values() if _ends_today(book, terms)]
            quote = facts.quote(underlying) if ending else None
            for terms in ending:
                if quote is not None and (account, terms.symbol) not in book.pins:
                    yield from _notice(book, account, terms, quote.mid)


def _ends_today(book: Book, terms: Instrument) -> bool:
    market = book.markets.get(terms.calendar)
    if market is None or market.phase is not Phase.TRADING or terms.expiry is None:
        return False
    return market.session == terms.expiry.isoformat()


def _notice(book: Book, account: str, terms: Instrument, spot: Decimal) -> Iterator[Event]:
    near = book.settings.policy.desk.pin_risk_frac
    if terms.strike is not None and abs(spot - terms.strike) <= terms.strike * near:
        qty = book.ledger.net_qty(account, terms.symbol)
        yield from record(book, PinNoticed(
            account=account, symbol=terms.symbol, qty=qty, spot=spot
        ))
