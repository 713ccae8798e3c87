"""Why did it come to this? The whole chain of one id: from the ask to the profit, with numbers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from tradebot.core.gates import REQUIRED
from tradebot.core.gates.desk import DESK
from tradebot.core.gates.panel import Gate
from tradebot.core.model import events as e
from tradebot.core.model.facts import Quote, age_s
from tradebot.core.model.ids import IntentId
from tradebot.core.model.intent import Asked, Intent
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.order import OrdStatus
from tradebot.core.model.reason import EXPLAIN, Answer, GateResult, Reason
from tradebot.core.model.report import Report
from tradebot.shell.views import remedy
from tradebot.shell.views.history import (
    FillRecord,
    Histories,
    IntentRecord,
    Moment,
    OrderRecord,
    Told,
)
from tradebot.shell.views.narrate import ask, numbers, sentence
from tradebot.shell.views.rows import (
    Plain,
    because,
    fill_row,
    gate_rows,
    intent_status,
    iso,
    order_row,
    order_status,
    request,
    rounded,
)

_WALKS: Final = (e.StagesPassed, e.IntentHeld, e.IntentRefused)
_SETTLED: Final = "The option came to its end: the broker settled it, by no order of ours."
_VERDICTS: Final[Mapping[Answer, str]] = {
    Answer.ALLOW: "allowed", Answer.PAUSE: "must wait", Answer.BLOCK: "refused",
}


def explain(kept: Histories, name: str) -> Plain | None:
    """Tell the chain that an intent, an order (any id of it) or a fill belongs to."""
    record = kept.intents.get(IntentId(name))
    order = kept.order(record.cl_ord_id if record is not None else name)
    fills = [fill for fill in kept.fills if name in _names(fill.trade)]
    kind = "intent" if record is not None else "order" if order is not None else "fill"
    if record is None and order is None and fills:
        order = kept.order(fills[-1].trade.cl_ord_id)
    if record is None:
        record = kept.intent_of(order)
    if record is not None and isinstance(record.events[0].event, e.IntentReceived):
        return {"id": name, "kind": kind, **_chain(kept, record, order)}
    if fills and kept.order(fills[-1].trade.cl_ord_id) is None:
        return {"id": name, "kind": kind, **_of_no_order(fills)}
    return None


def _names(trade: e.TradeBooked) -> tuple[str | None, ...]:
    return trade.exec_id, trade.reverses, trade.cl_ord_id


def _chain(kept: Histories, record: IntentRecord, order: OrderRecord | None) -> Plain:
    told = list(record.events)
    symbols = record.intent.symbols
    quotes = [
        _quote_row(step, quote) for step in told if isinstance(step.event, _WALKS)
        for quote in step.moment.quotes if quote.symbol in symbols
    ]
    bookings = [FillRecord(s.moment, s.event) for s in told if isinstance(s.event, e.TradeBooked)]
    now = kept.order(record.cl_ord_id)  # an earlier attempt may have been asked for
    result = _result(record, now, bookings)
    stopped = _stopped(kept, record, now)
    return {
        "intent": _intent(record),
        "quotes": list({(row["seq"], row["symbol"]): row for row in quotes}.values()),
        "gates": [
            {**row, "sentence": gate_sentence(gate)}
            for row, gate in zip(gate_rows(record.gates), record.gates, strict=True)
        ],
        "route": _route(told),
        "order": order_row(order) if order is not None else None,
        "reports": [row for row in map(_report_row, told) if row is not None],
        "bookings": [fill_row(booking) for booking in bookings],
        "result": result,
        "because": stopped,
        "sentences": [*_sentences(record, told), result["sentence"]],
    }


def _of_no_order(fills: Sequence[FillRecord]) -> Plain:
    """A fill of an order that is not ours, or a settlement: all that is known are the bookings."""
    is_external = fills[-1].trade.is_external
    result = {
        "status": "external" if is_external else "settled", "is_open": False, "waits_for": [],
        "until": None, **_money(fills),
        "sentence": EXPLAIN[Reason.OMS_EXTERNAL] if is_external else _SETTLED,
    }
    return {
        "intent": None, "quotes": [], "gates": [], "route": None, "order": None, "reports": [],
        "bookings": [fill_row(fill) for fill in fills], "result": result, "because": None,
        "sentences": [
            *(f"{_clock(f.moment.at)}  {sentence(f.trade)}" for f in fills), result["sentence"]
        ],
    }


def _question(gate: Gate) -> str:
    """Return what a gate asks, by its docstring; a limit is named as in the settings."""
    asked, mark, _ = (gate.__doc__ or "").replace("`", "").partition("?")
    return asked[:1].lower() + asked[1:] + mark


_QUESTIONS: Final = {gate.__name__: _question(gate) for gate in (*REQUIRED, *DESK)}


def gate_sentence(gate: GateResult) -> str:
    """Tell one gate's answer in words and numbers."""
    told = f"{gate.gate}: {_VERDICTS[gate.answer]}; {_QUESTIONS.get(gate.gate, '')}".rstrip("; ")
    if gate.actual is not None:
        told += f" {plain(gate.actual)}"
    if gate.limit is not None:  # a gate that asks for enough holds what is needed against what is
        held = "<=" if gate.answer is Answer.ALLOW else "against"
        told += f" {'beyond its limit' if gate.is_warning else held} {plain(gate.limit)}"
    return told


