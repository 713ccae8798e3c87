"""Do `why` and `why-not` answer in the same words from the daemon and from its journal?"""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.asked import Out, document, told
from tests.cli.test_offline_verbs import files, write
from tests.makers import an_intent
from tests.tiny_daemon import TinyDaemon, served

from tradebot.core.model.commands import SubmitIntent
from tradebot.core.model.ids import keyed_intent_id
from tradebot.core.model.intent import Source
from tradebot.shell.views.narrate import short


@pytest.fixture
def daemon() -> TinyDaemon:
    found = TinyDaemon()
    for key, qty in (("k0", 10), ("k1", 101)):
        found.decide(SubmitIntent(intent=an_intent(
            qty=qty, price=None, key=key, source=Source.CLI, strategy_id=None,
        )))
    found.fill(next(iter(found.book.orders.working)), "10", "500.01", "X1")
    return found


def intent(daemon: TinyDaemon, key: str) -> str:
    return keyed_intent_id(key)


def test_the_daemon_and_its_journal_give_the_same_answer(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    write(daemon, tmp_path)
    before = files(tmp_path)
    offline = [document(capsys, tmp_path, "why", name) for name in ("X1", intent(daemon, "k1"))]
    assert files(tmp_path) == before
    with served(daemon, tmp_path):
        assert [document(capsys, tmp_path, "why", name)
                for name in ("X1", intent(daemon, "k1"))] == offline
    assert [code for code, _ in offline] == [0, 0]


def test_what_the_daemon_forgot_is_read_from_the_journal_beside_it(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    write(daemon, tmp_path)
    with served(TinyDaemon(), tmp_path):
        code, found = document(capsys, tmp_path, "why", intent(daemon, "k0"))
    assert (code, found["order"]["ord_status"]) == (0, "filled")


@pytest.mark.parametrize("shorten", [short, lambda name: name[:6]], ids=["log", "beginning"])
def test_an_id_is_known_as_the_log_shortens_it_and_by_its_beginning(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out, shorten: Callable[[str], str]
) -> None:
    write(daemon, tmp_path)
    names = (intent(daemon, "k1"), next(iter(daemon.views.orders()))["client_order_id"])
    for name in names:
        full = document(capsys, tmp_path, "why", name)
        assert document(capsys, tmp_path, "why", shorten(name)) == full
        with served(daemon, tmp_path):
            assert document(capsys, tmp_path, "why", shorten(name)) == full


def test_what_two_begin_with_names_neither(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    write(daemon, tmp_path)
    assert told(capsys, tmp_path, "why", "")[0] != 0
    assert told(capsys, tmp_path, "why", "..")[0] == 1


def test_why_not_begins_with_the_reason_its_numbers_and_what_it_needs(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    write(daemon, tmp_path)
    code, said, _ = told(capsys, tmp_path, "why-not", intent(daemon, "k1"))
    assert code == 0
    assert said.splitlines()[:4] == [
        "RISK_ORDER_QUANTITY: The order is larger than the quantity limit.",
        "  numbers   order_quantity 101 against 100; order_notional 50502.02 against 50000",
        "  it needs  at most 100 in one order",
        "  it needs  at most 99 at this price",
    ]


def test_an_id_that_nobody_knows_fails_with_a_sentence(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    write(daemon, tmp_path)
    code, said, error = told(capsys, tmp_path, "why", "nobody")
    assert (code, said) == (1, "")
    assert error == "tradebot: no intent, order or fill is called nobody\n"


def test_without_daemon_and_journal_nothing_can_be_told(tmp_path: Path, capsys: Out) -> None:
    code, said, error = told(capsys, tmp_path, "why-not", "X1")
    assert (code, said) == (3, "")
    assert "no journal" in error
