"""Does something happen soon that nobody should open options before?"""

from datetime import date, timedelta
from typing import Final

from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason

_HOUR: Final = timedelta(hours=1)


def events(look: Look) -> Said:
    """Is none of `desk.events` that moves its underlyings near?"""
    if look.options is None:
        return ALLOW
    for event in look.policy.desk.events.dates:
        is_near = event.begins <= look.at <= event.ends
        if is_near and any(event.moves(name) for name in look.options.underlyings):
            hours = (event.at - look.at) // _HOUR
            return block(Reason.RISK_EVENT, hours, event.hours_before)
    return ALLOW


def earnings_known(look: Look) -> Said:
    """Does no option on a share outlive what `desk.events` knows, if `desk.earnings_known`?

    Funds have no earnings; what nobody declared a fund is a share.
    """
    desk, opened = look.policy.desk, look.options
    if opened is None or not desk.earnings_known:
        return ALLOW
    until = desk.events.known_until or date.min
    if all(_is_fund(look, name) for name in opened.underlyings) or opened.expiries[-1] <= until:
        return ALLOW
    return block(Reason.RISK_EARNINGS_UNKNOWN)


def _is_fund(look: Look, symbol: str) -> bool:
    terms = look.book.instruments.get(symbol)
    return terms is not None and terms.is_fund
