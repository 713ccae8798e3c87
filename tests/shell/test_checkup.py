"""Does a look at a broker find what would keep it from trading, and say what to do about it?"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tradebot.core.model.capabilities import Capabilities
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.look import BrokerLook, Permission, Permit
from tradebot.core.model.report import OpenOrder, Report, Statement
from tradebot.core.model.settings import RouteKind
from tradebot.ports import DeliveryUnknown, LoginRefused, NotSent
from tradebot.shell.checks.checks import Checked, Word, examine
from tradebot.shell.checks.checkup import Checkup, masked
from tradebot.shell.clock import WallClock

OURS = ClOrdID("tb" + "0" * 26)


class Shown:
    """A broker that lets itself be looked at; `made` says what else than good it is."""

    def __init__(self, **made: Any) -> None:
        self.capabilities = Capabilities(takes=(), real_money=made.get("real_money", False))
        self.made = made
        self.left = 0

    @staticmethod
    def beside(settings: Any) -> Any:
        return settings

    async def connect(self) -> None:
        if isinstance(refusal := self.made.get("refusal"), Exception):
            raise refusal
        if refusal == "silence":
            await asyncio.Event().wait()

    async def disconnect(self) -> None:
        self.left += 1

    async def ping(self) -> datetime:
        await asyncio.sleep(self.made.get("slow_s", 0))
        return datetime.now(UTC) + timedelta(seconds=self.made.get("ahead_s", 0))

    async def look(self) -> BrokerLook:
        if "look" in self.made:
            raise self.made["look"]
        return BrokerLook(
            server="test server 7", allowance="199 of 200 calls left",
            permissions=self.made.get("permissions", (
                Permission(permit=Permit.TRADE, is_given=True),
                Permission(permit=Permit.OPTIONS, is_given=True, told="level 3"),
            )),
        )

    async def statement(self) -> Statement:
        return Statement(
            account="DU1234567", as_of=datetime.now(UTC), cash=Decimal(1000),
            working=tuple(
                OpenOrder(cl_ord_id=ClOrdID(name), symbols=("SPY",))
                for name in self.made.get("working", ())
            ),
        )

    async def reports(self) -> AsyncIterator[Report]:
        if "stream" in self.made:
            raise self.made["stream"]
        await asyncio.Event().wait()
        yield Report(route="x", cl_ord_id=OURS, exec_type=self.made["never"])

    async def _unasked(self, *_: object) -> None:
        raise AssertionError("whoever looks sends nothing")

    submit = cancel = replace = find = fills_since = _unasked


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tradebot.shell.checks.checkup.CONNECT_WITHIN_S", 0.05)


def looked(
    kind: RouteKind = RouteKind.PAPER, **made: Any
) -> tuple[dict[str, Checked], dict[str, Any]]:
    shown = Shown(**made)
    with asyncio.Runner() as runner:
        checkup = Checkup(shown, kind, WallClock(), calls=3)  # type: ignore[arg-type]
        found = examine(checkup.checks(runner.run))
        runner.run(checkup.close())
        assert not asyncio.all_tasks(runner.get_loop())
    assert shown.left == 1
    return {checked.name: checked for checked in found}, checkup.figures


def test_a_good_broker_passes_with_its_numbers() -> None:
    found, figures = looked(working=(OURS,))
    assert {checked.word for checked in found.values()} == {Word.PASS}
    assert figures["account"] == "DU...567"
    assert figures["open_orders"] == {"all": 1, "others": 0}
    assert figures["permissions"] == {"trade": True, "options": True}
    assert figures["round_trip_ms"]["calls"] == 3
    assert abs(figures["clock_skew_s"]) < 0.5
    assert "test server 7" in found["permissions"].said
    assert "options: yes (level 3)" in found["permissions"].said
    assert "199 of 200 calls left" in found["permissions"].said


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (LoginRefused("unknown key PK1"), "unknown key PK1; it is not tried again until"),
        (NotSent("client id 7 is in use", 30), "client id 7 is in use; leave it alone for 30 s"),
        (NotSent("refused"), "refused: look whether it runs"),
        (ConnectionRefusedError(111, "refused"), "look whether it runs, and at the host and port"),
        ("silence", "no answer within 0.05 s: does it wait for a person"),
    ],
)
def test_whoever_is_not_let_in_is_told_what_to_do(refusal: object, says: str) -> None:
    found, _ = looked(refusal=refusal)
    assert (found["login"].word, says in found["login"].said) == (Word.FAIL, True)
    others = [checked for name, checked in found.items() if name != "login"]
    assert {(c.word, c.said) for c in others} == {(Word.SKIP, "not reached: see login")}


@pytest.mark.parametrize(
    ("kind", "is_real", "word", "says"),
    [
        (RouteKind.PAPER, True, Word.FAIL, "real money, but the route is paper"),
        (RouteKind.PAPER, None, Word.FAIL, "does not tell whether this is real money"),
        (RouteKind.LIVE, False, Word.FAIL, "play money, but the route is live"),
        (RouteKind.LIVE, True, Word.PASS, "real money, and the route is live"),
        (RouteKind.TESTNET, False, Word.PASS, "play money, and the route is testnet"),
    ],
)
def test_the_kind_of_money_must_be_the_routes(
    kind: RouteKind, is_real: bool | None, word: Word, says: str
) -> None:
    found, _ = looked(kind, real_money=is_real)
    assert (found["mode"].word, says in found["mode"].said) == (word, True)


@pytest.mark.parametrize(
    ("permit", "is_given", "word"),
    [
        (Permit.TRADE, False, Word.FAIL), (Permit.TRADE, None, Word.WARN),
        (Permit.SHORTS, False, Word.WARN), (Permit.OPTIONS, None, Word.PASS),
    ],
)
def test_only_the_right_to_trade_is_one_that_nothing_goes_without(
    permit: Permit, is_given: bool | None, word: Word
) -> None:
    right = Permission(permit=permit, is_given=is_given, told="look there")
    found, _ = looked(permissions=(right,))
    assert found["permissions"].word is word
    assert "(look there)" in found["permissions"].said


@pytest.mark.parametrize(
    ("ahead_s", "word"), [(-1.0, Word.PASS), (3.0, Word.WARN), (-60.0, Word.FAIL)]
)
def test_a_clock_away_from_the_brokers_is_seen(ahead_s: float, word: Word) -> None:
    found, figures = looked(ahead_s=ahead_s)
    assert found["clock"].word is word
    assert abs(figures["clock_skew_s"] - ahead_s) < 0.5


def test_slow_answers_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tradebot.shell.checks.checkup.TARGET_MS", 5.0)
    found, figures = looked(slow_s=0.02)
    assert found["round trip"].word is Word.FAIL
    assert figures["round_trip_ms"]["p50"] >= 20


def test_orders_of_others_are_a_warning_and_a_dead_stream_is_a_failure() -> None:
    found, figures = looked(working=(OURS, "by-hand"), stream=ConnectionError("socket closed"))
    assert found["open orders"].word is Word.WARN
    assert "1 of 2 at work are none of ours (SPY)" in found["open orders"].said
    assert figures["open_orders"] == {"all": 2, "others": 1}
    assert (found["stream"].word, "socket closed" in found["stream"].said) == (Word.FAIL, True)


def test_a_question_that_fails_spoils_no_other() -> None:
    found, _ = looked(look=DeliveryUnknown("503"))
    assert found["permissions"].word is Word.FAIL
    assert found["clock"].word is found["stream"].word is Word.PASS


def test_a_number_is_shown_to_know_it_not_to_use_it() -> None:
    assert [masked(name) for name in ("PAPER-1", "U7654321")] == ["PAPER-1", "U7...321"]
