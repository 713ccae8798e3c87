"""Which orders does a broker owe us, which are in doubt, and what do they reserve?"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from tradebot.core.book.combos import Combos
from tradebot.core.book.deadlines import Deadlines
from tradebot.core.book.exposure import Exposure
from tradebot.core.book.figures import Figures
from tradebot.core.book.order_state import OrderState, answered, share_of
from tradebot.core.model.combo import ComboLeg
from tradebot.core.model.events import (
    CancelRequested,
    OrderInDoubt,
    OrderReported,
    OrderSubmitted,
    ReplaceRefused,
    ReplaceRequested,
    TradeBooked,
)
from tradebot.core.model.ids import ClOrdID, ExecID, IntentId
from tradebot.core.model.intent import Side
from tradebot.core.model.money import ZERO
from tradebot.core.model.order import Order, OrdStatus, after_report
from tradebot.core.model.report import MONEY, ExecType, Report
from tradebot.core.model.settings import Settings

# Finished orders are kept for late fills and busts: a week is more than two trading days, whatever
# the holidays; the hard bound is for memory's sake.
FINISHED_FOR: Final = timedelta(days=7)
FINISHED_MAX: Final = 2_000
PAST_MAX: Final = 100_000  # executions of forgotten orders kept an account; the oldest leave first
# Answers to a request: a broker gives them for orders that it never saw.
_NO_EVIDENCE: Final = frozenset({
    ExecType.PENDING_CANCEL, ExecType.PENDING_REPLACE, ExecType.CANCEL_REJECTED,
})
# What may change when a working order is to end.
_TIMING: Final = frozenset({
    ExecType.REPLACED, ExecType.CANCEL_REJECTED, ExecType.RESTATED, ExecType.TRADE_CANCEL,
    ExecType.TRADE_CORRECT,
})


@dataclass(slots=True)
class Orders:
    """Working orders under the ClOrdID they began with; `aliases` maps every later id to it.

    Sums an account: `reserved` and `at_risk` of working orders, `taken` of what filled today.
    """

    working: dict[ClOrdID, OrderState] = field(default_factory=dict)
    finished: dict[ClOrdID, OrderState] = field(default_factory=dict)
    aliases: dict[ClOrdID, ClOrdID] = field(default_factory=dict)
    past: dict[str, dict[ExecID, None]] = field(default_factory=dict)  # of orders forgotten
    reserved: dict[str, Decimal] = field(default_factory=dict)
    at_risk: dict[str, Decimal] = field(default_factory=dict)
    taken: dict[str, Decimal] = field(default_factory=dict)
    leaves: dict[str, Decimal] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)
    open_by_strategy: dict[str, int] = field(default_factory=dict)
    open_by_symbol: dict[str, int] = field(default_factory=dict)
    combos: Combos = field(default_factory=Combos)
    exposure: Exposure = field(default_factory=Exposure)
    deadlines: Deadlines = field(default_factory=Deadlines)
    figures: Figures = field(default_factory=Figures)

    def settle(self, settings: Settings) -> None:
        self.deadlines.timeout = timedelta(seconds=settings.order_timeout_s)
        self.deadlines.every = timedelta(seconds=settings.order_check_s)

    def find(self, cl_ord_id: str | None) -> OrderState | None:
        """Return the order that has, had or asked under this id."""
        if cl_ord_id is None:
            return None
        name = ClOrdID(cl_ord_id)
        root = self.aliases.get(name, name)
        return self.working.get(root) or self.finished.get(root)

    def of_report(self, report: Report) -> OrderState | None:
        named = self.find(report.cl_ord_id)
        return named if named is not None else self.find(report.orig_cl_ord_id)

    def is_past(self, account: str, exec_id: ExecID | None) -> bool:
        """Tell whether an execution is of an order that finished so long ago that it is gone."""
        return exec_id in self.past.get(account, ())

    def working_of(self, target: str) -> OrderState | None:
        """Return the working order that an id stands for: the order's own, or its intent's."""
        found = self.find(target)
        if found is not None and found.root in self.working:
            return found
        intent_id = found.intent_id if found is not None else target
        return next((s for s in self.working.values() if s.intent_id == intent_id), None)

    def leaves_of(self, account: str, symbol: str, side: Side) -> Decimal:
        """Return the quantity that working orders may still trade on one side."""
        return self.leaves.get(_lane(account, symbol, side), ZERO)

    def submitted(
        self, event: OrderSubmitted, now: datetime, legs: tuple[ComboLeg, ...] = ()
    ) -> None:
        body = event.intent
        state = OrderState(
            order=Order(
                cl_ord_id=event.cl_ord_id, order_qty=body.order_qty,
                time_in_force=body.time_in_force, legs=legs,
            ),
            root=event.cl_ord_id, intent_id=event.intent_id, intent=body, route=event.route,
            account=event.account, send_by=event.send_by, sent=now, since=now, risk=event.risk,
            reserved=event.reserved, attempt=event.attempt, armed_by=event.armed_by,
            outside_hours=event.outside_hours,
        )
        self.working[state.root] = state
        self.figures.total += 1
        self._moved(state)
        self.deadlines.watch(state)

    def reported(self, event: OrderReported, now: datetime, *, is_killed: bool) -> OrderState:
        """Take what a broker said of an order, and return the order."""
        report = event.report
        state = self.of_report(report)
        assert state is not None  # stage 6 applies reports to orders that it knows
        ordered, filled = state.order.order_qty, state.order.cum_qty
        state.order = after_report(state.order, report)
        asked = state.replacing
        if asked is not None and report.cl_ord_id == asked.request_id:
            answered(state, asked, report)
        elif ordered and state.order.order_qty != ordered:  # the risk follows the quantity
            state.reserved *= state.order.order_qty / ordered
            state.risk *= state.order.order_qty / ordered
        if state.order.cl_ord_id != state.root:
            self.aliases[state.order.cl_ord_id] = state.root
        if state.in_doubt and report.exec_type not in _NO_EVIDENCE:
            self._doubt(state, is_in_doubt=False)
        is_refusal = report.exec_type is ExecType.CANCEL_REJECTED and not state.in_doubt
        if is_refusal and report.cl_ord_id == state.canceling:
            state.canceling = None  # of an order in doubt it may only say: not here yet
        if report.exec_type in MONEY:
            state.is_handed_off = False
            self._take(state, state.order.cum_qty - filled)
            if state.intent.is_combo:
                more, owner = state.order.cum_qty - filled, state.intent.owner
                if more:
                    self.combos.traded(state.account, owner, state.intent.legs, more)
        if not state.order.is_done and self.finished.pop(state.root, None) is not None:
            self.working[state.root] = state  # a bust or a change re-opened it
            state.is_handed_off = False
            self._count(state, None)
        if report.exec_type is ExecType.REPLACED:
            state.since = now
        self._moved(state)
        if state.order.is_done or report.exec_type in _TIMING:
            self.deadlines.watch(state, is_killed=is_killed)
        return state

    def booked(self, event: TradeBooked, now: datetime) -> None:
        state = self.find(event.cl_ord_id)
        if state is not None:
            self.figures.booked(event, None if state.booked else now - state.sent)
            state.booked = {**state.booked, event.exec_id: event}

    def doubted(self, event: OrderInDoubt) -> None:
        state = self.working[event.cl_ord_id]
        if not state.in_doubt:
            self._doubt(state, is_in_doubt=True)
            self._moved(state)  # all of it counts again, whatever was filled

    def never_left(self, cl_ord_id: ClOrdID, now: datetime) -> IntentId:
        state = self.working[cl_ord_id]
        if state.in_doubt:
            self._doubt(state, is_in_doubt=False)
        state.order = replace(state.order, standing=OrdStatus.REJECTED, pending=())
        state.has_never_left = True
        self.figures.never_left += 1
        self._moved(state)
        self.deadlines.watch(state)
        return self.handed_off(cl_ord_id, now)

    def cancel_requested(self, event: CancelRequested, now: datetime) -> None:
        state = self.find(event.cl_ord_id)
        assert state is not None
        state.requests += 1
        state.canceled_by = event.by
        state.canceling = event.request_id
        state.asked, state.asks = now, state.asks + 1
        self.aliases[event.request_id] = state.root
        self.deadlines.watch(state)

    def replace_requested(self, event: ReplaceRequested) -> None:
        state = self.working[self.aliases.get(event.cl_ord_id, event.cl_ord_id)]
        then_qty = event.intent.order_qty
        state.requests += 1
        state.replacing = event
        left_qty = then_qty - state.order.cum_qty
        state.reserved_then = event.reserved * then_qty / left_qty
        state.risk_then = event.risk * then_qty / left_qty
        self.aliases[event.request_id] = state.root
        self._moved(state)

    def replace_refused(self, event: ReplaceRefused) -> None:
        state = self.find(event.request_id)
        if state is not None and state.replacing is not None:
            state.replacing = None
            self._moved(state)

    def handed_off(self, cl_ord_id: ClOrdID, now: datetime) -> IntentId:
        """Move a finished order out of the working set, and forget those finished long ago."""
        state = self.working.pop(cl_ord_id, None) or self.finished.pop(cl_ord_id)
        state.is_handed_off, state.finished = True, now
        self._count(state, None if state.has_never_left else state.order.ord_status)
        self.finished[cl_ord_id] = state
        while self._is_past(next(iter(self.finished)), now):
            self._forget(self.finished.pop(next(iter(self.finished))))
        return state.intent_id

    def overdue(self, now: datetime) -> list[OrderState]:
        """Return the orders whose cancel must be asked for now, or anew."""
        return [self.working[root] for root in self.deadlines.due_by(now)]

    def _count(self, state: OrderState, status: OrdStatus | None) -> None:
        """Count a finished order under one status, and under no other."""
        if state.ended_as is not None:
            self.figures.finished(state.ended_as, -1)
        if status is not None:
            self.figures.finished(status, 1)
        state.ended_as = status

    def _is_past(self, cl_ord_id: ClOrdID, now: datetime) -> bool:
        ended = self.finished[cl_ord_id].finished
        is_old = ended is not None and now - ended > FINISHED_FOR
        return is_old or len(self.finished) > FINISHED_MAX

    def _forget(self, state: OrderState) -> None:
        if state.requests or state.order.chain:
            gone = [alias for alias, root in self.aliases.items() if root == state.root]
            for alias in gone:
                del self.aliases[alias]
        past = self.past.setdefault(state.account, {})
        past.update(dict.fromkeys(state.order.seen))
        while len(past) > PAST_MAX:
            del past[next(iter(past))]

    def _doubt(self, state: OrderState, *, is_in_doubt: bool) -> None:
        state.in_doubt = is_in_doubt
        for leg in state.intent.legs:
            count = self.doubts.get(leg.symbol, 0) + (1 if is_in_doubt else -1)
            if count:
                self.doubts[leg.symbol] = count
            else:
                self.doubts.pop(leg.symbol, None)

    def _take(self, state: OrderState, filled: Decimal) -> None:
        """Let the risk that was ordered be risk taken, or no longer where a fill is busted."""
        if state.risk and state.order.order_qty:
            share = state.risk * filled / state.order.order_qty
            self.taken[state.account] = max(ZERO, self.taken.get(state.account, ZERO) + share)

    def _moved(self, state: OrderState) -> None:
        """Let the sums that gates ask for follow one order's share in them."""
        then, now = state.counted, share_of(state)
        if now == then:
            return
        state.counted = now
        account, legs = state.account, state.intent.legs
        reserved, came = now.reserved - then.reserved, now.is_open - then.is_open
        leaves, risk = now.leaves_qty - then.leaves_qty, now.risk - then.risk
        if reserved:
            _add(self.reserved, account, reserved)
        if risk:
            _add(self.at_risk, account, risk)
        each = reserved if len(legs) == 1 else reserved / len(legs)
        for leg in legs:
            if leaves:
                _add(self.leaves, _lane(account, leg.symbol, leg.side), leaves * leg.ratio_qty)
            if came:
                _tally(self.open_by_symbol, leg.symbol, came)
            if reserved or came:  # what the order opens is split evenly among its legs
                self.exposure.worked(account, leg.symbol, leg.side, each, came)
        if came and state.intent.strategy_id:
            _tally(self.open_by_strategy, state.intent.strategy_id, came)


@lru_cache(maxsize=4096)
def _lane(account: str, symbol: str, side: Side) -> str:
    return f"{account}/{symbol}/{side}"


def _tally(counts: dict[str, int], key: str, change: int) -> None:
    counts[key] = counts.get(key, 0) + change


def _add(sums: dict[str, Decimal], key: str, amount: Decimal) -> None:
    total = sums.get(key, ZERO) + amount
    if total:
        sums[key] = total
    else:
        sums.pop(key, None)


