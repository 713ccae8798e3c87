"""How does Alpaca say no? Each refusal: HTTP status, code and words, as people report them.

The codes say little: three of them stand for nearly everything, so clients must read the words.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Refusal:
    status: int
    code: int
    message: str


FORBIDDEN: Final = 40310000
INVALID: Final = 40010001
UNPROCESSABLE: Final = 42210000
NOT_FOUND: Final = 40410000

REFUSALS: Final = {
    # of the shape of a request
    "duplicate_id": Refusal(422, INVALID, "client_order_id must be unique"),
    "id_too_long": Refusal(422, INVALID, "client_order_id must be no more than 128 characters"),
    "bad_body": Refusal(400, 40010000, "request body format is invalid"),
    "bad_parameter": Refusal(422, INVALID, "invalid {name}"),
    "no_qty": Refusal(422, INVALID, "qty or notional is required"),
    "qty_and_notional": Refusal(422, INVALID, "only one of qty or notional is accepted"),
    "qty_not_positive": Refusal(422, INVALID, "qty must be > 0"),
    "limit_not_positive": Refusal(422, INVALID, "limit price must be > 0"),
    "limit_needed": Refusal(422, INVALID, "limit orders require a limit price"),
    "stop_needed": Refusal(422, INVALID, "stop orders require a stop price"),
    "both_needed": Refusal(
        422, INVALID, "stop limit orders require both stop and limit price"),
    "no_price_wanted": Refusal(422, INVALID, "market orders require no stop or limit price"),
    "trail_needed": Refusal(
        422, INVALID, "trailing stop orders must specify one of trail_price or trail_percent"),
    # of the market's rules
    "unknown_symbol": Refusal(422, UNPROCESSABLE, 'asset "{symbol}" not found'),
    "not_tradable": Refusal(422, UNPROCESSABLE, 'asset "{symbol}" is not tradable'),
    "sub_penny": Refusal(
        422, UNPROCESSABLE,
        "invalid {name} {price}. sub-penny increment does not fulfill minimum pricing criteria"),
    "extended_hours": Refusal(
        422, UNPROCESSABLE, "extended hours order must be DAY limit orders"),
    "fractional_day": Refusal(422, UNPROCESSABLE, "fractional orders must be DAY orders"),
    "fractional_simple": Refusal(422, UNPROCESSABLE, "fractional orders must be simple orders"),
    "fractional_short": Refusal(422, UNPROCESSABLE, "fractional orders cannot be sold short"),
    "too_fine": Refusal(422, UNPROCESSABLE, "qty can only have up to 9 decimal places"),
    "not_fractionable": Refusal(403, FORBIDDEN, 'asset "{symbol}" is not fractionable'),
    "small_notional": Refusal(422, UNPROCESSABLE, "notional must be >= 1.00"),
    "whole_contracts": Refusal(
        422, UNPROCESSABLE, "options orders qty must be in whole contracts"),
    "option_time_in_force": Refusal(
        422, UNPROCESSABLE, "order_time_in_force provided not supported for options trading"),
    "option_type": Refusal(422, UNPROCESSABLE, "invalid order type for options trading"),
    "crypto_time_in_force": Refusal(422, UNPROCESSABLE, "invalid crypto time_in_force"),
    "crypto_type": Refusal(422, UNPROCESSABLE, "invalid order type for crypto order"),
    "fok_unsupported": Refusal(
        422, UNPROCESSABLE, "FOK orders are not supported for algo destinations"),
    "intent_mismatch": Refusal(
        422, UNPROCESSABLE,
        "position intent mismatch, inferred: {inferred}, specified: {specified}"),
    "mleg_legs": Refusal(422, UNPROCESSABLE, "mleg orders require 2 to 4 legs"),
    "mleg_symbols": Refusal(422, UNPROCESSABLE, "mleg legs must have unique symbols"),
    "mleg_type": Refusal(422, UNPROCESSABLE, "mleg orders only support market and limit types"),
    "mleg_ratio": Refusal(
        422, UNPROCESSABLE, "mleg leg ratio quantities should be relatively prime"),
    "mleg_underlying": Refusal(
        422, UNPROCESSABLE, "mleg legs must share one underlying asset"),
    "order_class": Refusal(422, UNPROCESSABLE, "order class {name} is not supported here"),
    "price_band": Refusal(
        422, UNPROCESSABLE, "limit price is too far from the market, outside of the price band"),
    "market_closed": Refusal(
        422, UNPROCESSABLE, "options market orders are only allowed during market hours"),
    "options_expired": Refusal(422, UNPROCESSABLE, "contract {symbol} is expired"),
    # of what the account may do
    "insufficient_buying_power": Refusal(403, FORBIDDEN, "insufficient buying power"),
    "insufficient_qty": Refusal(
        403, FORBIDDEN,
        "insufficient qty available for order (requested: {requested}, available: {available})"),
    "insufficient_balance": Refusal(
        403, FORBIDDEN,
        "insufficient balance for {symbol} (requested: {requested}, available: {available})"),
    "short_not_allowed": Refusal(403, FORBIDDEN, "account is not allowed to short"),
    "not_shortable": Refusal(422, UNPROCESSABLE, 'asset "{symbol}" cannot be sold short'),
    "uncovered": Refusal(
        403, FORBIDDEN, "account not eligible to trade uncovered option contracts"),
    "options_level": Refusal(
        403, FORBIDDEN, "account not eligible for this options trading level"),
    "wash_trade": Refusal(
        403, FORBIDDEN, "potential wash trade detected. use complex orders"),
    "opg_window": Refusal(
        403, FORBIDDEN, "opg orders must be submitted after 7:00pm and before 9:28am"),
    "cls_window": Refusal(
        403, FORBIDDEN, "cls orders must be submitted after 7:00pm and before 3:50pm"),
    "not_authorized": Refusal(403, FORBIDDEN, "account is not authorized to trade"),
    "liquidation_only": Refusal(
        403, FORBIDDEN, "account is restricted to liquidation only"),
    "class_not_allowed": Refusal(
        422, INVALID, "us_equity orders not allowed for account"),
    "pattern_day_trader": Refusal(
        403, 40310100, "trade denied due to pattern day trading protection"),
    # of an order that is there, or is not
    "order_not_found": Refusal(404, NOT_FOUND, "order not found for {order_id}"),
    "position_not_found": Refusal(404, NOT_FOUND, "position does not exist"),
    "asset_not_found": Refusal(404, NOT_FOUND, "asset not found for {symbol}"),
    "not_cancelable": Refusal(422, UNPROCESSABLE, 'order is already in "{status}" state'),
    "not_open": Refusal(
        422, UNPROCESSABLE, "unable to replace order, order is not open"),
    "not_at_exchange": Refusal(
        422, INVALID, "unable to replace order, order isn't sent to exchange yet"),
    "replace_pending": Refusal(422, UNPROCESSABLE, "cannot replace order in {status} status"),
    "unchanged": Refusal(422, UNPROCESSABLE, "order parameters are not changed"),
    "qty_below_filled": Refusal(
        422, INVALID, "unable to replace order, qty must be > filled_qty"),
    "fractional_replace": Refusal(
        422, UNPROCESSABLE, "qty of fractional orders cannot be changed"),
    "notional_replace": Refusal(422, UNPROCESSABLE, "notional orders cannot be replaced"),
    # of who asks, and how often
    "wrong_place": Refusal(401, 40110000, "request is not authorized"),
    "forbidden": Refusal(403, FORBIDDEN, "forbidden."),
    "too_many": Refusal(429, 42910000, "rate limit exceeded"),
    "internal": Refusal(500, 50010000, "internal server error occurred"),
}


class Refused(Exception):
    """The answer is no; `fields` fill the words in, `told` stands beside them in the answer."""

    def __init__(
        self, which: str, /, told: dict[str, object] | None = None, **fields: object
    ) -> None:
        refusal = REFUSALS[which]
        self.status = refusal.status
        words = refusal.message.format_map(dict.fromkeys(_FIELDS, "?") | fields)
        self.body = {"code": refusal.code, "message": words, **(told or {})}
        super().__init__(words)


_FIELDS: Final = (
    "name", "symbol", "price", "status", "order_id", "requested", "available", "inferred",
    "specified",
)
