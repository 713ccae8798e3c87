"""Does the desk size by the account's equity and the market's price?"""

from decimal import Decimal

from tests.makers import CALL, Trader
from tests.shell.strategies.test_strategies import EmptyMarket, FixedClock

from tradebot.core.model.sizing import PercentOfEquity, Size
from tradebot.shell.strategies.desk import StrategyDesk

FIVE_PERCENT = PercentOfEquity(equity_frac=Decimal("0.05"))


def sized(trader: Trader, symbol: str) -> Size:
    desk = StrategyDesk("sma", book=trader.book, market=EmptyMarket(), clock=FixedClock())
    return desk.size(symbol, FIVE_PERCENT)


def test_a_part_of_the_account_at_the_ask() -> None:
    trader = Trader()
    assert sized(trader, "SPY") == Size(qty=Decimal(49))  # 5000 / 101
    assert sized(trader, CALL).why == "that part of equity is less than one lot"  # 10,100 each


def test_without_a_route_or_an_instrument_there_is_no_size() -> None:
    trader = Trader()
    assert sized(trader, "NONE").why == "nobody knows what one unit of it is"
    trader.book.routes.clear()
    assert sized(trader, "SPY").why == "there is no equity to size by"
