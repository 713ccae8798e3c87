"""Which structures are held, what may they come to, and what is held beside them?"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.money import plain
from tradebot.core.options.holdings import HeldLeg, HeldStructure, group, terms_of
from tradebot.shell.views.filters import Filters
from tradebot.shell.views.rows import Plain, iso, rounded

Marks: TypeAlias = Mapping[str, tuple[Decimal, datetime]]


def held_document(
    book: Book, marks: Marks, today: date | None, filters: Filters, shown: Iterable[str]
) -> Plain:
    """Tell each owner's structures with their legs, and what of his holdings is in none.

    Only on underlyings of the symbols shown, and then all of them: no structure is cut in two.
    """
    about = {_underlying(book, symbol) for symbol in shown}
    structures: list[Plain] = []
    loose: list[Plain] = []
    for account, owner, legs in _holdings(book, marks, about):
        whose = {"account": account, "strategy_id": owner}
        made, left = group(legs, book.orders.combos.of(account, owner))
        structures += [
            {**whose, **_structure_row(one, marks, today)} for one in made
            if filters.fit(owner, (one.underlying, *(leg.terms.symbol for leg in one.legs)))
        ]
        loose += [
            {**whose, **_leg_row(leg, marks)} for leg in left
            if filters.fit(owner, (leg.terms.symbol,))
        ]
    return {"structures": structures, "loose": loose}


def _underlying(book: Book, symbol: str) -> str:
    terms = book.terms(symbol)
    return terms.underlying or symbol if terms is not None else symbol


def _holdings(
    book: Book, marks: Marks, about: Collection[str]
) -> Iterator[tuple[str, str, list[HeldLeg]]]:
    for account, owners in book.ledger.holdings.items():
        for owner, shares in owners.items():
            legs = []
            for symbol, share in shares.items():
                if not share.qty or _underlying(book, symbol) not in about:
                    continue
                terms = book.terms(symbol) or Instrument(symbol=symbol)
                mark = marks.get(symbol)
                value = share.qty * mark[0] * share.multiplier if mark else None
                legs.append(HeldLeg(terms=terms, qty=share.qty, cost=share.cost, value=value))
            yield account, owner, legs


def _structure_row(held: HeldStructure, marks: Marks, today: date | None) -> Plain:
    ends, value = terms_of(held), held.value
    return {
        "structure": held.strategy.value, "underlying": held.underlying, "qty": plain(held.qty),
        "expiries": [day.isoformat() for day in held.expiries],
        "strikes": [plain(strike) for strike in held.strikes],
        "days_left": (held.expiries[0] - today).days if today else None,
        "net_cost": rounded(held.cost), "value": rounded(value),
        "unrealized": rounded(value - held.cost) if value is not None else None,
        "max_loss": rounded(ends.max_loss), "max_profit": rounded(ends.max_profit),
        "break_evens": [plain(price) for price in ends.break_evens],
        "is_partial": ends.is_partial,
        "legs": [_leg_row(leg, marks) for leg in held.legs],
    }


def _leg_row(leg: HeldLeg, marks: Marks) -> Plain:
    mark, value = marks.get(leg.terms.symbol), leg.value
    return {
        "symbol": leg.terms.symbol, "qty": plain(leg.qty),
        "multiplier": plain(leg.terms.multiplier),
        "avg_px": rounded(leg.cost / leg.qty / leg.terms.multiplier),
        "mark": rounded(mark[0]) if mark else None, "marked": iso(mark[1]) if mark else None,
        "cost": rounded(leg.cost), "value": rounded(value),
        "unrealized": rounded(value - leg.cost) if value is not None else None,
    }
