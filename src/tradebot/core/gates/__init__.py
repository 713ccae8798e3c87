"""Which gates must every intent pass? All of them, in this order; the kill switch stays first."""

from typing import Final

from tradebot.core.gates.blackout import blackout
from tradebot.core.gates.buying_power import buying_power
from tradebot.core.gates.duplicate_order import duplicate_order
from tradebot.core.gates.halted_instrument import halted_instrument
from tradebot.core.gates.in_doubt import in_doubt
from tradebot.core.gates.insane_quote import insane_quote
from tradebot.core.gates.kill_switch import kill_switch
from tradebot.core.gates.mode import mode
from tradebot.core.gates.open_orders import open_orders, open_orders_symbol
from tradebot.core.gates.order_notional import order_notional
from tradebot.core.gates.order_quantity import order_quantity
from tradebot.core.gates.order_rate import messages_per_minute, messages_per_second
from tradebot.core.gates.orders_per_day import orders_per_day
from tradebot.core.gates.panel import Gate
from tradebot.core.gates.paused import paused
from tradebot.core.gates.price_collar import price_collar
from tradebot.core.gates.reduce_only import reduce_only
from tradebot.core.gates.rejections import rejections
from tradebot.core.gates.session import session
from tradebot.core.gates.slippage import slippage
from tradebot.core.gates.stale_quote import stale_quote

REQUIRED: Final[tuple[Gate, ...]] = (
    kill_switch,
    halted_instrument,
    paused,
    reduce_only,
    blackout,
    session,
    mode,
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
)
