"""May orders take a route? What comes of its going up and down, and of what its broker is."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model import commands as c
from tradebot.core.model import events as e
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import ours_fit
from tradebot.core.model.reason import Reason, route_need
from tradebot.core.model.settings import RouteKind
from tradebot.core.model.sound import flaw
from tradebot.core.pipeline.arming import end_arming
from tradebot.core.pipeline.pipeline import record, resume
from tradebot.core.pipeline.reconcile import compare_at_connect, is_other_account, other_account
from tradebot.core.pipeline.requests import cancel_again, replace_lost
from tradebot.core.pipeline.s7_post_trade import unknown_terms

_MONEY: Final[Mapping[bool | None, str]] = {
    True: "its money is real", False: "its money is not real",
    None: "nobody says whether its money is real",
}


def connect(
    book: Book, command: c.ConnectRoute, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    """Let orders take the route, once its account is known and agrees with the book."""
    if (told := flaw(command)) is not None:  # no ledger opens with it, and nothing trades by it
        yield from record(book, e.InstrumentHalted(
            symbol=e.EVERYTHING, reason=Reason.OMS_MALFORMED_REPORT, detail=told
        ))
        return
    if (refusal := _why_unfit(command)) is not None:
        yield from record(book, refusal)
        return
    known = book.routes.get(command.route)
    if book.arming is not None and known is not None:
        armed, stated = book.arming.given.account, command.statement.account
        if known.account == armed != stated:
            yield from end_arming(book, f"{armed} was armed, the broker says {stated}", "broker")
    if is_other_account(book, command.route, command.statement):
        yield from other_account(book, command.route, command.statement)
        return
    is_new = command.statement.account not in book.ledger.accounts
    if not is_new:
        yield from compare_at_connect(book, command.route, command.statement, facts, at)
        if book.recon.doubtful(command.route):
            return  # nothing goes out on money that nobody is sure of: the wire looks again
    yield from record(book, e.RouteConnected(
        route=command.route, kind=command.kind, account=command.statement.account,
        capabilities=command.capabilities, opening=command.statement if is_new else None,
    ))
    if is_new:
        unknown = (h.symbol for h in command.statement.holdings if book.terms(h.symbol) is None)
        yield from record(book, *(unknown_terms(symbol) for symbol in unknown))
    for state in list(book.orders.working.values()):
        if state.route == command.route:
            yield from cancel_again(book, state)
            if state.replacing is not None and command.capabilities.absence_is_proof:
                yield from record(book, replace_lost(state.replacing, "the broker never saw it"))
    yield from resume(book, book.intents.waiting_for((route_need(command.route),)), facts, at)


def _why_unfit(command: c.ConnectRoute) -> e.RouteRefused | None:
    """Refuse a route that trades other money than its kind says, or whose broker cannot name us."""
    can, is_live = command.capabilities, command.kind is RouteKind.LIVE
    if can.real_money is not is_live:
        reason = Reason.ADAPTER_OTHER_MONEY
        whose = command.statement.account
        detail = f"{whose}: {_MONEY[can.real_money]}, the route's kind is {command.kind}"
    elif not ours_fit(can.id_pattern, can.id_length_max):
        reason = Reason.ADAPTER_OTHER_IDS
        detail = f"it takes {can.id_pattern} of at most {can.id_length_max} characters"
    else:
        return None
    return e.RouteRefused(route=command.route, kind=command.kind, reason=reason, detail=detail)


def refuse(book: Book, command: c.RefuseRoute, facts: Facts, at: datetime) -> Iterator[e.Event]:
    """Note that the broker does not let us in."""
    yield from record(book, e.RouteRefused(
        route=command.route, kind=command.kind, reason=Reason.ADAPTER_LOGIN_REFUSED,
        detail=command.detail,
    ))


def disconnect(
    book: Book, command: c.DisconnectRoute, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    route = book.routes.get(command.route)
    if route is not None and route.is_up:
        yield from record(book, e.RouteDisconnected(route=command.route, reason=command.reason))


def set_breaker(
    book: Book, command: c.SetBreaker, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    route = book.routes.get(command.route)
    if route is None or route.breaker is command.state:
        return
    yield from record(book, e.BreakerSet(
        route=command.route, state=command.state, reason=command.reason
    ))
    if route.is_usable:
        yield from resume(book, book.intents.waiting_for((route_need(command.route),)), facts, at)
