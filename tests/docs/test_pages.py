"""Does a reader who follows a page word by word get where it says?"""

from pathlib import Path

import pytest
from tests.docs.pages import INSTALL, ROOT, Clone, Command, File, matches, steps

PAGES = {
    "brokers/index.md": 1,
    "calendar.md": 5,
    "first-strategy.md": 7,
    "guide/alerts.md": 2,
    "guide/api.md": 13,
    "guide/backup.md": 7,
    "guide/configuration.md": 19,
    "guide/deploy.md": 1,
    "guide/channels.md": 4,
    "guide/desk.md": 10,
    "guide/quick-start.md": 10,
    "guide/troubleshooting.md": 2,
    "guide/upgrade.md": 7,
    "guide/voice.md": 1,
    "howto/add-a-broker.md": 3,
    "howto/add-a-gate.md": 4,
    "howto/add-a-notifier.md": 3,
    "howto/add-a-strategy.md": 3,
    "language-models.md": 6,
    "reliability.md": 3,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_does_what_it_says(name: str, tmp_path: Path) -> None:
    assert Clone(tmp_path).follow(ROOT / "docs" / name) == PAGES[name]


def test_the_makefile_knows_how_to_install() -> None:
    assert f"\n{INSTALL.removeprefix('make ')}: " in (ROOT / "Makefile").read_text()


def test_files_commands_and_what_they_say_are_found_in_a_page() -> None:
    page = (
        "Save as `a.py`:\n\n```python\nx\n```\n\n```console\n$ one\nsaid\n$ two\n```\n"
        "```sh\nnot done\n```\n"
    )
    assert list(steps(page)) == [
        File("a.py", "x\n"), Command("one", "said\n"), Command("two", ""),
    ]


@pytest.mark.parametrize(("expected", "said", "is_same"), [
    ("a...c", "abbc", True), ("a\n...\nc", "a\nb\nb\nc\n", True), ("a", "ab", False),
    ("a\n...\nc", "a\nc\n", True), ("a...c", "a\nc", False),
    ("a\n...c", "a\nb\nc", False), ("...", "", True), ("a.c", "abc", False),
])
def test_three_dots_stand_for_anything_and_nothing_else_does(
    expected: str, said: str, is_same: bool
) -> None:
    assert matches(expected, said) is is_same
