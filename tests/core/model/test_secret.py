"""Does a secret keep itself to itself, however it is looked at?"""

import copy
import dataclasses
import json
import pickle
import traceback

import msgspec
import pytest
import structlog

from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret

TEXT = "hush-hush-1234"


@fact
class Account:
    token: Secret
    name: str = "a"


def test_no_way_of_writing_a_value_tells_it() -> None:
    secret = Secret(TEXT)
    account = Account(token=secret)
    told = [
        repr(secret), str(secret), f"{secret}", f"{secret!r:>20}", f"{secret:>20}",
        "%s %r" % (secret, secret),  # noqa: UP031
        str([secret]), repr({"token": secret}), repr(account), str(dataclasses.asdict(account)),
        json.dumps({"token": secret}, default=str), str(copy.deepcopy(account)),
        structlog.processors.JSONRenderer()(None, "info", {"event": "x", "token": secret}),
        structlog.dev.ConsoleRenderer()(None, "info", {"event": "x", "token": secret}),
        " ".join(dir(secret)),
    ]
    assert TEXT not in "".join(told)
    assert str(secret) == "***"


@pytest.mark.parametrize("write", [pickle.dumps, json.dumps, msgspec.json.encode])
def test_what_would_write_it_into_a_file_is_refused(write: object) -> None:
    assert callable(write)
    with pytest.raises((TypeError, NotImplementedError)) as caught:
        write({"token": Secret(TEXT)})
    assert TEXT not in str(caught.value)


def test_a_traceback_with_all_its_variables_does_not_tell_it() -> None:
    def fails(token: Secret) -> None:
        raise RuntimeError(f"cannot log in with {token}")

    try:
        fails(Secret(TEXT))
    except RuntimeError as error:
        seen = traceback.TracebackException.from_exception(error, capture_locals=True)
        told = "".join(seen.format())
    assert "token = ***" in told
    assert TEXT not in told


def test_who_asks_by_name_gets_it_and_equal_secrets_are_equal() -> None:
    assert Secret(TEXT).reveal() == TEXT
    assert Secret(TEXT) == Secret(TEXT) != Secret(f"{TEXT}5")
    assert len({Secret(TEXT), Secret(TEXT), Secret("other")}) == 2
    assert Secret(TEXT) != TEXT
    assert copy.copy(Secret(TEXT)) == copy.deepcopy(Secret(TEXT)) == Secret(TEXT)
    assert Account(token=Secret("\u00e9")) == Account(token=Secret("\u00e9"))
