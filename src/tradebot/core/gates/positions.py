"""Would there be too many positions at once?"""

from tradebot.core.gates.answers import ALLOW, Said, lacks, within
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason, route_need


def positions(look: Look) -> Said:
    """Are there, with those it opens, at most `positions_max` underlyings in the account?"""
    account = look.account_name
    if account is None:
        return lacks(route_need(look.body.route or ""))
    known = look.book.exposure.of(account).bets
    new = [name for name in look.underlyings if name not in known]
    return _counted(look, len(known) + len(new), look.policy.positions_max)


def positions_symbol(look: Look) -> Said:
    """Are there, with those it opens, at most `positions_symbol_max` on each underlying?"""
    account = look.account_name
    if account is None:
        return lacks(route_need(look.body.route or ""))
    stakes = look.book.exposure.of(account)
    most = max([
        stakes.bet(name).positions + sum([s not in stakes.by_symbol for s in symbols])
        for name, symbols in look.underlyings.items()
    ])
    return _counted(look, most, look.policy.positions_symbol_max)


def _counted(look: Look, count: int, limit: int) -> Said:
    if count > limit and look.is_closing:
        return ALLOW
    return within(count, limit, Reason.RISK_MAX_POSITIONS)
