"""A fill is money, whoever sent the order: what cannot be booked halts everything."""

import pytest
from tests.makers import Trader, a_report, a_trade, of, some_settings

from tradebot.core.model.events import (
    InstrumentHalted,
    IntentRefused,
    OrderReported,
    OrderSubmitted,
    ReconRequested,
)
from tradebot.core.model.report import ExecType


@pytest.mark.fault(57)
def test_a_fill_that_names_neither_order_nor_symbol_halts_everything() -> None:
    trader = Trader(some_settings())
    events = trader.tell(a_trade("X9", 5, "100", cl_ord_id="nobody"))
    (halted,) = of(events, InstrumentHalted)
    assert halted.symbol == "*"
    (refused,) = of(trader.submit("buy", 1), IntentRefused)
    assert refused.reason == "RISK_INSTRUMENT_HALTED"


def test_a_bust_after_the_brokers_own_end_does_not_bring_the_order_back() -> None:
    trader = Trader(some_settings())
    (order,) = of(trader.submit("buy", 4), OrderSubmitted)
    trader.tell(a_trade("X1", 4, "100", cl_ord_id=order.cl_ord_id))
    (ended,) = of(trader.tell(a_report(ExecType.EXPIRED, order.cl_ord_id)), OrderReported)
    assert ended.report.exec_type is ExecType.EXPIRED
    bust = a_report(ExecType.TRADE_CANCEL, order.cl_ord_id, exec_id="X2", exec_ref_id="X1")
    assert of(trader.tell(bust), ReconRequested)
    assert not trader.book.orders.working
