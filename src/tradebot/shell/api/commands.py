"""What did a client ask for? Bodies become commands here, or a sentence that names the field."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from tradebot.core.model import commands as c
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Channel, Intent, Leg, OrdType, Side, Source, TimeInForce
from tradebot.core.model.money import ONE
from tradebot.core.options.words.grammar import TEXT_MAX
from tradebot.shell.api.bodies import (
    COUNT,
    DECIMAL,
    KEY_LENGTH_MAX,
    NAME,
    SECONDS,
    SENTENCE,
    SYMBOL_FORM,
    YES_OR_NO,
    BadRequest,
    Body,
    Field,
    Form,
    Given,
    Number,
    kind,
    read,
    schema_of,
    takes,
    text_of,
    word_of,
)
from tradebot.shell.desk.words import Words

LEGS_MAX: Final = 4
RETRY_TTL_S: Final = 300  # of a dead letter that is tried again

REASON: Final = Field("reason", SENTENCE, "why, for people; it is kept")
NEEDED_REASON: Final = REASON.needed("a sentence that says why")
USER: Final = Field("user", NAME, "who asks")
QTY: Final = Field("qty", DECIMAL, "how much, in units")
LIMIT: Final = Field("limit", DECIMAL, "limit price of a unit")
TTL: Final = Field("ttl", SECONDS, "seconds that it may wait")
SYMBOL_FIELD: Final = Field("symbol", SYMBOL_FORM)
_KEY: Final = text_of(KEY_LENGTH_MAX)
_LEG: Final = (
    SYMBOL_FIELD.needed(), Field("side", word_of(Side), is_needed=True),
    Field("ratio", DECIMAL, "units of it for each unit of the intent; 1 where it is not said"),
)


def _read_words(field: str, value: object) -> str:
    if isinstance(value, Number) or not isinstance(value, str):
        raise BadRequest(field, f"words, got {kind(value)}")
    if len(value) > TEXT_MAX or not value.strip():
        raise BadRequest(field, f"1 to {TEXT_MAX} characters of words")
    return value


_WORDS: Final = Form(_read_words, {"type": "string", "minLength": 1, "maxLength": TEXT_MAX})
_LEGS: Final = Form(lambda _, value: value, {
    "type": "array", "minItems": 1, "maxItems": LEGS_MAX, "items": schema_of(_LEG),
})
REVISED: Final = (QTY, LIMIT, TTL)


@takes(
    SYMBOL_FIELD, Field("side", word_of(Side)), QTY.needed(),
    Field("legs", _LEGS, "1 to 4 legs of one order, instead of symbol and side"),
    Field("type", word_of(OrdType), "follows from the prices where it is not said"), LIMIT,
    Field("stop", DECIMAL, "stop price"), Field("tif", word_of(TimeInForce)),
    Field("route", NAME), Field("strategy", NAME, "whose position it becomes"),
    Field("key", _KEY, "idempotency key; the header Idempotency-Key says the same"),
    TTL, Field("rest", YES_OR_NO, "works until it fills or is cancelled"), USER,
    Field("source", word_of(Source, Source.CLI, Source.API)), Field("correlation_id", _KEY),
)
def parse_intent(given: Given, *, key: str | None, source: Source) -> Intent:
    """Read an intent in the words of the command line; `key` comes from the header, if any."""
    own = given.get("key")
    if key is not None:
        _KEY.read("Idempotency-Key", key)
        if own is not None and own != key:
            raise BadRequest("key", "the same key as in the Idempotency-Key header")
    if (key or own) is None:
        raise BadRequest("key", "an Idempotency-Key header or a key in the body")
    strategy = given.get("strategy")
    return Intent(
        legs=_legs(given), order_qty=given["qty"], ord_type=given.get("type") or _implied(given),
        time_in_force=given.get("tif", TimeInForce.DAY), price=given.get("limit"),
        stop_px=given.get("stop"),
        strategy_id=StrategyId(strategy) if strategy is not None else None,
        source=given.get("source", source), user=given.get("user"), route=given.get("route"),
        key=key or own, correlation_id=given.get("correlation_id"), ttl_s=given.get("ttl"),
        rests=given.get("rest", False),
    )


@takes(
    Field("text", _WORDS, "what somebody says to the desk", is_needed=True),
    Field("source", word_of(Channel)), Field("dry_run", YES_OR_NO, "stage no draft"), USER,
)
def parse_words(given: Given) -> Words:
    """Read what somebody said to the desk, how, and whether anything should come of it."""
    return Words(
        text=given["text"], channel=given.get("source", Channel.TYPED),
        dry_run=given.get("dry_run", False), user=_user(given),
    )


@takes(
    Field("digest", NAME, "of the draft that was looked at", is_needed=True), USER,
    Field("account", NAME), Field("settings", NAME), Field("max_loss", DECIMAL),
)
def parse_approval(given: Given, target: str) -> c.Approve:
    """Read the digest of what was looked at, what else of it is named, and who says yes."""
    return c.Approve(
        target=target, digest=given["digest"], by=_user(given), account=given.get("account"),
        settings_version=given.get("settings"), max_loss=given.get("max_loss"),
    )


@takes(*REVISED, USER)
def parse_revision(given: Given, target: str) -> c.Revise:
    """Read what is to change of a draft: its quantity, its limit, its time to live."""
    if not any(field.name in given for field in REVISED):
        raise BadRequest("qty", "a new quantity, a new limit or a new time to live")
    return c.Revise(
        target=target, by=_user(given), order_qty=given.get("qty"), price=given.get("limit"),
        ttl_s=given.get("ttl"),
    )


@takes(TTL, USER)
def parse_retry(given: Given, target: str) -> c.RetryDeadLetter:
    """Read how long a dead letter may wait this time, and who tries it again."""
    return c.RetryDeadLetter(
        target=target, by=_user(given), ttl_s=given.get("ttl", RETRY_TTL_S)
    )


@takes(QTY, LIMIT, USER)
def parse_replace(given: Given, target: str) -> c.RequestReplace:
    """Read what is to change of a working order: its quantity, its limit, or both."""
    if "qty" not in given and "limit" not in given:
        raise BadRequest("qty", "a new quantity, or a new limit")
    return c.RequestReplace(
        target=target, by=_user(given), order_qty=given.get("qty"), price=given.get("limit")
    )


@takes(SYMBOL_FIELD, USER)
def parse_cancel_all(given: Given) -> c.RequestCancelAll:
    """Read who asks, and of which symbol alone, if any."""
    return c.RequestCancelAll(by=_user(given), symbol=given.get("symbol"))


@takes(REASON, USER, Field("flatten", YES_OR_NO, "close what is held as well"))
def parse_kill(given: Given) -> c.SetKillSwitch:
    """Read why, who it is, and whether what is held is to be closed as well."""
    return c.SetKillSwitch(engaged=True, flatten=given.get("flatten", False), **_why(given))


@takes(SYMBOL_FIELD.needed(), NEEDED_REASON, USER)
def parse_clear_halt(given: Given) -> c.ClearHalt:
    """Read which instrument's halt a person clears, why, and who it is."""
    return c.ClearHalt(symbol=given["symbol"], **_why(given))


