"""Does a person arm a live account by its id, said twice, and see what is armed?"""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.asked import Out, told
from tests.makers import a_route
from tests.tiny_daemon import ACCOUNT, TinyDaemon

from tradebot.core.model.commands import ActivateSettings
from tradebot.core.model.settings import Mode, RouteKind

ARM = ("arm", "--account", ACCOUNT, "--orders", "2", "--notional", "9000.50", "--for", "30m",
       "--reason", "first day")
ORDER = ("submit", "--symbol", "SPY", "--side", "buy", "--qty", "5")


@pytest.fixture
def daemon() -> TinyDaemon:
    """A daemon in mode live whose broker is simulated: no configuration can say so."""
    daemon = TinyDaemon()
    settings = replace(daemon.book.settings, mode=Mode.LIVE)
    daemon.decide(ActivateSettings(settings=settings, version="live"))
    daemon.decide(a_route(kind=RouteKind.LIVE))
    return daemon


def status(out: Out, home: Path) -> Any:
    return json.loads(told(out, home, "status", "--json")[1])["arming"]


def test_an_order_is_refused_until_the_account_is_armed(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, *ORDER)
    assert code == 6
    assert "POLICY_LIVE_NOT_ENABLED" in said
    code, said, _ = told(capsys, home, *ARM, "--confirm", ACCOUNT)
    assert code == 0
    assert f"LIVE ARMED: account {ACCOUNT}, 0 of 2 orders, 0 of 9000.5 USD, until" in said
    assert told(capsys, home, *ORDER)[0] == 0
    assert f"LIVE ARMED: account {ACCOUNT}, 1 of 2 orders" in told(capsys, home, "status")[1]
    code, said, _ = told(capsys, home, "disarm", "--reason", "enough")
    assert (code, said) == (0, "live is disarmed\n")
    assert told(capsys, home, *ORDER)[0] == 6
    assert status(capsys, home) is None


def test_the_id_is_typed_by_a_person_where_one_is_there(
    home: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for typed, code in ((f"{ACCOUNT}\n", 0), ("PAPER-2\n", 2), ("", 2)):
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        found, _, problem = told(capsys, home, *ARM)
        assert found == code, problem
        assert ("the account id once more" in problem) == (code != 0)
        told(capsys, home, "disarm")


def test_without_a_terminal_and_without_the_id_nothing_is_armed(
    home: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ACCOUNT}\n"))
    code, _, problem = told(capsys, home, *ARM)
    assert (code, f"--confirm {ACCOUNT}" in problem) == (2, True)
    assert status(capsys, home) is None


@pytest.mark.parametrize(("words", "code"), [
    (("--account", "OTHER", "--confirm", "OTHER"), 6),
    (("--for", "9h"), 6),
    (("--for", "soon"), 2),
    (("--notional", "-5"), 6),
    (("--notional", "1e3"), 2),
    (("--orders", "0"), 2),
    (("--confirm", "OTHER"), 2),
])
def test_what_cannot_be_armed_is_not(
    home: Path, capsys: Out, words: tuple[str, ...], code: int
) -> None:
    assert told(capsys, home, *ARM, "--confirm", ACCOUNT, *words)[0] == code
    assert status(capsys, home) is None


def test_a_daemon_of_another_mode_says_so(home: Path, daemon: TinyDaemon, capsys: Out) -> None:
    settings = replace(daemon.book.settings, mode=Mode.PAPER)
    daemon.decide(ActivateSettings(settings=settings, version="paper"))
    code, _, problem = told(capsys, home, *ARM, "--confirm", ACCOUNT)
    assert (code, "mode is paper" in problem) == (6, True)
