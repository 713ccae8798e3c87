"""What did a client ask for? Bodies become commands here, or a sentence that names the field."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from functools import partial
from typing import Any, Final, NoReturn, TypeAlias, TypeVar

from tradebot.core.model import commands as c
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.instrument import SYMBOL
from tradebot.core.model.intent import Channel, Intent, Leg, OrdType, Side, Source, TimeInForce
from tradebot.core.model.money import ONE, parse_decimal
from tradebot.core.options.words.grammar import TEXT_MAX
from tradebot.shell.desk.words import Words

BODY_BYTES_MAX: Final = 64 * 1024
KEY_LENGTH_MAX: Final = 128
TEXT_LENGTH_MAX: Final = 200
TTL_MAX_S: Final = 366 * 86_400
LEGS_MAX: Final = 4
RETRY_TTL_S: Final = 300  # of a dead letter that is tried again
_DEPTH_MAX: Final = 8
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:@+-]{0,63}", re.ASCII)

# Who speaks FIX, or what our own answers say, may have written one of these.
_OTHER_WORDS: Final[Mapping[str, str]] = {
    "order_qty": "qty", "quantity": "qty", "ord_type": "type", "order_type": "type",
    "price": "limit", "limit_price": "limit", "stop_px": "stop", "stop_price": "stop",
    "time_in_force": "tif", "strategy_id": "strategy", "idempotency_key": "key",
    "ratio_qty": "ratio", "ttl_s": "ttl", "rests": "rest",
}
INTENT_FIELDS: Final = (
    "symbol", "side", "qty", "legs", "type", "limit", "stop", "tif", "route", "strategy", "key",
    "ttl", "rest", "user", "source", "correlation_id",
)
REVISED_FIELDS: Final = ("qty", "limit", "ttl")
_LEG_FIELDS: Final = ("symbol", "side", "ratio")

E = TypeVar("E", bound=StrEnum)


class BadRequest(ValueError):
    """The body is not what the route takes; the message names the field and what it expects."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field


class _Number(str):
    """A JSON number as it was written, so that no digit is lost before the strict parser."""

    __slots__ = ()


def parse_json(body: bytes) -> dict[str, Any]:
    """Read one strict JSON object: no NaN, no duplicate keys, numbers kept as written."""
    if len(body) > BODY_BYTES_MAX:
        raise BadRequest("body", f"at most {BODY_BYTES_MAX} bytes, got {len(body)}")
    if max(body.count(b"["), body.count(b"{")) > _DEPTH_MAX * LEGS_MAX:
        raise BadRequest("body", "few and shallow arrays and objects")
    try:
        found = json.loads(
            body.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant,
            parse_int=_Number, parse_float=_Number,
        )
    except UnicodeDecodeError:
        raise BadRequest("body", "UTF-8 text") from None
    except json.JSONDecodeError as error:
        problem = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise BadRequest("body", f"one JSON object ({problem})") from None
    if not isinstance(found, dict):
        raise BadRequest("body", f"a JSON object, got {_kind(found)}")
    return found


def parse_intent(body: Mapping[str, Any], *, key: str | None, source: Source) -> Intent:
    """Read an intent in the words of the command line; `key` comes from the header, if any."""
    _refuse_unknown(body, INTENT_FIELDS, "")
    given = _opt(body, "key", _text_of(KEY_LENGTH_MAX))
    if key is not None:
        _text_of(KEY_LENGTH_MAX)("Idempotency-Key", key)
        if given is not None and given != key:
            raise BadRequest("key", "the same key as in the Idempotency-Key header")
    if (key or given) is None:
        raise BadRequest("key", "an Idempotency-Key header or a key in the body")
    strategy = _opt(body, "strategy", _name)
    return Intent(
        legs=_legs(body), order_qty=_decimal("qty", _need(body, "qty")),
        ord_type=_opt(body, "type", _word(OrdType)) or _implied_type(body),
        time_in_force=_opt(body, "tif", _word(TimeInForce)) or TimeInForce.DAY,
        price=_opt(body, "limit", _decimal), stop_px=_opt(body, "stop", _decimal),
        strategy_id=StrategyId(strategy) if strategy is not None else None,
        source=_opt(body, "source", _source) or source, user=_opt(body, "user", _name),
        route=_opt(body, "route", _name), key=key or given,
        correlation_id=_opt(body, "correlation_id", _text_of(KEY_LENGTH_MAX)),
        ttl_s=_opt(body, "ttl", _seconds), rests=_opt(body, "rest", _yes_or_no) or False,
    )


