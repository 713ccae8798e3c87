"""Stage 1: is the intent well formed, and still in time?"""

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.look import Look
from tradebot.core.model.intent import ASKED_TEXT_MAX, RESERVED_OWNERS, Intent, OrdType, Source
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Reason, Stage
from tradebot.core.model.sound import flaw
from tradebot.core.model.verdict import Pass, Refuse, Verdict

LEGS_MAX = 4
KEY_LENGTH_MAX = 128
_PRICED = (OrdType.LIMIT, OrdType.STOP_LIMIT)
_STOPPED = (OrdType.STOP, OrdType.STOP_LIMIT)
_PASS = Pass()


def admit(look: Look) -> Verdict:
    """Refuse what is malformed or outlived its time; repeats never come this far."""
    if look.at >= look.intent.expires:
        return _expired(look.intent)
    body = look.body
    return (
        _about_fields(body) or _about_owner(look.book, body) or _about_shape(body)
        or _about_prices(body) or _PASS
    )


def _expired(intent: IntentState) -> Refuse:
    """Say what kept it waiting: a gate that paused it, or anything else."""
    detail, held = f"expired {intent.expires:%F %T}Z", intent.held
    if held is not None and held.stage in (Stage.RISK, Stage.DISPATCH):
        detail = f"{detail}, paused by {held.detail}: {held.reason}"
        return Refuse(reason=Reason.RISK_PAUSE_EXPIRED, detail=detail, gates=held.gates)
    return Refuse(reason=Reason.POLICY_INTENT_EXPIRED, detail=detail)


def _about_fields(body: Intent) -> Refuse | None:
    told = flaw(body)
    if told is None and body.strategy_id in RESERVED_OWNERS:
        told = f"strategy_id: {body.strategy_id} is a name of the house"
    if told is None and body.asked is not None and len(body.asked.text) > ASKED_TEXT_MAX:
        told = f"asked: expected at most {ASKED_TEXT_MAX} characters, got {len(body.asked.text)}"
    return Refuse(reason=Reason.VALIDATION_MALFORMED, detail=told) if told else None


def _about_owner(book: Book, body: Intent) -> Refuse | None:
    """Refuse what a disabled strategy asked for, also before that; people may close for it."""
    if body.source is Source.KILL:
        detail = "source: kill is the house's own"
        return Refuse(reason=Reason.VALIDATION_MALFORMED, detail=detail)
    why = book.disabled.get(body.strategy_id or "")
    if why is None or body.source is not Source.STRATEGY:
        return None
    detail = f"strategy {body.strategy_id} is disabled: {why}"
    return Refuse(reason=Reason.RISK_HALTED, detail=detail)


def _about_shape(body: Intent) -> Refuse | None:
    if not 1 <= len(body.legs) <= LEGS_MAX or len(set(body.symbols)) < len(body.legs):
        detail = f"legs: expected 1 to {LEGS_MAX} with distinct symbols, got {len(body.legs)}"
        return Refuse(reason=Reason.VALIDATION_LEGS, detail=detail)
    if not all([leg.ratio_qty > 0 for leg in body.legs]):
        return Refuse(reason=Reason.VALIDATION_LEGS, detail="ratio_qty: expected above 0")
    if not body.is_combo and body.legs[0].ratio_qty != 1:
        return Refuse(reason=Reason.VALIDATION_LEGS, detail="ratio_qty: expected 1 for one leg")
    if not (body.order_qty > 0):
        detail = f"order_qty: expected above 0, got {plain(body.order_qty)}"
        return Refuse(reason=Reason.VALIDATION_QUANTITY, detail=detail)
    if body.ttl_s is not None and not (body.ttl_s > 0):
        detail = f"ttl_s: expected above 0, got {body.ttl_s}"
        return Refuse(reason=Reason.VALIDATION_TTL, detail=detail)
    if body.key is not None and not 0 < len(body.key) <= KEY_LENGTH_MAX:
        detail = f"key: expected 1 to {KEY_LENGTH_MAX} characters, got {len(body.key)}"
        return Refuse(reason=Reason.VALIDATION_KEY, detail=detail)
    return None


def _about_prices(body: Intent) -> Refuse | None:
    if (body.price is not None) != (body.ord_type in _PRICED):
        wanted = "a price" if body.ord_type in _PRICED else "no price"
        detail = f"price: {body.ord_type} orders need {wanted}"
        return Refuse(reason=Reason.VALIDATION_PRICE, detail=detail)
    if body.price is not None and not body.is_combo and not (body.price > 0):
        detail = f"price: expected above 0, got {plain(body.price)}"
        return Refuse(reason=Reason.VALIDATION_PRICE, detail=detail)
    if (body.stop_px is not None) != (body.ord_type in _STOPPED):
        wanted = "a stop price" if body.ord_type in _STOPPED else "no stop price"
        detail = f"stop_px: {body.ord_type} orders need {wanted}"
        return Refuse(reason=Reason.VALIDATION_STOP_PRICE, detail=detail)
    if body.stop_px is not None and not (body.stop_px > 0):
        detail = f"stop_px: expected above 0, got {plain(body.stop_px)}"
        return Refuse(reason=Reason.VALIDATION_STOP_PRICE, detail=detail)
    return None
