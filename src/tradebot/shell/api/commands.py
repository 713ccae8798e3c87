"""What did a client ask for? Bodies become commands here, or a sentence that names the field."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeVar

from tradebot.core.model.commands import ArmLive, RequestReplace, Revise
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.instrument import SYMBOL
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, Source, TimeInForce
from tradebot.core.model.money import ONE, parse_decimal
from tradebot.shell.views.filters import FILTERS, ROWS_MAX, ROWS_SHOWN, Filters

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


def parse_reason(body: Mapping[str, Any], *, is_needed: bool) -> tuple[str, str]:
    """Read `reason` and `user` of a control; the reason is for people, and is kept."""
    _refuse_unknown(body, ("reason", "user"), "")
    reason = _opt(body, "reason", _text_of(TEXT_LENGTH_MAX))
    if reason is None and is_needed:
        raise BadRequest("reason", "a sentence that says why")
    return reason or "no reason given", _opt(body, "user", _name) or "api"


def parse_kill(body: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Read why, who it is, and whether what is held is to be closed as well."""
    rest = {name: value for name, value in body.items() if name != "flatten"}
    flatten = _opt(body, "flatten", _yes_or_no) or False
    return (*parse_reason(rest, is_needed=False), flatten)


def parse_arming(body: Mapping[str, Any]) -> ArmLive:
    """Read which live account a person arms; its id is said twice, like a name one has to type."""
    _refuse_unknown(
        body, ("account", "confirm", "orders", "notional", "for_s", "reason", "user"), ""
    )
    account = _name("account", _need(body, "account"))
    if _need(body, "confirm") != account:
        raise BadRequest("confirm", f"the account id once more: {account}")
    return ArmLive(
        account=account, for_s=_seconds("for_s", _need(body, "for_s")),
        orders_max=_count("orders", _need(body, "orders")),
        notional_max_usd=_decimal("notional", _need(body, "notional")),
        reason=_text_of(TEXT_LENGTH_MAX)("reason", _need(body, "reason")),
        by=_opt(body, "user", _name) or "api",
    )


def parse_halt(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Read which instrument's halt a person clears, why, and who it is."""
    symbol = read_symbol("symbol", _need(body, "symbol"))
    rest = {name: value for name, value in body.items() if name != "symbol"}
    return (symbol, *parse_reason(rest, is_needed=True))


def parse_accept(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Read which break a person accepts, why, and who it is."""
    name = _text_of(TEXT_LENGTH_MAX)("break", _need(body, "break"))
    rest = {field: value for field, value in body.items() if field != "break"}
    return (name, *parse_reason(rest, is_needed=True))


def parse_replace(body: Mapping[str, Any], target: str) -> RequestReplace:
    """Read what is to change of a working order: its quantity, its limit, or both."""
    _refuse_unknown(body, ("qty", "limit", "user"), "")
    qty, price = _opt(body, "qty", _decimal), _opt(body, "limit", _decimal)
    if qty is None and price is None:
        raise BadRequest("qty", "a new quantity, or a new limit")
    by = _opt(body, "user", _name) or "api"
    return RequestReplace(target=target, by=by, order_qty=qty, price=price)


def parse_cancel_all(body: Mapping[str, Any]) -> tuple[str, str | None]:
    """Read who asks, and of which symbol alone, if any."""
    _refuse_unknown(body, ("symbol", "user"), "")
    return _opt(body, "user", _name) or "api", _opt(body, "symbol", read_symbol)


def parse_retry(body: Mapping[str, Any]) -> tuple[int, str]:
    """Read how long a dead letter may wait this time, and who tries it again."""
    _refuse_unknown(body, ("ttl", "user"), "")
    ttl_s = _opt(body, "ttl", _seconds)
    return RETRY_TTL_S if ttl_s is None else ttl_s, _opt(body, "user", _name) or "api"


def parse_approval(body: Mapping[str, Any]) -> tuple[str, str]:
    """Read the digest of what was looked at, and who says yes."""
    _refuse_unknown(body, ("digest", "user"), "")
    digest = _name("digest", _need(body, "digest"))
    return digest, _opt(body, "user", _name) or "api"


def parse_revision(body: Mapping[str, Any], target: str) -> Revise:
    """Read what is to change of a draft: its quantity, its limit, its time to live."""
    _refuse_unknown(body, (*REVISED_FIELDS, "user"), "")
    qty, price = _opt(body, "qty", _decimal), _opt(body, "limit", _decimal)
    ttl_s = _opt(body, "ttl", _seconds)
    if qty is None and price is None and ttl_s is None:
        raise BadRequest("qty", "a new quantity, a new limit or a new time to live")
    by = _opt(body, "user", _name) or "api"
    return Revise(target=target, by=by, order_qty=qty, price=price, ttl_s=ttl_s)


def parse_user(body: Mapping[str, Any]) -> str:
    """Read who asks, where nothing else can be said."""
    _refuse_unknown(body, ("user",), "")
    return _opt(body, "user", _name) or "api"


def parse_filters(
    asked: Mapping[str, str], statuses: Sequence[str], known: Sequence[str] = FILTERS
) -> Filters:
    """Read filters as text; what is no filter, or no status, of these rows is refused."""
    for name in asked:
        if name not in known:
            told = f"one of the filters {', '.join(known)}" if known else "no filters here"
            raise BadRequest(name[:40], told)
    status = asked.get("status")
    if status is not None and status not in statuses:
        expected = f"one of {', '.join(statuses)}" if statuses else "nothing: these rows have none"
        raise BadRequest("status", f"{expected}, got {status[:40]!r}")
    return Filters(
        symbol=read_symbol("symbol", asked["symbol"]) if "symbol" in asked else None,
        status=status, strategy=asked.get("strategy"),
        since=_since(asked["since"]) if "since" in asked else None,
        last=_last(asked["last"]) if "last" in asked else ROWS_SHOWN,
    )


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


def _since(text: str) -> datetime:
    """Read a day or a time in ISO 8601; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
        zoned = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        expected = "a day or time such as 2026-08-24 or 2026-08-24T14:30:00Z"
        raise BadRequest("since", f"{expected}, got {text[:40]!r}") from None


def _last(text: str) -> int:
    is_count = text.isascii() and text.isdigit() and len(text) <= len(str(ROWS_MAX))
    if not is_count or not 0 < int(text) <= ROWS_MAX:
        raise BadRequest("last", f"a whole number from 1 to {ROWS_MAX}, got {text[:40]!r}")
    return int(text)
