"""What do people and programs see of the daemon? Published decisions, told as plain data."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import takewhile
from typing import Any, TypeVar

from tradebot.core.book.book import Book
from tradebot.core.book.ledger import Share
from tradebot.core.model.ids import IntentId
from tradebot.core.model.intent import Source
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.order import OrdStatus
from tradebot.shell.journal.decision import Decision
from tradebot.shell.views.configs import Configs
from tradebot.shell.views.days import Days
from tradebot.shell.views.dead_letters import DeadLetters
from tradebot.shell.views.drafts import Drafts
from tradebot.shell.views.equity import Equity
from tradebot.shell.views.figures import figures
from tradebot.shell.views.filters import ALL, Filters
from tradebot.shell.views.gate_runs import GateRuns
from tradebot.shell.views.held import held_document
from tradebot.shell.views.history import (
    EVENTS_MAX,
    FillRecord,
    Histories,
    IntentRecord,
    Moment,
    OrderRecord,
)
from tradebot.shell.views.narrate import ask, sentence
from tradebot.shell.views.newest import KEPT_MAX
from tradebot.shell.views.promotions import PromotionRecords
from tradebot.shell.views.recent import RecentEvents
from tradebot.shell.views.reconciliation import document
from tradebot.shell.views.route_rows import route_rows
from tradebot.shell.views.rows import (
    Plain,
    arming_row,
    because,
    event_row,
    fill_row,
    gate_rows,
    intent_status,
    iso,
    names,
    order_row,
    order_status,
    request,
    rounded,
)
from tradebot.shell.views.why import explain

T = TypeVar("T")


class Views:
    """A second book, folded from published decisions only, with bounded histories beside it."""

    def __init__(self, size: int = KEPT_MAX, events_max: int | None = EVENTS_MAX) -> None:
        self.book = Book()
        self.last: Moment | None = None
        self._kept = Histories(self.book, size, events_max)
        self.drafts = Drafts(self._kept, size)
        self.dead_letters = DeadLetters(self._kept)
        self.promotions = PromotionRecords(self._kept, self.drafts)
        self.gate_runs = GateRuns(self._kept, self.drafts)
        self.equity = Equity(self._kept)
        self.days = Days(self._kept, self.equity)
        self.recent = RecentEvents(size)
        self.configs = Configs(self._kept)

    def apply(self, decision: Decision) -> None:
        """Take one published decision; they come in the order of the journal."""
        moment = Moment(decision.seq, decision.at, decision.reads.quotes)
        self.book.now = decision.at
        for event in decision.events:
            self.book.apply(event)
            self._kept.apply(moment, event)
            self.drafts.apply(moment, event)
            self.dead_letters.apply(moment, event)
            self.promotions.apply(moment, event)
            self.equity.apply(event)
            self.days.apply(moment, event)
            self.recent.apply(moment, event)
            self.configs.apply(moment, event)
        self.gate_runs.apply(decision)
        self.equity.look(moment)
        self.last = moment

    def status(self) -> Plain:
        book, settings = self.book, self.book.settings
        held = sum(1 for state in book.intents.open.values() if state.held is not None)
        return {
            "seq": self.last.seq if self.last else 0,
            "at": iso(self.last.at) if self.last else None,
            "mode": settings.mode.value,
            "promotion": settings.promotion.value,
            "settings_version": book.settings_version,
            "configuration": self.configs.document(),
            "controls": [
                {"control": control.value, "reason": reason}
                for control, reason in book.controls.items()
            ],
            "arming": arming_row(book.arming),
            "kill": {
                "engaged": book.kill_reason is not None, "reason": book.kill_reason,
                "to_flatten": list(book.kill.to_flatten),
            },
            "markets": [
                {"calendar": name, "phase": market.phase.value, "session": market.session,
                 "opens": iso(market.opens), "closes": iso(market.closes)}
                for name, market in book.markets.items()
            ],
            "routes": route_rows(book),
            "halted": [{"symbol": s, "reason": r.value} for s, r in book.halted.items()],
            "pins": [
                {"account": pin.account, "symbol": pin.symbol, "qty": plain(pin.qty),
                 "spot": plain(pin.spot), "sentence": sentence(pin)}
                for pin in book.pins.values()
            ],
            "disabled": [{"strategy_id": s, "reason": r} for s, r in book.disabled.items()],
            "counts": {
                "intents_open": len(book.intents.open), "intents_held": held,
                "orders_working": len(book.orders.working),
                "dead_letters": self.dead_letters.pending,
                "orders_in_doubt": sum(s.in_doubt for s in book.orders.working.values()),
                "positions": sum(len(nets) for nets in book.ledger.nets.values()),
            },
            "drafts": self.drafts.counts(),
            "reconciliation": document(book),
            "orders": figures(book.orders),
            "equity": {name: plain(a.equity) for name, a in book.ledger.accounts.items()},
            "drawdowns": list(self._drawdowns()),
        }

    def _drawdowns(self) -> Iterator[Plain]:
        warn = self.book.settings.policy.drawdown_warn_frac
        for name, account in self.book.ledger.accounts.items():
            fallen = account.fallen
            yield {
                "account": name, "high_water": plain(account.high_water), "fallen": plain(fallen),
                "lost_today": plain(account.day_equity - account.equity),
                "warning": 0 < account.high_water * warn <= fallen,
            }

    def exits(self) -> Plain:
        """Tell what was sent to close what the kill that stands found held, and what was not."""
        since = self.book.kill.since
        records = [
            record for record in self._kept.intents.entries.values()
            if record.intent.source is Source.KILL and since and record.received.at >= since
        ]
        return {
            "sent": [
                {"client_order_id": v.cl_ord_id, "symbol": v.intent.symbol,
                 "side": v.intent.side.value, "order_qty": plain(v.intent.order_qty)}
                for v in records if v.cl_ord_id is not None
            ],
            "refused": [
                {"intent_id": v.intent_id, "reason_code": v.reason.value, "detail": v.detail}
                for v in records if v.reason is not None
            ],
        }

    def intents(self, filters: Filters = ALL) -> list[Plain]:
        return list(self.each_intent(filters))

    def orders(self, filters: Filters = ALL) -> list[Plain]:
        return list(self.each_order(filters))

    def fills(self, filters: Filters = ALL) -> list[Plain]:
        return list(self.each_fill(filters))

    def each_intent(self, filters: Filters) -> Iterator[Plain]:
        """Choose now, and tell one after another: there may be thousands."""
        records = self._kept.intents.entries.values()
        rows = (r for r in records if _is_wanted_intent(r, filters))
        return map(self._intent_row, _newest(rows, filters, lambda r: r.received))

    def each_order(self, filters: Filters) -> Iterator[Plain]:
        records = self._kept.orders.entries.values()
        rows = (r for r in records if _is_wanted_order(r, filters))
        return map(order_row, _newest(rows, filters, lambda r: r.moment))

    def each_fill(self, filters: Filters) -> Iterator[Plain]:
        rows = (r for r in self._kept.fills if _is_wanted_fill(r, filters))
        return map(fill_row, _newest(rows, filters, lambda r: r.moment))

    def fills_of(self, decision: Decision) -> list[Plain]:
        """Return the rows of the fills that the newest decision booked."""
        found = takewhile(lambda r: r.moment.seq == decision.seq, reversed(self._kept.fills))
        return [fill_row(record) for record in found][::-1]

    def orders_of(self, decision: Decision, filters: Filters = ALL) -> list[Plain]:
        """Return the rows of the orders that the newest decision was about."""
        found = {
            record.submitted.cl_ord_id: record
            for event in decision.events for name in _orders_in(event)
            if (record := self._kept.order(name)) is not None
        }
        return [order_row(record) for record in found.values() if _is_wanted_order(record, filters)]

    def intents_of(self, decision: Decision, filters: Filters = ALL) -> list[Plain]:
        """Return the rows of the intents that the newest decision was about."""
        names = dict.fromkeys(getattr(event, "intent_id", None) for event in decision.events)
        records = (self._kept.intents.get(name) for name in names if name is not None)
        return [
            self._intent_row(record) for record in records
            if record is not None and _is_wanted_intent(record, filters)
        ]

    def positions(self, filters: Filters = ALL) -> list[Plain]:
        """Open positions, a row for each strategy's share; the last ones that were ever opened."""
        return [self._position_row(*found) for found in self._open(filters)[-filters.last:]]

    def held(self, filters: Filters = ALL) -> Plain:
        """Open positions, how many there are in all, and the structures that options make."""
        found = self._open(filters)
        shown = found[-filters.last:]
        names = {symbol for _, _, symbol, _ in shown}
        today = self.last.at.date() if self.last is not None else None
        return {
            "positions": [self._position_row(*one) for one in shown], "total": len(found),
            **held_document(
                self.book, self._kept.marks, today, filters,
                names | ({filters.symbol} if filters.symbol is not None else set()),
            ),
        }

    def _open(self, filters: Filters) -> list[tuple[str, str, str, Share]]:
        return [
            found for found in self.book.ledger.shares()
            if found[3].qty and filters.fit(found[1], (found[2],))
        ]

    def account(self) -> Plain:
        """The accounts' sums, and profit and loss by strategy."""
        by_strategy: dict[str, list[tuple[str, Share]]] = {}
        for _, strategy, symbol, share in self.book.ledger.shares():
            by_strategy.setdefault(strategy, []).append((symbol, share))
        return {
            "accounts": [
                {"account": name, "currency": a.currency, "equity": plain(a.equity),
                 "cash": plain(a.cash), "opening_cash": plain(a.opening_cash),
                 "net_value": plain(a.net_value), "gross_value": plain(a.gross_value),
                 "realized": rounded(a.realized), "fees": plain(a.fees),
                 "reserved": rounded(self.book.orders.reserved.get(name, ZERO)),
                 "approved": rounded(self.book.intents.reserved.get(name, ZERO))}
                for name, a in self.book.ledger.accounts.items()
            ],
            "strategies": [self._profit_row(n, shares) for n, shares in by_strategy.items()],
        }

    def order(self, cl_ord_id: str) -> Plain | None:
        record = self._kept.order(cl_ord_id)
        return order_row(record) if record is not None else None

    def ids_of(
        self, *, intent_id: str | None = None, cl_ord_id: str | None = None
    ) -> dict[str, str]:
        """Return the ids under which all lines about an intent are found, where it is known."""
        record = self._kept.intent_of(self._kept.order(cl_ord_id))
        if record is None and intent_id is not None:
            record = self._kept.intents.get(IntentId(intent_id))
        if record is None:
            return {}
        correlation_id = record.intent.correlation_id or record.intent_id
        return {"intent_id": record.intent_id, "correlation_id": correlation_id}

    def record(self, intent_id: str) -> IntentRecord | None:
        return self._kept.intents.get(IntentId(intent_id))

    def pipeline_result(self, intent_id: str) -> Plain | None:
        """Tell all that became of one intent, or None where it is unknown or long gone."""
        record = self._kept.intents.get(IntentId(intent_id))
        if record is None:
            return None
        order, draft = self._kept.order(record.cl_ord_id), self.drafts.get(intent_id)
        is_rejected = order is not None and order.order.ord_status is OrdStatus.REJECTED
        detail = because(record)
        return {
            "success": record.verdict != "refuse" and not is_rejected,
            "intent_id": record.intent_id,
            "correlation_id": record.intent.correlation_id or record.intent_id,
            "idempotency_key": record.intent.key or record.intent_id,
            "stage": record.stage.name.lower(),
            "verdict": record.verdict,
            "reason_code": record.reason.value if record.reason else None,
            "reason_detail": order.text if order is not None and is_rejected else detail,
            "client_order_id": record.cl_ord_id,
            "order": order_row(order) if order is not None else None,
            "draft_id": record.intent_id if draft is not None else None,
            "draft_path": self.drafts.path(draft),
            "needs": list(record.needs),
            "until": iso(record.until),
            "expires": iso(record.expires),
            "is_open": record.is_open,
            "ask": ask(record.intent),
            "gates": gate_rows(record.gates),
            "events": [event_row(told) for told in record.events],
        }

    def why(self, name: str) -> Plain | None:
        """Tell the whole chain that an id belongs to, or None where it is not known any more."""
        return explain(self._kept, name) or explain(self._kept, self.in_full(name))

    def in_full(self, name: str) -> str:
        return self._kept.in_full(name)

    def _intent_row(self, record: IntentRecord) -> Plain:
        return {
            "intent_id": record.intent_id, "received": iso(record.received.at),
            "status": intent_status(record), "symbol": record.intent.symbol,
            **request(record.intent),
            "stage": record.stage.name.lower(), "verdict": record.verdict,
            "reason_code": record.reason.value if record.reason else None,
            "reason_detail": because(record),
            "needs": list(record.needs), "expires": iso(record.expires),
            "route": record.route, "client_order_id": record.cl_ord_id,
            "idempotency_key": record.intent.key or record.intent_id,
        }

    def _position_row(self, account: str, strategy: str, symbol: str, share: Share) -> Plain:
        mark = self._kept.marks.get(symbol)
        value = share.qty * mark[0] * share.multiplier if mark else None
        return {
            "account": account, "strategy_id": strategy, "symbol": symbol,
            "qty": plain(share.qty),
            "avg_px": rounded(share.cost / share.qty / share.multiplier) if share.qty else None,
            "mark": rounded(mark[0]) if mark else None, "marked": iso(mark[1]) if mark else None,
            "value": rounded(value), "cost": rounded(share.cost),
            "unrealized": rounded(value - share.cost) if value is not None else None,
            "realized": rounded(share.realized), "fees": plain(share.fees),
            "trades": share.trades,
        }

    def _profit_row(self, strategy: str, shares: list[tuple[str, Share]]) -> Plain:
        realized = sum((share.realized for _, share in shares), ZERO)
        fees = sum((share.fees for _, share in shares), ZERO)
        unrealized: Decimal | None = ZERO
        for symbol, share in shares:
            mark = self._kept.marks.get(symbol)
            if mark is not None and unrealized is not None:
                unrealized += share.qty * mark[0] * share.multiplier - share.cost
            elif share.qty:
                unrealized = None  # a position that was never valued has no profit to tell
        total = None if unrealized is None else realized + unrealized - fees
        return {
            "strategy_id": strategy, "realized": rounded(realized), "fees": plain(fees),
            "unrealized": rounded(unrealized), "net": rounded(total),
            "trades": sum(share.trades for _, share in shares),
            "is_enabled": strategy not in self.book.disabled,
        }


def _orders_in(event: object) -> Iterator[str]:
    report = getattr(event, "report", None)
    names = (
        getattr(event, "cl_ord_id", None), getattr(report, "cl_ord_id", None),
        getattr(report, "orig_cl_ord_id", None),
    )
    return (name for name in names if name is not None)


def _newest(rows: Iterable[T], filters: Filters, moment: Any) -> list[T]:
    found = sorted(rows, key=moment)  # open entries may have moved in the history
    return found[-filters.last:] if filters.last else []


def _is_wanted_intent(record: IntentRecord, filters: Filters) -> bool:
    intent, state = record.intent, "open" if record.is_open else "done"
    statuses = (intent_status(record), state)
    return filters.fit(intent.owner, names(intent), statuses, record.received.at)


def _is_wanted_order(record: OrderRecord, filters: Filters) -> bool:
    intent, state = record.intent, "open" if record.is_open else "done"
    statuses = (order_status(record), state, *(("in_doubt",) if record.in_doubt else ()))
    return filters.fit(intent.owner, names(intent), statuses, record.moment.at)


def _is_wanted_fill(record: FillRecord, filters: Filters) -> bool:
    trade = record.trade
    return filters.fit(trade.strategy_id, (trade.symbol,), at=record.moment.at)
