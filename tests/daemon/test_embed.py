"""Can a Python program hold a daemon of its own, and is it told whatever goes wrong?"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.daemon.rehearsal import CONFIG

import tradebot
from tradebot.core.model.events import OrderSubmitted, TradeBooked
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.embed import (
    BadRequest,
    ConfigError,
    DaemonStopped,
    DataDirInUse,
    FellBehind,
    OpenDaemon,
    Unanswerable,
    WrongLoop,
)
from tradebot.shell.journal.decision import Decision

OPENS = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
ENDS = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
Use = Callable[[OpenDaemon], Awaitable[Any]]


class Place:
    """A configuration and a data directory; a program rehearses half an hour of trading there."""

    def __init__(self, directory: Path) -> None:
        self.config = directory / "c.yaml"
        self.config.write_text(CONFIG.replace("data_dir: data", f"data_dir: {directory}/data"))

    def open(self, **more: Any) -> Any:
        words = {"rehearse": True, "speed": "max", "start": OPENS, "until": ENDS, **more}
        return tradebot.open_daemon(self.config, **words)

    def rehearse(self, use: Use, **more: Any) -> Any:
        async def main() -> Any:
            async with self.open(**more) as daemon:
                return await use(daemon)
        return tradebot.rehearse(main())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_an_intent_goes_through_the_pipeline_and_comes_back_finished(place: Place) -> None:
    async def buy(daemon: OpenDaemon) -> None:
        found = await daemon.submit(symbol="SPY", side="buy", qty=5, wait=True)
        assert found["success"] and found["order"]["ord_status"] == "filled"
        assert found["idempotency_key"] and found["correlation_id"] and found["gates"]
        for name in (found["intent_id"], found["client_order_id"]):
            assert daemon.why(name)["order"]["ord_status"] == "filled"
        with pytest.raises(Unanswerable, match="the journal may know it"):
            daemon.why("nobody")
        assert [row["qty"] for row in daemon.positions(strategy="api")] == ["5"]
        assert [row["client_order_id"] for row in daemon.orders(strategy="api")] == [
            found["client_order_id"]
        ]
        assert sum(int(row["qty"]) for row in daemon.fills(strategy="api")) == 5
        assert daemon.account()["accounts"][0]["account"] == "PAPER-1"
        status = daemon.status()
        assert status["state"] == "TRADING" and status["rehearsal"] is True
        assert status["next_open"] == "2026-11-25T14:30:00Z"
        assert status["next_close"] == "2026-11-24T21:00:00Z"

    place.rehearse(buy)


def test_a_refusal_is_an_answer_and_no_exception(place: Place) -> None:
    async def buy(daemon: OpenDaemon) -> Any:
        return await daemon.submit(symbol="NOPE", side="buy", qty="5", wait=True)

    found = place.rehearse(buy)
    assert (found["success"], found["verdict"]) == (False, "refuse")
    assert found["reason_code"] and found["reason_detail"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"side": "buy", "qty": 5}, "symbol: expected a value, got nothing"),
        ({"symbol": "SPY", "side": "buy", "qty": 0.1}, "qty: expected a Decimal, a whole number"),
        ({"symbol": "SPY", "side": "hold", "qty": 5}, "side: expected one of buy, sell"),
        ({"symbol": "SPY", "side": "buy", "quantity": 5}, r"did you mean qty\?"),
        ({"symbol": "SPY", "side": "buy", "qty": Decimal("NaN")}, "qty: expected a plain decimal"),
    ],
)
def test_a_wrong_field_is_named(place: Place, fields: dict[str, Any], says: str) -> None:
    async def ask(daemon: OpenDaemon) -> None:
        with pytest.raises(BadRequest, match=says):
            await daemon.submit(**fields)

    place.rehearse(ask)


def test_an_intent_ready_made_is_judged_as_a_programs_own(place: Place) -> None:
    leg = Leg(symbol="SPY", side=Side.BUY)

    async def ask(daemon: OpenDaemon) -> None:
        following = daemon.decisions()
        await daemon.submit(Intent(legs=(leg,), order_qty=Decimal(3)))
        decision = await anext(following)
        sent = [event for event in decision.events if isinstance(event, OrderSubmitted)]
        assert [(e.intent.order_qty, e.intent.source) for e in sent] == [(3, Source.API)]
        with pytest.raises(BadRequest, match="order_qty: expected Decimal, got float"):
            await daemon.submit(Intent(legs=(leg,), order_qty=3.5))  # type: ignore[arg-type]
        with pytest.raises(BadRequest, match="either an intent or its fields"):
            await daemon.submit(Intent(legs=(leg,), order_qty=Decimal(3)), qty=5)

    place.rehearse(ask)


def test_the_same_key_is_answered_again_and_never_sent_again(place: Place) -> None:
    async def ask(daemon: OpenDaemon) -> None:
        words = {"symbol": "SPY", "side": "buy", "key": "once"}
        first = await daemon.submit(qty=5, wait=True, **words)
        assert await daemon.submit(qty=5, **words) == first
        with pytest.raises(Unanswerable, match="key") as conflict:
            await daemon.submit(qty=6, **words)
        assert conflict.value.more["intent_id"] == first["intent_id"]
        assert len(daemon.orders(strategy="api")) == 1

    place.rehearse(ask)


def test_what_waits_is_taken_back_and_what_is_unknown_cannot_be(place: Place) -> None:
    async def ask(daemon: OpenDaemon) -> None:
        far = await daemon.submit(symbol="SPY", side="buy", qty=5, limit="1.00")
        taken = await daemon.cancel(far["client_order_id"])
        assert taken["cancel_requested"] is True
        assert (await daemon.submit(
            symbol="SPY", side="buy", qty=5, limit="1.00", key=far["idempotency_key"], wait=True,
        ))["order"]["ord_status"] == "canceled"
        with pytest.raises(Unanswerable, match="finished"):
            await daemon.cancel(far["client_order_id"])
        with pytest.raises(Unanswerable):
            await daemon.cancel("nobody")

    place.rehearse(ask)


def test_a_working_order_is_changed_and_a_sweep_takes_all_back(place: Place) -> None:
    async def ask(daemon: OpenDaemon) -> None:
        orders = [
            await daemon.submit(symbol=symbol, side="buy", qty=5, limit="1.00")
            for symbol in ("SPY", "IBM")
        ]
        await asyncio.sleep(10)
        spy, ibm = (found["client_order_id"] for found in orders)
        assert (await daemon.replace(spy, qty=4))["replace_requested"] is True
        await asyncio.sleep(10)
        assert daemon.orders(symbol="SPY", strategy="api")[0]["order_qty"] == "4"
        with pytest.raises(BadRequest, match="limit: expected a Decimal"):
            await daemon.replace(ibm, limit=1.5)
        assert (await daemon.cancel_all("IBM"))["cancel_requested"] == [ibm]
        await asyncio.sleep(10)
        assert len((await daemon.cancel_all())["cancel_requested"]) == 1
        await asyncio.sleep(10)
        assert daemon.orders(status="open") == []

    place.rehearse(ask, overrides={"strategies": "[]"})


def test_what_cannot_be_written_down_is_refused_before_it_gets_in(place: Place) -> None:
    async def ask(daemon: OpenDaemon) -> None:
        words: Any = 123
        with pytest.raises(BadRequest, match="target: expected str, got int"):
            await daemon.cancel(words)
        with pytest.raises(BadRequest, match="symbol: expected NoneType or str, got int"):
            await daemon.cancel_all(words)
        with pytest.raises(BadRequest, match="reason: expected text"):
            await daemon.kill(words)
        assert (await daemon.submit(symbol="SPY", side="buy", qty=5))["verdict"] == "pass"

    place.rehearse(ask)


def test_a_program_asks_for_what_the_verbs_ask(place: Place) -> None:
    async def ask(daemon: OpenDaemon) -> None:
        first = await daemon.reconcile()
        assert first["clean"]
        assert first["routes"][0]["because"] == "asked by program"
        assert daemon.status()["reconciliation"] == first
        assert (await daemon.pause("lunch"))["engaged"]
        assert (await daemon.reduce_only("thin market"))["changed"]
        assert {row["control"] for row in daemon.status()["controls"]} == {"pause", "reduce_only"}
        assert not (await daemon.resume("back"))["engaged"]
        assert not (await daemon.reduce_only("all there", on=False))["engaged"]
        assert (await daemon.disarm("to be sure"))["changed"] is False
        assert daemon.dead_letters() == []
        with pytest.raises(Unanswerable, match="no dead letter"):
            await daemon.retry("nobody's")
        with pytest.raises(Unanswerable, match="no dead letter"):
            await daemon.discard("nobody's", "why not")

    place.rehearse(ask, overrides={"strategies": "[]"})


def test_after_a_kill_nothing_is_sent(place: Place) -> None:
    async def ask(daemon: OpenDaemon) -> None:
        far = await daemon.submit(symbol="SPY", side="buy", qty=5, limit="1.00")
        killed = await daemon.kill("enough")
        assert killed["cancel_requested"] == [far["client_order_id"]]
        refused = await daemon.submit(symbol="SPY", side="buy", qty=5)
        assert refused["reason_code"] == "RISK_KILL_SWITCH"
        assert daemon.status()["state"] == "HALTED"

    place.rehearse(ask)


def test_decisions_and_fills_are_followed_to_the_end_of_the_day(place: Place) -> None:
    async def follow(daemon: OpenDaemon) -> None:
        fills, seqs, booked = daemon.new_fills(), list[int](), 0
        async for decision in daemon.decisions():
            seqs.append(decision.seq)
            booked += sum(isinstance(event, TradeBooked) for event in decision.events)
        assert seqs == list(range(seqs[0], seqs[-1] + 1)) and booked
        assert [row async for row in fills] == daemon.fills()
        assert len(daemon.fills()) == booked
        assert await daemon.wait() == daemon.exit_code == 0
        with pytest.raises(DaemonStopped, match="it was asked to"):
            await daemon.submit(symbol="SPY", side="buy", qty=5)
        assert [row async for row in daemon.new_fills()] == []

    place.rehearse(follow)


@pytest.mark.fault(92)
def test_a_slow_reader_hears_what_it_missed_and_reads_on(place: Place) -> None:
    async def dawdle(daemon: OpenDaemon) -> list[int]:
        stream, kept = daemon.decisions(waiting_max=4), daemon.decisions()
        await daemon.wait()
        seqs = [decision.seq async for decision in kept]
        with pytest.raises(FellBehind) as gap:
            await anext(stream)
        assert (gap.value.count, gap.value.first_seq) == (len(seqs) - 4, seqs[0])
        assert gap.value.last_seq == seqs[-5]
        assert [decision.seq async for decision in stream] == seqs[-4:]
        return seqs

    assert len(place.rehearse(dawdle)) > 8


@pytest.mark.promise(25)
@pytest.mark.fault(19)
def test_one_data_directory_has_one_daemon_and_what_it_knew_stays(place: Place) -> None:
    async def first(daemon: OpenDaemon) -> None:
        await daemon.submit(symbol="SPY", side="buy", qty=5, wait=True)
        with pytest.raises(DataDirInUse, match="is in use"):
            async with place.open():
                pass

    async def second(daemon: OpenDaemon) -> None:
        assert [row["qty"] for row in daemon.positions(strategy="api")] == ["5"]

    place.rehearse(first)
    place.rehearse(second, resume=True)


def test_an_error_in_the_block_stops_the_daemon_and_goes_on(place: Place) -> None:
    async def fail(daemon: OpenDaemon) -> None:
        raise KeyError("mine")

    async def linger(daemon: OpenDaemon) -> None:
        async with asyncio.timeout(60):
            await asyncio.Event().wait()

    with pytest.raises(KeyError, match="mine"):
        place.rehearse(fail)
    with pytest.raises(TimeoutError):
        place.rehearse(linger)


@pytest.mark.fault(14, 17)
def test_a_failed_core_is_told_to_whoever_asks_and_at_the_end(place: Place) -> None:
    def broken(decision: Decision) -> None:
        raise RuntimeError("a listener broke")

    async def ask(daemon: OpenDaemon) -> None:
        daemon._built.engine.listeners.append(broken)
        with pytest.raises(DaemonStopped, match="a listener broke") as stop:
            await daemon.submit(symbol="SPY", side="buy", qty=5)
        assert stop.value.exit_code == 70

    with pytest.raises(DaemonStopped, match="a listener broke"):
        place.rehearse(ask)
    assert "a listener broke" in (place.config.parent / "data/rehearsal/KILL").read_text()


def test_a_start_that_fails_says_why(place: Place) -> None:
    async def never(daemon: OpenDaemon) -> None:
        raise AssertionError("the block began though the daemon did not")

    (place.config.parent / "data/rehearsal/QUARANTINE").mkdir(parents=True)
    with pytest.raises(DaemonStopped, match="start failed"):
        place.rehearse(never, resume=True)
    with pytest.raises(ConfigError, match="did you mean"):
        place.rehearse(never, overrides={"schedule.calender": "XNYS"})
    with pytest.raises(ConfigError, match="alpaca, ibkr, recorded, simulated, got 'nope'"):
        place.rehearse(never, overrides={"market_data.provider": "nope"})
    expected = r"strategies\[0\].symbols: .* that market_data offers \(SPY\), got 'IBM'"
    with pytest.raises(ConfigError, match=expected):
        place.rehearse(never, overrides={"market_data.symbols": "SPY"})


def test_each_kind_of_daemon_asks_for_its_kind_of_loop(place: Place) -> None:
    async def main(*, rehearse: bool) -> None:
        async with place.open(rehearse=rehearse):
            raise AssertionError("the block began on the wrong loop")

    with pytest.raises(WrongLoop, match=r"tradebot\.rehearse\(main\(\)\)"):
        asyncio.run(main(rehearse=True))
    with pytest.raises(WrongLoop, match=r"asyncio\.run\(main\(\)\)"):
        tradebot.rehearse(main(rehearse=False))


def test_in_real_time_the_programs_signals_stay_its_own(place: Place) -> None:
    async def main() -> None:
        before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        async with place.open(rehearse=False) as daemon:
            after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
            assert after == before
            assert daemon.status()["rehearsal"] is False
            assert daemon.exit_code is None
        assert daemon.exit_code == 0

    asyncio.run(main())


def test_the_package_offers_two_names_and_no_others() -> None:
    assert callable(tradebot.open_daemon) and callable(tradebot.rehearse)
    with pytest.raises(AttributeError, match="'tradebot' has no attribute 'open_demon'"):
        _ = tradebot.open_demon  # type: ignore[attr-defined]
