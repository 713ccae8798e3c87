"""How is an order of ours written for Alpaca? In text only, so that no digit changes on the way.

What Alpaca never takes is declined here: at once, in words that say what to do, and by our rules.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import gcd
from typing import Any, Final

from tradebot.core.model.capabilities import (
    Capabilities,
    FillsSince,
    FillStream,
    IdMemory,
    ReplaceKind,
    Takes,
)
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import AssetClass, Instrument, names_option
from tradebot.core.model.intent import Intent, Leg, OrdType, TimeInForce
from tradebot.core.model.money import ONE, is_multiple, plain
from tradebot.core.model.report import RejReason
from tradebot.ports import Declined

_DAY, _GTC, _IOC, _FOK = TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK
_SPREADS: Final = (OrdType.MARKET, OrdType.LIMIT)
_FINEST: Final = Decimal("0.000000001")  # of a share or a coin
_TAKEN: Final = {
    (AssetClass.EQUITY, OrdType.MARKET): (_DAY, _GTC, _IOC, _FOK),
    (AssetClass.EQUITY, OrdType.LIMIT): (_DAY, _GTC, _IOC, _FOK),
    (AssetClass.EQUITY, OrdType.STOP): (_DAY, _GTC),
    (AssetClass.EQUITY, OrdType.STOP_LIMIT): (_DAY, _GTC),
    **{(AssetClass.OPTION, ord_type): (_DAY,) for ord_type in OrdType},
    **{
        (AssetClass.CRYPTO, ord_type): (_GTC, _IOC)
        for ord_type in (OrdType.MARKET, OrdType.LIMIT, OrdType.STOP_LIMIT)
    },
}
CAPABILITIES: Final = Capabilities(
    takes=tuple(
        Takes(asset_class=asset_class, ord_type=ord_type, times_in_force=times)
        for (asset_class, ord_type), times in _TAKEN.items()
    ),
    legs_max=4, replaces=ReplaceKind.NEW_ORDER, id_memory=IdMemory.FOREVER, finds_by_id=True,
    fills_since=FillsSince.TIME, stream=FillStream.PER_EXECUTION,
    fractional=(AssetClass.EQUITY, AssetClass.CRYPTO), outside_hours=(OrdType.LIMIT,),
    id_pattern="[0-9A-Za-z_.-]+", id_length_max=48, lag_s=Decimal(2),
    messages_per_s=Decimal(3),  # 200 a minute, and questions count, too
)


def asset_class_of(symbol: str) -> AssetClass:
    if names_option(symbol):
        return AssetClass.OPTION
    return AssetClass.CRYPTO if "/" in symbol else AssetClass.EQUITY


def ticket(cl_ord_id: ClOrdID, body: Intent, *, is_outside_hours: bool) -> dict[str, Any]:
    """Write an order; raise Declined where Alpaca never takes it as it stands."""
    _check(body)
    written: dict[str, Any] = {
        "client_order_id": cl_ord_id, "qty": plain(body.order_qty), "type": body.ord_type.value,
        "time_in_force": body.time_in_force.value,
    }
    if body.price is not None:
        written["limit_price"] = plain(body.price)
    if body.stop_px is not None:
        written["stop_price"] = plain(body.stop_px)
    if body.is_combo:
        legs = [
            {"symbol": leg.symbol, "side": leg.side.value, "ratio_qty": plain(leg.ratio_qty)}
            for leg in body.legs
        ]
        return {**written, "order_class": "mleg", "legs": legs}
    if is_outside_hours:
        written["extended_hours"] = True
    return {**written, "symbol": body.symbol, "side": body.side.value}


def may_work_outside(body: Intent) -> bool:
    """Tell whether an order can trade before the open and after the close."""
    is_share = not body.is_combo and asset_class_of(body.symbol) is AssetClass.EQUITY
    return is_share and body.ord_type is OrdType.LIMIT and body.time_in_force is _DAY


def _check(body: Intent) -> None:
    classes = {asset_class_of(leg.symbol) for leg in body.legs}
    for asset_class in classes:
        if body.time_in_force not in _TAKEN.get((asset_class, body.ord_type), ()):
            raise Declined(
                f"Alpaca takes no {body.ord_type} {body.time_in_force} orders for {asset_class}",
                RejReason.UNSUPPORTED,
            )
    if body.is_combo:
        _check_combo(body, classes)
    else:
        _check_single(body, asset_class_of(body.symbol))


def _check_combo(body: Intent, classes: set[AssetClass]) -> None:
    if classes != {AssetClass.OPTION} or body.ord_type not in _SPREADS:
        raise Declined(
            "Alpaca trades options alone as one order, at a limit or at the market",
            RejReason.UNSUPPORTED,
        )
    if len(body.legs) > CAPABILITIES.legs_max or not _is_in_lowest_terms(body.legs):
        raise Declined(
            "Alpaca takes two to four legs, in ratios of the lowest whole numbers",
            RejReason.UNSUPPORTED,
        )
    if not is_multiple(body.order_qty, ONE):
        raise Declined("options trade in whole contracts", RejReason.INCORRECT_QUANTITY)


def _check_single(body: Intent, asset_class: AssetClass) -> None:
    step = ONE if asset_class is AssetClass.OPTION else _FINEST
    if not is_multiple(body.order_qty, step):
        raise Declined(
            f"{body.symbol}: a quantity is a multiple of {plain(step)}",
            RejReason.INCORRECT_QUANTITY,
        )
    if asset_class is not AssetClass.EQUITY:
        return
    if not is_multiple(body.order_qty, ONE) and body.time_in_force is not _DAY:
        raise Declined("parts of a share trade for the day only", RejReason.INCORRECT_QUANTITY)
    share = Instrument(symbol=body.symbol)
    for price in filter(None, (body.price, body.stop_px)):
        if not share.is_on_tick(price):
            raise Declined(
                f"{plain(price)} is no whole number of {plain(share.tick_at(price))}",
                RejReason.INVALID_PRICE_INCREMENT,
            )


def _is_in_lowest_terms(legs: Sequence[Leg]) -> bool:
    ratios = [leg.ratio_qty for leg in legs]
    return all(is_multiple(ratio, ONE) for ratio in ratios) and gcd(*map(int, ratios)) == 1
