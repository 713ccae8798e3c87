"""How is an order of ours written for IB? In text: what it says is what goes over the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.capabilities import Takes
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.instrument import AssetClass, option_of
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, TimeInForce
from tradebot.core.model.money import plain
from tradebot.plugins.ibkr.contracts import EXCHANGE, ContractTerms, number

BAG: Final = "BAG"
_TYPES: Final[Mapping[OrdType, str]] = {
    OrdType.MARKET: "MKT", OrdType.LIMIT: "LMT", OrdType.STOP: "STP", OrdType.STOP_LIMIT: "STP LMT",
}
_AT_ONCE: Final = frozenset({TimeInForce.IOC, TimeInForce.FOK})
_RESTING: Final = frozenset({OrdType.STOP, OrdType.STOP_LIMIT})
_KEPT: Final = ("action", "orderType", "tif", "account", "orderRef", "outsideRth")

TAKES: Final = tuple(
    Takes(asset_class=asset_class, ord_type=ord_type, times_in_force=tuple(
        time for time in TimeInForce if not (time in _AT_ONCE and ord_type in _RESTING)
    ))
    for asset_class in (AssetClass.EQUITY, AssetClass.OPTION) for ord_type in OrdType
)


def ticket(library: Any, order: OrderSubmitted, account: str) -> Any:
    """Write an order; outside of regular hours only one that has a limit may trade."""
    intent = order.intent
    written = library.Order(
        action=_action(intent), orderType=_TYPES[intent.ord_type],
        totalQuantity=plain(intent.order_qty), tif=intent.time_in_force.value.upper(),
        account=account, orderRef=str(order.cl_ord_id),
        outsideRth=order.outside_hours and _may_trade_outside(intent),
    )
    if intent.price is not None:
        written.lmtPrice = plain(intent.price)
    if intent.stop_px is not None:
        written.auxPrice = plain(intent.stop_px)
    return written


def as_told(library: Any, told: Any) -> Any:
    """Write the order that IB told of, with nothing in it that a change must not say again."""
    written = library.Order(**{name: getattr(told, name) for name in _KEPT})
    for name in ("totalQuantity", "lmtPrice", "auxPrice"):
        value = getattr(told, name)
        if value != getattr(library.Order(), name):
            setattr(written, name, plain(number(value)))
    return written


def changed(written: Any, order_qty: Decimal, price: Decimal | None) -> Any:
    """Write the same order with another quantity, and another limit where it has one."""
    more = {} if price is None else {"lmtPrice": plain(price)}
    return replace(written, totalQuantity=plain(order_qty), **more)


def contract(library: Any, legs: Sequence[Leg], terms: Sequence[ContractTerms]) -> Any:
    """Return the contract of one symbol, or the bag of a combo: it is bought, whatever it costs."""
    if len(legs) == 1:
        return terms[0].contract
    return library.Contract(
        secType=BAG, symbol=terms[0].contract.symbol, exchange=EXCHANGE,
        currency=terms[0].contract.currency,
        comboLegs=[
            library.ComboLeg(
                conId=known.contract.conId, ratio=int(leg.ratio_qty), exchange=EXCHANGE,
                action=leg.side.value.upper(),
            ) for leg, known in zip(legs, terms, strict=True)
        ],
    )


def off_tick(intent: Intent, terms: Sequence[ContractTerms]) -> str | None:
    """Say which price is none that IB takes; the net price of a combo is checked by IB alone."""
    if intent.is_combo:
        return None
    for name, price in (("price", intent.price), ("stop_px", intent.stop_px)):
        if price is not None and not terms[0].is_on_tick(price):
            return terms[0].off_tick(name, price)
    return None


def _action(intent: Intent) -> str:
    return Side.BUY.value.upper() if intent.is_combo else intent.side.value.upper()


def _may_trade_outside(intent: Intent) -> bool:
    is_share = not intent.is_combo and option_of(intent.legs[0].symbol) is None
    return is_share and intent.ord_type is OrdType.LIMIT