def _intent(record: IntentRecord) -> Plain:
    intent = record.intent
    return {
        "intent_id": record.intent_id, "ask": ask(intent), "symbol": intent.symbol,
        **request(intent), "owner": intent.owner, "wanted_route": intent.route,
        "idempotency_key": intent.key or record.intent_id,
        "seq": record.received.seq, "received": iso(record.received.at),
        "expires": iso(record.expires),
    }


def _quote_row(step: Told, quote: Quote) -> Plain:
    return {
        "seq": step.moment.seq, "at": iso(step.moment.at), "symbol": quote.symbol,
        "bid": plain(quote.bid), "ask": plain(quote.ask), "bid_size": plain(quote.bid_size),
        "ask_size": plain(quote.ask_size), "as_of": iso(quote.as_of),
        "age_s": plain(age_s(quote.as_of, step.moment.at)),
    }


def _route(told: Sequence[Told]) -> Plain | None:
    sent = next((s for s in reversed(told) if isinstance(s.event, e.OrderSubmitted)), None)
    if sent is None:
        return None
    assert isinstance(sent.event, e.OrderSubmitted)
    chosen = [s.event for s in told if isinstance(s.event, e.RouteChosen)]
    return {
        "window": chosen[-1].window or None if chosen else None, "route": sent.event.route,
        "account": sent.event.account, "attempt": sent.event.attempt,
        "seq": sent.moment.seq, "at": iso(sent.moment.at), "send_by": iso(sent.event.send_by),
        "reserved": plain(sent.event.reserved),
    }


def _report_row(step: Told) -> Plain | None:
    if not isinstance(step.event, e.OrderReported | e.ReportIgnored):
        return None
    report: Report = step.event.report
    ignored = step.event.reason.value if isinstance(step.event, e.ReportIgnored) else None
    return {
        "seq": step.moment.seq, "at": iso(step.moment.at), "exec_type": report.exec_type.value,
        "exec_id": report.exec_id, "cl_ord_id": report.cl_ord_id, "order_id": report.order_id,
        "last_qty": plain(report.last_qty), "last_px": plain(report.last_px),
        "fee": plain(report.fee), "text": report.text, "is_applied": ignored is None,
        "reason_code": ignored,
    }


def _money(bookings: Sequence[FillRecord]) -> Plain:
    trades = [booking.trade for booking in bookings]
    return {
        "cash": plain(sum((t.cash for t in trades), ZERO)),
        "fees": plain(sum((t.fee for t in trades), ZERO)),
        "realized": rounded(sum((t.realized for t in trades), ZERO)),
    }


def _result(
    record: IntentRecord, order: OrderRecord | None, bookings: Sequence[FillRecord]
) -> Plain:
    waits = _waits(record, order)
    found: Plain = {
        "status": intent_status(record), "stage": record.stage.name.lower(),
        "verdict": record.verdict,
        "reason_code": record.reason.value if record.reason else None,
        "reason_detail": because(record), "is_open": record.is_open, "waits_for": waits,
        "until": iso(record.until or record.expires) if record.verdict == "hold" else None,
        "cum_qty": plain(order.order.cum_qty) if order is not None else "0",
        "avg_px": rounded(order.order.avg_px) if order is not None else None,
        **_money(bookings),
    }
    told = _outcome(record, order)
    if bookings:
        told += (f"; cash {found['cash']}, fees {found['fees']},"
                 f" realised profit {found['realized']}")
    told += "; waits for " + " and ".join(waits) if waits else "; nothing is left to wait for"
    found["sentence"] = f"result: {told}"
    return found


