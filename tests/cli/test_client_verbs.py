"""Do the verbs tell a running daemon what is meant, and people and scripts what came of it?"""

import sys
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.asked import Out, document, told
from tests.tiny_daemon import TinyDaemon, served

from tradebot.cli import client
from tradebot.core.model.commands import Command, EnterSession, Phase
from tradebot.core.model.ids import ExecID
from tradebot.core.model.report import ExecType
from tradebot.shell.api import command_routes
from tradebot.shell.engine import Busy
from tradebot.shell.journal.decision import Decision

SUBMIT = ("submit", "--symbol", "SPY", "--side", "buy", "--qty", "10")


def test_submit_sends_an_intent_and_says_what_it_came_to(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    code, said, _ = told(capsys, home, *SUBMIT, "--limit", "500.00", "--key", "k1")
    assert code == 0
    assert "passed; now at stage dispatch" in said
    assert "buy 10 SPY limit 500 day" in said
    assert "pending_new, 0 of 10 filled" in said
    assert daemon.views.orders()[0]["source"] == "cli"


@pytest.mark.parametrize(("ttl_s", "is_warned"), [(600, True), (200_000, False)])
def test_an_intent_that_ends_before_its_market_opens_is_warned_of(
    daemon: TinyDaemon, home: Path, capsys: Out, ttl_s: int, is_warned: bool
) -> None:
    daemon.decide(EnterSession(calendar="XNYS", phase=Phase.CLOSED))
    code, said, trouble = told(capsys, home, *SUBMIT, "--ttl", str(ttl_s))
    assert (code, "POLICY_MARKET_CLOSED" in said) == (0, True)
    assert ("before the market opens at 2026-08-25 13:30:00 UTC" in trouble) is is_warned


def test_submit_as_json_keeps_the_promised_keys(home: Path, capsys: Out) -> None:
    code, found = document(capsys, home, *SUBMIT)
    assert code == 0
    promised = {
        "success", "intent_id", "correlation_id", "idempotency_key", "stage", "verdict",
        "reason_code", "reason_detail", "client_order_id", "order", "draft_id", "draft_path",
        "gates", "events",
    }
    assert promised <= set(found)
    assert {"ord_status", "order_qty", "cum_qty", "leaves_qty", "avg_px"} <= set(found["order"])
    assert set(found["gates"][0]) == {"gate", "verdict", "reason", "limit", "actual"}


def test_two_submits_without_a_key_are_two_orders_with_one_key_one(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    document(capsys, home, *SUBMIT)
    document(capsys, home, *SUBMIT)
    assert len(daemon.views.orders()) == 2
    first = document(capsys, home, *SUBMIT, "--key", "mine")[1]
    assert document(capsys, home, *SUBMIT, "--key", "mine")[1] == first
    assert len(daemon.views.orders()) == 3


def test_a_refusal_exits_6_with_the_code_and_the_numbers(home: Path, capsys: Out) -> None:
    code, said, _ = told(capsys, home, "submit", "--symbol", "SPY", "--side", "buy", "--qty", "101")
    assert code == 6
    assert "refused at stage risk: RISK_ORDER_QUANTITY" in said
    assert "order_quantity 101 against 100" in said
    assert [line.split()[:2] for line in said.split("\n\n")[1].splitlines()] == [
        ["GATE", "VERDICT"], ["order_quantity", "BLOCK"], ["order_notional", "BLOCK"],
    ], "of thirty gates those that objected"
    code, found = document(
        capsys, home, "submit", "--symbol", "SPY", "--side", "buy", "--qty", "101"
    )
    assert (code, found["success"]) == (6, False)


def test_a_key_with_another_body_exits_6(home: Path, capsys: Out) -> None:
    told(capsys, home, *SUBMIT, "--key", "k1")
    code, said, error = told(capsys, home, *SUBMIT, "--limit", "499.00", "--key", "k1")
    assert (code, said) == (6, "")
    assert "VALIDATION_DUPLICATE_CONFLICT" in error
    code, found = document(capsys, home, *SUBMIT, "--limit", "499.00", "--key", "k1")
    assert (code, found["success"]) == (6, False)


def test_wait_returns_when_the_order_is_finished(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    async def fill_at_once(command: Command) -> Decision | None:
        decision = daemon.decide(command)
        for order in list(daemon.book.orders.working):
            daemon.fill(order, "10", "500.01", f"X-{order}")
        return decision

    daemon.instead = fill_at_once
    code, said, _ = told(capsys, home, *SUBMIT, "--wait")
    assert code == 0
    assert "filled, 10 of 10 filled at 500.01" in said


def test_wait_gives_up_with_5_and_says_where_it_stands(home: Path, capsys: Out) -> None:
    code, said, error = told(capsys, home, *SUBMIT, "--wait", "--timeout", "0.3")
    assert code == 5
    assert "pending_new" in said
    assert "not finished within 0.3 s" in error


def test_whoever_waits_at_a_terminal_sees_that_it_waits(
    home: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, _, error = told(capsys, home, *SUBMIT, "--wait", "--timeout", "0.3")
    assert code == 5
    assert error.startswith("\r0 of 0.3 s waited")
    assert error.endswith("\r\x1b[Knot finished within 0.3 s\n")


def test_an_order_that_the_broker_rejects_exits_6(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    async def reject(command: Command) -> Decision | None:
        decision = daemon.decide(command)
        for order in list(daemon.book.orders.working):
            daemon.report(order, ExecType.REJECTED, text="no \x1b[31mred\x1b[0m shares")
        return decision

    daemon.instead = reject
    code, said, _ = told(capsys, home, *SUBMIT, "--wait")
    assert code == 6
    assert "\x1b" not in said
    assert "red" in said


@pytest.mark.parametrize(("words", "expected"), [
    (("--qty", "1e3"), "--qty: expected a plain decimal"),
    (("--qty", "ten"), "--qty"),
    (("--limit", "NaN"), "--limit"),
    (("--symbol", "spy"), "--symbol: expected a symbol in capitals"),
    (("--ttl", "-5"), "--ttl"),
    (("--key", ""), "--key"),
    (("--route", "a b"), "--route"),
])
def test_a_bad_value_exits_2_with_one_sentence(
    home: Path, capsys: Out, words: tuple[str, ...], expected: str
) -> None:
    code, said, error = told(capsys, home, *SUBMIT, *words)
    assert (code, said) == (2, "")
    assert expected in error
    assert error.count("\n") == 1


def test_an_intent_comes_from_a_file_and_flags_win(
    daemon: TinyDaemon, home: Path, capsys: Out, tmp_path: Path
) -> None:
    file = tmp_path / "intent.yaml"
    file.write_text(
        "legs:\n  - {symbol: SPY, side: buy}\n  - {symbol: IBM, side: sell, ratio: 2}\n"
        "qty: 3\nlimit: -500.00\n"
    )
    code, found = document(capsys, home, "submit", "--file", str(file), "--qty", "1")
    assert code == 0
    assert found["ask"] == "buy 1 SPY sell 2 IBM limit -500 day"


@pytest.mark.parametrize(("text", "expected"), [
    ("qty: 1\nqty: 2\n", "each key once"),
    ("symbol: SPY\nside: buy\nquantity: 1\n", "did you mean qty?"),
    ("qty: [\n", "valid YAML"),
    ("a: &x 1\nb: *x\n", "anchors"),
])
def test_a_bad_file_exits_2(
    home: Path, capsys: Out, tmp_path: Path, text: str, expected: str
) -> None:
    file = tmp_path / "intent.yaml"
    file.write_text(text)
    code, _, error = told(capsys, home, "submit", "--file", str(file))
    assert code == 2
    assert expected in error
    assert told(capsys, home, "submit", "--file", str(tmp_path / "none.yaml"))[0] == 2


def test_read_verbs_print_tables_and_pure_json(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    for verb in ("intents", "orders", "positions", "fills"):
        code, said, _ = told(capsys, home, verb)
        assert (code, said.startswith("no ")) == (0, True), verb
    order = document(capsys, home, *SUBMIT)[1]["client_order_id"]
    daemon.fill(order, "10", "500.01", "X1")
    expected = {"intents": "dispatch", "orders": "filled", "positions": "500.01", "fills": "buy"}
    for verb, word in {**expected, "account": "PAPER-1", "status": "TRADING"}.items():
        code, said, error = told(capsys, home, verb)
        assert (code, error) == (0, ""), verb
        if verb != "intents":
            assert word in said, verb
        assert document(capsys, home, verb)[0] == 0, verb


def test_filters_reach_the_daemon_and_bad_ones_exit_2(home: Path, capsys: Out) -> None:
    document(capsys, home, *SUBMIT)
    assert document(capsys, home, "orders", "--symbol", "IBM")[1]["orders"] == []
    assert len(document(capsys, home, "orders", "--status", "open")[1]["orders"]) == 1
    assert document(capsys, home, "orders", "--since", "2030-01-01")[1]["orders"] == []
    for words in (("--status", "shiny"), ("--since", "soon"), ("--last", "none")):
        code, said, error = told(capsys, home, "orders", *words)
        assert (code, said) == (2, ""), words
        assert error.startswith(f"tradebot: {words[0]}: expected")


def test_cancel_asks_the_broker_or_says_why_not(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    order = document(capsys, home, *SUBMIT)[1]["client_order_id"]
    code, said, _ = told(capsys, home, "cancel", order)
    assert code == 0
    assert order in said
    daemon.report(order, ExecType.CANCELED)
    assert told(capsys, home, "cancel", order)[0] == 6
    code, _, error = told(capsys, home, "cancel", "../../kill")
    assert code == 6
    assert "No working order has this id" in error


def test_kill_and_clear_kill_go_through_the_daemon(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    order = document(capsys, home, *SUBMIT)[1]["client_order_id"]
    code, said, _ = told(capsys, home, "kill", "--reason", "drill", "--timeout", "0.1")
    assert code == 5
    assert "1 orders are being cancelled" in said
    assert f"in flight, so they may still arrive: {order}" in said
    assert "route paper states: 1 open orders, holds SPY 3" in said
    assert f"still open: {order} 10 SPY" in said
    assert f"not confirmed: {order}" in said
    daemon.report(order, ExecType.CANCELED)
    code, said, _ = told(capsys, home, "kill", "--reason", "once more")
    assert code == 0
    assert "killed: drill" in said, "the first reason counts"
    assert "route paper states: 0 open orders" in said
    assert not (home / "KILL").exists()
    assert "KILL SWITCH SET: drill" in told(capsys, home, "status")[1]
    assert told(capsys, home, *SUBMIT)[0] == 6
    assert told(capsys, home, "clear-kill", "--reason", "over")[0] == 0
    assert "was not set" in told(capsys, home, "clear-kill", "--reason", "over")[1]


def test_strategies_are_paused_and_only_exits_let_through(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    assert told(capsys, home, "pause", "--reason", "lunch")[1] == "strategies are paused\n"
    assert "paused before" in told(capsys, home, "pause")[1]
    assert document(capsys, home, "pause")[1]["reason"] == "lunch", "not the reason that holds"
    assert "PAUSE: lunch" in told(capsys, home, "status")[1]
    assert told(capsys, home, *SUBMIT)[0] == 0, "a person may ask all the same"
    assert told(capsys, home, "resume")[1] == "strategies may ask again\n"
    assert told(capsys, home, "reduce-only", "on", "--reason", "late")[0] == 0
    assert "REDUCE ONLY: late" in told(capsys, home, "status")[1]
    assert told(capsys, home, *SUBMIT)[0] == 6
    assert told(capsys, home, "reduce-only", "off")[1] == "everything may trade again\n"
    assert told(capsys, home, *SUBMIT)[0] == 0


def test_the_halt_of_one_instrument_is_cleared_by_its_name(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    daemon.report(
        "SOMEONE-ELSES", ExecType.TRADE, exec_id=ExecID("X9"), last_qty=Decimal(1),
        last_px=Decimal(500), symbol="SPY", is_sell=False,
    )
    assert told(capsys, home, *SUBMIT)[0] == 6
    clear = ("clear-halt", "SPY", "--reason", "looked at it")
    assert told(capsys, home, "clear-kill", "--reason", "no")[0] == 0
    assert told(capsys, home, *clear)[1] == "SPY may be traded again\n"
    assert told(capsys, home, *clear)[1] == "SPY was not halted\n"
    assert told(capsys, home, "clear-halt", "spy", "--reason", "x")[0] != 0


def test_kill_drops_the_file_when_the_daemon_does_not_answer(
    daemon: TinyDaemon, home: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(command: Command) -> Decision | None:
        raise Busy("full")

    daemon.instead = busy
    code, said, _ = told(capsys, home, "kill", "--reason", "now")
    assert code == 0
    assert "BUSY" in said
    assert (home / "KILL").read_text() == "now\n"


def test_a_daemon_that_hangs_times_out_with_5_and_the_key(
    daemon: TinyDaemon, home: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(command: Command) -> Decision | None:
        raise TimeoutError

    monkeypatch.setattr(command_routes, "DECIDE_WITHIN_S", 0.05)
    daemon.instead = late
    code, said, error = told(capsys, home, *SUBMIT, "--key", "k1")
    assert (code, said) == (5, "")
    assert "--key k1" in error


def test_a_rehearsal_that_runs_is_pointed_out(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    rehearsal = tmp_path / "rehearsal"
    rehearsal.mkdir()
    with served(daemon, rehearsal):
        code, _, error = told(capsys, tmp_path, *SUBMIT)
        assert code == 3
        assert "add --rehearsal" in error
        assert told(capsys, tmp_path, *SUBMIT, "--rehearsal")[0] == 0
        assert "its rehearsal does: add --rehearsal" in told(capsys, tmp_path, "kill")[1]
        assert daemon.book.kill_reason is None, "the rehearsal was not meant"
    assert not client.is_running(rehearsal)


def test_replace_and_cancel_all_tell_what_is_on_its_way(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    found = document(capsys, home, *SUBMIT, "--limit", "500.00")[1]
    order = found["client_order_id"]
    daemon.report(order, ExecType.NEW)
    code, said, _ = told(capsys, home, "replace", order, "--qty", "20", "--limit", "499.50")
    assert (code, said) == (0, f"change of order {order} is on its way to the broker\n")
    code, _, said = told(capsys, home, "replace", order, "--qty", "21")
    assert code == 6
    assert "OMS_PENDING_REQUEST" in said
    assert told(capsys, home, "replace", order)[0] == 2
    assert told(capsys, home, "replace", order, "--qty", "1e5")[0] == 2
    code, said, _ = told(capsys, home, "cancel-all")
    assert (code, said) == (
        0, "cancels on their way to the broker: 1; intents taken back: 0\n"
    )


def test_a_strategy_is_disabled_and_enabled_by_a_person_who_says_why(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    code, found = document(capsys, home, "strategies", "disable", "cross", "--reason", "odd orders")
    assert (code, found["changed"], found["is_enabled"]) == (0, True, False)
    assert daemon.book.disabled["cross"].startswith("odd orders (by ")
    code, said, _ = told(capsys, home, "strategies", "list")
    assert code == 0
    off, on = said.splitlines()[1:]
    assert off.split()[:3] == ["cross", "OFF", "SPY"] and "odd orders" in off
    assert on.split()[:3] == ["quoter", "on", "SPY"]
    code, said, _ = told(capsys, home, "strategies", "disable", "cross", "--reason", "again")
    assert (code, said) == (0, "strategy cross was already disabled\n")
    code, said, _ = told(capsys, home, "strategies", "enable", "cross", "--reason", "mended")
    assert (code, said) == (0, "strategy cross is enabled\n")
    assert daemon.book.disabled == {}


def test_a_strategy_that_is_not_there_cannot_be_disabled(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    code, _, said = told(capsys, home, "strategies", "disable", "corss", "--reason", "x")
    assert code != 0
    assert "there are: cross, quoter" in said
    assert daemon.book.disabled == {}


def test_nobody_enables_a_strategy_without_a_reason(home: Path, capsys: Out) -> None:
    assert told(capsys, home, "strategies", "enable", "cross")[0] == 2


@pytest.mark.parametrize(("words", "code"), [
    (("cancel", "nobody"), 6),
    (("strategies", "disable", "nobody", "--reason", "noisy"), 1),
    (("drafts", "reject", "nobody", "--reason", "no"), 1),
    (("dead-letters", "discard", "nobody", "--reason", "old"), 1),
])
def test_a_program_is_told_a_no_in_one_document_too(
    home: Path, capsys: Out, words: tuple[str, ...], code: int
) -> None:
    ended, found = document(capsys, home, *words)
    assert (ended, found["status"]) == (code, 404)


def test_a_full_inbox_is_no_refusal(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    async def busy(command: Command) -> Decision | None:
        raise Busy("full")

    daemon.instead = busy
    code, _, error = told(capsys, home, "cancel", "nobody")
    assert code == 1
    assert "BUSY" in error
