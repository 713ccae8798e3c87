"""How is the desk's answer told? One document: what was understood, what it comes to, drafts."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import option_of
from tradebot.core.model.money import CENT, money, plain
from tradebot.core.options.explain import explain
from tradebot.core.options.holdings import HeldStructure
from tradebot.core.options.orders import made_by
from tradebot.core.options.propose import Proposal
from tradebot.core.options.request import Reading, Request
from tradebot.core.options.structures import PricedStructure
from tradebot.shell.views.rows import Plain
from tradebot.shell.views.trade import leg_row

_NOTHING_STAGED: Final[Plain] = {"draft_id": None, "draft_path": None, "digest": None}


@fact
class DeskStep:
    """One proposal, and what became of its intent, where one was submitted."""

    proposal: Proposal
    result: Plain | None = None
    digest: str | None = None


def answer(reading: Reading, steps: Sequence[DeskStep] = (), why: str | None = None) -> Plain:
    """Tell all of it; of several steps the first is the one to approve first."""
    told = [_step(step) for step in steps]
    first = told[0] if told else {"structure": None, **_NOTHING_STAGED}
    return {
        "request": _request(reading.request),
        **{key: first[key] for key in ("structure", *_NOTHING_STAGED)},
        "questions": [{"about": q.about, "text": q.text} for q in reading.questions],
        "notes": list(reading.notes), "why": why, "steps": told,
    }


def _step(step: DeskStep) -> Plain:
    result = step.result
    staged = _NOTHING_STAGED if result is None else {
        "draft_id": result["draft_id"], "draft_path": result["draft_path"], "digest": step.digest,
    }
    return {"structure": _structure(step.proposal), **staged, "result": result}


def _request(request: Request) -> Plain:
    return {field.name: _told(getattr(request, field.name)) for field in fields(Request)}


def _structure(proposal: Proposal) -> Plain:
    row = {
        "strategy_type": proposal.strategy.value, "quantity": plain(proposal.qty),
        "net_price": plain(proposal.net_price), "assumed": list(proposal.assumed),
        "legs": [
            {**leg_row(leg, proposal.qty), "right": _right(leg.symbol)} for leg in proposal.legs
        ],
    }
    if proposal.opens is not None:
        return {**row, "closes": False, **_outcome(proposal.opens, proposal.qty)}
    assert proposal.closes is not None  # it opens or it closes
    return {**row, "closes": True, **_ending(proposal, proposal.closes)}


def _ending(proposal: Proposal, held: HeldStructure) -> Plain:
    """Tell what closing costs, and what was made of it, before fees."""
    terms = {leg.terms.symbol: leg.terms for leg in held.legs}
    made = made_by(proposal.intent(), terms.get, closes=True)
    assert made is not None and made.cost is not None  # a limit order for options
    profit = -held.cost - made.cost
    verb, outcome = "cost" if held.cost > 0 else "brought", "made" if profit >= 0 else "lost"
    told = (
        f"It {verb} {money(abs(held.cost))} when it was opened: so it {outcome}"
        f" {money(abs(profit))}, before fees."
    )
    return {
        "symbol": held.underlying, "expiry": held.expiries[0].isoformat(),
        "cost": _money(made.cost), "opened_for": _money(held.cost), "profit": _money(profit),
        "explanation": [*made.words(), told],
    }


def _outcome(opens: PricedStructure, qty: Decimal) -> Plain:
    """Tell what may come of all of it, in currency; None is without end."""
    ahead, greeks = opens.prospects, opens.prospects.greeks
    return {
        "symbol": opens.underlying, "expiry": opens.expiry.isoformat(), "spot": plain(opens.spot),
        "cost": _money(ahead.cost * qty),
        "max_loss": None if ahead.max_loss is None else _money(ahead.max_loss * qty),
        "max_profit": None if ahead.max_profit is None else _money(ahead.max_profit * qty),
        "break_evens": [plain(price) for price in ahead.break_evens],
        "profit_chance": plain(ahead.profit_chance.quantize(Decimal("0.0001"))),
        "greeks": {
            name: _money(getattr(greeks, name) * qty)
            for name in ("delta", "gamma", "theta", "vega")
        },
        "margin": None if ahead.margin is None else _money(ahead.margin * qty),
        "explanation": explain(opens, qty).splitlines(),
    }


def _right(symbol: str) -> str | None:
    option = option_of(symbol)
    return option.right if option is not None else None


def _told(value: Any) -> Any:
    """Write a field as JSON has it: numbers as text, a time as ISO has it."""
    match value:
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
        case tuple():
            return [_told(one) for one in value]
        case _:
            return value


def _money(amount: Decimal) -> str:
    return plain(amount.quantize(CENT))
