"""What did a service make of a message? Taken, or not; then when to try again, if ever."""

import json
import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from tradebot.outward.line import HttpAnswer, HttpLine, Unreached
from tradebot.outward.target import Reach
from tradebot.plugins.notifiers.wording import one_line
from tradebot.ports import NotDelivered

JSON: Final[Mapping[str, str]] = {"Content-Type": "application/json"}
_AGAIN: Final = frozenset({408, 425, 429})  # of the errors that are ours, those that pass
_LONGEST_S: Final = 86_400.0
_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
_SAID_MAX: Final = 120

Said: TypeAlias = tuple[str, float]
"""Why a service did not take it, in its words, and for how many seconds it wants to be left."""


def way(
    name: str, url: str, hosts: tuple[str, ...] = (), *, allow_private: bool = False,
    ca_file: Path | None = None,
) -> HttpLine:
    """Return the line to a service; its setting is told by name where its URL is none of it.

    Where private addresses are allowed, another host may stand in for the service.
    """
    reach = Reach(
        allow_private=allow_private, allow_plain=allow_private,
        hosts=() if allow_private else hosts, ca_file=ca_file,
    )
    try:
        return HttpLine(url, reach)
    except (ValueError, OSError) as error:
        raise ValueError(f"{name}: {error} (the value is not shown)") from None


async def post(
    line: HttpLine, body: Mapping[str, Any], read: Callable[[bytes], Said] = lambda _: ("", 0.0)
) -> None:
    """Post JSON; raise NotDelivered unless it was taken. `read` understands a refusal's words."""
    await post_bytes(line, json.dumps(body).encode(), JSON, read)


async def post_bytes(
    line: HttpLine, body: bytes, headers: Mapping[str, str],
    read: Callable[[bytes], Said] = lambda _: ("", 0.0),
) -> None:
    try:
        answer = await line.call(body, headers)
    except Unreached as error:
        raise NotDelivered(str(error), is_final=error.is_forbidden) from None
    if answer.is_good:
        return
    why, wait_s = read(answer.body)
    status = answer.status
    raise NotDelivered(
        f"HTTP {status}{': ' * bool(why)}{one_line(why)[:_SAID_MAX]}",
        retry_after_s=max(_bounded(wait_s), _retry_after_s(answer)),
        is_final=status < 500 and status not in _AGAIN,
    )


async def reach(line: HttpLine) -> str:
    try:
        return await line.knock()
    except Unreached as error:
        raise NotDelivered(str(error), is_final=error.is_forbidden) from None


def fields_of(body: bytes) -> Mapping[str, Any]:
    """Read a JSON object; what is none says nothing."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def seconds(value: Any) -> float:
    """Read a service's number of seconds; what is none is 0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < _LONGEST_S else 0.0


def _bounded(value: float) -> float:
    return min(max(value, 0.0), _LONGEST_S)


def _retry_after_s(answer: HttpAnswer) -> float:
    """Read `Retry-After`: seconds, or a day and time by the server's own clock."""
    said = answer.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(said):
        return _bounded(float(said))
    try:
        until = parsedate_to_datetime(said)
        now = parsedate_to_datetime(answer.headers.get("Date", ""))
        return _bounded((until - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