def parse_words(body: Mapping[str, Any]) -> Words:
    """Read what somebody said to the desk, how, and whether anything should come of it."""
    _refuse_unknown(body, ("text", "source", "dry_run", "user"), "")
    text = _need(body, "text")
    if isinstance(text, _Number) or not isinstance(text, str):
        raise BadRequest("text", f"words, got {_kind(text)}")
    if len(text) > TEXT_MAX or not text.strip():
        raise BadRequest("text", f"1 to {TEXT_MAX} characters of words")
    return Words(
        text=text, channel=_opt(body, "source", _word(Channel)) or Channel.TYPED,
        dry_run=_opt(body, "dry_run", _yes_or_no) or False, user=_user(body),
    )


def parse_approval(body: Mapping[str, Any], target: str) -> c.Approve:
    """Read the digest of what was looked at, what else of it is named, and who says yes."""
    _refuse_unknown(body, ("digest", "user", "account", "settings", "max_loss"), "")
    return c.Approve(
        target=target, digest=_name("digest", _need(body, "digest")), by=_user(body),
        account=_opt(body, "account", _name), settings_version=_opt(body, "settings", _name),
        max_loss=_opt(body, "max_loss", _decimal),
    )


def parse_revision(body: Mapping[str, Any], target: str) -> c.Revise:
    """Read what is to change of a draft: its quantity, its limit, its time to live."""
    _refuse_unknown(body, (*REVISED_FIELDS, "user"), "")
    qty, price = _opt(body, "qty", _decimal), _opt(body, "limit", _decimal)
    ttl_s = _opt(body, "ttl", _seconds)
    if qty is None and price is None and ttl_s is None:
        raise BadRequest("qty", "a new quantity, a new limit or a new time to live")
    return c.Revise(target=target, by=_user(body), order_qty=qty, price=price, ttl_s=ttl_s)


def parse_retry(body: Mapping[str, Any], target: str) -> c.RetryDeadLetter:
    """Read how long a dead letter may wait this time, and who tries it again."""
    _refuse_unknown(body, ("ttl", "user"), "")
    ttl_s = _opt(body, "ttl", _seconds) or RETRY_TTL_S
    return c.RetryDeadLetter(target=target, by=_user(body), ttl_s=ttl_s)


def parse_replace(body: Mapping[str, Any], target: str) -> c.RequestReplace:
    """Read what is to change of a working order: its quantity, its limit, or both."""
    _refuse_unknown(body, ("qty", "limit", "user"), "")
    qty, price = _opt(body, "qty", _decimal), _opt(body, "limit", _decimal)
    if qty is None and price is None:
        raise BadRequest("qty", "a new quantity, or a new limit")
    return c.RequestReplace(target=target, by=_user(body), order_qty=qty, price=price)


def parse_cancel_all(body: Mapping[str, Any]) -> c.RequestCancelAll:
    """Read who asks, and of which symbol alone, if any."""
    _refuse_unknown(body, ("symbol", "user"), "")
    return c.RequestCancelAll(by=_user(body), symbol=_opt(body, "symbol", read_symbol))


def parse_kill(body: Mapping[str, Any]) -> c.SetKillSwitch:
    """Read why, who it is, and whether what is held is to be closed as well."""
    why = read_why(body, "flatten", is_needed=False)
    return c.SetKillSwitch(engaged=True, flatten=_opt(body, "flatten", _yes_or_no) or False, **why)


def parse_clear_halt(body: Mapping[str, Any]) -> c.ClearHalt:
    """Read which instrument's halt a person clears, why, and who it is."""
    symbol = read_symbol("symbol", _need(body, "symbol"))
    return c.ClearHalt(symbol=symbol, **read_why(body, "symbol"))


