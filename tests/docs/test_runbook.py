"""Does the runbook know every alert, and does every command in it exist?"""

import re
import shlex

import pytest
from tests.docs.pages import ROOT

from tradebot.cli.main import build_parser
from tradebot.core.model.alert import EXPLAIN_ALERT, AlertKind

PAGE = (ROOT / "docs" / "guide" / "runbook.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (\w+)\n\n(.+?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"`(tradebot [^`]+)`")
SECTIONS = {found[1]: found[2] for found in SECTION.finditer(PAGE)}
SHOWN = "".join(
    (ROOT / "src" / "tradebot" / "shell" / "notify" / f"{name}_rules.py").read_text()
    for name in ("order", "draft", "trouble", "config")
)
COMMANDS = sorted({found[1] for found in COMMAND.finditer(PAGE)} | {
    re.sub(r"\{[^}]+\}", "7", found[0]).rstrip(".,")
    for found in re.finditer(r"tradebot [a-z][^\"\\\n]+", SHOWN) if "import" not in found[0]
})


def test_every_kind_of_alert_has_its_section_in_the_order_of_the_code() -> None:
    assert list(SECTIONS) == [kind.value for kind in AlertKind]


@pytest.mark.parametrize("kind", list(AlertKind))
def test_a_section_says_what_it_means_what_was_done_where_to_look_and_what_to_do(
    kind: AlertKind,
) -> None:
    text = SECTIONS[kind]
    assert text.startswith(EXPLAIN_ALERT[kind])
    assert re.findall(r"^\*\*([^*]+)\*\*", text, re.MULTILINE) == ["Done already.", "Look.", "Do."]
    looked = text.partition("**Look.**")[2].partition("**Do.**")[0]
    assert COMMAND.search(looked)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_be_typed_as_it_stands_there(command: str) -> None:
    words = shlex.split(command)[1:]
    try:
        build_parser(words[0]).parse_args(words)
    except SystemExit as end:
        raise AssertionError(f"{command} ends with {end.code}") from None
