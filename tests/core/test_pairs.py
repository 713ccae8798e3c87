"""Is the comparison of two brokers' fills right, also for sells, busts and what one side lacks?"""

from decimal import Decimal

from tradebot.core.book import pairs
from tradebot.core.book.pairs import PAIRS_MAX, Pairs
from tradebot.core.model.events import TradeBooked
from tradebot.core.model.ids import ClOrdID, ExecID, IntentId

ORDER = IntentId("I")


def booked(qty: str, px: str, symbol: str = "SPY") -> TradeBooked:
    return TradeBooked(
        cl_ord_id=ClOrdID("C"), exec_id=ExecID("E"), account="A", strategy_id="s", symbol=symbol,
        qty=Decimal(qty), px=Decimal(px), cash=Decimal(0), cost=Decimal(0),
    )


def compared(first: list[TradeBooked], shadow: list[TradeBooked]) -> pairs.PairFigures:
    found = Pairs()
    found.add(ORDER, "SPY")
    for side, trades in ((False, first), (True, shadow)):
        for trade in trades:
            found.booked(ORDER, trade, is_shadow=side)
    return found.compared()


def test_the_difference_is_in_basis_points_of_what_both_filled() -> None:
    found = compared([booked("6", "100"), booked("4", "101")], [booked("10", "100.5")])
    assert (found.fills, found.shadow_fills, found.qty, found.shadow_qty) == (2, 1, 10, 10)
    assert found.difference_bps == (Decimal("100.5") - Decimal("100.4")) / Decimal("100.4") * 10_000


def test_a_seller_pays_more_where_it_gets_less() -> None:
    assert compared([booked("-10", "100")], [booked("-10", "99")]).difference_bps == 100


def test_what_one_side_did_not_fill_is_missing_there_and_no_difference() -> None:
    found = compared([booked("10", "100")], [])
    assert (found.missing, found.shadow_missing, found.difference_bps) == (0, 1, None)
    found = compared([], [booked("10", "100")])
    assert (found.missing, found.shadow_missing, found.difference_bps) == (1, 0, None)


def test_a_bust_takes_its_fill_back() -> None:
    found = compared([booked("10", "100")], [booked("10", "100"), booked("-10", "100")])
    assert (found.shadow_qty, found.shadow_missing) == (0, 1)


def test_what_no_order_stands_for_is_not_counted() -> None:
    assert compared([booked("10", "100", symbol="IBM")], []).fills == 0


def test_the_oldest_orders_leave_first() -> None:
    found = Pairs()
    for number in range(PAIRS_MAX + 5):
        found.add(IntentId(f"I{number}"), "SPY")
    assert len(found.twins) == PAIRS_MAX
    assert (IntentId("I4"), "SPY") not in found.twins
