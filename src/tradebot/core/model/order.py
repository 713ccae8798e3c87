"""Where does an order stand? Statuses are derived, as in FIX; transitions are a table."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from tradebot.core.model.combo import ComboLeg
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.intent import TimeInForce
from tradebot.core.model.money import ZERO
from tradebot.core.model.report import ExecType, Report


class OrdStatus(StrEnum):
    PENDING_NEW = "pending_new"
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    DONE_FOR_DAY = "done_for_day"
    CANCELED = "canceled"
    PENDING_CANCEL = "pending_cancel"
    PENDING_REPLACE = "pending_replace"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    EXPIRED = "expired"


S, E = OrdStatus, ExecType

# An order in several states at once reports the highest (FIX 5.0 SP2, order state changes).
PRECEDENCE: Final[Mapping[OrdStatus, int]] = {
    S.PENDING_CANCEL: 12, S.PENDING_REPLACE: 11, S.DONE_FOR_DAY: 10, S.FILLED: 8, S.SUSPENDED: 6,
    S.CANCELED: 5, S.EXPIRED: 5, S.PARTIALLY_FILLED: 4, S.NEW: 2, S.REJECTED: 2, S.PENDING_NEW: 1,
}

DEAD: Final = frozenset({S.CANCELED, S.REJECTED, S.EXPIRED})
LIVE: Final = frozenset({S.PENDING_NEW, S.NEW, S.DONE_FOR_DAY, S.SUSPENDED})

_UNDOING: Final = (E.TRADE_CANCEL, E.TRADE_CORRECT)
_ANSWERS: Final = (E.PENDING_CANCEL, E.PENDING_REPLACE, E.CANCEL_REJECTED, E.ORDER_STATUS)

# (where the order stands, what the broker reports) -> where it stands now.
# A pair that is absent is a protocol violation: recorded, never applied.
LIFECYCLE: Final[Mapping[tuple[OrdStatus, ExecType], OrdStatus]] = {
    (S.PENDING_NEW, E.NEW): S.NEW,
    (S.PENDING_NEW, E.TRADE): S.NEW,  # some brokers fill without an acknowledgement
    (S.NEW, E.NEW): S.NEW,  # a second acknowledgement says nothing new
    **{(live, E.REJECTED): S.REJECTED for live in LIVE},
    **{(live, E.CANCELED): S.CANCELED for live in LIVE},
    **{(live, E.EXPIRED): S.EXPIRED for live in LIVE},
    **{(live, E.REPLACED): S.NEW for live in LIVE},
    **{(live, E.RESTATED): S.NEW for live in LIVE},  # a renewed order is no longer done for the day
    **{(live, E.TRIGGERED): S.NEW for live in LIVE},
    **{(live, E.DONE_FOR_DAY): S.DONE_FOR_DAY for live in LIVE},
    **{(live, E.SUSPENDED): S.SUSPENDED for live in LIVE},
    **{(live, answer): live for live in LIVE for answer in _ANSWERS},
    **{(live, E.TRADE): live for live in LIVE - {S.PENDING_NEW}},
    **{(dead, E.TRADE): dead for dead in DEAD},  # the fill crossed our cancel: money moved, book it
    **{(any_, undo): any_ for any_ in (*sorted(LIVE), *sorted(DEAD)) for undo in _UNDOING},
}


@fact
class Fill:
    """One execution: quantity in units, price a unit; void once it was busted or corrected.

    `symbol` names the leg where only one leg of a combo traded; then both are that leg's.
    """

    qty: Decimal
    px: Decimal
    is_void: bool = False
    symbol: str | None = None


_Fills: TypeAlias = tuple[tuple[ExecID, Fill], ...]


@fact
class Order:
    """What the broker owes us. Facts are stored; statuses and quantities left are derived.

    A combo has `legs`. Where they trade one by one, `cum_qty` counts the combos that are whole.
    """

    cl_ord_id: ClOrdID
    order_qty: Decimal
    legs: tuple[ComboLeg, ...] = ()
    time_in_force: TimeInForce = TimeInForce.DAY
    standing: OrdStatus = S.PENDING_NEW
    pending: tuple[tuple[ClOrdID, OrdStatus], ...] = ()
    cum_qty: Decimal = ZERO
    gross: Decimal = ZERO
    fills: tuple[tuple[ExecID, Fill], ...] = ()
    seen: frozenset[ExecID] = frozenset()
    chain: tuple[ClOrdID, ...] = ()

    @property
    def ord_status(self) -> OrdStatus:
        states = {self.standing, *(status for _, status in self.pending)}
        if self.is_filled:
            states.add(S.FILLED)
        elif self.cum_qty > 0:
            states.add(S.PARTIALLY_FILLED)
        return max(states, key=PRECEDENCE.__getitem__)

    @property
    def is_filled(self) -> bool:
        return self.order_qty > 0 and self.cum_qty >= self.order_qty

    @property
    def is_done(self) -> bool:
        """Nothing more is owed: filled, dead, or a day order whose day is over."""
        day_over = self.standing is S.DONE_FOR_DAY and self.time_in_force is not TimeInForce.GTC
        return self.is_filled or self.standing in DEAD or day_over

    @property
    def leaves_qty(self) -> Decimal:
        return ZERO if self.is_done else self.order_qty - self.cum_qty

    @property
    def avg_px(self) -> Decimal | None:
        return self.gross / self.cum_qty if self.cum_qty else None

    def fill(self, exec_id: ExecID | None) -> Fill | None:
        return next((fill for known, fill in self.fills if known == exec_id), None)

    def has_heard(self, report: Report) -> bool:
        """Tell whether an execution whose id is known says what is known.

        Some histories tell a corrected one by its first id, with the numbers that stand now.
        """
        booked = self.fill(report.exec_id)
        if booked is None:
            return True
        told = (report.last_qty, report.last_px, self.leg_traded(report))
        standing = [fill for _, fill in self.fills if booked.is_void and not fill.is_void]
        return any((fill.qty, fill.px, fill.symbol) == told for fill in (booked, *standing))

    def leg_traded(self, report: Report) -> str | None:
        """Name the one leg that an execution, or what takes it back, is of; None for the whole."""
        if report.exec_type is not E.TRADE and (old := self.fill(report.exec_ref_id)) is not None:
            return old.symbol
        return report.symbol if self.legs and not report.legs else None

    @property
    def uneven(self) -> tuple[str, ...]:
        """Name the legs of which more has traded than the whole combos take."""
        whole = _combos(self.legs, self.fills).qty
        return tuple(
            leg.symbol for leg in self.legs
            if _traded(leg, self.fills).qty > whole * leg.ratio_qty
        )

    @property
    def combos_begun(self) -> Decimal:
        """Count the combos of which any leg has traded."""
        begun = [_traded(leg, self.fills).qty / leg.ratio_qty for leg in self.legs]
        more = max(begun, default=ZERO) - _combos(self.legs, self.fills).qty
        return self.cum_qty + more


def after_report(order: Order, report: Report) -> Order:
    """Return the order as the report leaves it; the pair must be in LIFECYCLE."""
    standing = LIFECYCLE[order.standing, report.exec_type]
    return _AFTER[report.exec_type](order, report, standing)


def _after_money(order: Order, report: Report, standing: OrdStatus) -> Order:
    assert report.exec_id is not None  # stage 6 refuses money without an execution id
    kept, old = order.fills, None
    if report.exec_type is not E.TRADE:
        old = order.fill(report.exec_ref_id)
        kept = tuple(
            (known, replace(fill, is_void=True) if known == report.exec_ref_id else fill)
            for known, fill in order.fills
        )
    new, leg = None, order.leg_traded(report)
    if report.exec_type is not E.TRADE_CANCEL:
        new = Fill(qty=report.last_qty, px=report.last_px, symbol=leg)
        kept = (*kept, (report.exec_id, new))
    if leg is None:
        added = (new.qty if new else ZERO) - (old.qty if old else ZERO)
        worth = (new.qty * new.px if new else ZERO) - (old.qty * old.px if old else ZERO)
    else:
        before, after = _combos(order.legs, order.fills), _combos(order.legs, kept)
        added, worth = after.qty - before.qty, after.gross - before.gross
    return replace(
        order, standing=standing, fills=kept, seen=order.seen | {report.exec_id},
        cum_qty=order.cum_qty + added, gross=order.gross + worth,
    )


class _Sum(NamedTuple):
    qty: Decimal
    gross: Decimal


def _traded(leg: ComboLeg, fills: _Fills) -> _Sum:
    """Add up what traded of one leg by itself."""
    alone = [fill for _, fill in fills if fill.symbol == leg.symbol and not fill.is_void]
    return _Sum(sum([f.qty for f in alone], ZERO), sum([f.qty * f.px for f in alone], ZERO))


def _combos(legs: tuple[ComboLeg, ...], fills: _Fills) -> _Sum:
    """Count the whole combos that executions of single legs make, each leg at its average price."""
    traded = [(leg, _traded(leg, fills)) for leg in legs]
    whole = min([one.qty // leg.ratio_qty for leg, one in traded], default=ZERO)
    if not whole > 0:
        return _Sum(ZERO, ZERO)
    px = sum([leg.weight * one.gross / one.qty for leg, one in traded], ZERO)
    return _Sum(whole, whole * px)


def _restated(order: Order, report: Report, standing: OrdStatus) -> Order:
    """Take the broker's new quantities, e.g. after a split or a converted cash order."""
    return replace(
        order, standing=standing,
        order_qty=order.order_qty if report.order_qty is None else report.order_qty,
        cum_qty=order.cum_qty if report.cum_qty is None else report.cum_qty,
    )


