"""Which gates must every intent pass? All of them, in this order; the kill switch stays first."""

from typing import Final

from tradebot.core.gates.buying_power import buying_power
from tradebot.core.gates.halted_instrument import halted_instrument
from tradebot.core.gates.in_doubt import in_doubt
from tradebot.core.gates.kill_switch import kill_switch
from tradebot.core.gates.mode import mode
from tradebot.core.gates.order_notional import order_notional
from tradebot.core.gates.order_quantity import order_quantity
from tradebot.core.gates.panel import Gate
from tradebot.core.gates.price_collar import price_collar
from tradebot.core.gates.session import session
from tradebot.core.gates.stale_quote import stale_quote

REQUIRED: Final[tuple[Gate, ...]] = (
    kill_switch,
    halted_instrument,
    session,
    mode,
    order_quantity,
    stale_quote,
    order_notional,
    price_collar,
    in_doubt,
    buying_power,
)
