"""Is the command line kind to those who mistype, and silent where programs read?"""

import argparse
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tradebot.cli import show
from tradebot.cli.main import build_parser, main

README = Path(__file__).parents[2] / "README.md"
Out = pytest.CaptureFixture[str]
VERBS_OF_THIS_RELEASE = {
    "alerts",
    "run", "submit", "status", "strategies", "intents", "orders", "positions", "fills", "account",
    "cancel", "cancel-all", "replace", "kill", "clear-kill", "clear-halt", "pause",
    "resume", "reduce-only", "arm", "disarm", "ledger", "replay",
    "calendar", "chain", "config", "version", "why", "why-not", "completion",
    "release-check", "health", "top", "doctor", "init", "backup", "restore", "service",
    "dashboard",
    "drafts", "simulate", "drill", "reconcile", "dead-letters", "ask", "audit", "voice",
    "notify",
}


def verbs(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[
    tuple[tuple[str, ...], argparse.ArgumentParser]
]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield (*words, name), child
                yield from verbs(child, (*words, name))


def test_every_verb_of_this_release_is_there() -> None:
    assert {words[0] for words, _ in verbs(build_parser())} == VERBS_OF_THIS_RELEASE


def test_every_verb_explains_itself_and_names_a_function_that_exists(capsys: Out) -> None:
    for words, parser in verbs(build_parser()):
        assert main([*words, "--help"]) == 0
        assert "usage: tradebot" in capsys.readouterr().out
        call = parser.get_default("call")
        if call is not None:
            module, _, function = call.partition(":")
            __import__(module)
            assert callable(getattr(sys.modules[module], function))


def test_every_verb_that_answers_takes_json() -> None:
    for words, parser in verbs(build_parser()):
        if parser.get_default("call") is not None and words != ("run",):
            flags = {flag for action in parser._actions for flag in action.option_strings}
            assert "--json" in flags, words


@pytest.mark.parametrize("words", [
    (), ("nonsense",), ("submit", "--side", "long"), ("submit", "--sid", "buy"),
    ("clear-kill",), ("run", "--speed", "fast"), ("run", "--start", "soon"), ("cancel",),
    ("submit", "--timeout", "nan"), ("run", "--speed", "60"), ("status", "--set", "mode"),
])
def test_wrong_words_exit_2(words: tuple[str, ...], capsys: Out) -> None:
    assert main([*words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tradebot.cli.main import main; main(['--help']);"
        "sys.exit(bool({'aiohttp', 'pydantic', 'msgspec', 'yaml'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_a_reader_that_leaves_early_is_no_error_of_ours() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        ended = subprocess.run(
            [sys.executable, "-m", "tradebot.cli.main", "version"], stdout=pipe,
            stderr=subprocess.PIPE,
        )
    assert ended.returncode == 1
    assert ended.stderr == b""


def test_version_speaks_to_people_and_programs(capsys: Out) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out.startswith("tradebot ")
    assert main(["version", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "tradebot"


GOOD = "schema_version: 1\nmode: paper\nbrokers:\n  paper:\n    adapter: paper\n"


def test_a_good_configuration_is_called_good(tmp_path: Path, capsys: Out) -> None:
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    assert main(["config", "validate", str(file)]) == 0
    assert capsys.readouterr().out.startswith("good: mode paper")
    assert main(["config", "validate", "--config", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["valid"] is True


def test_a_bad_configuration_exits_4_and_names_every_problem(tmp_path: Path, capsys: Out) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD + "moed: paper\norders:\n  send_within_s: soon\n")
    assert main(["config", "validate", str(file)]) == 4
    error = capsys.readouterr().err
    assert "bad.yaml:6" in error
    assert "send_within_s" in error
    assert main(["config", "validate", str(file), "--json"]) == 4
    found = json.loads(capsys.readouterr().out)
    assert (found["valid"], len(found["problems"])) == (False, 2)


def test_a_configuration_that_is_nowhere_exits_4(capsys: Out) -> None:
    assert main(["status", "--config", "no-such-configuration"]) == 4
    assert "no-such-configuration" in capsys.readouterr().err


def test_an_override_on_the_command_line_counts(tmp_path: Path, capsys: Out) -> None:
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    words = ["config", "validate", str(file), "--set", "mode=live_blocked", "--json"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["mode"] == "live_blocked"
    assert main([*words, "--set", "nonsense.key=1"]) == 4


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert show.painted("x", "bad", terminal) == "\x1b[31mx\x1b[0m"  # type: ignore[arg-type]
    monkeypatch.setenv("TERM", "dumb")
    assert show.painted("x", "bad", terminal) == "x"  # type: ignore[arg-type]
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert show.painted("x", "bad", terminal) == "x"  # type: ignore[arg-type]


@pytest.mark.fault(106)
def test_a_table_is_aligned_and_no_text_moves_the_cursor(capsys: Out) -> None:
    rows = [{"a": "SPY", "b": "1.5"}, {"a": "I\x1b[2JBM", "b": "-10"}]
    show.table(rows, {"a": "NAME", "b": "QTY"}, "none")
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["NAME        QTY", "SPY         1.5", "I\\x1b[2JBM  -10"]
    show.table([], {"a": "NAME"}, "nothing here")
    assert capsys.readouterr().out == "nothing here\n"


def test_a_terminal_that_knows_few_letters_ends_no_verb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", said)
    assert main(["kill", "--data-dir", str(tmp_path / "käse")]) == 0
    said.seek(0)
    assert r"k\xe4se/KILL: it kills whatever runs there" in said.read()


def test_every_line_of_the_readme_can_be_typed_and_stands_there_once() -> None:
    lines = [
        line.partition("  ")[0] for line in README.read_text(encoding="utf-8").splitlines()
        if line.startswith("tradebot ") and "  " in line
    ]
    assert len(lines) == len(set(lines)) > 15
    for line in lines:
        assert build_parser().parse_args(shlex.split(line)[1:]).call
