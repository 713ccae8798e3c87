"""What does IB say of the account: whose money is it, what is held, which orders work?"""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.report import Holding, OpenOrder, Statement
from tradebot.plugins.ibkr.connection import NUMBER, Connection
from tradebot.plugins.ibkr.contracts import number, symbol_of
from tradebot.plugins.ibkr.orders import name_of
from tradebot.plugins.ibkr.questions import CASH, ORDERS, POSITIONS
from tradebot.ports import DeliveryUnknown, LoginRefused

_LIVE_LETTERS: Final = frozenset("UFI")  # an individual's, an adviser's, a broker's
_PAPER_LETTER: Final = "D"  # stands before the same letters
_CASH_TAG: Final = "TotalCashValue"  # in the currency that the account is kept in

Symbols = Callable[[Any], tuple[str, ...]]


def is_real_money(account: str) -> bool | None:
    """Tell by its id whether an account's money is real; None where the id says neither."""
    if account[:1] == _PAPER_LETTER:
        return False
    return True if account[:1] in _LIVE_LETTERS else None


def chosen(accounts: list[str], wanted: str, *, paper: bool) -> str:
    """Return the account to trade; raise LoginRefused unless it is the one, and the kind, meant."""
    known = ", ".join(accounts) or "none"
    if not wanted and len(accounts) != 1:
        raise LoginRefused(f"account: name one, the login has {known}")
    account = wanted or accounts[0]
    if account not in accounts:
        raise LoginRefused(f"account: the login has {known}, not {account}")
    is_real = is_real_money(account)
    if paper and is_real is not False:
        raise LoginRefused(f"account {account} is not one of paper money, and `paper` is set")
    if not paper and is_real is False:
        raise LoginRefused(f"account {account} is one of paper money, and `paper` is not set")
    return account


async def stated(
    connection: Connection, account: str, as_of: datetime, symbols: Symbols
) -> Statement:
    """Ask for all that IB says of the account; orders of every client are among it."""
    working = await connection.ask(ORDERS, "reqAllOpenOrders")
    positions = await connection.ask(POSITIONS, "reqPositions")
    summary = await connection.ask(CASH, "reqAccountSummary", NUMBER, "All", _CASH_TAG)
    for request in {line[0] for line in summary}:
        await connection.turn()
        connection.send("cancelAccountSummary", request)
    cash = [line for line in summary if line[1] == account and line[2] == _CASH_TAG]
    if not cash:
        raise DeliveryUnknown(f"IB states no cash of {account}")
    *_, value, currency = cash[-1]
    try:
        amount = Decimal(value)
    except ArithmeticError:
        raise DeliveryUnknown(f"IB states {value[:40]!r} as cash of {account}") from None
    return Statement(
        account=account, as_of=as_of, cash=amount, currency=currency,
        holdings=tuple(_holdings(account, positions)),
        working=tuple(_working(account, working, symbols)),
    )


def _holdings(account: str, lines: Iterable[tuple[Any, ...]]) -> Iterable[Holding]:
    latest = {line[1].conId: line for line in lines if line[0] == account}
    for _, contract, qty, cost in latest.values():
        if qty:
            each = number(contract.multiplier or ONE)
            yield Holding(symbol=symbol_of(contract), qty=number(qty), avg_px=number(cost) / each)


def _working(
    account: str, lines: Iterable[tuple[Any, ...]], symbols: Symbols
) -> Iterable[OpenOrder]:
    """Yield open orders; of two under one name the second bears its own: nobody may miss it."""
    left = {line[5]: number(line[3]) for line in lines if isinstance(line[1], str)}
    orders = {line[2].permId: line for line in lines if not isinstance(line[1], str)}
    named = set[ClOrdID]()
    for perm_id, (_, contract, told, _) in orders.items():
        if told.account != account:
            continue
        name = name_of(told)
        if name in named:
            name = ClOrdID(f"{name}/{perm_id}")
        named.add(name)
        limit = number(told.lmtPrice) if "LMT" in told.orderType else None
        yield OpenOrder(
            cl_ord_id=name, symbols=symbols(contract), leaves_qty=left.get(perm_id), price=limit,
        )


def qty_of(told: Any) -> Decimal | None:
    """Return what was ordered; of completed orders IB may tell none."""
    qty = number(told.totalQuantity)
    return qty if qty > ZERO else None
