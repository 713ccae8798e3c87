"""Did an account just fall far below the most that it ever was, or come back? Told once."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.ledger import Account
from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.events import PositionsMarked, TradeBooked
from tradebot.core.model.money import plain
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify.sight import alert_at

_VALUED: Final = (PositionsMarked, TradeBooked)
_STEP: Final = Decimal("0.01")  # of the high-water mark: what is told anew as it goes on falling
_BACK: Final = Decimal("0.8")  # of the limit: above it an account that was told of is well again
_PERCENT: Final = Decimal(100)


class Drawdowns:
    """Remembers what was told of each account; what stood at the start is known already."""

    def __init__(self, book: Book) -> None:
        self._book = book
        limit = book.settings.policy.drawdown_warn_frac
        self._told = {
            name: depth for name, account in book.ledger.accounts.items()
            if (depth := _depth(account)) >= limit
        }

    def news(self, decision: Decision) -> Iterator[Alert]:
        if not any(isinstance(event, _VALUED) for event in decision.events):
            return
        limit = self._book.settings.policy.drawdown_warn_frac
        for name, account in self._book.ledger.accounts.items():
            depth, told = _depth(account), self._told.get(name)
            if depth >= limit and (told is None or depth >= told + _STEP):
                self._told[name] = depth
                yield _alert(decision, name, account, limit)
            elif told is not None and depth < limit * _BACK:
                del self._told[name]
                yield _alert(decision, name, account, limit)


def _depth(account: Account) -> Decimal:
    """Return how far equity is known to be below its high-water mark, as a part of that."""
    return Decimal(0) if account.unmarked else account.drawdown_frac


def _alert(decision: Decision, name: str, account: Account, limit: Decimal) -> Alert:
    depth = _depth(account)
    is_deep, percent = depth >= limit, f"{plain(round(depth * _PERCENT, 2))} %"
    word = "Drawdown" if is_deep else "Drawdown is over"
    return alert_at(
        decision.at, AlertKind.DRAWDOWN, Level.WARNING if is_deep else Level.INFO,
        f"{word}: {name} is {percent} below its high-water mark",
        text=f"{name} has an equity of {plain(round(account.equity, 2))}, {percent} below"
        f" {plain(round(account.high_water, 2))}; warned of from {plain(limit * _PERCENT)} % on.",
        fields={
            "account": name, "equity": plain(round(account.equity, 2)),
            "high_water": plain(round(account.high_water, 2)),
            "drawdown_frac": plain(round(depth, 6)), "limit_frac": plain(limit),
        },
    )
