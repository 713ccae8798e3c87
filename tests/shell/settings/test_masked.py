"""Is a file kept without its secrets, and whole again when it is put back?"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebot.core.model.secret import Secret
from tradebot.shell.settings import strict_yaml
from tradebot.shell.settings.document import ConfigError, plain
from tradebot.shell.settings.masked import masked, unmasked

TEXT = """\
# für den Tisch: hush-hush is only named here
language: {model: m, api_key: 'hush-hush'}   # the key
notifications:
  channels:
    mail: {password: "two words: \\u00e9 #1", to: [a, b]}
    hook:
      url: https://example.com/T1
"""
SECRETS = [Secret("hush-hush"), Secret("two words: \u00e9 #1"), Secret("https://example.com/T1")]


def test_a_mark_stands_where_each_secret_stood_and_all_else_stays() -> None:
    assert masked(TEXT.encode(), SECRETS).decode() == """\
# für den Tisch: hush-hush is only named here
language: {model: m, api_key: "***"}   # the key
notifications:
  channels:
    mail: {password: "***", to: [a, b]}
    hook:
      url: "***"
"""


def test_it_is_filled_with_the_secrets_of_today() -> None:
    kept = masked(TEXT.replace("model: m", "model: older").encode(), SECRETS)
    today = TEXT.replace("hush-hush'", "changed'").encode()
    assert plain(strict_yaml.parse(unmasked(kept, today, "c.yaml"), "c.yaml")) == plain(
        strict_yaml.parse(today.replace(b"model: m", b"model: older"), "c.yaml")
    )
    assert unmasked(TEXT.encode(), b"", "c.yaml") == TEXT.encode()


def test_a_secret_that_is_nowhere_any_more_is_asked_for_by_name() -> None:
    kept = masked(TEXT.encode(), SECRETS)
    with pytest.raises(ConfigError) as caught:
        unmasked(kept, b"language: {model: m}\n", "c.yaml")
    assert caught.value.problems == [
        "c.yaml: language.api_key: expected a secret: none is kept with a version, got none"
    ]


@given(st.lists(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf", "Co",
                                                          "Cn")), min_size=1), min_size=1))
def test_whatever_a_secret_is_it_is_hidden_and_comes_back(values: list[str]) -> None:
    said = {f"k{at}": value for at, value in enumerate(values)}
    lines = (f"{key}: {json.dumps(said[key], ensure_ascii=False)}  # é\n" for key in said)
    text = "".join(lines).encode()
    kept = masked(text, [Secret(value) for value in values])
    assert kept == b"".join(f'{key}: "***"  # é\n'.encode() for key in said)
    assert plain(strict_yaml.parse(unmasked(kept, text, "c"), "c")) == said
