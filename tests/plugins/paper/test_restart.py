"""What does the paper broker still know after a kill? All that it told, at every line of its book.

A kill is the end of the event loop: every timer and everything unwritten is gone.
"""

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.makers import CALL, HIGHER_CALL, at, working_ids
from tests.plugins.paper.bench import (
    EPOCH,
    INITIAL,
    Bench,
    a_combo,
    an_order,
    play,
    reckon,
)

from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType, Report
from tradebot.ports import WireError

COSTS = {"commission_bps": 10, "slippage_bps": 5, "commission_per_contract": "0.65"}
LATER = at(600)


async def a_busy_morning(bench: Bench) -> None:
    """Trade in every way there is: partial fills, a flip, a replace, a cancel, a combo."""
    await bench.show("199.90", 200, size=30)
    await bench.buy(40)
    await bench.buy(10, 150, tif="gtc")
    day = await bench.buy(7, 140)
    await bench.show("201.90", 202, size=30)
    await bench.sell(25, stop=190)
    await bench.replace(day, "R1", 9, 141)
    await bench.buy(0, 100)
    await bench.show("189.90", 190)
    gone = await bench.sell(5, 300)
    await bench.cancel(gone)
    await bench.show("4.90", 5, symbol=CALL)
    await bench.show("2.00", "2.10", symbol=HIGHER_CALL)
    await bench.submit(a_combo(f"buy {CALL}", f"sell {HIGHER_CALL}", qty=2))
    await bench.sell(100)


async def nothing(bench: Bench) -> None:
    """Only connect."""


def the_book(home: Path) -> Path:
    (book,) = [path for path in home.rglob("*") if path.is_file()]
    return book


def the_state(home: Path, start: object = LATER) -> dict[str, object]:
    """Start a broker on what lies on the disk, and ask it for everything."""
    state: dict[str, object] = {}

    async def ask(bench: Bench) -> None:
        statement = await bench.broker.statement()
        state["cash"] = statement.cash
        state["holdings"] = {held.symbol: (held.qty, held.avg_px) for held in statement.holdings}
        state["working"] = statement.working
        state["fills"] = list(await bench.broker.fills_since(EPOCH))
        state["realized"] = bench.broker.realized

    play(home, ask, start, **COSTS)
    return state


