"""Does the release check find what must not trade, and leave no trace of its looking?"""

import json
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shell.replay.test_redecide import as_list_one
from tests.tiny_daemon import TinyDaemon

from tradebot.cli.main import main
from tradebot.core.model.commands import ActivateSettings, SubmitIntent
from tradebot.core.model.events import SettingsActivated
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.core.model.money import ONE
from tradebot.shell.checks.checks import Word
from tradebot.shell.checks.release_check import ReleaseCheck
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.lock import DataDirLock
from tradebot.shell.settings import config

Out = pytest.CaptureFixture[str]
SHIPPED = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of the shipped configuration, and a data directory with a day's journal."""
    for name in ("config.paper.yaml", "policy.yaml"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    daemon = TinyDaemon()
    trade(daemon)
    write(tmp_path / "data", daemon.decisions)
    return tmp_path


def trade(daemon: TinyDaemon) -> None:
    daemon.decide(SubmitIntent(intent=Intent(
        legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=ONE, key="k", source=Source.CLI,
    )))
    daemon.fill(next(iter(daemon.book.orders.working)), "1", "500.01", "X1")


def write(home: Path, decisions: list[Decision]) -> None:
    journal = Journal.open(
        home / "journal", code="0.1.0", settings_hash="test", threaded=False, prewrite=False
    )
    journal.write(decisions)
    journal.close()


def check(out: Out, place: Path, *more: str) -> tuple[int, dict[str, dict[str, Any]]]:
    code = main([
        "release-check", "--config", str(place / "config.paper.yaml"), "--data-dir",
        str(place / "data"), "--json", *more,
    ])
    return code, {row["check"]: row for row in json.loads(out.readouterr().out)["checks"]}


def everything(home: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(p): (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else b"")
        for p in home.rglob("*")
    }


def test_a_good_release_is_ready_and_its_dry_run_bought_something(out: Out, place: Path) -> None:
    began = time.perf_counter()
    code, found = check(out, place)
    assert code == 0, found
    assert {row["result"] for row in found.values()} == {"pass"}
    assert "by a draft on disk, through all eight stages" in found["dry run"]["says"]
    assert "decided again, all the same" in found["journal"]["says"]
    assert time.perf_counter() - began < 5


def test_a_calendar_of_other_markets_keeps_no_dry_run_from_buying(out: Out, place: Path) -> None:
    _, found = check(out, place, "--set", "schedule.calendar=24/7")
    assert found["dry run"]["result"] == "pass", found["dry run"]


@pytest.mark.parametrize(("equity_min", "word"), [(0, "pass"), (1_000_000, "warn")])
def test_a_past_of_older_gates_is_a_warning_only_where_todays_would_say_no(
    out: Out, place: Path, equity_min: int, word: str
) -> None:
    past = as_list_one(trading_under(equity_min_usd=Decimal(equity_min)))
    shutil.rmtree(place / "data" / "journal")
    write(place / "data", past)
    code, found = check(out, place)
    assert (code, found["journal"]["result"]) == (int(word == "warn"), word)
    assert ("its gate list is not today's" in found["journal"]["says"]) is (word == "warn")


def trading_under(**limits: Any) -> list[Decision]:
    """Trade as if these limits of newer gates had been there, and nobody had asked them."""
    daemon = TinyDaemon()
    trade(daemon)
    first = daemon.decisions[0]
    assert isinstance(first.command, ActivateSettings)
    policy = replace(first.command.settings.policy, **limits)
    settings = replace(first.command.settings, policy=policy)
    command = replace(first.command, settings=settings)
    activated = SettingsActivated(settings=settings, version=command.version)
    return [replace(first, command=command, events=(activated,)), *daemon.decisions[1:]]


def test_the_quick_check_verifies_but_does_not_decide_again(out: Out, place: Path) -> None:
    code, found = check(out, place, "--quick")
    assert code == 0
    assert "not decided again" in found["journal"]["says"]


def test_nothing_is_left_behind_beside_whoever_holds_the_lock(out: Out, place: Path) -> None:
    home = place / "data"
    with DataDirLock(home):
        before = everything(home)
        code, _ = check(out, place)
        assert (code, everything(home)) == (0, before)


def test_a_data_directory_that_is_not_there_is_not_made(out: Out, place: Path) -> None:
    shutil.rmtree(place / "data")
    code, _ = check(out, place)
    assert code == 0
    assert not (place / "data").exists()


def test_the_dry_run_touches_no_drafts_of_the_real_daemon(out: Out, place: Path) -> None:
    drafts = place / "drafts"
    drafts.mkdir()
    (drafts / "20200101_000000_SPY_single_d2055d77.yaml").write_text("an old one")
    before = everything(drafts)
    code, _ = check(out, place, "--set", f"staging.drafts_dir={drafts}")
    assert (code, everything(drafts)) == (0, before)


def test_a_broken_policy_is_told_with_its_line(out: Out, place: Path) -> None:
    (place / "policy.yaml").write_text("order_qty_max: -1\n")
    code, found = check(out, place)
    assert (code, found["policy"]["result"]) == (2, "fail")
    assert "policy.yaml:1:" in found["policy"]["says"]
    assert found["dry run"]["result"] == "skip"


def test_a_policy_that_is_not_there_is_told(out: Out, place: Path) -> None:
    (place / "policy.yaml").unlink()
    code, found = check(out, place)
    assert (code, found["policy"]["result"]) == (2, "fail")


def test_a_configuration_that_is_not_there_is_not_ready(out: Out, place: Path) -> None:
    (place / "config.paper.yaml").unlink()
    code, found = check(out, place)
    assert (code, found["config"]["result"]) == (2, "fail")
    assert found["imports"]["result"] == "pass"


def test_a_limit_that_lets_nothing_pass_stops_the_dry_run_with_its_reason(
    out: Out, place: Path
) -> None:
    code, found = check(out, place, "--set", "policy.order_notional_max_usd=1")
    assert (code, found["dry run"]["result"]) == (2, "fail")
    assert "stopped at stage risk" in found["dry run"]["says"]


def test_a_damaged_ledger_is_told_with_its_record(out: Out, place: Path) -> None:
    segment = place / "data" / "journal" / "00000001.jsonl"
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(bytes(data))
    code, found = check(out, place)
    assert (code, found["journal"]["result"]) == (2, "fail")
    assert "record" in found["journal"]["says"]


def test_a_route_of_another_kind_than_the_mode_is_told(out: Out, place: Path) -> None:
    code, found = check(out, place, "--set", "mode=mock")
    assert (code, found["broker mode"]["result"]) == (2, "fail")
    assert "mode mock cannot use paper" in found["broker mode"]["says"]


def test_a_mode_that_refuses_everything_is_a_warning(out: Out, place: Path) -> None:
    code, found = check(out, place, "--set", "mode=live_blocked")
    assert (code, found["broker mode"]["result"]) == (1, "warn")


@pytest.mark.parametrize(("year", "word"), [(2035, Word.FAIL), (2030, Word.PASS)])
def test_a_calendar_must_know_half_a_year_ahead(place: Path, year: int, word: Word) -> None:
    class Then:
        def now(self) -> datetime:
            return datetime(year, 8, 1, tzinfo=UTC)

    checks = ReleaseCheck(
        lambda: config.load(place / "config.paper.yaml", environ={}), lambda _: "", Then(),
        is_quick=True,
    )
    found = {checked.name: checked for checked in checks.run()}
    assert found["calendar"].word is word
    assert "2036-01-01" in found["calendar"].said


@pytest.fixture
def out(capsys: Out) -> Out:
    return capsys
