"""What does a FIX order state matrix ask of us? Its rows become reports for the real stage 6."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml
from tests import makers

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState
from tradebot.core.model.events import (
    CancelRequested,
    IntentReceived,
    OrderReported,
    OrderSubmitted,
    ReportIgnored,
    TradeBooked,
)
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import TimeInForce
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType, Report
from tradebot.core.pipeline.handle import handle
from tradebot.core.pipeline.pipeline import absorb

Row: TypeAlias = Mapping[str, Any]
PHONED: Final = "PHONED"  # an order by telephone has no ClOrdID: it gets one here
_TELLS_QTY: Final = frozenset({ExecType.NEW, ExecType.REPLACED, ExecType.RESTATED})


@dataclass(frozen=True)
class Course:
    """One way through a scenario: its main rows, or those up to an alternative and that one."""

    name: str
    rows: tuple[Row, ...]

    @property
    def time_in_force(self) -> TimeInForce:
        """Return what the order says; where it says nothing, only GTC lasts over a second day."""
        told = next((row["received"].get("time_in_force") for row in self.rows if _is_new(row)), "")
        lasts = any(row.get("day", 1) > 1 for row in self.rows)
        return TimeInForce(told.lower()) if told else TimeInForce("gtc" if lasts else "day")


def courses(path: Path) -> Iterator[Course]:
    """Read a file of scenarios: each main course, without optional rows, and each alternative."""
    for scenario in yaml.safe_load(path.read_text(encoding="utf-8")):
        rows, name = scenario["rows"], scenario["id"]
        main = tuple(row for row in rows if not row.get("alternative"))
        yield Course(name, main)
        if any(row.get("optional") for row in main):
            lean = tuple(row for row in main if not row.get("optional"))
            yield Course(f"{name}, no optional rows", lean)
        for place, row in enumerate(rows):
            if row.get("alternative"):
                before = tuple(r for r in rows[:place] if not r.get("alternative"))
                reason = f"{row['sent']['msg']} at {row.get('day', 1)}/{row['time']}"
                yield Course(f"{name}, else {reason} (row {place + 1})", (*before, row))


def _is_new(row: Row) -> bool:
    return row.get("received", {}).get("msg") == "NewOrder"


class Desk:
    """An order desk that hears one course row by row, through stages 6, 7 and 8."""

    def __init__(self, time_in_force: TimeInForce) -> None:
        self.book = Book()
        self.time_in_force = time_in_force
        self.root: ClOrdID | None = None
        self.known: set[str] = set()
        self.booked = Decimal(0)
        for command in makers.a_morning():
            list(handle(self.book, command, makers.Known(), makers.at()))

    @property
    def state(self) -> OrderState:
        found = self.book.orders.find(self.root)
        assert found is not None
        return found

    def hear(self, row: Row, number: int) -> None:
        if "event" in row and row["event"]["type"] == "PHONED_ORDER":
            self.place(PHONED, row["event"]["order_qty"])
        elif "received" in row:
            self.receive(row["received"])
        elif "sent" in row:
            self.absorb(row, number)

    def receive(self, asked: Row) -> None:
        """Do what we did before the broker received this: place, ask to cancel, ask to replace."""
        if asked["msg"] == "NewOrder":
            self.place(asked["clordid"], asked.get("order_qty"))
        elif asked["msg"] in ("Cancel", "Replace") and self.root is not None:
            self.known.add(asked["clordid"])
        if asked["msg"] == "Cancel" and self.root is not None:
            self.book.apply(CancelRequested(
                cl_ord_id=self.state.order.cl_ord_id, request_id=ClOrdID(asked["clordid"]), by="me"
            ))

    def place(self, cl_ord_id: str, qty: int | None) -> None:
        if self.root is not None:
            return  # a second order under a living id: we never send one, the row shows its reject
        intent_id, root = IntentId("I"), ClOrdID(cl_ord_id)
        body = makers.an_intent(qty=qty or 0, time_in_force=self.time_in_force)
        self.book.apply(IntentReceived(intent_id=intent_id, intent=body, expires=makers.at(9999)))
        self.book.apply(OrderSubmitted(
            cl_ord_id=root, intent_id=intent_id, intent=body, route="paper",
            account=makers.ACCOUNT, send_by=makers.at(30), reserved=Decimal(1000),
        ))
        self.root = root
        self.known.add(cl_ord_id)

    def absorb(self, row: Row, number: int) -> None:
        """Let the pipeline absorb what the broker sent, and compare the order with the row."""
        told = row["sent"]
        before = None if self.root is None else self.state.order
        report = report_of(told, number)
        outcome, *booked = absorb(self.book, self.book.orders.of_report(report), report)
        self.booked += sum((e.qty for e in booked if isinstance(e, TradeBooked)), Decimal(0))
        reason = why_beside_the_order(told, self.known)
        if reason is None:
            assert isinstance(outcome, OrderReported), outcome
        else:
            assert isinstance(outcome, ReportIgnored)
            assert outcome.reason is reason
            assert before == (None if self.root is None else self.state.order)
        if reason is not Reason.OMS_UNKNOWN_ORDER:
            self.compare(told, frozenset(_suspects(row)))

    def compare(self, told: Row, suspects: frozenset[str]) -> None:
        order = self.state.order
        ours: dict[str, Any] = {
            "ord_status": order.ord_status.name, "order_qty": order.order_qty,
            "cum_qty": order.cum_qty, "leaves_qty": order.leaves_qty,
            "avg_px": order.avg_px or Decimal(0),
        }
        for name, value in ours.items():
            theirs = told.get(name)
            if theirs is None or name in suspects:
                continue
            wanted = theirs if isinstance(theirs, str) else Decimal(str(theirs))
            assert value == wanted, f"{name}: the standard has {wanted}, the model {value}"


def report_of(told: Row, number: int) -> Report:
    """Write a row as the report that an adapter would make of it."""
    is_reject = told["msg"] == "CancelReject"
    kind = ExecType.CANCEL_REJECTED if is_reject else ExecType[told["exec_type"]]
    changed = told.get("order_qty") if kind in _TELLS_QTY else None
    return makers.a_report(
        kind, told.get("clordid") or PHONED, exec_id=told.get("exec_id") or f"E{number}",
        exec_ref_id=told.get("exec_ref_id"), orig_cl_ord_id=told.get("origclordid"),
        last_qty=told.get("last_qty") or 0, last_px=told.get("last_px") or 1,
        order_qty=changed, cum_qty=told.get("cum_qty") if kind is ExecType.RESTATED else None,
        is_duplicate_order=told.get("ord_rej_reason") == "duplicate_order",
    )


def why_beside_the_order(told: Row, known: set[str]) -> Reason | None:
    """Tell which rows speak of something else than the order's own change."""
    if (told.get("clordid") or PHONED) not in known:
        return Reason.OMS_UNKNOWN_ORDER
    if told.get("ord_rej_reason") == "duplicate_order":
        return Reason.OMS_NOTHING_NEW
    if told.get("exec_type") == ExecType.ORDER_STATUS.name:
        return Reason.OMS_NOTHING_NEW
    return None


def run(course: Course) -> Desk:
    desk = Desk(course.time_in_force)
    for number, row in enumerate(course.rows, 1):
        try:
            desk.hear(row, number)
        except AssertionError as error:
            error.add_note(f"{course.name}, row {number}: {row}")
            raise
    return desk


def _suspects(row: Row) -> Iterator[str]:
    for name in row.get("suspect", {}).get("fields", "").split(","):
        yield name.strip()
