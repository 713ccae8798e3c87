"""Does an order stand where its reports put it, whatever their order?"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.makers import a_report, a_trade

from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.intent import TimeInForce
from tradebot.core.model.order import LIFECYCLE, PRECEDENCE, Order, OrdStatus, after_report
from tradebot.core.model.report import ExecType, Report

# Where an order stands (top) and what the broker says (left) -> where it stands then.
TABLE = """
                 pending_new   new           done_for_day  suspended     canceled  rejected  expired
new              new           new           -             -             -         -         -
trade            new           new           done_for_day  suspended     canceled  rejected  expired
trade_cancel     pending_new   new           done_for_day  suspended     canceled  rejected  expired
trade_correct    pending_new   new           done_for_day  suspended     canceled  rejected  expired
rejected         rejected      rejected      rejected      rejected      -         -         -
canceled         canceled      canceled      canceled      canceled      -         -         -
expired          expired       expired       expired       expired       -         -         -
replaced         new           new           new           new           -         -         -
restated         new           new           new           new           -         -         -
triggered        new           new           new           new           -         -         -
done_for_day     done_for_day  done_for_day  done_for_day  done_for_day  -         -         -
suspended        suspended     suspended     suspended     suspended     -         -         -
pending_cancel   pending_new   new           done_for_day  suspended     -         -         -
pending_replace  pending_new   new           done_for_day  suspended     -         -         -
cancel_rejected  pending_new   new           done_for_day  suspended     -         -         -
order_status     pending_new   new           done_for_day  suspended     -         -         -
"""
# Highest first, after the order state rules of FIX 5.0 SP2.
RANKS = (
    "pending_cancel", "pending_replace", "done_for_day", "filled", "suspended", "canceled",
    "partially_filled", "new", "pending_new",
)


def written_table() -> Iterator[tuple[tuple[OrdStatus, ExecType], OrdStatus | None]]:
    head, *lines = TABLE.strip("\n").splitlines()
    for line in lines:
        said, *cells = line.split()
        for standing, cell in zip(head.split(), cells, strict=True):
            stands = None if cell == "-" else OrdStatus(cell)
            yield (OrdStatus(standing), ExecType(said)), stands


def an_order(qty: int | str = 100, **changes: object) -> Order:
    return replace(Order(cl_ord_id=ClOrdID("X"), order_qty=Decimal(qty)), **changes)


def after(order: Order, *reports: Report) -> Order:
    for report in reports:
        order = after_report(order, report)
    return order


PAIRS = dict(written_table())


@pytest.mark.promise(26)
@pytest.mark.parametrize("exec_type", ExecType)
@pytest.mark.parametrize("standing", OrdStatus)
def test_every_pair_is_allowed_or_refused_as_written(
    standing: OrdStatus, exec_type: ExecType
) -> None:
    assert LIFECYCLE.get((standing, exec_type)) == PAIRS.get((standing, exec_type))


def test_the_written_table_speaks_of_every_report() -> None:
    of_no_order = {ExecType.SETTLEMENT}
    assert {said for _, said in PAIRS} == set(ExecType) - of_no_order


@pytest.mark.parametrize("pair", [p for p, stands in PAIRS.items() if stands is None])
def test_a_pair_that_is_absent_cannot_be_applied(pair: tuple[OrdStatus, ExecType]) -> None:
    standing, exec_type = pair
    with pytest.raises(KeyError):
        after_report(an_order(standing=standing), a_report(exec_type, exec_id="E"))


@pytest.mark.parametrize(("higher", "lower"), list(combinations(RANKS, 2)))
def test_the_higher_status_is_reported(higher: str, lower: str) -> None:
    assert PRECEDENCE[OrdStatus(higher)] > PRECEDENCE[OrdStatus(lower)]


def test_every_status_has_a_rank() -> None:
    assert set(PRECEDENCE) == set(OrdStatus)


@pytest.mark.fault(56, 60)
def test_a_fill_after_a_cancel_is_counted_and_the_order_stays_canceled() -> None:
    order = after(an_order(), a_report("new"), a_report("canceled"), a_trade("E1", 40, 10))
    assert (order.ord_status, order.cum_qty, order.leaves_qty) == (OrdStatus.CANCELED, 40, 0)


def test_a_fill_of_the_whole_outranks_the_cancel() -> None:
    order = after(an_order(), a_report("new"), a_report("canceled"), a_trade("E1", 100))
    assert order.ord_status is OrdStatus.FILLED


@pytest.mark.fault(53)
def test_a_fill_may_come_before_the_acknowledgement() -> None:
    order = after(an_order(), a_trade("E1", 40), a_report("new"))
    assert order.ord_status is OrdStatus.PARTIALLY_FILLED
    assert order.cum_qty == 40


def test_a_bust_takes_quantity_and_money_back() -> None:
    filled = after(an_order(), a_report("new"), a_trade("E1", 60, 10), a_trade("E2", 40, 20))
    assert (filled.ord_status, filled.avg_px) == (OrdStatus.FILLED, 14)
    busted = after(filled, a_report("trade_cancel", exec_id="E3", exec_ref_id="E1"))
    assert (busted.ord_status, busted.cum_qty) == (OrdStatus.PARTIALLY_FILLED, 40)
    assert (busted.leaves_qty, busted.avg_px) == (60, 20)
    assert busted.seen == {"E1", "E2", "E3"}


def test_a_correction_replaces_its_execution() -> None:
    filled = after(an_order(), a_report("new"), a_trade("E1", 60, 10), a_trade("E2", 40, 20))
    corrected = after(filled, a_report(
        "trade_correct", exec_id="E3", exec_ref_id="E1", last_qty=50, last_px=12
    ))
    assert (corrected.cum_qty, corrected.gross) == (90, 50 * 12 + 40 * 20)
    first = corrected.fill(ExecID("E1"))
    assert first is not None
    assert first.is_void


def test_an_order_without_fills_has_no_average_price() -> None:
    assert an_order().avg_px is None
    busted = after(
        an_order(), a_trade("E1", 1), a_report("trade_cancel", exec_id="E2", exec_ref_id="E1")
    )
    assert busted.avg_px is None


def test_an_overfill_leaves_nothing_and_is_filled() -> None:
    order = after(an_order(), a_report("new"), a_trade("E1", 130))
    assert (order.ord_status, order.cum_qty, order.leaves_qty) == (OrdStatus.FILLED, 130, 0)


@pytest.mark.fault(63)
@pytest.mark.parametrize(("time_in_force", "leaves"), [("day", 0), ("gtc", 60), ("ioc", 0)])
def test_only_a_good_till_canceled_order_outlives_its_day(time_in_force: str, leaves: int) -> None:
    order = an_order(time_in_force=TimeInForce(time_in_force))
    order = after(order, a_report("new"), a_trade("E1", 40), a_report("done_for_day"))
    assert (order.ord_status, order.leaves_qty) == (OrdStatus.DONE_FOR_DAY, leaves)


def test_a_chain_of_replaces_keeps_all_ids_and_the_last_quantity() -> None:
    order = after(an_order(), a_report("new"), a_trade("E1", 10))
    for place, (qty, name) in enumerate([(120, "Y"), (80, "Z"), (90, "W")]):
        asked = {"orig_cl_ord_id": order.cl_ord_id}
        order = after(order, a_report("pending_replace", name, **asked))
        assert order.ord_status is OrdStatus.PENDING_REPLACE
        order = after(order, a_report("replaced", name, order_qty=qty, **asked))
        assert (order.cl_ord_id, order.order_qty) == (name, qty)
        assert len(order.chain) == place + 1
    assert order.chain == ("X", "Y", "Z")
    assert (order.ord_status, order.leaves_qty) == (OrdStatus.PARTIALLY_FILLED, 80)


def test_a_replace_down_to_what_is_filled_fills_the_order() -> None:
    order = after(
        an_order(), a_report("new"), a_trade("E1", 70), a_report("replaced", "Y", order_qty=70)
    )
    assert (order.ord_status, order.leaves_qty) == (OrdStatus.FILLED, 0)


def test_each_request_in_the_air_ends_by_its_own_answer() -> None:
    order = after(an_order(), a_report("new"), a_report("pending_cancel", "C"))
    order = after(order, a_report("pending_replace", "R"))
    assert order.ord_status is OrdStatus.PENDING_CANCEL
    order = after(order, a_report("cancel_rejected", "C"))
    assert order.ord_status is OrdStatus.PENDING_REPLACE
    order = after(order, a_report("cancel_rejected", "R"))
    assert order.ord_status is OrdStatus.NEW


def test_the_end_of_an_order_ends_all_requests() -> None:
    order = after(an_order(), a_report("new"), a_report("pending_cancel", "C"))
    for end in ("canceled", "rejected", "expired"):
        assert after(order, a_report(end)).pending == ()


money = st.tuples(
    st.sampled_from(["trade", "trade", "trade_cancel", "trade_correct"]),
    st.integers(1, 60), st.integers(1, 500), st.integers(0, 30),
)
standings = st.sampled_from(["new", "done_for_day", "suspended", "canceled", "rejected", "expired"])


@pytest.mark.promise(3, 19)
@given(st.lists(money, max_size=25), standings)
def test_what_is_filled_is_the_sum_of_the_executions_that_stand(
    steps: list[tuple[str, int, int, int]], standing: str
) -> None:
    order, truth = an_order(standing=OrdStatus(standing)), dict[str, tuple[int, int]]()
    for number, (kind, qty, px, which) in enumerate(steps):
        name, ref = f"E{number}", None
        if kind != "trade":
            if not truth:
                continue
            ref = sorted(truth)[which % len(truth)]
            del truth[ref]
        if kind != "trade_cancel":
            truth[name] = (qty, px)
        order = after(order, a_report(
            kind, exec_id=name, exec_ref_id=ref, last_qty=qty, last_px=px
        ))
        assert order.cum_qty == sum(qty for qty, _ in truth.values())
        assert order.gross == sum(qty * px for qty, px in truth.values())
        standing_fills = {name: (f.qty, f.px) for name, f in order.fills if not f.is_void}
        assert standing_fills == truth
        assert order.leaves_qty == (0 if order.is_done else 100 - order.cum_qty)
        assert order.leaves_qty >= 0
        assert (order.ord_status is OrdStatus.PARTIALLY_FILLED) <= (0 < order.cum_qty < 100)


said = st.sampled_from([kind for kind in ExecType if not kind.startswith("trade")])


@given(st.lists(st.tuples(said, st.sampled_from("XYZ"), st.integers(1, 200)), max_size=25))
def test_the_reported_status_is_always_the_highest_of_those_that_hold(
    steps: list[tuple[ExecType, str, int]],
) -> None:
    order = after(an_order(), a_trade("E", 50))
    for kind, name, qty in steps:
        if (order.standing, kind) not in LIFECYCLE:
            continue
        order = after(order, a_report(kind, name, order_qty=qty))
        held = {order.standing, *(status for _, status in order.pending)}
        held.add(OrdStatus.FILLED if order.order_qty <= 50 else OrdStatus.PARTIALLY_FILLED)
        assert order.ord_status in held
        assert all(PRECEDENCE[order.ord_status] >= PRECEDENCE[status] for status in held)
        assert order.leaves_qty >= 0
