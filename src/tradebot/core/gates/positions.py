"""Would there be too many positions at once?"""

from tradebot.core.gates.answers import ALLOW, Said, lacks, within
from tradebot.core.gates.look import Look
from tradebot.core.model.instrument import bet_on
from tradebot.core.model.verdict import Reason, route_need


def positions(look: Look) -> Said:
    """Are there, with those it opens, at most `positions_max` underlyings in the account?"""
    account = look.account_name
    if account is None:
        return lacks(route_need(look.body.route or ""))
    known = look.book.exposure.of(account).bets
    new = {bet_on(leg.symbol)[0] for leg in look.body.legs} - known.keys()
    return _counted(look, len(known) + len(new), look.policy.positions_max)


def positions_symbol(look: Look) -> Said:
    """Are there, with those it opens, at most `positions_symbol_max` on each underlying?"""
    account = look.account_name
    if account is None:
        return lacks(route_need(look.body.route or ""))
    stakes = look.book.exposure.of(account).by_symbol
    then: dict[str, int] = {}
    for leg in look.body.legs:
        underlying = bet_on(leg.symbol)[0]
        if underlying not in then:
            then[underlying] = look.book.exposure.bet(account, underlying).positions
        then[underlying] += leg.symbol not in stakes
    return _counted(look, max(then.values()), look.policy.positions_symbol_max)


def _counted(look: Look, count: int, limit: int) -> Said:
    if count > limit and look.is_closing:
        return ALLOW
    return within(count, limit, Reason.RISK_MAX_POSITIONS)