def test_a_restarted_broker_knows_what_the_old_one_knew(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await a_busy_morning(bench)
        statement = await bench.broker.statement()
        found = {order: await bench.broker.find(order) for order in bench.intents}
        before.update({
            "cash": statement.cash, "working": statement.working, "found": found,
            "holdings": statement.holdings, "realized": bench.broker.realized,
            "fills": list(await bench.broker.fills_since(EPOCH)),
        })

    async def again(bench: Bench) -> None:
        statement = await bench.broker.statement()
        found = {order: await bench.broker.find(order) for order in before["found"]}
        assert before == {
            "cash": statement.cash, "working": statement.working, "found": found,
            "holdings": statement.holdings, "realized": bench.broker.realized,
            "fills": list(await bench.broker.fills_since(EPOCH)),
        }

    before: dict = {}
    play(tmp_path, story, **COSTS)
    assert len(before["fills"]) >= 5
    assert before["working"]
    play(tmp_path, again, LATER, **COSTS)
    play(tmp_path, again, LATER + timedelta(minutes=1), **COSTS)


def test_at_every_line_the_account_is_what_its_trades_come_to(tmp_path: Path) -> None:
    """Cut the book after each line, and inside each line; start there; the sums must agree."""
    bench = play(tmp_path / "first", a_busy_morning, **COSTS)
    book = the_book(tmp_path / "first")
    lines = book.read_bytes().splitlines(keepends=True)
    assert len(lines) > 20
    trades = [report for report in bench.told if report.exec_type is ExecType.TRADE]
    counts = []
    for number in range(len(lines) + 1):
        for torn in (b"", lines[number][: len(lines[number]) // 2] if number < len(lines) else b""):
            home = tmp_path / f"{number}-{len(torn)}"
            cut = home / book.relative_to(tmp_path / "first")
            cut.parent.mkdir(parents=True, exist_ok=True)
            cut.write_bytes(b"".join(lines[:number]) + torn)
            state = the_state(home)
            sheet = reckon(bench.intents, known(bench, state), bench.instruments)
            assert state["cash"] == sheet.cash
            assert {s: qty for s, (qty, _) in state["holdings"].items()} == sheet.holdings
            assert state["realized"] == pytest.approx(sheet.realized, abs=Decimal("1e-9"))
            assert state["fills"] == trades[: len(state["fills"])]
        counts.append(len(state["fills"]))
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, len(trades))


def known(bench: Bench, state: dict[str, object]) -> list[Report]:
    """Return the fills the broker still knows, with the replaces that give them their names."""
    replaced = [report for report in bench.told if report.exec_type is ExecType.REPLACED]
    return [*replaced, *state["fills"]]


def test_a_torn_line_is_cut_so_that_later_ones_can_be_read(tmp_path: Path) -> None:
    async def one_more(bench: Bench) -> None:
        bench.names = f"{bench.start:%M}-"
        await bench.show("199.90", 200)
        await bench.buy(1)

    play(tmp_path, one_more, at(60))
    book = the_book(tmp_path)
    book.write_bytes(book.read_bytes() + b'["Said",{"cl_ord')
    play(tmp_path, one_more, at(180))
    assert the_state(tmp_path)["holdings"] == {"SPY": (2, 200)}


def test_whatever_was_told_stood_on_the_disk_before(tmp_path: Path) -> None:
    """Copy the disk at the very moment of each report; a broker started there must know it."""
    copies: list[tuple[Path, Report]] = []

    def copy(report: Report) -> None:
        place = tmp_path / f"copy{len(copies)}"
        shutil.copytree(tmp_path / "first", place)
        copies.append((place, report))

    async def story(bench: Bench) -> None:
        bench.on_report = copy
        await a_busy_morning(bench)

    bench = play(tmp_path / "first", story, **COSTS)
    assert [report for _, report in copies] == bench.told
    assert len(copies) > 12
    for place, report in copies:
        async def knows(bench: Bench, report: Report = report) -> None:
            order = await bench.broker.find(report.orig_cl_ord_id or report.cl_ord_id)
            assert order is not None
            assert report in order.reports

        play(place, knows, LATER, **COSTS)


def test_a_restarted_broker_never_uses_an_execution_id_twice(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200, size=3)
        await bench.buy(10, 200, tif="gtc")

    async def more(bench: Bench) -> None:
        bench.names = "U"
        await bench.show("199.90", 200, size=3)
        await bench.buy(1, 201)
        await bench.show("199.90", 200)

    first = play(tmp_path, story)
    second = play(tmp_path, more, LATER)
    names = [
        report.exec_id for report in (*first.told, *second.told)
        if report.exec_type is ExecType.TRADE
    ]
    assert len(names) >= 3
    assert len(set(names)) == len(names)


def test_resting_orders_go_on_after_a_restart(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200, size=4)
        await bench.buy(10, 200)
        await bench.sell(5, stop=190)
        await bench.buy(3, 205, stop=204)

    async def more(bench: Bench) -> None:
        await bench.show("199.90", 200)
        assert bench.fills("T1") == ["6@200"]
        await bench.show("189.90", 190)
        assert bench.fills("T2") == ["5@189.9"]
        await bench.show("204.40", "204.50")
        assert bench.fills("T3") == ["3@204.5"]

    play(tmp_path, story)
    play(tmp_path, more, LATER)


def test_a_triggered_stop_is_still_triggered_after_a_restart(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.buy(10, 203, stop=202)
        await bench.show("204.90", 205)

    async def more(bench: Bench) -> None:
        await bench.show("199.90", 200)
        assert bench.fills("T1") == ["10@200"]

    play(tmp_path, story)
    play(tmp_path, more, LATER)


def test_a_day_order_whose_close_was_missed_expires_at_the_next_start(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.buy(10, 150)
        await bench.buy(10, 150, tif="gtc")

    async def tomorrow(bench: Bench) -> None:
        await bench.show("99.90", 100)
        assert bench.kinds("T1") == ["expired"]
        assert bench.fills("T2") == ["10@100"]

    play(tmp_path, story)
    play(tmp_path, tomorrow, at(60) + timedelta(days=1))


def test_a_day_order_restored_in_time_still_expires_at_its_close(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.buy(10, 150)

    async def later(bench: Bench) -> None:
        await bench.until(at(6.5 * 3600 + 1))
        assert bench.kinds("T1") == ["expired"]

    play(tmp_path, story)
    play(tmp_path, later, LATER)


def test_an_order_that_was_on_the_wire_is_known_or_never_came(tmp_path: Path) -> None:
    """`find` must not deny an order that fills later: absence is this broker's proof."""
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.send(an_order("buy", 10, 150))

    async def more(bench: Bench) -> None:
        found = await bench.broker.find(ClOrdID("T1"))
        await bench.show("99.90", 100)
        assert (await bench.holdings() != {}) == (found is not None)

    play(tmp_path, story, latency_ms_min=500, latency_ms_max=500)
    play(tmp_path, more, LATER)


def test_ids_are_remembered_over_a_restart(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.buy(10)

    async def more(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.submit(an_order("buy", 10), name="T1")
        (said,) = bench.about("T1")
        assert said.exec_type is ExecType.REJECTED
        assert said.is_duplicate_order
        assert await bench.holdings() == {"SPY": 10}

    play(tmp_path, story)
    play(tmp_path, more, LATER)


def test_reserved_buying_power_survives_a_restart(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.buy(400, 150)

    async def more(bench: Bench) -> None:
        bench.names = "U"
        await bench.show("199.90", 200)
        assert "buying power" in bench.refusal(
            await bench.submit(an_order("buy", 300, 150), name="U1")
        )

    play(tmp_path, story)
    play(tmp_path, more, LATER)


def test_no_luck_stays_no_luck_after_a_restart(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        for _ in range(40):
            await bench.submit(an_order("buy", 1, 150, tif="gtc"))
        await bench.show("149.90", 150)
        unlucky.extend(working_ids(await bench.broker.statement()))

    async def more(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.show("149.90", 150)
        assert list(working_ids(await bench.broker.statement())) == unlucky

    unlucky: list[ClOrdID] = []
    play(tmp_path, story, fill_probability="0.5")
    assert 5 < len(unlucky) < 35
    play(tmp_path, more, LATER, fill_probability="0.5")


@pytest.mark.parametrize("spoil", [
    lambda lines: [lines[0], b"nonsense\n", *lines[1:]],
    lambda lines: [lines[0], lines[1][: len(lines[1]) // 2] + b"\n", *lines[2:]],
])
def test_damage_inside_the_book_stops_the_start_and_overwrites_nothing(
    tmp_path: Path, spoil: Callable[[list[bytes]], list[bytes]]
) -> None:
    play(tmp_path, a_busy_morning)
    book = the_book(tmp_path)
    book.write_bytes(b"".join(spoil(book.read_bytes().splitlines(keepends=True))))
    spoiled = book.read_bytes()
    with pytest.raises(WireError, match="line 2"):
        play(tmp_path, nothing, LATER)
    assert book.read_bytes() == spoiled


def test_the_book_is_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "brokers" / "paper"
    play(home, nothing)
    assert the_book(home).stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0


def test_a_disk_that_fails_is_told_to_the_caller_and_nothing_else_is(tmp_path: Path) -> None:
    """A book that cannot be written: the call fails, and no report is heard."""
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        await bench.buy(10)
        await bench.broker.disconnect()
        book = the_book(bench.home)
        book.unlink()
        book.mkdir()  # where a folder stands no file can be written
        await bench.broker.connect()
        with pytest.raises(WireError):
            await bench.buy(10)
        with pytest.raises(WireError):
            await bench.broker.statement()
        assert bench.kinds("T2") == []

    play(tmp_path, story)


def test_a_new_account_has_its_initial_balance_and_nothing_else(tmp_path: Path) -> None:
    state = the_state(tmp_path)
    assert state["cash"] == INITIAL
    assert state["holdings"] == {}
    assert state["working"] == ()
    assert state["fills"] == []


def test_a_changed_initial_balance_does_not_change_an_open_account(tmp_path: Path) -> None:
    async def poor(bench: Bench) -> None:
        assert await bench.cash() == INITIAL

    play(tmp_path, nothing)
    play(tmp_path, poor, LATER, initial_balance=5)


def test_many_restarts_in_a_row_lose_nothing(tmp_path: Path) -> None:
    """Each morning buys one more, and each start finds what all mornings bought."""
    for day in range(5):
        async def morning(bench: Bench, day: int = day) -> None:
            bench.names = f"D{day}-"
            await bench.show("199.90", 200)
            await bench.buy(1)
            assert await bench.holdings() == {"SPY": day + 1}
            await asyncio.sleep(1)

        play(tmp_path, morning, at(60) + timedelta(hours=day))
