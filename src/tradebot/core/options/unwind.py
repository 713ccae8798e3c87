"""What closes what is held, or moves it to other strikes or another day? Found by the words.

A roll is two orders, the closing one first: the gates then weigh what each of them does, and a
person sees both prices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from tradebot.core.model.chain import Chain, Listed
from tradebot.core.model.instrument import Right
from tradebot.core.model.intent import Leg, Side
from tradebot.core.model.money import CENT, ZERO, plain
from tradebot.core.model.settings import Settings
from tradebot.core.options.holdings import HeldLeg, HeldStructure
from tradebot.core.options.propose import Proposal, Situation, propose
from tradebot.core.options.request import DeskAction, Question, Request
from tradebot.core.options.select import NoneFits


def unwind(
    request: Request, held: Sequence[HeldStructure], now: Situation, by: Settings
) -> tuple[Proposal, ...] | NoneFits | Question:
    """Close what was meant of what is held, and open it anew where it is to be rolled."""
    meant = [one for one in held if _is_meant(one, request)]
    if len(meant) > 1:
        choice = " or ".join(map(_named, meant))
        return Question(about="held", text=f"Which one: {choice}?")
    if not meant:
        there = ", ".join(map(_named, held)) or "nothing"
        return NoneFits(why=(
            "the desk holds no such thing, or is closing it already;"
            f" left of {request.symbol}: {there}"
        ))
    structure = meant[0]
    qty = structure.qty if request.quantity is None else Decimal(request.quantity)
    if not qty <= structure.qty:
        return NoneFits(why=f"{plain(structure.qty)} are held and not yet being closed")
    closing = _closed(structure, qty, now.chain, by.desk.concession_frac)
    if isinstance(closing, NoneFits) or request.action is DeskAction.CLOSE:
        return closing if isinstance(closing, NoneFits) else (closing,)
    opening = propose(_anew(request, structure, qty), now, by)
    return opening if isinstance(opening, NoneFits) else (closing, opening)


def _is_meant(held: HeldStructure, request: Request) -> bool:
    names = (request.strategy_type,) if request.strategy_type else request.among
    strikes, day = set(request.held_strikes), request.held_expiry
    rights = {leg.terms.right for leg in held.legs}
    return (
        (not names or held.strategy in names) and held.strategy not in request.excluded
        and (request.right is None or request.right in rights)
        and (day is None or day in held.expiries) and strikes <= set(held.strikes)
    )


def _named(held: HeldStructure) -> str:
    days = "/".join(map(str, held.expiries))
    strikes = "/".join(map(plain, held.strikes))
    return f"{plain(held.qty)} {held.strategy} {days} {strikes}"


def _closed(
    held: HeldStructure, qty: Decimal, chain: Chain, concession_frac: Decimal
) -> Proposal | NoneFits:
    """Reverse every leg, at the middle and what is given up for a fill."""
    listed = {one.option.symbol: one for expiry in chain.expiries for one in expiry.options}
    missing = [leg for leg in _options(held) if leg.terms.symbol not in listed]
    if missing:
        return NoneFits(why=f"nobody quotes {missing[0].terms.symbol} now")
    unit = max(leg.terms.multiplier for leg in held.legs)
    cost = ZERO
    for leg in held.legs:
        mid, half = _market(leg, listed, chain)
        weight = -leg.qty / held.qty * leg.terms.multiplier
        cost += weight * mid + abs(weight) * half * concession_frac
    return Proposal(
        strategy=held.strategy, qty=qty,
        net_price=(cost / unit).quantize(CENT, ROUND_CEILING), closes=_part(held, qty),
        legs=tuple(
            Leg(
                symbol=leg.terms.symbol, side=Side.SELL if leg.qty > 0 else Side.BUY,
                ratio_qty=abs(leg.qty) / held.qty,
            ) for leg in held.legs
        ),
    )


def _options(held: HeldStructure) -> Iterator[HeldLeg]:
    return (leg for leg in held.legs if leg.terms.strike is not None)


def _market(leg: HeldLeg, listed: dict[str, Listed], chain: Chain) -> tuple[Decimal, Decimal]:
    """Return the middle of a leg's market, and how far bid and ask are from it."""
    if leg.terms.strike is None:
        return chain.spot, ZERO
    one = listed[leg.terms.symbol]
    return one.mid, (one.ask - one.bid) / 2


def _part(held: HeldStructure, qty: Decimal) -> HeldStructure:
    legs = tuple(leg.part(leg.qty * qty / held.qty) for leg in held.legs)
    return replace(held, qty=qty, legs=legs)


def _anew(request: Request, held: HeldStructure, qty: Decimal) -> Request:
    """Ask for the same structure elsewhere: what is not said of it stays as it is."""
    strikes = request.strikes or held.strikes
    expiry = request.expiry
    if expiry is None and request.horizon_days is None:
        expiry = held.expiries[0]
    right: Right | None = next(leg.terms.right for leg in _options(held))
    return replace(
        request, action=DeskAction.OPEN, strategy_type=held.strategy, among=(), right=right,
        strikes=strikes, expiry=expiry, quantity=int(qty), held_expiry=None, held_strikes=(),
    )
