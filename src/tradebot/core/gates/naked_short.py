"""Would options be sold that nothing covers?

Cash that would pay for the shares covers puts, beside what `cover.py` tells. An exit is asked, too:
the sale of a wing uncovers.
"""

from collections.abc import Sequence
from decimal import Decimal

from tradebot.core.gates.answers import ALLOW, Objection, Said, block
from tradebot.core.gates.cover import by_underlying, shares, short
from tradebot.core.gates.look import Look
from tradebot.core.gates.opened import Signed, signed
from tradebot.core.model.instrument import Right
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason


def naked_short(look: Look) -> Said:
    """Does it sell no call that nothing covers, nor a put (unless `desk.naked_puts`)?"""
    account = look.funded
    if isinstance(account, Objection):
        return account
    before = look.stands
    then = [*before, *signed(look.book, look.body, look.intent.leaves_qty)]
    calls, puts = _calls(then), _puts_cost(then)
    if calls > _calls(before):
        return block(Reason.RISK_NAKED_SHORT, calls, ZERO)
    is_paid = look.policy.desk.naked_puts or puts <= account.cash
    if not is_paid and not (puts <= _puts_cost(before)):
        return block(Reason.RISK_NAKED_SHORT, puts, account.cash)
    return ALLOW


def _calls(held: Sequence[Signed]) -> Decimal:
    """Return for how many shares calls are sold that nothing covers."""
    return sum([
        max(ZERO, short(on, Right.CALL) - max(ZERO, shares(on)))
        for on in by_underlying(held).values()
    ], ZERO)


def _puts_cost(held: Sequence[Signed]) -> Decimal:
    """Return what the shares would cost that puts may bring which no bought one covers."""
    return sum([
        short(on, Right.PUT) * max([t.strike or ZERO for t, q in on if q < 0], default=ZERO)
        for on in by_underlying(held).values()
    ], ZERO)
