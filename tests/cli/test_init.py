"""Does a beginner get a configuration that works, and does nobody lose one?"""

from pathlib import Path

import pytest

from tradebot.cli.main import main

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
