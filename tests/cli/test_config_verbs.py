"""What do the configuration verbs say, and with which exit code?"""

import json
from pathlib import Path

import pytest

from tradebot.cli.main import main
from tradebot.cli.outcome import Exit

Out = pytest.CaptureFixture[str]


def config(folder: Path, text: str, name: str = "config.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_show_prints_one_document_with_every_source(tmp_path: Path, capsys: Out) -> None:
    path = config(tmp_path, "mode: paper\n")
    assert main(["config", "show", "--config", path, "--set", "seed=5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = {row["key"]: (row["value"], row["source"]) for row in found["settings"]}
    assert rows["mode"] == ("paper", f"{path}:1")
    assert rows["seed"] == ("5", "--set seed")
    assert found["config"] == path


def test_show_prints_sources_only_where_asked(tmp_path: Path, capsys: Out) -> None:
    path = config(tmp_path, "mode: paper\n")
    assert main(["config", "show", "--config", path]) == 0
    assert "default" not in capsys.readouterr().out
    assert main(["config", "show", "--config", path, "--sources"]) == 0
    assert f"{path}:1" in capsys.readouterr().out


def test_a_json_file_is_a_configuration_too(tmp_path: Path, capsys: Out) -> None:
    path = config(tmp_path, '{"mode": "paper",\n "seed": 4}\n', "config.json")
    assert main(["config", "show", "--config", path, "--json"]) == 0
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)["settings"]}
    assert (rows["seed"]["value"], rows["seed"]["source"]) == ("4", f"{path}:2")


def test_schema_is_one_json_document(capsys: Out) -> None:
    assert main(["config", "schema"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["additionalProperties"] is False


@pytest.mark.parametrize(("text", "told"), [
    ("mode: paper\nsede: 4\n", "config.yaml:2: sede: expected one of"),
    ("mode: paper\nsede: 4\n", "did you mean seed?"),
    ("mode: papr\n", "config.yaml:1: mode: expected one of"),
    ("mode: paper\nbrokers:\n  b:\n    adapter: paper\n    slipage_bps: 3\n",
     "config.yaml:5: brokers.b.slipage_bps: expected one of"),
    ("mode: paper\nbrokers:\n  b:\n    adapter: paper\n    slipage_bps: 3\n",
     "did you mean slippage_bps?"),
    ("strategies:\n- plugin: sma_cross\n  symbols: [SPY]\n  parameters: {fast: soon}\n",
     "config.yaml:4: strategies[0].parameters.fast: expected a whole number, got 'soon'"),
    ("strategies:\n- plugin: sma_crss\n  symbols: [SPY]\n",
     "config.yaml:2: strategies: expected one of"),
    ("strategies:\n- plugin: sma_crss\n  symbols: [SPY]\n", "did you mean sma_cross?"),
    ("brokers: {b: {adapter: papr}}\n", "config.yaml:1: brokers: expected one of"),
    ("market_data:\n  provider: simulatd\n", "config.yaml:2: market_data: expected one of"),
])
def test_validate_names_file_line_key_and_what_was_expected(
    tmp_path: Path, capsys: Out, text: str, told: str
) -> None:
    path = config(tmp_path, text)
    assert main(["config", "validate", path]) == Exit.CONFIG
    assert told in capsys.readouterr().err
    assert main(["config", "validate", path, "--json"]) == Exit.CONFIG
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is False
    assert any(told in problem for problem in found["problems"])


def test_a_secret_is_not_repeated_where_it_is_misplaced(tmp_path: Path, capsys: Out) -> None:
    path = config(tmp_path, "brokers:\n  b:\n    adapter: paper\n    api_secret: hunter2\n")
    main(["config", "validate", path])
    main(["config", "show", "--config", path])
    said = capsys.readouterr()
    assert "hunter2" not in said.out + said.err


def test_an_older_file_is_told_of_and_written_anew(tmp_path: Path, capsys: Out) -> None:
    path = config(tmp_path, "execution_mode: paper  # mine\n")
    assert main(["config", "validate", path]) == 0
    assert "execution_mode is called mode now" in capsys.readouterr().err
    assert main(["config", "migrate", path]) == 0
    assert capsys.readouterr().out == f"{path}:1: execution_mode is called mode now\n"
    assert main(["config", "migrate", path, "--write", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["written"], found["renames"][0]["line"]) == (True, 1)
    assert Path(path).read_text() == "schema_version: 1\nmode: paper  # mine\n"
    assert main(["config", "migrate", path, "--write"]) == 0
    assert capsys.readouterr().out == f"{path} is of today's form\n"
    path = config(tmp_path, "staging: {enabled: true}\ndrafts_format: json\n")
    assert main(["config", "migrate", path, "--write"]) == Exit.FAILED
    assert "change these by hand" in capsys.readouterr().err
    path = config(tmp_path, "schema_version: 7\n")
    assert main(["config", "migrate", path]) == Exit.CONFIG
    assert "at most 1, which this release knows" in capsys.readouterr().err
