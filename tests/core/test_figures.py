"""Do the figures of orders count each order, fill and cent once, whatever the broker takes back?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.makers import Trader, a_report, a_trade, the

from tradebot.core.book.figures import Latencies
from tradebot.core.model.commands import Delivery, ReportDelivery
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.report import ExecType
from tradebot.shell.views.figures import figures

MS = timedelta(milliseconds=1)


def an_order(trader: Trader) -> str:
    return the(trader.submit(), OrderSubmitted).cl_ord_id


def test_every_order_counts_once_by_how_it_ended() -> None:
    trader = Trader()
    filled, canceled, rejected, lost, _working = (an_order(trader) for _ in range(5))
    trader.tell(a_trade("X1", 4, "499.00", filled, fee="1"))
    trader.tell(a_trade("X2", 6, "500.00", filled, fee="1.50"))
    trader.tell(a_trade("X3", 1, "500.00", canceled))
    trader.tell(a_report(ExecType.CANCELED, canceled))
    trader.tell(a_report(ExecType.REJECTED, rejected))
    trader.tell(ReportDelivery(cl_ord_id=lost, delivery=Delivery.NEVER_LEFT))  # and goes again
    found = figures(trader.book.orders)
    assert (found["total"], found["never_left"], found["open"]) == (6, 1, 2)
    assert [found[name] for name in ("filled", "canceled", "rejected", "expired")] == [1, 1, 1, 0]
    assert found["fill_rate"] == "0.3333"
    assert found["fills"] == 3
    assert found["filled_notional"] == {"USD": "5496"}
    assert found["commission"] == {"USD": "2.5"}


def test_a_bust_takes_the_fill_and_the_filled_order_back() -> None:
    trader = Trader()
    order = an_order(trader)
    trader.tell(a_trade("X1", 10, "500.00", order, fee="1"))
    assert figures(trader.book.orders)["filled"] == 1
    trader.tell(a_report(ExecType.TRADE_CANCEL, order, exec_id="X2", exec_ref_id="X1"))
    found = figures(trader.book.orders)
    assert (found["filled"], found["open"], found["fills"]) == (0, 1, 0)
    assert (found["filled_notional"], found["commission"]) == ({"USD": "0"}, {"USD": "0"})
    trader.tell(a_report(ExecType.CANCELED, order))
    found = figures(trader.book.orders)
    assert (found["filled"], found["canceled"]) == (0, 1)


def test_a_late_fill_moves_a_canceled_order_to_the_filled_ones() -> None:
    trader = Trader()
    order = an_order(trader)
    trader.tell(a_report(ExecType.CANCELED, order))
    trader.tell(a_trade("X1", 10, "500.00", order))
    found = figures(trader.book.orders)
    assert (found["filled"], found["canceled"], found["total"]) == (1, 0, 1)


def test_the_latency_of_a_fill_is_that_of_the_first_one() -> None:
    trader = Trader()
    order = an_order(trader)
    trader.seconds += 3
    trader.tell(a_trade("X1", 4, "500.00", order))  # four seconds after it was sent
    trader.tell(a_trade("X2", 6, "500.00", order))
    took = figures(trader.book.orders)["fill_latency_ms"]
    assert took["average"] == 4000
    assert 4000 <= took["p99"] <= 4500


@pytest.mark.parametrize("share", ["0.5", "0.99", "1"])
def test_a_quantile_is_too_long_by_an_eighth_at_most(share: str) -> None:
    latencies, times = Latencies(), [n * n * MS for n in range(1, 1001)]
    for took in times:
        latencies.add(took)
    exact = times[int(Decimal(share) * 1000) - 1]
    found = latencies.quantile(Decimal(share))
    assert found is not None
    assert exact <= found <= exact * 9 / 8
    assert latencies.average == sum(times, timedelta(0)) / 1000


def test_a_million_latencies_fit_in_a_few_hundred_classes() -> None:
    latencies = Latencies()
    for n in range(10_000):
        latencies.add(timedelta(microseconds=n**3))
    assert len(latencies.classes) < 350


def test_without_an_order_there_is_no_rate_and_no_latency() -> None:
    found = figures(Trader().book.orders)
    assert found["fill_rate"] is None
    assert found["fill_latency_ms"] == {"average": None, "p99": None}