def _outcome(record: IntentRecord, order: OrderRecord | None) -> str:
    if order is not None and record.cl_ord_id is not None:
        at = f" at {rounded(order.order.avg_px)}" if order.order.cum_qty else ""
        done, asked = plain(order.order.cum_qty), plain(order.order.order_qty)
        return f"the order is {order_status(order)}, {done} of {asked} filled{at}"
    if record.verdict == "pass":
        return f"passed through stage {record.stage.name.lower()}"
    word = "refused" if record.verdict == "refuse" else "held"
    return f"{word} at stage {record.stage.name.lower()}: {because(record).rstrip('.')}"


def _waits(record: IntentRecord, order: OrderRecord | None) -> list[str]:
    if record.verdict == "hold":
        return [remedy.in_words(need) for need in record.needs] or ["its time"]
    if order is None or not order.is_open or record.cl_ord_id is None:
        return []
    if order.in_doubt:
        return ["the broker's evidence: nobody knows whether the order arrived"]
    if order.is_canceling:
        return ["the broker's answer to the cancel"]
    if order.is_replacing:
        return ["the broker's answer to the change"]
    return [f"the broker: {plain(order.order.leaves_qty)} are still to fill"]


def _stopped(kept: Histories, record: IntentRecord, order: OrderRecord | None) -> Plain | None:
    """Tell the one reason why it is not at the broker, and what would have to be different."""
    if order is not None and record.cl_ord_id and order.order.ord_status is OrdStatus.REJECTED:
        told = f"the broker rejected it: {order.text or 'without a word'}"
        return {"reason_code": None, "sentence": told, "numbers": "", "remedies": []}
    if record.verdict == "pass" or record.reason is None:
        return None
    walk = next(s for s in reversed(record.events) if isinstance(s.event, _WALKS))
    symbols = record.intent.symbols
    case = remedy.Case(
        intent=record.intent, reasons=remedy.reasons_of(record.reason, record.gates),
        gates=record.gates, needs=record.needs, book=kept.book,
        quotes=tuple(q for q in walk.moment.quotes if q.symbol in symbols),
    )
    return {
        "reason_code": record.reason.value, "sentence": EXPLAIN[record.reason],
        "numbers": numbers(record.gates) or record.detail, "remedies": remedy.remedies(case),
    }


def _sentences(record: IntentRecord, told: Sequence[Told]) -> list[str]:
    """One step a line, under its time; the gates stand below the last walk that asked them."""
    last_walk = next((s for s in reversed(told) if _asked_gates(s)), None)
    lines: list[str] = []
    read_at = 0
    for step in told:
        text = sentence(step.event)
        if isinstance(step.event, e.IntentReceived):
            text = _received(record.intent, step)
            lines += _said(record.intent.asked, step.moment)
        lines.append(f"{_clock(step.moment.at)}  {text}")
        if isinstance(step.event, _WALKS) and step.moment.seq != read_at:
            read_at = step.moment.seq  # one decision reads once, whatever it says of it
            lines += [
                f"    read {q.symbol} {plain(q.bid)} / {plain(q.ask)},"
                f" {_seconds(age_s(q.as_of, step.moment.at))} old"
                for q in step.moment.quotes if q.symbol in record.intent.symbols
            ]
        if step is last_walk:
            lines += [f"    {gate_sentence(gate)}" for gate in record.gates]
    return lines


def _asked_gates(step: Told) -> bool:
    match step.event:
        case e.StagesPassed():
            return bool(step.event.readings)
        case e.IntentHeld() | e.IntentRefused():
            return bool(step.event.gates)
        case _:
            return False


def _said(asked: Asked | None, moment: Moment) -> Iterator[str]:
    """Tell the words that it all began with, and who read them."""
    if asked is None:
        return
    reader = f"{asked.provider or 'a model'} {asked.model or ''}".strip()
    if asked.provider is None or asked.fallback:
        reader = "the grammar"
    sure = f"with confidence {plain(asked.confidence)}"
    yield f"{_clock(moment.at)}  {asked.channel}: \"{asked.text}\", read by {reader} {sure}"


def _received(intent: Intent, step: Told) -> str:
    who = f"strategy {intent.strategy_id}" if intent.strategy_id else intent.user or "somebody"
    through = "" if intent.strategy_id and not intent.user else f" through {intent.source.value}"
    assert isinstance(step.event, e.IntentReceived)
    return f"{who} asked{through}: {ask(intent)}; valid until {_clock(step.event.expires)} UTC"


def _clock(at: datetime) -> str:
    return f"{at:%F %T}"


def _seconds(age: Decimal) -> str:
    return f"{plain(age.quantize(Decimal('0.001')))} s"
