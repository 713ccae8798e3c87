"""Is nothing opened around an event, nor beyond what is known of a company's earnings?"""

from datetime import date, timedelta

import pytest
from tests.core.gates.asking import ask, holds, said
from tests.core.gates.desks import EXPIRY, PUTS, a_condor, a_desk, option
from tests.makers import OPEN, an_intent

from tradebot.core.gates.events import earnings_known, events
from tradebot.core.model.desk_policy import DeskEvent, DeskEvents, EventKind
from tradebot.core.model.reason import Reason

HOUR = timedelta(hours=1)
IBM_PUT = option(190, root="IBM")


def around(hours: float, *symbols: str, before: int = 24, after: int = 2) -> DeskEvents:
    """Return a calendar with one event so many hours after the open."""
    return DeskEvents(dates=(DeskEvent(
        at=OPEN + hours * HOUR, kind=EventKind.EARNINGS, symbols=symbols, hours_before=before,
        hours_after=after,
    ),))


@pytest.mark.parametrize(("hours", "expected"), [
    (25, "ALLOW"), (24, "BLOCK 23 against 24"), (1, "BLOCK 0 against 24"),
    (-1, "BLOCK -2 against 24"), (-2.1, "ALLOW"),
])
def test_events_bar_what_opens_from_hours_before_to_hours_after(
    hours: float, expected: str
) -> None:
    desk = a_desk(events=around(hours, "SPY"))
    assert said(ask(events, desk, a_condor())) == expected


def test_events_of_all_bar_all_and_those_of_one_bar_no_other() -> None:
    assert ask(events, a_desk(events=around(1)), a_condor()).reason is Reason.RISK_EVENT
    assert ask(events, a_desk(events=around(1, "IBM")), a_condor()).answer == "ALLOW"
    desk = a_desk(IBM_PUT, events=around(1, "IBM", "QQQ"))
    assert ask(events, desk, an_intent("buy", 1, IBM_PUT, price="2")).answer == "BLOCK"
    assert ask(events, desk, an_intent("buy", 1, "IBM", price="200")).answer == "ALLOW"


def test_events_do_not_keep_anybody_from_closing() -> None:
    desk = a_desk()
    holds(desk, "buy", 1, symbol=PUTS[0], price="2.10")
    desk.book.settings = a_desk(events=around(1)).book.settings
    assert ask(events, desk, an_intent("sell", 1, PUTS[0], price="2")).answer == "ALLOW"
    assert ask(events, desk, an_intent("sell", 2, PUTS[0], price="2")).answer == "BLOCK"


@pytest.mark.parametrize(("until", "answer"), [
    (None, "BLOCK"), (EXPIRY - timedelta(1), "BLOCK"), (EXPIRY, "ALLOW"), (date.max, "ALLOW"),
])
def test_earnings_known_only_so_far_bar_options_on_a_share_that_live_longer(
    until: date | None, answer: str
) -> None:
    known = DeskEvents(known_until=until)
    desk, body = a_desk(IBM_PUT, events=known), an_intent("buy", 1, IBM_PUT, price="2")
    told = ask(earnings_known, desk, body)
    assert told.answer == answer
    assert told.reason in (None, Reason.RISK_EARNINGS_UNKNOWN)
    assert ask(earnings_known, desk, a_condor()).answer == "ALLOW"  # SPY is a fund
    assert ask(earnings_known, desk, an_intent("buy", 1, "IBM", price="200")).answer == "ALLOW"
    free = a_desk(IBM_PUT, events=known, earnings_known=False)
    assert ask(earnings_known, free, body).answer == "ALLOW"


def test_earnings_known_are_asked_of_what_nobody_declared_a_fund() -> None:
    desk = a_desk()
    del desk.book.instruments["SPY"]
    assert ask(earnings_known, desk, a_condor()).answer == "BLOCK"
