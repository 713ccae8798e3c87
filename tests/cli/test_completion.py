"""Do the shells complete what the parser takes? Bash is asked itself."""

import argparse
import shutil
import subprocess
from pathlib import Path

import pytest

from tradebot.cli.completion import levels
from tradebot.cli.main import build_parser, main

needs_bash = pytest.mark.skipif(
    shutil.which("bash") is None, reason="needs bash, which is not installed"
)


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def completed(script: str, *words: str, folder: Path | None = None) -> list[str]:
    """Let bash complete the last of these words."""
    typed = " ".join(f"'{word}'" for word in ("tradebot", *words))
    asked = (
        f"{script}\nCOMP_WORDS=({typed}); COMP_CWORD={len(words)}; _tradebot;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    found = subprocess.run(
        ["bash", "--norc", "-c", asked], capture_output=True, text=True, check=True, cwd=folder,
    )
    assert found.stderr == ""
    return found.stdout.split()


def test_every_verb_and_flag_stands_in_every_script(capsys: pytest.CaptureFixture[str]) -> None:
    found = [*levels(build_parser())]
    assert {"", "submit", "ledger", "ledger tail", "config validate"} <= {f.path for f in found}
    for shell in ("bash", "zsh", "fish"):
        text = script(shell, capsys)
        for level in found:
            for name in (*level.verbs, *(n for option in level.options for n in option.names)):
                assert name.lstrip("-") in text


@needs_bash
@pytest.mark.parametrize(("words", "expected"), [
    (("ledg",), ["ledger"]),
    (("why",), ["why", "why-not"]),
    (("ledger", ""), ["verify", "tail", "export", "-h", "--help"]),
    (("ledger", "export", "--form"), ["--format"]),
    (("ledger", "export", "--format", ""), ["jsonl", "csv"]),
    (("--nonsense", "submit", "--side", "b"), ["buy"]),
    (("submit", "--symbol", ""), []),
    (("completion", "f"), ["fish"]),
    (("orders", "--st"), ["--status", "--strategy"]),
    (("submit", "--symbol", "orders", "--ty"), ["--type"]),
])
def test_bash_completes(
    words: tuple[str, ...], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert completed(script("bash", capsys), *words) == expected


@needs_bash
def test_bash_completes_files_where_a_flag_takes_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "intent.yaml").touch()
    text = script("bash", capsys)
    assert completed(text, "submit", "--file", "int", folder=tmp_path) == ["intent.yaml"]
    assert completed(text, "status", "--config", "int", folder=tmp_path) == ["intent.yaml"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_itself_finds_no_mistake_in_its_script(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}, which is not installed")
    path = tmp_path / f"tradebot.{shell}"
    path.write_text(script(shell, capsys))
    found = subprocess.run(
        [shell, "-n", str(path)], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_a_quote_in_a_help_text_does_not_end_the_text_in_fish() -> None:
    from tradebot.cli.completion import _fish

    parser = argparse.ArgumentParser()
    parser.add_argument("--x", help="the user's \\ own")
    assert "-d 'the user\\'s \\\\ own'" in _fish([*levels(parser)])
