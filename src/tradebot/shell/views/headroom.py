"""How near is each standing limit of the gates? A row a limit, the nearest first."""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.gates import headroom as gates
from tradebot.core.model.facts import Facts
from tradebot.core.model.money import ZERO, plain
from tradebot.shell.views.rows import Plain, iso, rounded


def headroom(book: Book, facts: Facts, at: datetime) -> Plain:
    found = sorted(gates.headroom(book, facts, at), key=_nearness, reverse=True)
    return {"at": iso(at), "headroom": [_row(one) for one in found]}


def _nearness(one: gates.Headroom) -> tuple[object, ...]:
    return one.is_breached or False, one.used_frac or ZERO, one.gate, one.account, one.key


def _row(one: gates.Headroom) -> Plain:
    used = one.used_frac
    return {
        "gate": one.gate, "key": one.key, "account": one.account,
        "limit": rounded(one.limit), "actual": rounded(one.actual), "unit": one.unit,
        "used_frac": None if used is None else plain(round(used, 6)),
        "breached": one.is_breached,
    }
