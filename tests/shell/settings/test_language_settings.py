"""Who reads a person's words, and where does the key come from that nobody else may read?"""

import tomllib
from importlib.metadata import EntryPoint, EntryPoints
from io import StringIO
from pathlib import Path

import pytest
from tests.config_texts import a_config, at_home, problems

from tradebot.shell import observers
from tradebot.shell.settings import plugins
from tradebot.shell.settings.effective import effective
from tradebot.shell.settings.plugin_settings import check_plugins

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


def key_in(environ: dict[str, str]) -> str | None:
    config = a_config(OPENAI, environ)
    assert check_plugins(config) == []
    entry = config.language.own.entries.get("api_key")
    return None if entry is None else getattr(entry, "text", None)


def test_a_key_comes_from_the_environment_from_a_file_or_from_the_system() -> None:
    Path("key").write_text("of-a-file\n")
    Path("handed").mkdir()
    (Path("handed") / KEY).write_text("of-the-system\n")
    (Path("handed") / "OTHER").write_text("of somebody else")
    system = {"CREDENTIALS_DIRECTORY": "handed"}
    assert key_in({}) is None
    assert key_in(system) == "of-the-system"
    assert key_in({f"{KEY}_FILE": "key"}) == "of-a-file"
    assert key_in({**system, f"{KEY}_FILE": "key"}) == "of-a-file"
    assert key_in({f"{KEY}_FILE": "key", KEY: "said"}) == "said"
    Path(".env").write_text(f"{KEY}_FILE=key\n")
    assert key_in({}) == "of-a-file"


@pytest.mark.parametrize(("content", "says"), [
    (None, "expected a readable file, got No such file or directory"),
    (b"", "expected a secret, got an empty file"), (b" \n", "expected a secret"),
    (b"\xff\xfe", "expected UTF-8"), (b"k\x00", "expected text without hidden characters"),
])
def test_a_file_that_holds_no_key_is_named_and_its_content_is_not(
    content: bytes | None, says: str
) -> None:
    if content is not None:
        Path("key").write_bytes(content)
    (told,) = problems(OPENAI, {f"{KEY}_FILE": "key"})
    assert told.startswith("key") and says in told


def test_a_setting_that_is_no_secret_is_read_from_no_file() -> None:
    Path("kind").write_text("rules")
    (told,) = problems("seed: 1\n", {"TRADEBOT_MODE_FILE": "kind"})
    assert "mode_file" in told


def test_a_key_on_the_command_line_is_refused_unshown() -> None:
    (told,) = problems(OPENAI, overrides={"language.api_key": "hush-hush"})
    assert told == (
        "--set language.api_key: expected secrets from a file or the environment, got one"
    )


def test_a_key_is_neither_shown_nor_logged() -> None:
    config = a_config(OPENAI, {KEY: "hush-hush"})
    shown = {one.key: one.value for one in effective(config)}
    assert shown["language.model"] == "small-1"
    assert shown["language.api_key"] == "(not shown)"
    assert "hush-hush" not in str(shown)
    assert "hush-hush" not in str(check_plugins(a_config(OPENAI, {KEY: "hush-hush\u00e9"})))
    out = StringIO()
    lines = observers.lines(config, out, is_rehearsal=False)
    lines.write("asked with hush-hush")
    lines.close()
    assert out.getvalue() == "asked with [hidden]"