@takes(
    Field("account", NAME, is_needed=True),
    Field("confirm", Form(lambda _, value: value, {"type": "string"}), "the account once more",
          is_needed=True),
    Field("orders", COUNT, "how many orders at most", is_needed=True),
    Field("notional", DECIMAL, "for how much money in all, in dollars", is_needed=True),
    Field("for_s", SECONDS, "for how long", is_needed=True), REASON.needed(), USER,
)
def parse_arming(given: Given) -> c.ArmLive:
    """Read which live account a person arms; its id is said twice, like a name one has to type."""
    account = given["account"]
    if given["confirm"] != account:
        raise BadRequest("confirm", f"the account id once more: {account}")
    return c.ArmLive(
        account=account, for_s=given["for_s"], orders_max=given["orders"],
        notional_max_usd=given["notional"], reason=given["reason"], by=_user(given),
    )


@takes(Field("break", SENTENCE, "which one", is_needed=True), NEEDED_REASON, USER)
def parse_accept(given: Given) -> c.AcceptBreak:
    """Read which break a person accepts, why, and who it is."""
    return c.AcceptBreak(target=given["break"], **_why(given))


@takes(NEEDED_REASON, USER)
def read_why(given: Given) -> dict[str, str]:
    """Read why, and who it is; the reason is for people, and is kept."""
    return _why(given)