def parse_arming(body: Mapping[str, Any]) -> c.ArmLive:
    """Read which live account a person arms; its id is said twice, like a name one has to type."""
    _refuse_unknown(
        body, ("account", "confirm", "orders", "notional", "for_s", "reason", "user"), ""
    )
    account = _name("account", _need(body, "account"))
    if _need(body, "confirm") != account:
        raise BadRequest("confirm", f"the account id once more: {account}")
    return c.ArmLive(
        account=account, for_s=_seconds("for_s", _need(body, "for_s")),
        orders_max=_count("orders", _need(body, "orders")),
        notional_max_usd=_decimal("notional", _need(body, "notional")),
        reason=_text_of(TEXT_LENGTH_MAX)("reason", _need(body, "reason")),
        by=_user(body),
    )


def parse_accept(body: Mapping[str, Any]) -> c.AcceptBreak:
    """Read which break a person accepts, why, and who it is."""
    name = _text_of(TEXT_LENGTH_MAX)("break", _need(body, "break"))
    return c.AcceptBreak(target=name, **read_why(body, "break"))


def read_why(body: Mapping[str, Any], *beside: str, is_needed: bool = True) -> dict[str, str]:
    """Read `reason` and `user`, beside other fields; the reason is for people, and is kept."""
    _refuse_unknown(body, ("reason", "user", *beside), "")
    reason = _opt(body, "reason", _text_of(TEXT_LENGTH_MAX))
    if reason is None and is_needed:
        raise BadRequest("reason", "a sentence that says why")
    return {"reason": reason or "no reason given", "by": _user(body)}


def read_user(body: Mapping[str, Any]) -> str:
    """Read who asks, where nothing else can be said."""
    _refuse_unknown(body, ("user",), "")
    return _user(body)


def _control(control: c.Control, is_engaged: bool, body: Mapping[str, Any]) -> c.SetControl:
    why = read_why(body, is_needed=False)
    return c.SetControl(control=control, engaged=is_engaged, **why)


Parse: TypeAlias = Callable[..., c.Command]
# By the path: the body, and the id in the path if there is one, become a command.
WITH_BODY: Final[Mapping[str, Parse]] = {
    "drafts/{id}/approve": parse_approval,
    "drafts/{id}/reject": lambda body, name: c.Reject(target=name, **read_why(body)),
    "drafts/{id}/revise": parse_revision,
    "dead-letters/{id}/discard": lambda body, name: c.DiscardDeadLetter(
        target=name, **read_why(body)
    ),
    "orders/{id}/replace": parse_replace,
    "clear-kill": lambda body: c.SetKillSwitch(engaged=False, flatten=False, **read_why(body)),
    "clear-halt": parse_clear_halt,
    "arm": parse_arming,
}
BODY_OR_NONE: Final[Mapping[str, Parse]] = {
    "dead-letters/{id}/retry": parse_retry,
    "orders/{id}/cancel": lambda body, name: c.RequestCancel(target=name, by=read_user(body)),
    "cancel-all": parse_cancel_all,
    "kill": parse_kill,
    "disarm": lambda body: c.DisarmLive(**read_why(body, is_needed=False)),
    "pause": partial(_control, c.Control.PAUSE, True),
    "resume": partial(_control, c.Control.PAUSE, False),
    "reduce-only/on": partial(_control, c.Control.REDUCE_ONLY, True),
    "reduce-only/off": partial(_control, c.Control.REDUCE_ONLY, False),
}


def _legs(body: Mapping[str, Any]) -> tuple[Leg, ...]:
    raw = body.get("legs")
    if raw is None:
        return (Leg(
            symbol=read_symbol("symbol", _need(body, "symbol")),
            side=_word(Side)("side", _need(body, "side")),
        ),)
    if body.get("symbol") is not None or body.get("side") is not None:
        raise BadRequest("legs", "either symbol and side, or legs")
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise BadRequest("legs", f"a list of 1 to {LEGS_MAX} legs, got {_kind(raw)}")
    if not 1 <= len(raw) <= LEGS_MAX:
        raise BadRequest("legs", f"1 to {LEGS_MAX} legs, got {len(raw)}")
    return tuple(_leg(number, leg) for number, leg in enumerate(raw))


def _leg(number: int, raw: object) -> Leg:
    where = f"legs[{number}]"
    if not isinstance(raw, Mapping):
        raise BadRequest(where, f"an object with symbol, side and ratio, got {_kind(raw)}")
    _refuse_unknown(raw, _LEG_FIELDS, f"{where}.")
    ratio = raw.get("ratio")
    return Leg(
        symbol=read_symbol(f"{where}.symbol", _need(raw, "symbol", f"{where}.")),
        side=_word(Side)(f"{where}.side", _need(raw, "side", f"{where}.")),
        ratio_qty=ONE if ratio is None else _decimal(f"{where}.ratio", ratio),
    )


