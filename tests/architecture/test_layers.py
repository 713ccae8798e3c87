"""Do imports point inwards? The contracts stand in pyproject.toml; plugins are found by entry."""

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = "import sys; from importlinter.cli import lint_imports_command as run; run()"


def entries() -> dict[str, str]:
    """Return every registered plugin as `group name` -> `module:class`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        f"{group} {name}": target
        for group, named in project["entry-points"].items()
        for name, target in named.items()
    }


def lint(*arguments: str, at: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", *arguments],
        cwd=at, check=False, capture_output=True, text=True,
    )


def test_imports_point_inwards() -> None:
    answer = lint()
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "0 broken" in answer.stdout


def test_an_import_that_points_outwards_is_noticed(tmp_path: Path) -> None:
    contract = (ROOT / "pyproject.toml").read_text().partition("[tool.importlinter]")
    house = tmp_path / "tradebot"
    (house / "core").mkdir(parents=True)
    outermost = ("cli", "embed", "app", "shell", "plugins", "outward", "ports")
    for name in ("__init__", *outermost, "core/__init__"):
        (house / f"{name}.py").touch()
    (house / "core" / "model.py").write_text("import tradebot.shell\n")
    layers = contract[2].split("[[tool.importlinter.contracts]]")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.importlinter]" + layers[0] + "[[tool.importlinter.contracts]]" + layers[1]
    )
    answer = lint(at=tmp_path)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "tradebot.core.model -> tradebot.shell" in answer.stdout


def test_no_plugin_imports_another() -> None:
    graph = grimp.build_graph("tradebot", cache_dir=None)
    modules = sorted({target.partition(":")[0] for target in entries().values()})
    joined = [
        f"{one} -> {other}"
        for one in modules for other in modules
        if one != other and {one, other} <= graph.modules
        and graph.chain_exists(importer=one, imported=other)
    ]
    assert not joined, "\n".join(joined)


@pytest.mark.parametrize("entry", entries())
def test_every_registered_plugin_can_be_loaded(entry: str) -> None:
    module, _, attribute = entries()[entry].partition(":")
    assert isinstance(getattr(import_module(module), attribute), type)
