"""How is one record told as plain data? A row each, with the same keys wherever it is shown."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from tradebot.core.book.arming import Arming
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.order import OrdStatus
from tradebot.core.model.reason import EXPLAIN, GateResult
from tradebot.shell.views.history import FillRecord, IntentRecord, OrderRecord, Told
from tradebot.shell.views.narrate import numbers, sentence

Plain: TypeAlias = dict[str, Any]

_PLACES: Final = 8  # an average price is a fraction; nobody reads its 28th digit


def iso(at: datetime | None) -> str | None:
    """Write a time as ISO 8601 in UTC with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at is not None else None


def rounded(value: Decimal | None) -> str | None:
    return plain(round(value, _PLACES)) if value is not None else None


def names(intent: Intent) -> tuple[str, ...]:
    """Return the symbols that it may be asked for by: its own, and those of its legs."""
    return (intent.symbol, *intent.symbols)


def because(record: IntentRecord) -> str:
    """Say the reason in words, with the gates' numbers or what the stage added."""
    told = EXPLAIN[record.reason] if record.reason is not None else ""
    more = numbers(record.objections) or record.detail
    return f"{told.rstrip('.')}: {more}" if told and more else told or more


def intent_status(record: IntentRecord) -> str:
    if record.verdict == "refuse":
        return "refused"
    if record.verdict == "hold":
        return "held"
    return "sent" if record.is_open else "finished"


def order_status(record: OrderRecord) -> str:
    if record.never_left:
        return "never_left"
    status = record.order.ord_status
    if record.is_replacing:
        status = OrdStatus.PENDING_REPLACE
    if record.is_canceling:
        status = OrdStatus.PENDING_CANCEL
    return (status if record.is_open else record.order.ord_status).value


def request(intent: Intent) -> Plain:
    return {
        "side": intent.side.value if not intent.is_combo else None,
        "order_qty": plain(intent.order_qty), "ord_type": intent.ord_type.value,
        "price": plain(intent.price) if intent.price is not None else None,
        "stop_px": plain(intent.stop_px) if intent.stop_px is not None else None,
        "time_in_force": intent.time_in_force.value, "strategy_id": intent.strategy_id,
        "source": intent.source.value, "user": intent.user,
        "legs": [
            {"symbol": leg.symbol, "side": leg.side.value, "ratio_qty": plain(leg.ratio_qty)}
            for leg in intent.legs
        ],
    }


def arming_row(arming: Arming | None) -> Plain | None:
    if arming is None:
        return None
    given = arming.given
    return {
        "account": given.account, "token": given.token, "until": iso(given.until),
        "orders": arming.orders, "orders_max": given.orders_max,
        "notional_usd": plain(arming.notional), "notional_max_usd": plain(given.notional_max_usd),
        "reason": given.reason, "by": given.by,
    }


def order_row(record: OrderRecord) -> Plain:
    order, submitted = record.order, record.submitted
    asked = request(record.intent)
    asked["order_qty"] = plain(order.order_qty)
    return {
        "client_order_id": submitted.cl_ord_id, "cl_ord_id": order.cl_ord_id,
        "order_id": record.order_id, "intent_id": submitted.intent_id,
        "submitted": iso(record.moment.at), "updated": iso(record.updated),
        "ord_status": order_status(record), "symbol": submitted.intent.symbol, **asked,
        "cum_qty": plain(order.cum_qty),
        "leaves_qty": plain(ZERO if record.never_left else order.leaves_qty),
        "avg_px": rounded(order.avg_px), "route": submitted.route, "account": submitted.account,
        "attempt": submitted.attempt, "in_doubt": record.in_doubt, "is_open": record.is_open,
        "fees": plain(record.fees), "realized": rounded(record.realized), "text": record.text,
    }


def fill_row(record: FillRecord) -> Plain:
    trade = record.trade
    return {
        "at": iso(record.moment.at), "seq": record.moment.seq, "exec_id": trade.exec_id,
        "client_order_id": trade.cl_ord_id, "symbol": trade.symbol,
        "side": "buy" if trade.qty > 0 else "sell", "qty": plain(abs(trade.qty)),
        "px": plain(trade.px), "cash": plain(trade.cash),
        "fee": plain(trade.fee), "realized": rounded(trade.realized),
        "strategy_id": trade.strategy_id, "account": trade.account,
        "is_external": trade.is_external,
    }


def gate_rows(gates: Iterable[GateResult]) -> list[Plain]:
    return [_gate_row(gate) for gate in gates]


def _gate_row(gate: GateResult) -> Plain:
    return {
        "gate": gate.gate, "verdict": gate.answer.value,
        "reason": gate.reason.value if gate.reason else None,
        "limit": plain(gate.limit) if gate.limit is not None else None,
        "actual": plain(gate.actual) if gate.actual is not None else None,
    }


def event_row(told: Told) -> Plain:
    return {
        "seq": told.moment.seq, "at": iso(told.moment.at),
        "event": type(told.event).__name__, "text": sentence(told.event),
    }
