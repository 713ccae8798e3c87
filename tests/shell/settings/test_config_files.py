"""Is it seen who could change a configuration, and who could read its secrets?"""

from pathlib import Path

import pytest
from tests.config_texts import a_config, at_home

from tradebot.shell.checks.checks import Word
from tradebot.shell.checks.config_files import config_files

__all__ = ["at_home"]
pytestmark = pytest.mark.usefixtures("at_home")

TEXT = "mode: paper\npolicy: limits.yaml\n"
KEYED = "language: {provider: openai, model: m, api_key_file: key}\n"


@pytest.fixture
def limits(at_home: None) -> Path:
    path = Path("limits.yaml")
    path.write_text("order_qty_max: 5\n")
    path.chmod(0o644)
    return path


def test_files_that_only_their_owner_writes_are_good(limits: Path) -> None:
    assert config_files(a_config(TEXT)) == (Word.PASS, "2 files, which only their owner writes")


@pytest.mark.parametrize(("mode", "word", "says"), [
    (0o646, Word.FAIL, "can be written by anybody (chmod o-w "),
    (0o664, Word.WARN, "can be written by its group (chmod g-w "),
])
def test_a_file_that_others_may_write_is_told_with_what_to_type(
    limits: Path, mode: int, word: Word, says: str
) -> None:
    limits.chmod(mode)
    found, said = config_files(a_config(TEXT))
    assert found is word and f"{limits.absolute()} {says}" in said
    limits.chmod(0o644)
    Path(".env").write_text("TRADEBOT_SEED=1\n")
    Path(".env").chmod(mode)
    assert config_files(a_config(TEXT))[0] is word


def test_a_secret_that_others_may_read_fails_and_one_in_the_file_warns(limits: Path) -> None:
    Path("key").write_text("hush-hush")
    Path("key").chmod(0o644)
    found, said = config_files(a_config(KEYED))
    assert found is Word.FAIL and "(chmod 600 key), got mode 0644" in said
    Path("key").chmod(0o600)
    assert config_files(a_config(KEYED))[0] is Word.PASS
    Path("c.yaml").touch(0o600)
    Path("c.yaml").chmod(0o600)
    found, said = config_files(a_config(KEYED.replace("api_key_file: key", "api_key: hush-hush")))
    assert found is Word.WARN and "language.api_key stands in the configuration itself" in said
    assert "hush" not in said
