"""Does the shipped configuration live through every drill, and does a drill that fails say so?"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tradebot.cli.main import main
from tradebot.shell.calendar import build_calendars
from tradebot.shell.checks.checks import Word
from tradebot.shell.drills import real
from tradebot.shell.drills.child import Child
from tradebot.shell.drills.drill import Drill, Outcome
from tradebot.shell.drills.play import play
from tradebot.shell.drills.real import REAL
from tradebot.shell.drills.scenes import Scenes
from tradebot.shell.drills.scripts import DRILLS
from tradebot.shell.settings import config
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.loop import ShuffledLoop

SHIPPED = Path(__file__).parents[2] / "config" / "config.paper.yaml"
NOW = datetime(2026, 9, 2, 12, 0, tzinfo=UTC)
Play = Callable[..., Outcome]


@pytest.fixture
def played(tmp_path: Path) -> Play:
    def run(drill: Drill, **overrides: str) -> Outcome:
        named = {name.replace("__", "."): value for name, value in overrides.items()}
        found = config.load(SHIPPED, environ={}, overrides=named)
        return play(drill, Scenes(found, build_calendars(found.schedule), NOW).of, tmp_path)

    return run


def script(*lines: str) -> Drill:
    return Drill(name="made-up", shows="what a test wants", script="\n".join(lines))


@pytest.mark.parametrize("name", DRILLS)
def test_the_shipped_configuration_lives_through(name: str, played: Play) -> None:
    outcome = played(DRILLS[name])
    assert (outcome.word, outcome.says) == (Word.PASS, outcome.says)
    assert outcome.checks > 0
    assert outcome.orders > 0


def test_a_sweep_strikes_in_many_places(played: Play) -> None:
    outcome = played(DRILLS["crash-sweep"])
    assert outcome.plays > 60
    assert outcome.starts == outcome.plays + outcome.faults, "each strike kills"


def test_no_loop_is_left_open(played: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[ShuffledLoop] = []
    init = ShuffledLoop.__init__

    def opening(loop: ShuffledLoop, chance: Chance) -> None:
        opened.append(loop)
        init(loop, chance)

    monkeypatch.setattr(ShuffledLoop, "__init__", opening)
    assert played(DRILLS["power-cut"]).plays == len(opened) > 10
    assert all(loop.is_closed() for loop in opened)


def test_what_is_expected_and_is_not_so_fails(played: Play) -> None:
    outcome = played(script("buy a 10", "fill a 4", "wait 5", "expect filled a 5"))
    assert (outcome.word, outcome.says) == (Word.FAIL, "expected filled a 5, got 4")


def test_a_fault_that_never_struck_fails(played: Play) -> None:
    outcome = played(script("next bust", "buy a 10"))
    assert (outcome.word, outcome.says) == (Word.FAIL, "never struck: bust")


def test_a_fault_that_nobody_knows_is_a_mistake_in_the_script(played: Play) -> None:
    with pytest.raises(ValueError, match="expected a fault, got 'gremlins'"):
        played(script("next gremlins"))


def test_limits_that_let_no_order_through_skip_the_drill(played: Play) -> None:
    outcome = played(DRILLS["restart-replays-fills"], policy__order_qty_max="9")
    assert outcome.word is Word.SKIP
    assert "RISK_ORDER_QUANTITY" in outcome.says


@pytest.mark.parametrize("name", ["half-day", "clock-change", "midnight-reset"])
def test_a_market_that_never_closes_skips_what_is_about_its_hours(name: str, played: Play) -> None:
    outcome = played(DRILLS[name], schedule__calendar="24/7")
    assert outcome.word is Word.SKIP
    assert outcome.says.startswith("24/7 has no ")


@pytest.mark.parametrize("limit", ["open_orders_max", "orders_per_day_max"])
def test_limits_of_one_order_fail_no_drill(limit: str, played: Play) -> None:
    overrides = {f"policy__{limit}": "1"}
    words = {played(drill, **overrides).word for drill in DRILLS.values() if not drill.sweeps}
    assert words == {Word.PASS, Word.SKIP}


def test_the_users_own_patience_is_drilled(played: Play) -> None:
    patient = played(script("on rejected_order", "flood", "expect broker orders rejections_max"),
                     policy__rejections_max="2")
    assert (patient.word, patient.orders) == (Word.PASS, 2)


def test_the_verb_tells_verdicts_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["drill", "run", "duplicate-fill", "stale-feed", "--json",
                 "--config", str(SHIPPED)])
    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (document["pass"], document["fail"], document["skip"]) == (2, 0, 0)
    assert [row["drill"] for row in document["drills"]] == ["duplicate-fill", "stale-feed"]
    assert all(row["verdict"] == "pass" for row in document["drills"])


@pytest.mark.parametrize("name", [drill.name for drill in REAL])
def test_a_real_daemon_lives_through(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["drill", "run", name, "--json", "--config", str(SHIPPED)])
    row = json.loads(capsys.readouterr().out)["drills"][0]
    assert (row["verdict"], row["says"]) == ("pass", f"{row['starts']} processes")
    assert row["starts"] > 1


def test_a_configuration_with_a_real_broker_starts_no_process(
    tmp_path: Path
) -> None:
    found = config.load(SHIPPED, environ={})
    elsewhere = replace(found, brokers={"far": replace(found.brokers["paper"], adapter="far")})
    child = Child([], tmp_path, NOW)
    outcome = real.play(REAL[0], elsewhere, child)
    assert (outcome.word, child.starts) == (Word.SKIP, 0)
    assert outcome.says == "a child process would speak to far"


def test_a_child_that_does_not_start_fails_the_drill(tmp_path: Path) -> None:
    child = Child(["--config", "nowhere.yaml"], tmp_path, NOW)
    outcome = real.play(REAL[0], config.load(SHIPPED, environ={}), child)
    assert (outcome.word, child.starts) == (Word.FAIL, 1)


def test_a_drill_that_there_is_not_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "run", "duplicate-fil", "--config", str(SHIPPED)]) == 2
    assert "did you mean duplicate-fill?" in capsys.readouterr().err


def test_the_list_says_what_each_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "list"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in (*DRILLS, *(drill.name for drill in REAL)))


def test_nothing_is_left_in_the_users_data_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert main(["drill", "run", "disk-full", "--config", str(SHIPPED),
                 "--data-dir", str(data)]) == 0
    assert not data.exists()
