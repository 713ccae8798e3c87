"""Who reads a person's words, and where does the key come from that nobody else may read?"""

import os
import tomllib
from collections.abc import Mapping
from importlib.metadata import EntryPoint, EntryPoints
from io import StringIO
from pathlib import Path

import pytest
from tests.config_texts import NONE, a_config, at_home, problems

from tradebot.plugins.language.post import Endpoint
from tradebot.shell import observers
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import fill
from tradebot.shell.settings.effective import effective, inline_secrets
from tradebot.shell.settings.plugin_settings import check_plugins, secrets_of

__all__ = ["at_home"]
ROOT = Path(__file__).resolve().parents[3]
OPENAI = "language: {provider: openai, model: small-1}\n"


@pytest.fixture(autouse=True)
def registered(at_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find plugins as the project registers them, installed anew or not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def found(group: str) -> EntryPoints:
        named = project["entry-points"][group].items()
        return EntryPoints(EntryPoint(name, target, group) for name, target in named)

    monkeypatch.setattr(plugins, "entry_points", found)


def checked(text: str) -> list[str]:
    return check_plugins(a_config(text))


def test_without_a_word_about_it_no_model_reads() -> None:
    config = a_config("seed: 1\n")
    assert (config.language.provider, config.language.fallback) == ("rules", True)
    assert check_plugins(config) == []


@pytest.mark.parametrize("text", [
    OPENAI, "language: {provider: rules, timeout_s: 5, fallback: false}\n",
    "language: {provider: anthropic, model: m, base_url: 'https://models.example', timeout_s: 8}\n",
    "language: {provider: openai, model: m, base_url: 'http://localhost:11434/v1'}\n",
    "language: {provider: openai, model: m, base_url: 'http://10.0.0.1/v1', plain_http: true}\n",
])
def test_a_provider_with_its_settings_is_taken(text: str) -> None:
    assert checked(text) == []


@pytest.mark.parametrize(("text", "says"), [
    ("{provider: opnai, model: m}",
     "c.yaml:1: language: expected one of anthropic, openai, rules, got 'opnai' "
     "(did you mean openai?)"),
    ("{provider: openai}", "c.yaml:1: language.model: expected a value, got nothing"),
    ("{provider: openai, model: ''}",
     "c.yaml:1: language: model: expected a name of at most 100 characters"),
    ("{provider: openai, model: m, temprature: 1}",
     "c.yaml:1: language.temprature: expected one of api_key, base_url, model, plain_http, "
     "got 'temprature'"),
    ("{provider: rules, model: m}",
     "c.yaml:1: language.model: expected no settings, got 'model'"),
    ("{provider: anthropic, model: m, base_url: 'http://models.example'}",
     "c.yaml:1: language: base_url: expected https, or http to this machine (or set plain_http)"),
])
def test_a_mistake_is_told_in_one_line(text: str, says: str) -> None:
    assert checked(f"language: {text}\n") == [says]


@pytest.mark.parametrize(("text", "says"), [
    ("{timeout_s: 0}", "c.yaml:1: language.timeout_s: expected more than 0, got '0'"),
    ("{timeout_s: 11}", "c.yaml:1: language.timeout_s: expected at most 10, got '11'"),
    ("{fallback: maybe}", "c.yaml:1: language.fallback: expected true or false, got 'maybe'"),
])
def test_a_deadline_is_never_without_end(text: str, says: str) -> None:
    assert problems(f"language: {text}\n") == [says]


def test_who_reads_words_changes_no_digest_of_what_decides() -> None:
    assert a_config(OPENAI).settings_hash == a_config("seed: 0\n").settings_hash


# The key


KEY = "TRADEBOT_LANGUAGE__API_KEY"


def key_in(environ: dict[str, str], text: str = OPENAI) -> str | None:
    config = a_config(text, environ)
    assert check_plugins(config) == []
    key = fill(Endpoint, config.language.own).api_key
    assert [*secrets_of(config)] == ([] if key is None else [key])
    return None if key is None else key.reveal()


def refused(environ: Mapping[str, str] = NONE, text: str = OPENAI, **overrides: str) -> list[str]:
    return check_plugins(a_config(text, environ, overrides=overrides))


@pytest.fixture
def a_file() -> Path:
    path = Path("key")
    path.write_text("of-a-file\n")
    path.chmod(0o600)
    return path


def test_a_key_comes_from_the_environment_from_a_file_or_from_the_system(a_file: Path) -> None:
    Path("handed").mkdir()
    (Path("handed") / KEY).write_text("of-the-system\n")
    (Path("handed") / "OTHER").write_text("of somebody else")
    system = {"CREDENTIALS_DIRECTORY": "handed"}
    assert key_in({}) is None
    assert key_in({KEY: "said"}) == "said"
    assert key_in(system) == "of-the-system"
    assert key_in({f"{KEY}_FILE": "key"}) == "of-a-file"
    assert key_in({**system, f"{KEY}_FILE": "key"}) == "of-a-file"
    assert key_in({**system, KEY: "said"}) == "said"
    Path(".env").write_text(f"{KEY}_FILE=key\n")
    assert key_in({}) == "of-a-file"
    assert key_in({KEY: "said"}) == "said"


def test_a_configuration_names_a_file_beside_it_and_a_stronger_layer_another(a_file: Path) -> None:
    named = "language: {provider: openai, model: m, api_key_file: key}\n"
    assert key_in({}, named) == "of-a-file"
    assert key_in({KEY: "said"}, named) == "said"
    inner = Path("inner")
    inner.mkdir()
    a_file.rename(inner / "key")
    config = a_config(named, name="inner/c.yaml")
    assert check_plugins(config) == []
    shown = {one.key: (one.value, one.source) for one in effective(config)}
    assert shown["language.api_key"] == ("***", "inner/c.yaml:1")


def test_a_key_in_the_configuration_is_taken_where_its_owner_alone_can_read_it() -> None:
    inline = "language: {provider: openai, model: m, api_key: hush-hush}\n"
    assert refused(text=inline) == [
        "c.yaml:1: language.api_key: expected secrets in a file that its owner alone may read "
        "(chmod 600 c.yaml), or in one of their own that this setting's name with _file names, "
        "got a value (not shown)"
    ]
    Path("c.yaml").chmod(0o600)
    assert key_in({}, inline) == "hush-hush"
    assert inline_secrets(a_config(inline)) == [
        "c.yaml:1: language.api_key stands in the configuration itself; language.api_key_file can "
        "name a file of its own"
    ]
    assert inline_secrets(a_config(OPENAI, {KEY: "hush-hush"})) == []
    both = "language: {provider: openai, model: m, api_key: hush, api_key_file: key}\n"
    assert refused(text=both) == [
        "c.yaml:1: language.api_key_file: expected no api_key beside it, got both"
    ]


@pytest.mark.parametrize(("content", "mode", "says"), [
    (None, 0o600, "expected a readable file, got No such file or directory"),
    (b"", 0o600, "expected a secret, got an empty file"),
    (b" \n", 0o600, "expected a secret"),
    (b"\xff\xfe", 0o600, "expected UTF-8"),
    (b"k\x00", 0o600, "expected text without hidden characters"),
    (b"k" * 20_000, 0o600, "expected a secret of at most 16384 bytes"),
    (b"hush", 0o640, "its owner alone may read (chmod 600 key), got mode 0640"),
    (b"hush", 0o604, "its owner alone may read (chmod 600 key), got mode 0604"),
])
def test_a_file_that_holds_no_key_is_named_and_its_content_is_not(
    content: bytes | None, mode: int, says: str
) -> None:
    if content is not None:
        Path("key").write_bytes(content)
        Path("key").chmod(mode)
    (told,) = refused({f"{KEY}_FILE": "key"})
    assert told.startswith("key") and says in told and "hush" not in told


def test_a_link_may_lead_no_further_than_its_own_directory(a_file: Path) -> None:
    Path("link").symlink_to("key")
    assert key_in({f"{KEY}_FILE": "link"}) == "of-a-file"
    Path("inner").mkdir()
    Path("inner/link").symlink_to("../key")
    (told,) = refused({f"{KEY}_FILE": "inner/link"})
    assert "expected a file in this directory, got a link out of it" in told
    os.mkfifo("pipe", 0o600)
    assert "expected a file, got something else" in refused({f"{KEY}_FILE": "pipe"})[0]


def test_a_setting_that_is_no_secret_is_read_from_no_file() -> None:
    Path("kind").write_text("rules")
    (told,) = problems("seed: 1\n", {"TRADEBOT_MODE_FILE": "kind"})
    assert "mode_file" in told


def test_a_key_on_the_command_line_is_refused_unshown() -> None:
    config = a_config(OPENAI, overrides={"language.api_key": "hush-hush"})
    assert check_plugins(config) == [
        "--set language.api_key: language.api_key: expected secrets from a file or the "
        "environment: everyone sees a command, got a value (not shown)"
    ]


def test_a_key_is_neither_shown_nor_logged() -> None:
    config = a_config(OPENAI, {KEY: "hush-hush"})
    shown = {one.key: (one.value, one.source) for one in effective(config)}
    assert shown["language.model"] == ("small-1", "c.yaml:1")
    assert shown["language.api_key"] == ("***", KEY)
    assert "hush-hush" not in str(shown) + repr(config)
    assert "hush-hush" not in str(check_plugins(a_config(OPENAI, {KEY: "hush-hush\u00e9"})))
    out = StringIO()
    lines = observers.lines(config, out, is_rehearsal=False)
    lines.write("asked with hush-hush")
    lines.close()
    assert out.getvalue() == "asked with ***"


def test_another_key_changes_no_digest_of_what_decides() -> None:
    text = "brokers: {b: {adapter: paper, password: %s}}\n"
    assert a_config(text % "a").settings_hash == a_config(text % "b").settings_hash
