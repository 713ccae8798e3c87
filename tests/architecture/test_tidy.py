"""Does every file keep the house rules? Style as a test, so that reviews are about meaning."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tradebot"

FILE_LINES, FUNCTION_LINES, LINE_WIDTH, POSITIONAL = 400, 50, 100, 5
PURE = frozenset({
    "abc", "bisect", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "hashlib", "heapq", "hmac", "itertools", "math", "operator", "re", "statistics",
    "string", "types", "typing", "tradebot", "zoneinfo",
})
STALE = re.compile(r"(^|_)(v\d+|old|new|legacy|backup|fixed|patched|enhanced|final|copy)(_|$)")
VAGUE = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common)(_|$)")
HIDDEN = re.compile(
    r"(datetime\.)?datetime\.(now|utcnow|today)|(datetime\.)?date\.today|time\.(time|time_ns)"
    r"|uuid\.uuid\d|random\.\w+|secrets\.\w+|os\.urandom"
)
MAY_READ_THE_CLOCK = frozenset({"shell/clock.py"})
MAY_PRINT = ("cli/*",)
MAY_CATCH_ALL = frozenset({
    "shell/supervisor.py", "shell/settings/plugins.py", "shell/api/server.py",
})
MAY_IMPORT_LATE = ("cli/*", "plugins/*", "__init__.py")
MAY_FILL_INIT = frozenset({
    "core/gates/__init__.py",
    "__init__.py",  # finds `tradebot.open_daemon` on use: a verb must not import the daemon for it
})

# (file, rule): why. This list may only shrink: an exemption nobody needs is a failure too.
EXEMPT = {
    ("core/options/pricing.py", "float"): "models are no money; they take and give Decimal",
    ("embed.py", "hidden"): "a program that names no idempotency key has one drawn at its door",
    ("shell/api/token.py", "hidden"): "a secret is what nobody can foresee; no decision reads it",
    ("cli/intents.py", "hidden"): "a client without an idempotency key draws one on its own side",
}

# Written in halves so that this file may stand beside the ones it judges.
FOREIGN = re.compile("|".join((
    "/" + r"work/(main|shared|\.library)", "/tmp/" + "venv", "/opt/" + "(pypi|wheels)",
    "pypi" + r"\.org", "files.python" + "hosted", "registry.npm" + "js", "/root/" + r"\.",
)))
TOP_LEVEL = frozenset({
    "pyproject.toml", "README.md", "config", "src", "tests", "tools", "data", "docs", ".github",
    ".ci", ".gitignore", "Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
    "requirements.lock", "requirements-build.lock", "requirements-dev.lock",
    "requirements-legacy.lock",
})


def complaints(path: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, what) for every way in which one file under src/tradebot breaks the rules."""
    tree = ast.parse(text)
    yield from of_any_file(path, text)
    if path.endswith("__init__.py") and path not in MAY_FILL_INIT:
        if text.strip():
            yield "init", "__init__.py stays empty"
        return
    if ast.get_docstring(tree) is None:
        yield "docstring", "no docstring that says which question the file answers"
    for node in ast.walk(tree):
        yield from of_names(node)
        yield from of_shape(node)
        yield from of_hidden_inputs(path, node)
        yield from of_late_imports(path, node)
        if path.startswith("core/"):
            yield from of_purity(node)
        if catches_all(node) and path not in MAY_CATCH_ALL:
            yield "catch", f"line {node.lineno}: catches everything; name what you expect"


def of_any_file(path: str, text: str) -> Iterator[tuple[str, str]]:
    lines = text.splitlines()
    if len(lines) >= FILE_LINES:
        yield "length", f"{len(lines)} lines; split it by what changes together"
    for number, line in enumerate(lines, 1):
        if len(line.partition("  # noqa")[0]) > LINE_WIDTH:
            yield "width", f"line {number} is {len(line)} wide"
    if STALE.search(Path(path).stem) or VAGUE.search(Path(path).stem):
        yield "name", "a file is named after what it holds, in its present form"


def of_names(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", node.name).lower()
        if VAGUE.search(name) or re.search(r"_v\d+$", name):
            yield "name", f"line {node.lineno}: {node.name} says nothing"


def of_shape(node: ast.AST) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if length >= FUNCTION_LINES:
        yield "function", f"{node.name} has {length} lines"
    given = [a for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in {"self", "cls"}]
    if len(given) > POSITIONAL:
        yield "parameters", f"{node.name} takes {len(given)} positional parameters"


def of_hidden_inputs(path: str, node: ast.AST) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.Call):
        return
    called = ast.unparse(node.func)
    if HIDDEN.fullmatch(called) and path not in MAY_READ_THE_CLOCK:
        yield "hidden", f"line {node.lineno}: {called}() is a hidden input; take it as a parameter"
    if called == "print" and not any(fnmatch(path, where) for where in MAY_PRINT):
        yield "print", f"line {node.lineno}: only the command line prints"