@takes(USER)
def read_user(given: Given) -> str:
    """Read who asks, where nothing else can be said."""
    return _user(given)


def _with_reason(
    make: Callable[..., c.Command], reason: Field = REASON
) -> Body[c.Command]:
    """Take why and who as a command's only fields, beside what the path names."""
    return Body((reason, USER), lambda given, *names: make(*names, **_why(given)))


def _control(control: c.Control, is_engaged: bool) -> Body[c.Command]:
    return _with_reason(partial(c.SetControl, control=control, engaged=is_engaged))


parse_reject: Final = _with_reason(
    lambda target, **why: c.Reject(target=target, **why), NEEDED_REASON
)
parse_discard: Final = _with_reason(
    lambda target, **why: c.DiscardDeadLetter(target=target, **why), NEEDED_REASON
)
parse_clear_kill: Final = _with_reason(
    partial(c.SetKillSwitch, engaged=False, flatten=False), NEEDED_REASON
)
parse_disarm: Final = _with_reason(c.DisarmLive)
parse_pause: Final = _control(c.Control.PAUSE, True)
parse_resume: Final = _control(c.Control.PAUSE, False)
parse_reduce_only: Final = _control(c.Control.REDUCE_ONLY, True)
parse_all_again: Final = _control(c.Control.REDUCE_ONLY, False)


@takes(USER)
def parse_cancel(given: Given, target: str) -> c.RequestCancel:
    """Read who wants an order cancelled."""
    return c.RequestCancel(target=target, by=_user(given))


def _legs(given: Given) -> tuple[Leg, ...]:
    raw = given.get("legs")
    if raw is None:
        for name in ("symbol", "side"):
            if name not in given:
                raise BadRequest(name, "a value, got nothing")
        return (Leg(symbol=given["symbol"], side=given["side"]),)
    if "symbol" in given or "side" in given:
        raise BadRequest("legs", "either symbol and side, or legs")
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise BadRequest("legs", f"a list of 1 to {LEGS_MAX} legs, got {kind(raw)}")
    if not 1 <= len(raw) <= LEGS_MAX:
        raise BadRequest("legs", f"1 to {LEGS_MAX} legs, got {len(raw)}")
    return tuple(_leg(f"legs[{number}]", leg) for number, leg in enumerate(raw))


def _leg(where: str, raw: object) -> Leg:
    if not isinstance(raw, Mapping):
        raise BadRequest(where, f"an object with symbol, side and ratio, got {kind(raw)}")
    given = read(raw, _LEG, f"{where}.")
    return Leg(symbol=given["symbol"], side=given["side"], ratio_qty=given.get("ratio", ONE))


def _implied(given: Given) -> OrdType:
    """Take the type that the prices imply: a limit price alone is a limit order."""
    if "stop" in given:
        return OrdType.STOP_LIMIT if "limit" in given else OrdType.STOP
    return OrdType.LIMIT if "limit" in given else OrdType.MARKET


def _user(given: Given) -> str:
    found: str = given.get("user", "api")
    return found


def _why(given: Given) -> dict[str, Any]:
    return {"reason": given.get("reason", "no reason given"), "by": _user(given)}
