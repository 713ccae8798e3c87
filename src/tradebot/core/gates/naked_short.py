"""Would options be sold that nothing covers?

What is bought covers what is sold of its right and ends no later; shares cover calls, and cash that
would pay for the shares covers puts. An exit is asked, too: the sale of a wing uncovers.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tradebot.core.gates.answers import ALLOW, Objection, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.gates.opened import Signed, signed
from tradebot.core.model.instrument import Right
from tradebot.core.model.intent import Side
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason


def naked_short(look: Look) -> Said:
    """Does it sell no call that nothing covers, nor a put (unless `desk.naked_puts`)?"""
    account = look.funded
    if isinstance(account, Objection):
        return account
    before = _stands(look)
    then = [*before, *signed(look.book, look.body, look.intent.leaves_qty)]
    calls, puts = _calls(then), _puts_cost(then)
    if calls > _calls(before):
        return block(Reason.RISK_NAKED_SHORT, calls, ZERO)
    is_paid = look.policy.desk.naked_puts or puts <= account.cash
    if not is_paid and not (puts <= _puts_cost(before)):
        return block(Reason.RISK_NAKED_SHORT, puts, account.cash)
    return ALLOW


def _stands(look: Look) -> list[Signed]:
    """Return what is held, with what may yet be sold of it: orders that only buy cover nothing."""
    book, account = look.book, look.account_name
    held = [
        (terms, net.qty) for symbol, net in book.ledger.nets.get(account or "", {}).items()
        if (terms := book.terms(symbol)) is not None
    ]
    for state in book.orders.working.values():
        sells = any(leg.side is Side.SELL for leg in state.intent.legs)
        if sells and state.account == account and state is not look.intent.replaces:
            held += signed(book, state.intent, state.order.leaves_qty)
    return held


def _calls(stands: Sequence[Signed]) -> Decimal:
    """Return for how many shares calls are sold that nothing covers."""
    return sum([
        max(ZERO, _short(on, Right.CALL) - max(ZERO, _shares(on)))
        for on in _by_underlying(stands)
    ], ZERO)


def _puts_cost(stands: Sequence[Signed]) -> Decimal:
    """Return what the shares would cost that puts may bring which no bought one covers."""
    return sum([
        _short(on, Right.PUT) * max([t.strike or ZERO for t, q in on if q < 0], default=ZERO)
        for on in _by_underlying(stands)
    ], ZERO)


def _shares(on: Sequence[Signed]) -> Decimal:
    return sum([qty for terms, qty in on if terms.strike is None], ZERO)


def _short(on: Sequence[Signed], right: Right) -> Decimal:
    """Return for how many shares more is sold than is bought and lives as long."""
    options = [
        (terms.expiry, qty * terms.multiplier) for terms, qty in on
        if terms.right is right and terms.expiry is not None
    ]
    return max([
        ZERO, *(-sum([qty for ends, qty in options if ends >= end], ZERO) for end, _ in options)
    ])


def _by_underlying(stands: Sequence[Signed]) -> Iterable[list[Signed]]:
    found: dict[str, list[Signed]] = {}
    for terms, qty in stands:
        found.setdefault(terms.underlying or terms.symbol, []).append((terms, qty))
    return found.values()
