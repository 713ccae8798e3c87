"""Does each rehearsal and each release check leave its figures, in a file that stays small?"""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.shell.told.test_telemetry import rehearsed

from tradebot.cli.main import main
from tradebot.shell.metrics.durations import BOUNDS_S, Durations
from tradebot.shell.told import ci_metrics

REPORT = """<testsuites><testsuite tests="5" failures="1" errors="0" skipped="2" time="1.5"/>
<testsuite tests="2" failures="0" errors="1" skipped="0" time="0.25"/></testsuites>"""


def runs(data_dir: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((data_dir / ci_metrics.PLACE).read_text())["runs"]
    return found


def test_a_rehearsal_leaves_its_figures_and_a_release_check_its_checks(
    tmp_path: Path, capsys: Any
) -> None:
    home = rehearsed(tmp_path)
    [run] = runs(tmp_path / "data")
    lines = (home / "telemetry" / "execution_log.jsonl").read_text().splitlines()
    assert (run["source"], run["orders"]["fills"]) == ("rehearsal", len(lines))
    took = run["latency_ms"]["total"]
    assert took["count"] == run["orders"]["filled"] > 0
    assert 0 < took["average"] <= took["p50"] <= took["p99"]
    assert run["violations"]["kill_switch"] is None
    assert sum(run["violations"]["intents_refused"].values()) == 13
    assert run["violations"]["gates"] == {"consecutive_losses": 13}

    report = tmp_path / "junit.xml"
    report.write_text(REPORT)
    words = ["release-check", "--config", str(tmp_path / "c.yaml"), "--quick", "--json",
             "--data-dir", str(tmp_path / "data")]
    assert main([*words, "--tests", str(report)]) == 0
    _, run = runs(tmp_path / "data")
    assert run["tests"] == {"tests": 7, "failures": 1, "errors": 1, "skipped": 2, "took_s": 1.75}
    assert {row["check"] for row in run["checks"]} >= {"imports", "journal", "dry run"}
    report.write_text("<html></html>")
    assert main([*words, "--tests", str(report)]) == 2
    assert "no JUnit report" in capsys.readouterr().err
    assert len(runs(tmp_path / "data")) == 2


def test_only_the_newest_runs_are_kept_and_a_broken_file_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ci_metrics, "RUNS_MAX", 3)
    for number in range(5):
        ci_metrics.add(tmp_path, {"number": number})
    assert [run["number"] for run in runs(tmp_path)] == [2, 3, 4]
    for broken in ("{", "[]", '{"runs": 7}', ""):
        (tmp_path / ci_metrics.PLACE).write_text(broken)
        ci_metrics.add(tmp_path, {"number": 9})
        assert [run["number"] for run in runs(tmp_path)] == [9]


def test_a_quantile_is_a_bound_that_so_many_did_not_exceed() -> None:
    took = Durations()
    assert took.quantile(0.5) is None
    for milliseconds in range(1, 101):
        took.add(milliseconds / 1000)
    assert took.quantile(0.5) == 0.05
    assert took.quantile(0.99) == 0.1
    took.add(BOUNDS_S[-1] * 2)
    assert took.quantile(1.0) is None, "longer than any bound"
