"""How is what a kill leaves behind closed? By what reduces the broker's own statement, and no more.

The one way past the kill switch, and past the gates, which are about taking risk: nobody outside
can ask for such an order, and it is never held. What cannot go now is refused.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.gates.look import Look
from tradebot.core.model.commands import Flatten
from tradebot.core.model.events import (
    Event,
    IntentReceived,
    IntentRefused,
    OrderSubmitted,
    RouteChosen,
    RouteFlattened,
)
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import StrategyId, derive_cl_ord_id, strategy_intent_id
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason, Stage
from tradebot.core.model.report import Holding
from tradebot.core.model.sound import flaw
from tradebot.core.model.verdict import Pass
from tradebot.core.pipeline import s2_validation as validation
from tradebot.core.pipeline.pipeline import record

_Why: TypeAlias = tuple[Reason, str]


def flatten(book: Book, command: Flatten, facts: Facts, at: datetime) -> Iterator[Event]:
    """Close every position of the statement, and tell when it has none; only after a kill."""
    route = book.routes.get(command.route)
    if book.kill_reason is None or route is None or flaw(command) is not None:
        return
    late = _late(book, command)
    against = _working(book) if late is None else {}
    holdings = [held for held in command.statement.holdings if held.qty]
    if not holdings and late is None:
        yield from _flat(book, command)
    for held in holdings:
        for owner, qty in list(_by_owner(book, route.account, held)):
            body = Intent(
                legs=(Leg(symbol=held.symbol, side=Side.SELL if held.qty > 0 else Side.BUY),),
                order_qty=qty, strategy_id=owner, source=Source.KILL, user=command.by,
                route=command.route,
            )
            yield from _close(book, body, late or against.get(held.symbol), facts, at)


def _flat(book: Book, command: Flatten) -> Iterator[Event]:
    """Tell that a route is flat for good: as the book has it, and nothing works there.

    A row that a statement lacks is no evidence: while the book holds anything, it may come back.
    """
    held = any(net.qty for net in book.ledger.nets.get(command.statement.account, {}).values())
    works = any(state.route == command.route for state in book.orders.working.values())
    if command.route in book.kill.to_flatten and not held and not works:
        yield from record(book, RouteFlattened(
            route=command.route, as_of=command.statement.as_of
        ))


def _by_owner(
    book: Book, account: str, held: Holding
) -> Iterator[tuple[StrategyId | None, Decimal]]:
    """Share out what is to be closed over its owners, or they would close it once more.

    What the book knows no owner of is the kill's own.
    """
    left = abs(held.qty)
    for name, owner, symbol, share in book.ledger.shares():
        if (name, symbol) == (account, held.symbol) and share.qty * held.qty > 0 and left > 0:
            qty = min(left, abs(share.qty))
            left -= qty
            yield StrategyId(owner), qty
    if left > 0:
        yield None, left


def _close(
    book: Book, body: Intent, against: _Why | None, facts: Facts, at: datetime
) -> Iterator[Event]:
    assert body.route is not None
    name = body.strategy_id or StrategyId("")
    number = book.intents.counts.get(name, 0) + 1
    intent_id = strategy_intent_id(name, number)
    expires = at + timedelta(seconds=book.settings.send_within_s)
    received = IntentReceived(intent_id=intent_id, intent=body, expires=expires, number=number)
    yield from record(book, received)
    intent = book.intents.open[intent_id]
    if (why := against or _why_not(Look(book, intent, facts, at))) is not None:
        yield from record(book, IntentRefused(
            intent_id=intent_id, stage=Stage.VALIDATION, reason=why[0], detail=why[1]
        ))
        return
    account = book.routes[body.route].account
    yield from record(book, RouteChosen(intent_id=intent_id, route=body.route), OrderSubmitted(
        cl_ord_id=derive_cl_ord_id(intent_id, body.route, account), intent_id=intent_id,
        intent=body, route=body.route, account=account, send_by=expires, reserved=ZERO,
    ))


def _late(book: Book, command: Flatten) -> _Why | None:
    """Say why a statement tells nothing of what is held now."""
    account, stated = book.routes[command.route].account, command.statement
    if stated.account != account:
        return Reason.RECON_BREAK, f"{account} is booked, {stated.account} is stated"
    if command.booked not in (None, book.ledger.bookings(account)):
        return Reason.RISK_STALE_DATA, "something was booked after the statement was asked for"
    return None


def _working(book: Book) -> Mapping[str, _Why]:
    """Say of which symbols an order still works: they may be closed, or be closing, already."""
    return {
        leg.symbol: (Reason.OMS_PENDING_REQUEST, f"{state.root} still works on {leg.symbol}")
        for state in book.orders.working.values() if not state.order.is_done
        for leg in state.intent.legs
    }


def _why_not(look: Look) -> _Why | None:
    verdict = validation.validate(look)
    return None if isinstance(verdict, Pass) else (verdict.reason, verdict.detail)
