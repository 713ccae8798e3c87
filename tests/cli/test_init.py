"""Does a beginner get a configuration that works, and does nobody lose one?"""

import json
from pathlib import Path

import pytest

from tradebot.cli.main import main
from tradebot.core.model.settings import RouteKind
from tradebot.shell.settings.config import load
from tradebot.shell.settings.plugin_settings import check_plugins

START, UNTIL = "2026-11-23T14:29:00Z", "2026-11-23T14:31:00Z"
Out = pytest.CaptureFixture[str]


def test_what_is_written_is_valid_and_commented(tmp_path: Path, capsys: Out) -> None:
    assert main(["init", str(tmp_path / "bot")]) == 0
    config = tmp_path / "bot" / "config" / "config.paper.yaml"
    assert f"tradebot run --config {config} --rehearse" in capsys.readouterr().out
    assert config.read_text().startswith("#")
    assert (config.parent / "policy.yaml").read_text().startswith("#")
    assert main(["config", "validate", str(config)]) == 0
    for name in ("config.paper.yaml", "policy.yaml"):
        named = (config.parent / name).read_text().splitlines()[0].partition("$schema=")[2]
        assert (config.parent / named).is_file()


@pytest.mark.parametrize("name", ["config.paper.yaml", "policy.yaml"])
def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, name: str, capsys: Out) -> None:
    path = tmp_path / "config" / name
    path.parent.mkdir()
    path.write_text("mine")
    assert main(["init", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert f"nothing was written over {path}" in said
    assert "name another directory: tradebot init DIR" in said
    assert [(p.name, p.read_text()) for p in path.parent.iterdir()] == [(name, "mine")]


@pytest.mark.parametrize("broker", ["alpaca", "ibkr"])
def test_a_real_broker_begins_on_paper_money_and_is_rehearsed_without_a_key(
    broker: str, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--broker", broker]) == 0
    path = tmp_path / "config" / f"config.{broker}.yaml"
    assert {file.name for file in path.parent.iterdir()} == {
        path.name, "policy.yaml", "config.schema.json", "policy.schema.json"
    }
    spoken = ["run", "--config", str(path), "--rehearse", "--speed", "max", "--until", UNTIL]
    assert main([*spoken, "--start", START, "--log-format", "text"]) == 0
    told = capsys.readouterr().out
    assert f"a rehearsal reaches nobody: paper plays {broker} on route {broker}" in told
    assert f"a rehearsal reaches nobody: simulated plays the market of {broker}" in told
    keyed = {"alpaca": {"alpaca.key": "PKTEST", "alpaca.secret": "hush"}}.get(broker, {})
    for name, text in keyed.items():
        (path.parent / name).touch(0o600)
        (path.parent / name).write_text(text)
    config = load(path, environ={})
    assert check_plugins(config) == []
    assert {config.route_kind(name) for name in config.brokers} == {RouteKind.PAPER}
    assert main(["release-check", "--config", str(path), "--quick", "--json"]) in (0, 1)
    found = {row["check"]: row for row in json.loads(capsys.readouterr().out)["checks"]}
    assert found["broker mode"]["says"] == f"mode paper: {broker} is paper"
