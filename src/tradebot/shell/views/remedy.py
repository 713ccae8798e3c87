"""What would have to be different for a stopped intent to go on? Numbers only where they are true.

A quantity or price that is named here would have passed the gate that said no, at that moment and
by the quotes that it read; other gates may still object.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Quote
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Side
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.reason import Answer, GateResult, Need, Reason


@fact
class Case:
    """One stopped intent with the numbers of its last walk."""

    intent: Intent
    reasons: tuple[Reason, ...]
    gates: tuple[GateResult, ...]
    needs: tuple[Need, ...]
    quotes: tuple[Quote, ...]
    book: Book

    def gate(self, name: str) -> GateResult | None:
        return next((gate for gate in self.gates if gate.gate == name), None)

    @property
    def terms(self) -> Instrument | None:
        """The instrument, where the intent has one leg."""
        return None if self.intent.is_combo else self.book.terms(self.intent.legs[0].symbol)


def remedies(case: Case) -> list[str]:
    """Return a sentence for each reason, the first reason first."""
    told = (_REMEDIES[reason](case) for reason in case.reasons if reason in _REMEDIES)
    return list(dict.fromkeys(text for text in told if text))


def in_words(need: Need) -> str:
    """Tell what a held intent waits for."""
    kind, _, what = need.partition(":")
    words = _NEEDS.get(kind)
    return words.format(what) if words else need


def _notional(case: Case) -> str:
    gate = case.gate("order_notional")
    if gate is None or gate.actual is None or gate.limit is None or not gate.actual > 0:
        return ""
    fits = _fits(case, gate.limit / (gate.actual / case.intent.order_qty))
    return _at_most(fits, "at this price") or _limit("order_notional_max_usd", gate.actual)


def _quantity(case: Case) -> str:
    gate = case.gate("order_quantity")
    if gate is None or gate.actual is None or gate.limit is None or not gate.actual > 0:
        return ""
    fits = _fits(case, gate.limit / (gate.actual / case.intent.order_qty))
    return _at_most(fits, "in one order") or _limit("order_qty_max", gate.actual)


def _buying_power(case: Case) -> str:
    """The notional gate tells what a unit costs, and so how much of the order opens."""
    gate, worth = case.gate("buying_power"), case.gate("order_notional")
    if gate is None or gate.actual is None or gate.limit is None:
        return ""
    missing = f"{plain(gate.actual - gate.limit)} more would have to be free"
    if worth is None or not worth.actual:
        return missing
    unit = worth.actual / case.intent.order_qty
    closes = case.intent.order_qty - gate.actual / unit
    fits = _fits(case, closes + max(ZERO, gate.limit) / unit)
    return _at_most(fits, "with what is free") or missing


def _smaller(case: Case, name: str) -> str:
    """Say which quantity would be within a limit on the order alone."""
    gate = case.gate(name)
    if gate is None or not gate.actual or gate.limit is None:
        return ""
    fits = _fits(case, case.intent.order_qty * max(ZERO, gate.limit) / gate.actual)
    return _at_most(fits, "in one trade") or "more equity in the account"


def _rest(case: Case) -> str:
    gate = case.gate("consecutive_losses")
    left = f", for {plain(gate.actual)} s more" if gate is not None and gate.actual else ""
    return f"the strategy must rest{left}; what closes goes out meanwhile"


def _collar(case: Case) -> str:
    gate, terms = case.gate("price_collar"), case.terms
    quote = next(iter(case.quotes), None)
    if gate is None or gate.limit is None or terms is None or quote is None:
        return ""
    if case.intent.price is None and case.intent.stop_px is None:
        return f"half the spread would have to be at most {plain(gate.limit)} of the price"
    limit = gate.limit.quantize(_FOUR_PLACES, ROUND_FLOOR)  # the gate rounds to as many
    edge = quote.mid * (1 + case.intent.side.sign * limit)
    is_buy = case.intent.side is Side.BUY
    word, tick = "at most" if is_buy else "at least", terms.tick_at(edge)
    steps = (edge / tick).to_integral_value(ROUND_FLOOR if is_buy else ROUND_CEILING)
    return f"a price of {word} {plain(steps * tick)}, by the middle of {plain(quote.mid)}"


def _stale(case: Case) -> str:
    limit = plain(case.book.settings.policy.quote_age_max_s)
    gate = case.gate("stale_quote")
    if gate is not None and gate.limit is not None:
        limit = plain(gate.limit)  # of its day
    waits = [need.partition(":")[2] for need in case.needs if need.startswith("quote:")]
    facts = [in_words(need) for need in case.needs if need.startswith(("option:", "volatility:"))]
    if facts and not waits:
        return "; ".join(facts)
    symbols = ", ".join(dict.fromkeys(waits)) or case.intent.symbol
    return "; ".join([f"a sane quote of {symbols}, at most {limit} s old", *facts])


def _tick(case: Case) -> str:
    prices = [p for p in (case.intent.price, case.intent.stop_px) if p is not None]
    terms = case.terms
    off = next((p for p in prices if terms is not None and not terms.is_on_tick(p)), None)
    if terms is None or off is None:
        return ""
    tick = terms.tick_at(off)
    below = (off / tick).to_integral_value(ROUND_FLOOR) * tick
    return f"{plain(below)} or {plain(below + tick)}: prices go in steps of {plain(tick)}"


def _lot(case: Case) -> str:
    if case.terms is None:
        return ""
    return f"a quantity in steps of {plain(case.terms.lot_size)}"


def _closed(case: Case) -> str:
    names = [need.partition(":")[2] for need in case.needs if need.startswith("session:")]
    told = []
    for name in names:
        market = case.book.markets.get(name)
        opens = market.opens if market is not None else None
        told.append(f"{name} must trade" + (f" (opens {opens:%F %T} UTC)" if opens else ""))
    return "; ".join(told) or "the market must trade"


def _fits(case: Case, qty: Decimal) -> Decimal | None:
    """Return the largest quantity in whole lots, or None where the lots are not known."""
    if case.intent.is_combo:
        return qty.to_integral_value(ROUND_FLOOR)
    terms = case.terms
    if terms is None:
        return None
    return (qty / terms.lot_size).to_integral_value(ROUND_FLOOR) * terms.lot_size


def _at_most(qty: Decimal | None, under: str) -> str:
    return f"at most {plain(qty)} {under}" if qty is not None and qty > 0 else ""


def _limit(setting: str, actual: Decimal) -> str:
    return f"not even the smallest order fits; policy.{setting} would have to be {plain(actual)}"


def _fixed(text: str) -> Callable[[Case], str]:
    return lambda case: text


_FOUR_PLACES: Final = Decimal("0.0001")
_NEEDS: Final[Mapping[str, str]] = {
    "quote": "a fresh quote of {}", "option": "how {} trades, and what moves its price",
    "volatility": "the rank of {}'s volatility in its year",
    "mark": "a first value of {}, held since the opening",
    "session": "{} to trade", "route": "the route {} to be up",
    "doubt": "the fate of an order in {}", "approval": "a person's approval",
    "window": "a promotion window of {}", "settings": "other settings",
    "release": "the release of {}", "until": "the time {}",
}
_LESS: Final = "positions must be closed, orders cancelled, or the order be smaller"
R = Reason
_REMEDIES: Final[Mapping[Reason, Callable[[Case], str]]] = {
    R.RISK_ORDER_NOTIONAL: _notional,
    R.RISK_ORDER_QUANTITY: _quantity,
    R.RISK_BUYING_POWER: _buying_power,
    R.RISK_PRICE_COLLAR: _collar,
    R.RISK_STALE_DATA: _stale,
    R.VALIDATION_OFF_TICK: _tick,
    R.VALIDATION_LOT_SIZE: _lot,
    R.POLICY_MARKET_CLOSED: _closed,
    R.POLICY_NEEDS_APPROVAL: _fixed("a person must approve it"),
    R.POLICY_WINDOW_CLOSED: _fixed("a promotion window must open, and have room"),
    R.POLICY_NOT_AUTO_ELIGIBLE: _fixed("promotion.eligible must name the strategy"),
    R.POLICY_NOT_EARNED: _fixed("a better record: tradebot strategies trust; or a mode below"),
    R.POLICY_LIVE_NOT_ENABLED: _fixed("mode live, and a person who arms it: tradebot arm"),
    R.POLICY_MODE_MISMATCH: _fixed("a route of the kind that the mode allows, or another mode"),
    R.POLICY_INTENT_EXPIRED: _fixed("more time to wait (--ttl), or what it waited for in time"),
    R.RISK_KILL_SWITCH: _fixed("the kill switch must be cleared: tradebot clear-kill --reason T"),
    R.RISK_INSTRUMENT_HALTED: _fixed("a person must look at the instrument and clear its halt"),
    R.RISK_MAX_POSITIONS: _fixed("a position must be closed first"),
    R.RISK_POSITION_SIZE: _fixed("a smaller order"),
    R.RISK_SYMBOL_EXPOSURE: _fixed("a smaller order, or less of what rises and falls with it"),
    R.RISK_SECTOR_EXPOSURE: _fixed("a smaller order, or less of the rest of its sector"),
    R.RISK_CORRELATION: _fixed("the other position must be closed first"),
    R.RISK_INSANE_QUOTE: _fixed("the next quote must agree with this one"),
    R.RISK_SLIPPAGE: _fixed("a limit price, a smaller order, or a narrower market"),
    R.RISK_ORDER_RATE: _fixed("fewer messages; it goes on by itself once there is room"),
    R.RISK_ORDERS_A_DAY: _fixed("the next session, or a higher policy.orders_per_day_max"),
    R.RISK_DUPLICATE_ORDER: _fixed("the same order a little later, or another price or quantity"),
    R.RISK_MAX_OPEN_ORDERS: _fixed("an open order must end first"),
    R.RISK_REJECTIONS: _fixed("time; the broker's texts say why it rejected the last ones"),
    R.RISK_BLACKOUT: _fixed("a policy.blackout_symbols without it"),
    R.RISK_REDUCE_ONLY: _fixed("reduce-only must be off: tradebot reduce-only off"),
    R.RISK_PAUSED: _fixed("a person must resume the strategies: tradebot resume"),
    R.RISK_CLOCK_SET: _fixed("the clock must run evenly for policy.clock_settle_s"),
    R.RISK_PAUSE_EXPIRED: _fixed("more time to wait (--ttl), or what the gate waited for"),
    R.RISK_TRADE_LOSS: lambda case: _smaller(case, "trade_loss"),
    R.RISK_UNDEFINED_LOSS: _fixed("every call that is sold must be covered, by a call or shares"),
    R.RISK_STRUCTURE: _fixed("a structure of policy.desk.structures, or desk.unlisted"),
    R.RISK_STRUCTURE_QUANTITY: _fixed("fewer of it, or a higher quantity_max of its structure"),
    R.RISK_NAKED_SHORT: _fixed("a bought option, shares or cash must cover what is sold"),
    R.RISK_NEAR_EXPIRY: _fixed("a later expiry"),
    R.RISK_DAYS_TO_EXPIRY: _fixed("an expiry within the days of its structure"),
    R.RISK_IV_RANK: _fixed("another structure, or options that are dearer or cheaper"),
    R.RISK_EVENT: _fixed("time: the event must be over"),
    R.RISK_EARNINGS_UNKNOWN: _fixed("an earlier expiry, or a calendar that is known further on"),
    R.RISK_LIQUIDITY: _fixed("options that trade more"),
    R.RISK_GREEKS: _fixed("a smaller order, or one that leans the other way"),
    R.RISK_ORDER_RISK: _fixed("working orders must fill or be cancelled, or the order be smaller"),
    R.RISK_HEAT: _fixed(_LESS),
    R.RISK_DAY_RISK: _fixed("another day, or a smaller order"),
    R.RISK_DAILY_LOSS: _fixed("another day; until then only what closes goes out"),
    R.RISK_DRAWDOWN: _fixed("equity must rise; until then only what closes goes out"),
    R.RISK_LOSS_COOLDOWN: _rest,
    R.RISK_MINIMUM_EQUITY: _fixed("more equity in the account"),
    R.RISK_CASH_BUFFER: _fixed(_LESS),
    R.RISK_MARGIN_USE: _fixed(_LESS),
    R.RISK_IN_DOUBT: _fixed("the broker must first tell what became of the order in doubt"),
    R.ADAPTER_UNAVAILABLE: _fixed("the route must be up"),
    R.VALIDATION_UNKNOWN_SYMBOL: _fixed("a symbol that the market data provider lists"),
    R.VALIDATION_UNKNOWN_ROUTE: _fixed("the name of a route under `brokers` that is connected"),
    R.VALIDATION_DUPLICATE_CONFLICT: _fixed("a new idempotency key, or the body of the first"),
}


def reasons_of(reason: Reason | None, gates: Sequence[GateResult]) -> tuple[Reason, ...]:
    """Put the one reason first, then those of the other gates that did not allow."""
    others = (gate.reason for gate in gates if gate.answer is not Answer.ALLOW)
    return tuple(dict.fromkeys(r for r in (reason, *others) if r is not None))