def _implied_type(body: Mapping[str, Any]) -> OrdType:
    """Take the type that the prices imply: a limit price alone is a limit order."""
    has_limit, has_stop = body.get("limit") is not None, body.get("stop") is not None
    if has_stop:
        return OrdType.STOP_LIMIT if has_limit else OrdType.STOP
    return OrdType.LIMIT if has_limit else OrdType.MARKET


def _need(body: Mapping[str, Any], field: str, prefix: str = "") -> Any:
    found = body.get(field)
    if found is None:
        raise BadRequest(f"{prefix}{field}", "a value, got nothing")
    return found


T = TypeVar("T")


def _opt(body: Mapping[str, Any], field: str, read: Callable[[str, Any], T]) -> T | None:
    found = body.get(field)
    return None if found is None else read(field, found)


def _user(body: Mapping[str, Any]) -> str:
    return _opt(body, "user", _name) or "api"


def _decimal(field: str, value: object) -> Decimal:
    if not isinstance(value, str):
        raise BadRequest(field, f"a plain decimal such as 12.50, got {_kind(value)}")
    try:
        return parse_decimal(str(value))
    except ValueError as error:
        raise BadRequest(field, str(error).removeprefix("expected ")) from None


def _seconds(field: str, value: object) -> int:
    text = str(value) if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{1,8}", text, re.ASCII) or not 0 < int(text) <= TTL_MAX_S:
        raise BadRequest(field, f"whole seconds from 1 to {TTL_MAX_S}, got {_short(value)}")
    return int(text)


def _yes_or_no(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadRequest(field, f"true or false, got {_short(value)}")
    return value


def _count(field: str, value: object) -> int:
    text = str(value) if isinstance(value, str) else ""
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text, re.ASCII):
        raise BadRequest(field, f"a whole number from 1 to 999999, got {_short(value)}")
    return int(text)


def read_symbol(field: str, value: object) -> str:
    if not isinstance(value, str) or isinstance(value, _Number) or not SYMBOL.fullmatch(value):
        raise BadRequest(field, f"a symbol in capitals such as SPY, got {_short(value)}")
    return value


def _name(field: str, value: object) -> str:
    if not isinstance(value, str) or isinstance(value, _Number) or not _NAME.fullmatch(value):
        raise BadRequest(field, f"a short name without spaces, got {_short(value)}")
    return value


def _text_of(length_max: int) -> Callable[[str, Any], str]:
    def read(field: str, value: object) -> str:
        if not isinstance(value, str) or isinstance(value, _Number):
            raise BadRequest(field, f"text, got {_kind(value)}")
        if not 0 < len(value) <= length_max or not value.isprintable() or not value.strip():
            raise BadRequest(field, f"1 to {length_max} printable characters")
        return value
    return read


def _word(words: type[E]) -> Callable[[str, Any], E]:
    def read(field: str, value: object) -> E:
        for word in words:
            if word.value == value:
                return word
        expected = "one of " + ", ".join(word.value for word in words)
        raise BadRequest(field, f"{expected}, got {_short(value)}")
    return read


def _source(field: str, value: object) -> Source:
    if value not in (Source.CLI.value, Source.API.value):
        raise BadRequest(field, f"one of cli, api, got {_short(value)}")
    return Source(value)


def _refuse_unknown(body: Mapping[str, Any], known: Sequence[str], prefix: str) -> None:
    for field in body:
        if field in known:
            continue
        hint = _OTHER_WORDS.get(field)
        close = [hint] if hint in known else get_close_matches(field[:40], known, 1)
        meant = f" (did you mean {close[0]}?)" if close else ""
        names = ", ".join(known)
        raise BadRequest(f"{prefix}{_short(field)}", f"no such field; known are {names}{meant}")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BadRequest(_short(name), "each key once")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadRequest("body", f"plain numbers, got {name}")


def _kind(value: object) -> str:
    if isinstance(value, _Number):
        return f"the number {_short(value)}"
    kinds = {bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "nothing") if value is not None else "nothing"


def _short(value: object) -> str:
    return repr(str(value)[:40]) if isinstance(value, str) else _kind(value)
