"""What became of a change that nobody answered? The broker's statement of its order tells."""

from decimal import Decimal
from typing import Any

import pytest
from tests.core.test_replace import a_working_order, change, reserved
from tests.makers import Trader, a_report, a_route, a_trade, capabilities, of, the

from tradebot.core.model.commands import Reconcile
from tradebot.core.model.events import (
    Event,
    OrderReported,
    ReplaceRefused,
    ReplaceRequested,
)
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType, OpenOrder


class Changing:
    """An order of ten at 500, of which a change to other numbers has no answer."""

    def __init__(self, qty: str | None = None, price: str | None = None) -> None:
        self.trader = Trader()
        self.sent = a_working_order(self.trader)
        self.unchanged = reserved(self.trader)
        self.asked = the(self.trader.tell(change(self.sent, qty, price)), ReplaceRequested)

    def listed(
        self, leaves: str | None, price: str | None, *, is_under: ClOrdID | None = None,
        after_s: int = 40,
    ) -> list[Event]:
        self.trader.seconds += after_s
        order = OpenOrder(
            cl_ord_id=is_under or self.sent, symbols=("SPY",),
            leaves_qty=Decimal(leaves) if leaves else None,
            price=Decimal(price) if price else None,
        )
        return self.trader.tell(Reconcile(
            route="paper", because="test",
            statement=self.trader.statement(working=(order,)),
        ))

    @property
    def state(self) -> Any:
        return self.trader.book.orders.find(self.sent)


@pytest.mark.fault(61, 62)
@pytest.mark.parametrize(("qty", "price", "leaves", "limit"), [
    ("20", None, "20", "500"), ("20", None, "20", None), (None, "499", "10", "499"),
    (None, "499", None, "499"), ("20", "499", "20", "499"),
])
def test_an_order_that_is_listed_as_it_was_to_be_was_changed(
    qty: str | None, price: str | None, leaves: str | None, limit: str | None
) -> None:
    scene = Changing(qty, price)
    report = the(scene.listed(leaves, limit), OrderReported).report
    assert (report.exec_type, report.cl_ord_id) == (ExecType.REPLACED, scene.asked.request_id)
    assert scene.state.replacing is None
    assert scene.state.order.order_qty == Decimal(qty or "10")
    assert scene.state.intent.price == Decimal(price or "500")
    assert reserved(scene.trader) == scene.unchanged * Decimal(qty or "10") / 10


@pytest.mark.fault(61, 62)
@pytest.mark.parametrize(("qty", "price", "leaves", "limit"), [
    ("20", None, "10", "500"), ("20", None, "10", None), (None, "499", "10", "500"),
    ("5", "499", "10", "500"),
])
def test_one_that_is_listed_as_it_was_is_not_being_changed_any_more(
    qty: str | None, price: str | None, leaves: str | None, limit: str | None
) -> None:
    scene = Changing(qty, price)
    assert the(scene.listed(leaves, limit), ReplaceRefused).reason is Reason.ADAPTER_NEVER_LEFT
    assert scene.state.replacing is None
    assert reserved(scene.trader) == scene.unchanged
    assert the(scene.trader.tell(change(scene.sent, "7")), ReplaceRequested), "and may be again"


@pytest.mark.parametrize(("leaves", "limit"), [
    (None, None), ("10", None), ("7", "499"), ("10", "498"),
])
def test_what_may_be_either_or_is_neither_settles_nothing(
    leaves: str | None, limit: str | None
) -> None:
    scene = Changing(price="499")
    assert not of(scene.listed(leaves, limit), OrderReported, ReplaceRefused)
    assert scene.state.replacing == scene.asked


def test_the_id_of_the_change_alone_tells() -> None:
    scene = Changing(price="499")
    assert of(scene.listed(None, None, is_under=scene.asked.request_id), OrderReported)
    assert scene.state.intent.price == 499


def test_nothing_is_settled_while_the_change_may_still_leave() -> None:
    scene = Changing("20")
    assert not of(scene.listed("10", "500", after_s=20), ReplaceRefused)
    assert of(scene.listed("10", "500", after_s=20), ReplaceRefused)


def test_what_was_filled_meanwhile_counts() -> None:
    scene = Changing("20")
    scene.trader.tell(a_trade("X1", 4, 500, scene.sent))
    assert of(scene.listed("16", "500"), OrderReported)
    assert (scene.state.order.order_qty, scene.state.order.leaves_qty) == (20, 16)


def test_a_connection_settles_it_too() -> None:
    scene = Changing("20")
    scene.trader.seconds += 40
    route = a_route(capabilities=capabilities(), statement=scene.trader.statement())
    assert the(scene.trader.tell(route), ReplaceRefused).request_id == scene.asked.request_id


@pytest.mark.fault(52, 61)
def test_a_change_that_is_made_after_all_counts_as_the_broker_says() -> None:
    scene = Changing("20")
    scene.listed("10", "500")
    scene.trader.tell(a_report(
        "replaced", scene.asked.request_id, orig_cl_ord_id=scene.sent, order_qty="20"
    ))
    assert scene.state.order.order_qty == 20
    assert reserved(scene.trader) == scene.unchanged * 2