def of_late_imports(path: str, node: ast.AST) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    if any(fnmatch(path, where) for where in MAY_IMPORT_LATE):
        return
    if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)):
        yield "import", f"{node.name} imports inside"


def of_purity(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.AsyncFunctionDef | ast.Await):
        yield "pure", f"line {node.lineno}: core awaits"
    if isinstance(node, ast.Name) and node.id == "float":
        yield "float", f"line {node.lineno}: float in core; use Decimal"
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "open":
        yield "pure", f"line {node.lineno}: core opens a file"
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield "float", f"line {node.lineno}: a float in core; write a Decimal from a string"
    for module in imported(node):
        if module.partition(".")[0] not in PURE:
            yield "pure", f"core imports {module}"


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or "tradebot"] if isinstance(node, ast.ImportFrom) else []


def catches_all(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    wide = {"Exception", "BaseException"}
    return node.type is None or any(
        isinstance(part, ast.Name) and part.id in wide for part in ast.walk(node.type)
    )


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).exists()]


def sources() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def found() -> set[tuple[str, str, str]]:
    named = ((path.relative_to(SOURCE).as_posix(), path.read_text()) for path in sources())
    return {(name, *complaint) for name, text in named for complaint in complaints(name, text)}


def test_every_source_file_keeps_the_house_rules() -> None:
    broken = sorted(f"{p}: {what}" for p, rule, what in found() if (p, rule) not in EXEMPT)
    assert not broken, "\n".join(broken)


def test_an_exemption_that_nobody_needs_is_taken_off_the_list() -> None:
    assert set(EXEMPT) <= {(path, rule) for path, rule, _ in found()}


@pytest.mark.parametrize("folder", ["tests", "tools", "docs"])
def test_tests_tools_and_examples_keep_the_measures_too(folder: str) -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for _, what in of_any_file(path.name.removeprefix("test_"), path.read_text())
    ]
    assert not broken, "\n".join(broken)


def test_no_class_name_stands_twice_in_the_source() -> None:
    names = Counter(
        node.name
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path.suffix not in {".zip", ".gz", ".png"}
        for match in [FOREIGN.search(path.read_text(errors="replace"))]
        if match
    ]
    assert not named, "\n".join(named)


def test_the_top_level_holds_what_it_always_held() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP_LEVEL


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("shell/a.py", '"""Q?"""\nnow = datetime.now(UTC)\n', "hidden"),
        ("shell/a.py", '"""Q?"""\nx = random.random()\n', "hidden"),
        ("shell/a.py", '"""Q?"""\nprint(1)\n', "print"),
        ("shell/a.py", '"""Q?"""\ntry:\n    x = 1\nexcept Exception:\n    x = 2\n', "catch"),
        ("shell/a.py", '"""Q?"""\ndef f():\n    import os\n', "import"),
        ("shell/a.py", '"""Q?"""\ndef f(a, b, c, d, e, g): ...\n', "parameters"),
        ("shell/a.py", '"""Q?"""\ndef f():\n' + "    x = 1\n" * 60, "function"),
        ("shell/a.py", '"""Q?"""\n' + "x = 1\n" * 400, "length"),
        ("shell/a.py", '"""Q?"""\nx = "' + "x" * 100 + '"\n', "width"),
        ("shell/a.py", '"""Q?"""\nclass OrderManager: ...\n', "name"),
        ("shell/a_v2.py", '"""Q?"""\n', "name"),
        ("shell/order_utils.py", '"""Q?"""\n', "name"),
        ("shell/a.py", "x = 1\n", "docstring"),
        ("shell/__init__.py", "x = 1\n", "init"),
        ("core/a.py", '"""Q?"""\nimport asyncio\n', "pure"),
        ("core/a.py", '"""Q?"""\nimport pydantic\n', "pure"),
        ("core/a.py", '"""Q?"""\nasync def f(): ...\n', "pure"),
        ("core/a.py", '"""Q?"""\nx = 0.5\n', "float"),
    ],
)
def test_a_broken_rule_is_noticed(path: str, text: str, rule: str) -> None:
    assert rule in {broken for broken, _ in complaints(path, text)}
