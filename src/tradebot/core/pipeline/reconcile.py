"""What comes of a broker's statement? Missing fills are booked, breaks found; never an order."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from tradebot.core import recon
from tradebot.core.book.book import Book
from tradebot.core.book.order_state import change_made
from tradebot.core.model import commands as c
from tradebot.core.model import events as e
from tradebot.core.model.drift import BreakKind, Drift
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import OUR_PREFIX, ClOrdID, ExecID
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType, Report, Statement
from tradebot.core.model.sound import flaw
from tradebot.core.pipeline.pipeline import record
from tradebot.core.pipeline.requests import give_up, replace_lost, take_report
from tradebot.core.pipeline.s7_post_trade import unknown_terms


def reconcile(
    book: Book, command: c.Reconcile, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    """Book what was not heard, then compare; what two looks show alike is a break."""
    route, statement = book.routes.get(command.route), command.statement
    if route is None:
        return
    if (told := flaw(statement)) is not None:
        yield from _halt(book, (e.EVERYTHING,), Reason.OMS_MALFORMED_REPORT, told)
        return
    if is_other_account(book, command.route, statement):
        yield from other_account(book, command.route, statement)
        return
    missed = recon.unheard(book, command.fills)
    for fill in missed:
        yield from take_report(book, fill, facts, at)
    recovered = tuple(
        fill.exec_id for fill in missed if fill.exec_id is not None
        and recon.is_heard(book, fill) and recon.is_overdue(fill, statement)
    )
    yield from _settle_changes(book, statement, facts, at)
    yield from _compare(book, command, recovered)


def compare_at_connect(
    book: Book, route: str, statement: Statement, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    """Compare before anything goes out; the wire has asked for fills that it missed."""
    command = c.Reconcile(route=route, statement=statement, because="connect")
    yield from _settle_changes(book, statement, facts, at)
    yield from _compare(book, command, ())


def _settle_changes(
    book: Book, statement: Statement, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    """End each unanswered change that cannot leave any more by what its order is at the broker.

    Should it be made later, against all evidence, the broker's report of that counts.
    """
    for stated in statement.working:
        state = book.orders.find(stated.cl_ord_id)
        asked = state.replacing if state is not None else None
        if state is None or asked is None or not (min(at, statement.as_of) > asked.send_by):
            continue
        is_made = recon.was_made(state, asked, stated)
        if is_made:
            shown = change_made(state, asked, "the broker's statement shows it")
            yield from take_report(book, shown, facts, at)
        elif is_made is False:
            yield from record(book, replace_lost(asked, "the broker states the order as it was"))


def is_other_account(book: Book, route: str, statement: Statement) -> bool:
    """Tell whether a route leads elsewhere than before, and nobody has said that it may."""
    known = book.routes.get(route)
    if known is None or known.account == statement.account:
        return False
    return _account_drift(known.account, statement).name not in book.recon.accepted


def other_account(book: Book, route: str, statement: Statement) -> Iterator[e.Event]:
    """Halt everything: nothing of the two accounts can be compared."""
    drift = _account_drift(book.routes[route].account, statement)
    if not book.recon.is_settled(drift):
        yield from record(book, e.BreakFound(drift=drift))
    yield from _halt_for(book, drift)


def accept_break(
    book: Book, command: c.AcceptBreak, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    """Let the book follow the broker, and end the halt that the break alone had made."""
    found = book.recon.breaks.get(command.target)
    if found is not None:
        yield from _accept(book, found.drift, command, facts, at)


def _accept(
    book: Book, drift: Drift, command: c.AcceptBreak, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    reason, by = command.reason, command.by
    px = _worth(book, drift, facts) if drift.kind is BreakKind.POSITION else ZERO
    yield from record(book, e.BreakAccepted(drift=drift, reason=reason, by=by, px=px))
    if drift.kind is BreakKind.POSITION and book.terms(drift.subject) is None:
        yield from record(book, unknown_terms(drift.subject))
    if drift.kind is BreakKind.MISSING_ORDER:
        yield from _end_order(book, ClOrdID(drift.subject), f"{reason} (by {by})", facts, at)
    still = {symbol for other in book.recon.breaks.values() for symbol in _halts_of(other.drift)}
    for symbol in _halts_of(drift):
        if book.halted.get(symbol) is Reason.RECON_BREAK and symbol not in still:
            yield from record(book, e.HaltCleared(symbol=symbol, reason=reason, by=by))


def _end_order(
    book: Book, root: ClOrdID, text: str, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    state = book.orders.working.get(root)
    if state is not None and state.is_unanswered:
        yield from give_up(book, state, text, facts, at)
    elif state is not None:
        yield from take_report(book, Report(
            route=state.route, cl_ord_id=state.order.cl_ord_id, exec_type=ExecType.CANCELED,
            text=text,
        ), facts, at)


def _worth(book: Book, drift: Drift, facts: Facts) -> Decimal:
    """Return what a unit is taken to be worth: as marked, as quoted, or as the broker says."""
    net = book.ledger.nets.get(drift.account, {}).get(drift.subject)
    quote = facts.quote(drift.subject) if net is None else None
    return net.mark if net is not None else quote.mid if quote is not None else drift.px


def _compare(
    book: Book, command: c.Reconcile, recovered: tuple[ExecID, ...]
) -> Iterator[e.Event]:
    statement = command.statement
    account = statement.account
    found = tuple(recon.drifts(book, statement))
    sure = recon.confirmed(book, command.route, statement, found)
    held = {*book.ledger.nets.get(account, {}), *(h.symbol for h in statement.holdings)}
    compared = e.StatementCompared(
        route=command.route, account=account, as_of=statement.as_of, because=command.because,
        orders=len(statement.working), positions=len(held), drifts=found,
        recovered=recovered, matched=0 if found else book.recon.unmatched.get(account, 0),
    )
    if not (command.is_routine and book.recon.is_nothing_new(compared)):
        yield from _conclude(book, sure, compared)


def _conclude(
    book: Book, sure: Iterable[Drift], compared: e.StatementCompared
) -> Iterator[e.Event]:
    """Close what is gone, tell what is new, and halt what breaks that stand are about."""
    yield from record(book, compared)
    differs = {drift.name for drift in compared.drifts}
    for known in list(book.recon.breaks.values()):
        if known.drift.account == compared.account and known.drift.name not in differs:
            yield from record(book, e.BreakClosed(drift=known.drift))
    for drift in sure:
        if not book.recon.is_settled(drift):
            yield from record(book, e.BreakFound(drift=drift))
            yield from _doubt(book, drift)
            if _may_be_adopted(book, drift):
                yield from record(book, e.BreakAccepted(drift=drift, reason="policy", by="policy"))
    for known in list(book.recon.breaks.values()):
        if known.drift.account == compared.account:
            yield from _halt_for(book, known.drift)


def _may_be_adopted(book: Book, drift: Drift) -> bool:
    """Only a stranger's: an order by an id of ours is of a journal that lost it, or of a twin."""
    is_strange = drift.kind is BreakKind.UNKNOWN_ORDER and not drift.subject.startswith(OUR_PREFIX)
    return is_strange and book.settings.recon_adopts_orders


