"""May this order be placed? Alpaca's rules, asked before anything is placed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from math import gcd
from typing import Final

from tests.fakes.alpaca.assets import Asset, Assets
from tests.fakes.alpaca.refusals import Refused
from tests.fakes.alpaca.ticket import Ticket
from tests.fakes.venue import Venue, multiplier
from tests.fakes.venue_facts import ZERO, Hours, VenueOrder

from tradebot.core.model.instrument import Right, option_of
from tradebot.core.model.money import plain

_PENNY, _FINE = Decimal("0.01"), Decimal("0.0001")
_DECIMALS: Final = 9


@dataclass
class Account:
    """Who trades, and what they may; a test may change any of it while the fake runs."""

    number: str = "PA3FAKE00001"
    status: str = "ACTIVE"
    trading_blocked: bool = False
    account_blocked: bool = False
    suspended_by_user: bool = False
    shorting_enabled: bool = True
    options_level: int = 3
    crypto_status: str = "ACTIVE"
    multiplier: Decimal = Decimal(4)
    configurations: dict[str, object] = field(default_factory=lambda: {
        "dtbp_check": "entry", "fractional_trading": True, "max_margin_multiplier": "4",
        "no_shorting": False, "pdt_check": "entry", "suspend_trade": False,
        "trade_confirm_email": "none", "ptp_no_exception_entry": False,
        "max_options_trading_level": None,
    })


class Rules:
    def __init__(self, venue: Venue, assets: Assets, account: Account) -> None:
        self._venue = venue
        self._assets = assets
        self._account = account

    def check(self, ticket: Ticket) -> None:
        """Refuse what may not be placed, in the order in which Alpaca finds out."""
        account = self._account
        if account.trading_blocked or account.account_blocked or account.suspended_by_user:
            raise Refused("not_authorized")
        if ticket.is_mleg:
            self._check_legs(ticket)
        else:
            asset = self.tradable(ticket.symbol)
            by_class: dict[str, Callable[[Ticket, Asset], None]] = {
                "us_equity": _check_equity, "us_option": _check_option, "crypto": _check_crypto,
            }
            by_class[asset.asset_class](ticket, asset)
            self._check_held(ticket, asset)
            self._check_wash(ticket)
        if ticket.extended and not (ticket.type == "limit" and ticket.tif == "day"):
            raise Refused("extended_hours")
        if ticket.tif == "opg" and self._venue.hours is Hours.REGULAR:
            raise Refused("opg_window")
        self._check_money(ticket)

    def tradable(self, symbol: str) -> Asset:
        asset = self._assets.find(symbol)
        if asset is None:
            raise Refused("unknown_symbol", symbol=symbol)
        if not asset.tradable:
            raise Refused("not_tradable", symbol=symbol)
        return asset

    def buying_power(self) -> Decimal:
        """Return what may still be bought: cash that is not bound by orders, and what it lends."""
        bound = sum((self._cost(o) for o in self._venue.working() if o.side == "buy"), ZERO)
        return max(ZERO, self._venue.cash * self._account.multiplier - bound)

    def available(self, symbol: str, side: str) -> Decimal:
        """Return how much of a position no order binds that closes it."""
        held = abs(self._venue.positions.get(symbol, ZERO))
        return held - sum(
            (o.leaves for o in self._venue.working()
             if not o.is_combo and o.symbol == symbol and o.side == side), ZERO,
        )

    def intent(self, symbol: str, side: str) -> str:
        """Tell whether an order opens or closes, by what is held."""
        held = self._venue.positions.get(symbol, ZERO)
        closes = held < 0 if side == "buy" else held > 0
        return f"{side}_to_{'close' if closes else 'open'}"

    def _cost(self, order: VenueOrder) -> Decimal:
        px = order.limit if order.limit is not None else order.stop
        per_unit = max(multiplier(leg.symbol) for leg in order.legs)
        return max(ZERO, px or ZERO) * order.leaves * per_unit

    def _check_legs(self, ticket: Ticket) -> None:
        symbols = {leg.symbol for leg in ticket.legs}
        if len(symbols) != len(ticket.legs):
            raise Refused("mleg_symbols")
        if ticket.type not in ("market", "limit"):
            raise Refused("mleg_type")
        if self._account.options_level < 3:
            raise Refused("options_level")
        assets = [self.tradable(leg.symbol) for leg in ticket.legs]
        if any(asset.asset_class != "us_option" for asset in assets):
            raise Refused("class_not_allowed")
        if len({o.underlying for o in map(option_of, symbols) if o is not None}) != 1:
            raise Refused("mleg_underlying")
        if gcd(*(int(leg.ratio) for leg in ticket.legs)) != 1:
            raise Refused("mleg_ratio")
        for leg in ticket.legs:
            self._check_intent(leg.symbol, leg.side, leg.intent)
        _check_option(ticket, assets[0])

    def _check_intent(self, symbol: str, side: str, told: str | None) -> None:
        inferred = self.intent(symbol, side)
        if told is not None and told != inferred:
            raise Refused("intent_mismatch", inferred=inferred, specified=told)

    def _check_held(self, ticket: Ticket, asset: Asset) -> None:
        """Refuse to sell more than is there, and to go through nothing in one order."""
        self._check_intent(ticket.symbol, ticket.side, ticket.intent)
        qty, closes = ticket.qty, self.intent(ticket.symbol, ticket.side).endswith("close")
        if qty is None:
            return
        if closes:
            available = self.available(ticket.symbol, ticket.side)
            if qty > available:
                raise Refused(
                    "insufficient_qty", requested=plain(qty), available=plain(available),
                    told={"symbol": ticket.symbol, "available": plain(available),
                          "existing_qty": plain(abs(self._venue.positions[ticket.symbol]))})
        elif ticket.side == "sell":
            self._check_short(ticket, asset, qty)

    def _check_short(self, ticket: Ticket, asset: Asset, qty: Decimal) -> None:
        if asset.asset_class == "crypto":
            raise Refused("insufficient_balance", symbol=ticket.symbol.partition("/")[0],
                          requested=plain(qty), available="0")
        if asset.asset_class == "us_option":
            self._check_cover(ticket.symbol, qty)
            return
        if qty != qty.to_integral_value():
            raise Refused("fractional_short")
        if not self._account.shorting_enabled:
            raise Refused("short_not_allowed")
        if not asset.shortable:
            raise Refused("not_shortable", symbol=asset.symbol)

    def _check_cover(self, symbol: str, qty: Decimal) -> None:
        """Refuse a short option alone, unless shares or cash stand behind it."""
        option = option_of(symbol)
        assert option is not None and option.strike is not None and option.underlying is not None
        units = qty * option.multiplier
        has_shares = self._venue.positions.get(option.underlying, ZERO) >= units
        has_cash = self._venue.cash >= option.strike * units
        if not (has_shares if option.right is Right.CALL else has_cash):
            raise Refused("uncovered")

    def _check_wash(self, ticket: Ticket) -> None:
        """Refuse an order that could trade against one of the same account."""
        for other in self._venue.working():
            if other.is_combo or other.symbol != ticket.symbol or other.side == ticket.side:
                continue
            sign = 1 if ticket.side == "buy" else -1
            crosses = (
                ticket.limit is None or other.limit is None
                or sign * (ticket.limit - other.limit) >= 0
            )
            if crosses:
                raise Refused("wash_trade", told={
                    "reject_reason": "opposite side order exists",
                    "existing_order_id": str(other.memo.get("id", "")),
                })

    def _check_money(self, ticket: Ticket) -> None:
        if not ticket.is_mleg and self.intent(ticket.symbol, ticket.side) == "buy_to_close":
            return
        cost = self.cost_basis(ticket)
        power = self.buying_power()
        if cost > power:
            raise Refused("insufficient_buying_power", told={
                "buying_power": plain(power), "cost_basis": plain(cost),
            })

    def cost_basis(self, ticket: Ticket) -> Decimal:
        if ticket.notional is not None:
            return ticket.notional
        quote = self._venue.quotes.get(ticket.symbol)
        px = ticket.limit or ticket.stop or (quote.ask if quote is not None else ZERO)
        assert ticket.qty is not None
        per_unit = Decimal(100) if ticket.is_mleg else multiplier(ticket.symbol)
        is_closing = ticket.side == "sell" and not ticket.is_mleg \
            and self.intent(ticket.symbol, "sell") == "sell_to_close"
        return ZERO if is_closing else max(ZERO, px) * ticket.qty * per_unit


def check_tick(name: str, price: Decimal | None) -> None:
    """Refuse a price between ticks: a cent from one dollar on, a hundredth of it below."""
    if price is None:
        return
    tick = _PENNY if abs(price) >= 1 else _FINE
    if price % tick:
        raise Refused("sub_penny", name=name, price=plain(price))


def _check_equity(ticket: Ticket, asset: Asset) -> None:
    check_tick("limit_price", ticket.limit)
    check_tick("stop_price", ticket.stop)
    if ticket.notional is not None and ticket.notional < 1:
        raise Refused("small_notional")
    if ticket.notional is not None and ticket.type != "market":
        raise Refused("bad_parameter", name="order type")
    qty = ticket.qty
    if qty is not None and qty == qty.to_integral_value():
        return
    if not asset.fractionable:
        raise Refused("not_fractionable", symbol=asset.symbol)
    if ticket.tif != "day":
        raise Refused("fractional_day")
    if qty is not None and -int(qty.normalize().as_tuple().exponent) > _DECIMALS:
        raise Refused("too_fine")


def _check_option(ticket: Ticket, asset: Asset) -> None:
    if ticket.qty is None or ticket.qty != ticket.qty.to_integral_value():
        raise Refused("whole_contracts")
    if ticket.tif != "day":
        raise Refused("option_time_in_force")
    if ticket.type == "trailing_stop":
        raise Refused("option_type")
    if ticket.extended:
        raise Refused("extended_hours")
    if ticket.limit is not None and ticket.limit % _PENNY:
        raise Refused("sub_penny", name="limit_price", price=plain(ticket.limit))


def _check_crypto(ticket: Ticket, asset: Asset) -> None:
    if ticket.tif not in ("gtc", "ioc"):
        raise Refused("crypto_time_in_force")
    if ticket.type not in ("market", "limit", "stop_limit"):
        raise Refused("crypto_type")
    if ticket.qty is not None and -int(ticket.qty.normalize().as_tuple().exponent) > _DECIMALS:
        raise Refused("too_fine")
