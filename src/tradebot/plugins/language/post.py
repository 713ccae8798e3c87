"""How is a language model's server asked, which may answer anything, or nothing?"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.outward.line import HttpAnswer, HttpLine, Unreached
from tradebot.outward.target import Reach, is_loopback, target
from tradebot.ports import NoAnswer, UselessAnswer

_JSON: Final = "application/json"
_HEADERS: Final = {"Accept": _JSON, "Content-Type": _JSON}
_ANYWHERE: Final = Reach(allow_private=True, allow_plain=True)  # Endpoint says what may be plain


@fact
class Endpoint:
    """Where a language model is, and who asks it.

    model: the model's name, as its server knows it
    base_url: where the server is; the provider's own address where none is given
    api_key: what lets us in
    plain_http: let words and key go unencrypted to another machine
    """

    model: str
    base_url: str | None = None
    api_key: Secret | None = None
    plain_http: bool = False

    def __post_init__(self) -> None:
        if not (self.model.isprintable() and 0 < len(self.model) <= 100):
            raise ValueError("model: expected a name of at most 100 characters")
        key = "" if self.api_key is None else self.api_key.reveal()
        if not (key.isascii() and key.isprintable()):
            raise ValueError("api_key: expected printable ASCII (the value is not shown)")
        if self.base_url is not None:
            _check(self.base_url, may_be_plain=self.plain_http)


def _check(url: str, *, may_be_plain: bool) -> None:
    try:
        named = target(url)
    except ValueError as error:
        raise ValueError(f"base_url: {error}") from None
    if "?" in url:
        raise ValueError("base_url: expected nothing behind the path")
    if named.scheme == "http" and not (may_be_plain or is_loopback(named.host)):
        raise ValueError("base_url: expected https, or http to this machine (or set plain_http)")


def line(url: str) -> HttpLine:
    return HttpLine(url, _ANYWHERE)


async def post(way: HttpLine, headers: Mapping[str, str], *bodies: Mapping[str, Any]) -> Any:
    """Return what the server answers to the first of these that it does not call a bad request."""
    for body in bodies:
        try:
            answer = await way.call(
                json.dumps(body).encode(), {**_HEADERS, **headers}, wants_answer=True
            )
        except Unreached as error:
            raise NoAnswer(str(error)) from error
        if answer.status != 400:
            return _read(answer)
    raise NoAnswer("HTTP 400")


def _read(answer: HttpAnswer) -> Any:
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.status != 200:
        raise NoAnswer(f"HTTP {answer.status}")
    if kind.strip().lower() != _JSON:
        raise NoAnswer("HTTP 200 without JSON")
    if answer.cut:
        raise NoAnswer(f"HTTP 200, but {answer.cut}")
    try:
        return json.loads(answer.body, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NoAnswer("HTTP 200 with broken JSON") from error


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: two readers could take it for two different answers."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name[:40]!r} stands twice")
        found[name] = value
    return found


def part(answer: Any, *path: str | int) -> Any:
    """Return what stands at this place of an answer; raise UselessAnswer where nothing does."""
    for step in path:
        try:
            answer = answer[step]
        except (KeyError, IndexError, TypeError):
            raise UselessAnswer("the answer has another form than this provider's") from None
    return answer
