"""How is told what a draft would trade? By its legs and its price, and what may come of them."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from tradebot.core.model import combo
from tradebot.core.model.facts import Quote
from tradebot.core.model.instrument import Instrument, option_of
from tradebot.core.model.intent import Intent, Leg
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Answer, GateResult
from tradebot.core.options.orders import Made, made_by
from tradebot.shell.views.narrate import ask
from tradebot.shell.views.rows import Plain

Multiplier = Callable[[str], Decimal]


def made_of(
    intent: Intent, gates: Iterable[GateResult], terms_of: Callable[[str], Instrument | None]
) -> Made | None:
    """Tell what it makes; the gate on its loss has no number where it only closes.

    Where that gate knows an end of a loss that has none by the order's terms, shares cover it.
    """
    on_loss = next((gate for gate in gates if gate.gate == "trade_loss"), None)
    is_allowed = on_loss is not None and on_loss.answer is Answer.ALLOW
    reckoned = on_loss.actual if on_loss is not None else None
    made = made_by(intent, terms_of, closes=is_allowed and reckoned is None)
    share = terms_of(made.underlying) if made is not None else None
    if made is None or made.terms is None or share is None:
        return made
    is_covered = made.terms.max_loss is None and reckoned is not None and reckoned.is_finite()
    return made.covered(share) if is_covered else made


def mid_of(
    intent: Intent, quotes: Callable[[str], Quote | None], multiplier: Multiplier
) -> Decimal | None:
    """Return the price of an order in the middle of these markets, or None where one is missing."""
    found = [quotes(leg.symbol) for leg in intent.legs]
    mids = [quote.mid for quote in found if quote is not None]
    if len(mids) < len(found):
        return None
    return combo.net_price(intent.legs, mids, multiplier) if intent.is_combo else mids[0]


def trade(intent: Intent, made: Made | None, reckoned: Decimal | None) -> Plain:
    """Tell it in full; `reckoned` is the most that the gates took it to lose."""
    terms = made.terms if made is not None else None
    max_loss = reckoned if terms is None else terms.max_loss
    price = None if intent.is_combo else _plain(intent.price)
    return {
        "symbol": underlying(intent), "strategy_type": name_of(intent, made),
        "legs": [{**leg_row(leg, intent.order_qty), "price": price} for leg in intent.legs],
        "net_price": _plain(intent.price), "max_loss": _plain(max_loss),
        "max_profit": _plain(terms.max_profit) if terms else None,
        "break_evens": [plain(price) for price in terms.break_evens]
        if terms and not terms.is_partial else None,
        "explanation": made.words() if made is not None else [],
        "order_qty": plain(intent.order_qty), "ord_type": intent.ord_type.value,
        "stop_px": _plain(intent.stop_px), "time_in_force": intent.time_in_force.value,
        "route": intent.route, "strategy_id": intent.strategy_id,
    }


def underlying(intent: Intent) -> str:
    first = intent.legs[0].symbol
    option = option_of(first)
    return option.underlying if option is not None and option.underlying else first


def name_of(intent: Intent, made: Made | None) -> str:
    """Name the trade in a word: the structure that its legs make, or what is bought or sold."""
    if made is not None and made.strategy is not None:
        return made.name
    if intent.is_combo:
        return "combo"
    option = option_of(intent.legs[0].symbol)
    what = option.right.value if option is not None and option.right else "shares"
    return f"{intent.side.value}_{what}"


def in_short(intent: Intent, made: Made | None) -> str:
    """Tell it in a line: of a structure its name stands for its legs."""
    if made is None or made.strategy is None:
        return ask(intent)
    price = "" if intent.price is None else f" {plain(intent.price)}"
    return (
        f"{plain(intent.order_qty)} {made.underlying} {made.name.replace('_', ' ')}"
        f" {made.expiry} {intent.ord_type}{price}"
    )


def leg_row(leg: Leg, qty: Decimal) -> Plain:
    """Tell one leg of so many units."""
    option = option_of(leg.symbol)
    return {
        "action": leg.side.value, "instrument": leg.symbol,
        "strike": _plain(option.strike) if option else None,
        "expiry": option.expiry.isoformat() if option and option.expiry else None,
        "quantity": plain(leg.ratio_qty * qty),
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
