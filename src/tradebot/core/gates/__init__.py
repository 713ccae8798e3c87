"""Which gates must every intent pass? All of them, in this order; the kill switch stays first.

Where options trade, those of `desk.py` are asked after them.
"""

from typing import Final

from tradebot.core.gates.armed import armed
from tradebot.core.gates.blackout import blackout
from tradebot.core.gates.buying_power import buying_power
from tradebot.core.gates.cash_buffer import cash_buffer
from tradebot.core.gates.clock_set import clock_set
from tradebot.core.gates.consecutive_losses import consecutive_losses
from tradebot.core.gates.correlation import correlation
from tradebot.core.gates.daily_loss import daily_loss
from tradebot.core.gates.day_risk import day_risk
from tradebot.core.gates.drawdown import drawdown
from tradebot.core.gates.duplicate_order import duplicate_order
from tradebot.core.gates.halted_instrument import halted_instrument
from tradebot.core.gates.heat import heat
from tradebot.core.gates.in_doubt import in_doubt
from tradebot.core.gates.insane_quote import insane_quote
from tradebot.core.gates.kill_switch import kill_switch
from tradebot.core.gates.margin_use import margin_use
from tradebot.core.gates.minimum_equity import minimum_equity
from tradebot.core.gates.mode import mode
from tradebot.core.gates.open_orders import open_orders, open_orders_symbol
from tradebot.core.gates.order_notional import order_notional
from tradebot.core.gates.order_quantity import order_quantity
from tradebot.core.gates.order_rate import messages_per_minute, messages_per_second
from tradebot.core.gates.order_risk import order_risk
from tradebot.core.gates.orders_per_day import orders_per_day
from tradebot.core.gates.panel import Gate
from tradebot.core.gates.paused import paused
from tradebot.core.gates.position_size import position_size
from tradebot.core.gates.positions import positions, positions_symbol
from tradebot.core.gates.price_collar import price_collar
from tradebot.core.gates.reduce_only import reduce_only
from tradebot.core.gates.rejections import rejections
from tradebot.core.gates.sector_exposure import sector_exposure
from tradebot.core.gates.session import session
from tradebot.core.gates.slippage import slippage
from tradebot.core.gates.stale_quote import stale_quote
from tradebot.core.gates.symbol_exposure import symbol_exposure
from tradebot.core.gates.trade_loss import trade_loss

REQUIRED: Final[tuple[Gate, ...]] = (
    kill_switch,
    clock_set,
    halted_instrument,
    paused,
    reduce_only,
    blackout,
    session,
    mode,
    armed,
    order_quantity,
    stale_quote,
    insane_quote,
    order_notional,
    price_collar,
    slippage,
    in_doubt,
    rejections,
    duplicate_order,
    messages_per_second,
    messages_per_minute,
    orders_per_day,
    open_orders,
    open_orders_symbol,
    buying_power,
    minimum_equity,
    cash_buffer,
    margin_use,
    trade_loss,
    order_risk,
    heat,
    day_risk,
    daily_loss,
    drawdown,
    consecutive_losses,
    positions,
    positions_symbol,
    position_size,
    symbol_exposure,
    sector_exposure,
    correlation,
)
