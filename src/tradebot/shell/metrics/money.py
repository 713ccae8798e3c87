"""Which metrics tell of money and of how near it is to its limits? A row each."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Final

from tradebot.core.book.ledger import Account
from tradebot.core.gates.headroom import headroom
from tradebot.core.model.money import ZERO
from tradebot.shell.metrics.metric import SERIES_MAX, Kind, Metric, Read, Sample, Watched, label


def _of_accounts(amount: Callable[[Watched, str, Account], Decimal]) -> Read:
    def read(watched: Watched) -> Iterator[Sample]:
        for name, account in watched.patient.views.book.ledger.accounts.items():
            found = float(amount(watched, name, account))
            yield Sample((label(name), label(account.currency)), found)

    return read


def _drawdowns(watched: Watched) -> Iterator[Sample]:
    for name, account in watched.patient.views.book.ledger.accounts.items():
        if account.high_water > 0:
            yield Sample((label(name),), float(account.drawdown_frac))


def _used(watched: Watched) -> Iterable[Sample]:
    """Tell of each limit in each account, of those on symbols the nearest one."""
    spine, book = watched.patient.spine, watched.patient.views.book
    most: dict[tuple[str, str], float] = {}
    for row in headroom(book, spine.facts.view(), watched.now):
        if row.used_frac is not None:
            place = (row.gate, label(row.account))
            most[place] = max(most.get(place, 0.0), float(row.used_frac))
    return [Sample(place, used) for place, used in most.items()]


def _profits(watched: Watched) -> Iterator[Sample]:
    found = watched.patient.views.equity.profits()
    for name, net in islice(sorted(found.items()), SERIES_MAX):
        yield Sample((label(name),), float(net))


def _positions(watched: Watched) -> Iterator[Sample]:
    for account, nets in watched.patient.views.book.ledger.nets.items():
        yield Sample((label(account),), len(nets))


_ACCOUNT: Final = ("account", "currency")
_G = Kind.GAUGE
MONEY: Final = (
    Metric("tradebot_account_equity", _G, "What an account is worth, at the last marks.",
           _of_accounts(lambda w, name, account: account.equity), _ACCOUNT),
    Metric("tradebot_account_cash", _G, "Cash of an account.",
           _of_accounts(lambda w, name, account: account.cash), _ACCOUNT),
    Metric("tradebot_account_exposure", _G, "Worth of all positions, long and short added up.",
           _of_accounts(lambda w, name, account: account.gross_value), _ACCOUNT),
    Metric("tradebot_account_net_value", _G, "Worth of all positions, short ones taken off.",
           _of_accounts(lambda w, name, account: account.net_value), _ACCOUNT),
    Metric("tradebot_account_high_water", _G, "The most that an account was ever worth.",
           _of_accounts(lambda w, name, account: account.high_water), _ACCOUNT),
    Metric("tradebot_account_day_profit", _G, "What an account gained since its day began.",
           _of_accounts(lambda w, name, account: account.equity - account.day_equity), _ACCOUNT),
    Metric("tradebot_account_realized", _G, "Profit that left positions, before fees.",
           _of_accounts(lambda w, name, account: account.realized), _ACCOUNT),
    Metric("tradebot_account_fees", _G, "Fees paid.",
           _of_accounts(lambda w, name, account: account.fees), _ACCOUNT),
    Metric("tradebot_account_reserved", _G, "What orders at work may still cost.",
           _of_accounts(lambda w, name, account: (
               w.patient.views.book.orders.reserved.get(name, ZERO)
           )), _ACCOUNT),
    Metric("tradebot_account_at_risk", _G, "What of that can be lost.",
           _of_accounts(lambda w, name, account: (
               w.patient.views.book.orders.at_risk.get(name, ZERO)
           )), _ACCOUNT),
    Metric("tradebot_account_drawdown_ratio", _G, "How far an account is below its high water.",
           _drawdowns, ("account",)),
    Metric("tradebot_positions_open", _G, "Symbols that an account holds.",
           _positions, ("account",)),
    Metric("tradebot_limit_used_ratio", _G,
           "How much of a limit is used up, of limits on symbols the nearest; above 1: breached.",
           _used, ("gate", "account")),
    Metric("tradebot_strategy_net", _G,
           f"Profit of a strategy after fees, at the last marks; of {SERIES_MAX} at most.",
           _profits, ("strategy",)),
)
