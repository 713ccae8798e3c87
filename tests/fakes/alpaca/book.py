"""How does Alpaca tell what the venue holds? Its JSON of orders, fills, positions and the account.

Every number goes out as text, every time with nine digits, as the real one writes them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from tests.fakes.alpaca.assets import Assets, uuid_of
from tests.fakes.alpaca.rules import Account, Rules
from tests.fakes.venue import Venue, multiplier
from tests.fakes.venue_facts import ZERO, Execution, Hours, Leg, Status, VenueOrder

from tradebot.core.model.instrument import names_option
from tradebot.core.model.money import plain

Json: TypeAlias = dict[str, Any]

STATUS: Final = {
    Status.FILLED: "filled", Status.CANCELED: "canceled", Status.EXPIRED: "expired",
    Status.REJECTED: "rejected", Status.REPLACED: "replaced",
}
_ENDS: Final = {
    Status.FILLED: "filled_at", Status.CANCELED: "canceled_at", Status.EXPIRED: "expired_at",
    Status.REJECTED: "failed_at", Status.REPLACED: "replaced_at",
}
_TIMES: Final = ("filled_at", "expired_at", "canceled_at", "failed_at", "replaced_at")


class Book:
    """What clients are told, from what is true. `carries_fills`: whether an order that replaced
    another counts what that one had filled as its own; no source says what the real one does."""

    def __init__(self, venue: Venue, *, carries_fills: bool = True) -> None:
        self.venue = venue
        self.account = Account()
        self.assets = Assets(venue)
        self.rules = Rules(venue, self.assets, self.account)
        self.carries_fills = carries_fills
        self.skew = timedelta()

    def now(self) -> datetime:
        return self.venue.now() + self.skew

    def stamp(self, at: datetime) -> str:
        """Write a time as Go does, to the nanosecond."""
        return f"{at + self.skew:%Y-%m-%dT%H:%M:%S.%f}417Z"

    def id_of(self, order: VenueOrder) -> str:
        """Name an order: by its client's id, which never comes twice, or as the venue names it."""
        name = order.memo.setdefault("id", str(uuid_of("order", order.client_id or order.order_id)))
        return str(name)

    def client_id_of(self, order: VenueOrder) -> str:
        return order.client_id or str(uuid_of("client", order.order_id))

    def by_id(self, order_id: str) -> VenueOrder | None:
        return next((o for o in self.venue.orders.values() if self.id_of(o) == order_id), None)

    def by_client_id(self, client_id: str) -> VenueOrder | None:
        orders = self.venue.orders.values()
        return next((o for o in orders if self.client_id_of(o) == client_id), None)

    def status_of(self, order: VenueOrder) -> str:
        if not order.is_working:
            return STATUS[order.status]
        if "pending" in order.memo:
            return str(order.memo["pending"])
        if order.cum:
            return "partially_filled"
        is_waiting = self.venue.hours is Hours.CLOSED and "/" not in order.symbol
        return "accepted" if is_waiting else "new"

    def order(self, order: VenueOrder, **changed: object) -> Json:
        """Tell an order as it stands; of a combo with its legs, which have ids of their own."""
        memo, asset = order.memo, None if order.is_combo else self.assets.find(order.symbol)
        told = self._common(order) | {
            "id": self.id_of(order), "client_order_id": self.client_id_of(order),
            "asset_id": str(uuid_of("asset", order.symbol)) if asset else "",
            "symbol": order.symbol if asset else "",
            "asset_class": asset.asset_class if asset else "",
            "notional": memo.get("notional"),
            "qty": None if memo.get("notional") else plain(order.qty),
            "filled_qty": plain(order.cum - self._not_told(order)),
            "filled_avg_price": self._average(order),
            "order_type": type_of(order), "type": type_of(order),
            "side": "" if order.is_combo else order.side,
            "limit_price": _text(order.limit), "stop_price": _text(order.stop),
            "legs": [self.leg(order, leg) for leg in order.legs] if order.is_combo else None,
            "trail_percent": memo.get("trail_percent"), "trail_price": memo.get("trail_price"),
            "hwm": memo.get("hwm"),
        }
        if not order.is_combo:
            told["position_intent"] = memo.get("intent")
        return told | changed

    def leg(self, order: VenueOrder, leg: Leg) -> Json:
        """Tell one leg of a combo: an order without a type, whose numbers are its contracts."""
        side = "buy" if order.sign * leg.ratio > 0 else "sell"
        fills = [e for e in self.venue.fills_of(order) if e.symbol == leg.symbol]
        intents: Any = order.memo.get("intents", {})
        return self._common(order) | {
            "id": self.leg_id(order, leg.symbol), "symbol": leg.symbol, "side": side,
            "client_order_id": str(uuid_of("client", self.id_of(order), leg.symbol)),
            "asset_id": str(uuid_of("asset", leg.symbol)), "asset_class": "us_option",
            "notional": None, "qty": plain(order.qty * abs(leg.ratio)),
            "filled_qty": plain(order.cum_of.get(leg.symbol, ZERO)),
            "filled_avg_price": _text(_mean(fills)), "order_type": "", "type": "",
            "limit_price": None, "stop_price": None, "legs": None, "trail_percent": None,
            "trail_price": None, "hwm": None, "ratio_qty": plain(abs(leg.ratio)),
            "position_intent": intents.get(leg.symbol, f"{side}_to_open"),
        }

    def leg_id(self, order: VenueOrder, symbol: str) -> str:
        return str(uuid_of("leg", self.id_of(order), symbol))

    def activities(self) -> list[Json]:
        """Tell all fills that stand, oldest first: of a combo one for each leg, none of the whole.

        Their ids are not those under which the stream told of the same executions.
        """
        return [self._activity(*counted) for counted in self._counted()]

    def _activity(self, execution: Execution, cum: Decimal, held: Decimal) -> Json:
        order = execution.order
        (leg,) = (leg for leg in order.legs if leg.symbol == execution.symbol)
        whole = order.qty * abs(leg.ratio)
        return {
            "activity_type": "FILL",
            "id": f"{execution.at:%Y%m%d%H%M%S%f}"[:17]
            + f"::{uuid_of('activity', execution.exec_id)}",
            "cum_qty": plain(cum), "leaves_qty": plain(max(ZERO, whole - cum)),
            "price": plain(execution.px), "qty": plain(abs(execution.qty)),
            "side": _side_of(execution, held), "symbol": execution.symbol,
            "transaction_time": self.stamp(execution.at),
            "order_id": self.leg_id(order, execution.symbol) if order.is_combo
            else self.id_of(order),
            "type": "fill" if cum >= whole else "partial_fill",
            "order_status": self.status_of(order),
        }

    def _counted(self) -> Iterator[tuple[Execution, Decimal, Decimal]]:
        """Yield what stands, with what was filled of its order (of its leg), and held before."""
        gone = {id(execution.busts) for execution in self.venue.executions}
        sums: dict[tuple[str, str], Decimal] = {}
        held: dict[str, Decimal] = {}
        for execution in self.venue.executions:
            key = execution.order.order_id, execution.symbol
            back = execution.busts.qty if execution.busts is not None else ZERO
            start = self.carried(execution.order) if self.carries_fills else ZERO
            sums[key] = sums.get(key, start) + abs(execution.qty) - abs(back)
            had = held.get(execution.symbol, ZERO) - back
            held[execution.symbol] = had + execution.qty
            if execution.qty and id(execution) not in gone:
                yield execution, sums[key], had

    def position(self, symbol: str) -> Json:
        qty, cost = self.venue.positions[symbol], self.venue.costs.get(symbol, ZERO)
        quote, asset = self.venue.quotes.get(symbol), self.assets.find(symbol)
        px = quote.mid if quote is not None else cost
        units = qty * multiplier(symbol)
        gain = units * (px - cost)
        share = gain / abs(units * cost) if units * cost else ZERO
        return {
            "asset_id": str(uuid_of("asset", symbol)), "symbol": symbol.replace("/", ""),
            "exchange": asset.exchange if asset is not None else "",
            "asset_class": asset.asset_class if asset is not None else "us_equity",
            "asset_marginable": True, "qty": plain(qty), "side": "long" if qty > 0 else "short",
            "qty_available": plain(self.rules.available(symbol, "sell" if qty > 0 else "buy")),
            "avg_entry_price": plain(cost), "market_value": plain(units * px),
            "cost_basis": plain(units * cost), "unrealized_pl": plain(gain),
            "unrealized_plpc": plain(share.quantize(Decimal("1e-9"))),
            "unrealized_intraday_pl": plain(gain),
            "unrealized_intraday_plpc": plain(share.quantize(Decimal("1e-9"))),
            "current_price": plain(px), "lastday_price": plain(cost), "change_today": "0",
        }

    def positions(self) -> list[Json]:
        return [self.position(symbol) for symbol, qty in self.venue.positions.items() if qty]

    def money(self) -> Json:
        """Tell the account."""
        account, cash = self.account, self.venue.cash
        values = {p["symbol"]: Decimal(p["market_value"]) for p in self.positions()}
        longs = sum((v for v in values.values() if v > 0), ZERO)
        shorts = sum((v for v in values.values() if v < 0), ZERO)
        power, equity = self.rules.buying_power(), cash + longs + shorts
        return {
            "id": str(uuid_of("account", account.number)), "account_number": account.number,
            "status": account.status, "crypto_status": account.crypto_status, "currency": "USD",
            "admin_configurations": {}, "user_configurations": None,
            "buying_power": plain(power), "regt_buying_power": plain(power),
            "options_buying_power": plain(cash), "effective_buying_power": plain(power),
            "non_marginable_buying_power": plain(cash), "cash": plain(cash),
            "accrued_fees": "0", "pending_transfer_in": "0", "portfolio_value": plain(equity),
            "trading_blocked": account.trading_blocked, "transfers_blocked": False,
            "account_blocked": account.account_blocked, "created_at": "2024-01-02T15:04:05.417Z",
            "trade_suspended_by_user": account.suspended_by_user,
            "multiplier": plain(account.multiplier), "shorting_enabled": account.shorting_enabled,
            "equity": plain(equity), "last_equity": plain(equity),
            "long_market_value": plain(longs), "short_market_value": plain(shorts),
            "position_market_value": plain(longs + shorts), "initial_margin": "0",
            "maintenance_margin": "0", "last_maintenance_margin": "0", "sma": "0",
            "balance_asof": f"{self.now():%Y-%m-%d}", "intraday_adjustments": "0",
            "options_approved_level": account.options_level,
            "options_trading_level": account.options_level,
        }

    def _common(self, order: VenueOrder) -> Json:
        told: Json = {
            "created_at": self.stamp(order.created), "updated_at": self.stamp(order.updated),
            "submitted_at": self.stamp(order.created), "status": self.status_of(order),
            "time_in_force": order.tif, "extended_hours": order.outside_hours,
            "order_class": "mleg" if order.is_combo else "", "subtag": None, "source": None,
            "replaces": self.id_of(order.replaces) if order.replaces else None,
            "replaced_by": self.id_of(order.replaced_by) if order.replaced_by else None,
        }
        ended = _ENDS.get(order.status)
        return told | {at: self.stamp(order.updated) if at == ended else None for at in _TIMES}

    def carried(self, order: VenueOrder) -> Decimal:
        """Return what the orders before it in its chain had filled when it took their place."""
        told = order.memo.setdefault(
            "carried", order.replaces.cum if order.replaces is not None else ZERO
        )
        assert isinstance(told, Decimal)
        return told

    def _not_told(self, order: VenueOrder) -> Decimal:
        return ZERO if self.carries_fills else self.carried(order)

    def _average(self, order: VenueOrder) -> str | None:
        """Return the average price of what it filled itself; of a combo the net one."""
        fills = self.venue.fills_of(order)
        if not order.is_combo:
            return _text(_mean(fills))
        if not all(e.net is not None for e in fills) or not fills:
            return None
        first = [e for e in fills if e.symbol == order.legs[0].symbol]
        return _text(_weigh([(e.net or ZERO, abs(e.qty)) for e in first]))


def type_of(order: VenueOrder) -> str:
    """Return what a client called it; of orders by other hands, what their prices make them."""
    guess = {
        (False, False): "market", (True, False): "limit", (False, True): "stop",
        (True, True): "stop_limit",
    }[order.limit is not None, order.stop is not None]
    return str(order.memo.get("type", guess))


def _side_of(execution: Execution, held: Decimal) -> str:
    """Return the side of a fill: activities have a word of their own for shares sold short."""
    if execution.qty > 0:
        return "buy"
    return "sell" if held > 0 or names_option(execution.symbol) else "sell_short"


def _mean(fills: list[Execution]) -> Decimal | None:
    return _weigh([(e.px, abs(e.qty)) for e in fills]) if fills else None


def _weigh(prices: list[tuple[Decimal, Decimal]]) -> Decimal:
    whole = sum((qty for _, qty in prices), ZERO)
    return (sum((px * qty for px, qty in prices), ZERO) / whole).quantize(Decimal("1e-9"))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
