"""How does a browser log in? It gives the token, or a code from a terminal, for a cookie."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

from tradebot.shell.api.answers import answer
from tradebot.shell.api.bodies import NAME, BadRequest, Field, Form, text_of
from tradebot.shell.api.commands import USER
from tradebot.shell.api.doorman import Doorman
from tradebot.shell.api.logins import CODE_S, Logins
from tradebot.shell.api.requests import Unanswerable
from tradebot.shell.api.route import ApiRoute, Call, Found, get, post

WHO_MAX: Final = 40
SESSION: Final = {
    "type": "object", "additionalProperties": False, "required": ["name", "left_s"],
    "properties": {"name": {"type": ["string", "null"]}, "left_s": {"type": ["integer", "null"]}},
}
CODE: Final = {
    "type": "object", "additionalProperties": False, "required": ["code", "url", "left_s"],
    "properties": {
        "code": {"type": "string"}, "url": {"type": "string"}, "left_s": {"type": "integer"},
    },
}
_SECRET: Final = text_of(256)
_NOBODY: Final = "the API is not served over TCP now; the daemon's status says why"


class LoginDesk:
    """Gives cookies for secrets, at the door there is, if there is one now."""

    def __init__(
        self, logins: Logins, doorman: Callable[[], Doorman | None], url: Callable[[], str | None]
    ) -> None:
        self._logins = logins
        self._doorman = doorman
        self._url = url

    def routes(self) -> Iterator[ApiRoute]:
        """Yield what begins, shows and ends a login; only who needs none is given a code."""
        yield post(
            "session", self._log_in, "Log in with the token or a one-time code", (
                Field("token", _SECRET, "what the token's file holds"),
                Field("code", _SECRET, "what tradebot dashboard printed"),
                Field("name", Form(_read_who, {**NAME.schema, "maxLength": WHO_MAX}),
                      "who it is; every write is recorded as name@web"),
            ), answers=SESSION, is_open=True,
        )
        yield get("session", self._show, "Tell who is logged in", answers=SESSION)
        yield ApiRoute(
            method="DELETE", path="/api/v1/session", handler=self._log_out, summary="Log out",
            body=(), is_write=True, answers=SESSION,
        )
        yield post(
            "login-codes", self._new_code, "Get a one-time code for a browser", (USER,),
            answers=CODE, loosens="tradebot dashboard",
        )

    def _log_in(self, call: Call) -> Found:
        given, door, life_s = call.given, self._door(), int(self._logins.life_s)
        name = given.get("name", "dashboard")
        key = door.log_in(token=given.get("token"), code=given.get("code"), name=name)
        found = answer({"name": name, "left_s": life_s})
        found.set_cookie(
            door.cookie, key, max_age=life_s, path="/", httponly=True, samesite="Strict"
        )
        return found

    def _show(self, call: Call) -> Found:
        name, left_s = self._door().login(call.request)
        return {"name": name, "left_s": left_s}

    def _log_out(self, call: Call) -> Found:
        door = self._door()
        door.log_out(call.request)
        found = answer({"name": None, "left_s": None})
        found.del_cookie(door.cookie, path="/", httponly=True, samesite="Strict")
        return found

    def _new_code(self, _: Call) -> Found:
        if (at := self._url()) is None:
            raise Unanswerable(HTTPStatus.CONFLICT, _NOBODY)
        code = self._logins.new_code()
        return {"code": code, "url": f"{at}login#code={code}", "left_s": int(CODE_S)}

    def _door(self) -> Doorman:
        if (found := self._doorman()) is None:
            raise Unanswerable(HTTPStatus.CONFLICT, _NOBODY)
        return found


def _read_who(field: str, value: object) -> str:
    name = NAME.read(field, value)
    if len(name) > WHO_MAX:
        raise BadRequest(field, f"at most {WHO_MAX} characters")
    return name
