"""Does the loader refuse all that surprises people, at once, and with the line?"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebot.shell.settings import strict_json, strict_yaml
from tradebot.shell.settings.document import (
    BYTES_MAX,
    ConfigError,
    Items,
    Scalar,
    Section,
    Style,
    plain,
)


def yaml_problems(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigError) as caught:
        strict_yaml.parse(data, "c.yaml")
    return caught.value.problems


def json_problems(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigError) as caught:
        strict_json.parse(data, "c.json")
    return caught.value.problems


def test_nothing_is_guessed_from_how_a_value_looks() -> None:
    text = "a: NO\nb: ON\nc: 9:30\nd: 00123\ne: 2013-10-07\nf: 0x1F\ng: 1_000\nh: 1e5\ni: true\n"
    assert plain(strict_yaml.parse(text.encode(), "c.yaml")) == {
        "a": "NO", "b": "ON", "c": "9:30", "d": "00123", "e": "2013-10-07", "f": "0x1F",
        "g": "1_000", "h": "1e5", "i": "true",
    }


def test_every_value_knows_its_line_and_column_and_whether_it_was_quoted() -> None:
    root = strict_yaml.parse(b"a:\n  b: [x, 'y']\n", "c.yaml")
    inner = root.entries["a"]
    assert isinstance(inner, Section)
    assert str(root.places["a"]) == "c.yaml:1"
    assert (inner.places["b"].line, inner.places["b"].column) == (2, 3)
    items = inner.entries["b"]
    assert isinstance(items, Items)
    first, second = items.items
    assert isinstance(first, Scalar)
    assert isinstance(second, Scalar)
    assert (first.place.line, first.place.column, first.style) == (2, 7, Style.PLAIN)
    assert (second.place.line, second.place.column, second.style) == (2, 10, Style.QUOTED)


REFUSED_YAML = [
    ("", "c.yaml:1: expected settings, got an empty file"),
    ("# nothing\n\n", "c.yaml:1: expected settings, got an empty file"),
    ("mode: paper\nlimits:\n",
     "c.yaml:2: limits: expected a value, got nothing (is the file half written?)"),
    ("a:\n  - 1\n  -\n",
     "c.yaml:3: a[1]: expected a value, got nothing (is the file half written?)"),
    ("a: 1\nb: &x 2\n", "c.yaml:2: b: expected no anchors, got &x"),
    ("a: *x\n", "c.yaml:1: a: expected no aliases, got *x"),
    ("*x : 1\n", "c.yaml:1: expected a name as key, got an alias"),
    ("a:\n  <<: {b: 1}\n", "c.yaml:2: a: expected no merge keys, got <<"),
    ("a: !!python/name:os.system x\n",
     "c.yaml:1: a: expected no tags, got tag:yaml.org,2002:python/name:os.system"),
    ("a: !x {}\n", "c.yaml:1: a: expected no tags, got !x"),
    ("!!str a: 1\n", "c.yaml:1: expected a name as key, got an anchor or tag"),
    ("a: 1\nb:\n  c: 1\n  c: 2\n",
     "c.yaml:4: b.c: expected each key once, got it again (first c.yaml:3)"),
    ("? [a, b]\n: 1\n", "c.yaml:1: expected a name as key, got a list or section"),
    ("'': 1\n", "c.yaml:1: expected a name as key, got ''"),
    ("- 1\n", "c.yaml:1: expected settings (`key: value`), got something else"),
    ("just text\n", "c.yaml:1: expected settings (`key: value`), got something else"),
    ("a: 1\n---\nb: 2\n", "c.yaml:2: expected one document, got a second"),
    ("%YAML 1.1\n---\na: 1\n", "c.yaml:1: expected no directives (%), got one"),
    ("a: 1\nb: x\u202ey\n", "c.yaml:2: expected text without hidden characters, got U+202E"),
    ("a: x\u200by\n", "c.yaml:1: expected text without hidden characters, got U+200B"),
    ('a: "x\\0y"\n', "c.yaml:1: a: expected text without hidden characters, got U+0000"),
    (b"a: 1\nb: \xff\n", "c.yaml:2: expected UTF-8, got byte 0xff"),
    ("a: " + "[" * 40 + "]" * 40 + "\n", "c.yaml:1: expected at most 32 levels, got more"),
    (b"a: " + b"x" * BYTES_MAX,
     f"c.yaml: expected at most {BYTES_MAX} bytes, got more"),
]


@pytest.mark.fault(87)
@pytest.mark.parametrize(("text", "message"), REFUSED_YAML, ids=range(len(REFUSED_YAML)))
def test_what_surprises_people_is_refused_with_its_line(text: str | bytes, message: str) -> None:
    assert yaml_problems(text) == [message]


@pytest.mark.parametrize("text", ["a: [1\n", "a: b: c\n", "\ta: 1\n", "a: 'x\n", "a: @x\n"])
def test_broken_syntax_is_told_with_a_line(text: str) -> None:
    (message,) = yaml_problems(text)
    assert message.startswith("c.yaml:")
    assert ": expected valid YAML, got this: " in message


@pytest.mark.fault(80)
def test_all_double_keys_are_told_together() -> None:
    assert len(yaml_problems("a: 1\na: 2\nb: 1\nb: 2\n")) == 2


BOMBS = {
    "aliases": "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    ),
    "merges": "a: &a {k: v}\n" + "".join(
        f"b{i}: &b{i} {{<<: [{', '.join(['*a'] * 9)}]}}\n" for i in range(100)
    ),
    "a merge without an anchor": "a: {" + "<<: {" * 30 + "}" * 31 + "\n",
    "deep lists": "a: " + "[" * 900_000,
    "deep sections": "{" * 900_000,
    "deep indents": "- " * 400_000,
}


@pytest.mark.fault(87)
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_before_it_grows(bomb: str) -> None:
    data = bomb.encode()
    start = time.perf_counter()
    problems = yaml_problems(data)
    assert time.perf_counter() - start < 0.1
    assert len(problems) == 1


REFUSED_JSON = [
    ("", "c.json:1: expected valid JSON, got the end (is the file half written?)"),
    ('{"a": 1', "c.json:1: expected valid JSON, got the end (is the file half written?)"),
    ('{\n"a": 1,\n"a": 2}', "c.json:3: a: expected each key once, got it again (first c.json:2)"),
    ('{"a": NaN}', "c.json:1: a: expected valid JSON, got 'NaN}'"),
    ('{"a": [1,]}', "c.json:1: a[1]: expected a value, got ']'"),
    ('{\n"a": [1 2]}', "c.json:2: a: expected ',' or ']', got '2'"),
    ("{a: 1}", "c.json:1: expected valid JSON, got 'a: 1}'"),
    ('{"a" 1}', "c.json:1: expected ':', got '1'"),
    ("[1]", "c.json:1: expected settings (an object), got something else"),
    ('{"a": 1} x', "c.json:1: expected the end, got 'x'"),
    ('{"a": "\\ud800"}', "c.json:1: a: expected text without hidden characters, got U+D800"),
    ("[" * 900_000, "c.json:1: expected at most 32 levels, got more"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED_JSON, ids=range(len(REFUSED_JSON)))
def test_json_is_read_by_the_same_rules(text: str, message: str) -> None:
    assert json_problems(text) == [message]


def test_json_numbers_stay_the_text_that_was_written() -> None:
    text = b'{"a": 1.50, "b": [-0, true, null], "c": {"d": "x\\u00e9"}}'
    root = strict_json.parse(text, "c.json")
    assert plain(root) == {"a": "1.50", "b": ["-0", "true", "null"], "c": {"d": "x\u00e9"}}


PIECES = st.lists(st.sampled_from([
    "a", "b", ": ", ":", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "&x ", "*x", "!t ", "<<",
    "'", '"', "|\n", ">\n", "#", "%", "---\n", "...\n", "? ", "\\", "\\x00", "\\U00110000", "\t",
    "\u2028", "\x85", "\ufeff", "1", "null", "@", "`",
])).map("".join)


@given(st.binary(max_size=200) | PIECES.map(str.encode))
def test_no_bytes_make_the_loader_raise_anything_but_its_own_error(data: bytes) -> None:
    for parse in (strict_yaml.parse, strict_json.parse):
        try:
            root = parse(data, "c")
        except ConfigError as error:
            assert error.problems
            assert all(line.startswith("c") and "expected" in line for line in error.problems)
        else:
            assert isinstance(root, Section)


KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
TREES = st.recursive(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, TREES, max_size=4))
def test_what_is_written_in_quotes_comes_back_as_written(tree: dict[str, object]) -> None:
    def written(node: object) -> str:
        if isinstance(node, dict):
            return "{" + ", ".join(f"{written(k)}: {written(v)}" for k, v in node.items()) + "}"
        if isinstance(node, list):
            return "[" + ", ".join(map(written, node)) + "]"
        escaped = str(node).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    text = written(tree).encode()
    assert plain(strict_yaml.parse(text, "c.yaml")) == tree
    assert plain(strict_json.parse(text, "c.json")) == tree