def _asked(order: Order, report: Report, standing: OrdStatus) -> Order:
    asked = (report.cl_ord_id, S(report.exec_type.value))
    return replace(order, pending=(*_without(order.pending, report.cl_ord_id), asked))


def _turned_down(order: Order, report: Report, standing: OrdStatus) -> Order:
    return replace(order, pending=_without(order.pending, report.cl_ord_id))


def _replaced(order: Order, report: Report, standing: OrdStatus) -> Order:
    return replace(
        order, standing=standing, cl_ord_id=report.cl_ord_id,
        order_qty=report.order_qty if report.order_qty is not None else order.order_qty,
        pending=_without(order.pending, report.cl_ord_id),
        chain=(*order.chain, order.cl_ord_id),
    )


def _ended(order: Order, report: Report, standing: OrdStatus) -> Order:
    return replace(order, standing=standing, pending=())


def _stands(order: Order, report: Report, standing: OrdStatus) -> Order:
    return replace(order, standing=standing)


def _without(
    pending: tuple[tuple[ClOrdID, OrdStatus], ...], request: ClOrdID
) -> tuple[tuple[ClOrdID, OrdStatus], ...]:
    return tuple(entry for entry in pending if entry[0] != request)


_AFTER: Final[Mapping[ExecType, Callable[[Order, Report, OrdStatus], Order]]] = {
    **dict.fromkeys(E, _stands),
    **dict.fromkeys((E.TRADE, E.TRADE_CANCEL, E.TRADE_CORRECT), _after_money),
    **dict.fromkeys((E.NEW, E.RESTATED), _restated),
    **dict.fromkeys((E.CANCELED, E.REJECTED, E.EXPIRED), _ended),
    **dict.fromkeys((E.PENDING_CANCEL, E.PENDING_REPLACE), _asked),
    E.CANCEL_REJECTED: _turned_down,
    E.REPLACED: _replaced,
}