def _halt_for(book: Book, drift: Drift) -> Iterator[e.Event]:
    detail = f"{drift.kind} {drift.name}: book {plain(drift.book)}, broker {plain(drift.statement)}"
    yield from _halt(book, _halts_of(drift), Reason.RECON_BREAK, detail)


def _doubt(book: Book, drift: Drift) -> Iterator[e.Event]:
    """Doubt an order that the broker no longer lists: the wire then asks what became of it."""
    state = book.orders.working.get(ClOrdID(drift.subject))
    if drift.kind is BreakKind.MISSING_ORDER and state is not None and not state.in_doubt:
        text = "the broker no longer lists it, and does not say why"
        yield from record(book, e.OrderInDoubt(cl_ord_id=state.root, detail=text))


def _halts_of(drift: Drift) -> tuple[str, ...]:
    if drift.kind is BreakKind.MISSING_ORDER:
        return ()
    return drift.symbols or (e.EVERYTHING,)


def _halt(
    book: Book, symbols: Iterable[str], reason: Reason, detail: str
) -> Iterator[e.Event]:
    for symbol in symbols:
        if symbol not in book.halted:
            yield from record(book, e.InstrumentHalted(
                symbol=symbol, reason=reason, detail=detail
            ))


def _account_drift(account: str, statement: Statement) -> Drift:
    return Drift(kind=BreakKind.ACCOUNT, account=account, subject=statement.account)
