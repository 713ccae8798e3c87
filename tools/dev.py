"""What does a developer type? One command for everything; standard library only.

    python tools/dev.py check            all that CI asks: lint, types, imports, tests
    python tools/dev.py fix              let ruff mend what it can
    python tools/dev.py test [-k WORDS]  the tests, or those whose names hold the words
    python tools/dev.py stories --accept write down what the stories do now; review the diff
    python tools/dev.py docs [--check]   write pages from the code, or ask if they are stale
    python tools/dev.py lock             resolve and pin what pyproject.toml asks for
    python tools/dev.py new gate NAME    begin a broker, gate, strategy or notifier
"""

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import scaffold

ROOT = Path(__file__).resolve().parent.parent
STORIES = ("tests/stories", "tests/shell/notify/test_rules.py")  # and the alerts they make
CODE = ("src", "tests", "tools", "docs")
COMPILE = (
    "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
    "--no-emit-find-links",
)


def python(*arguments: str) -> int:
    """Run this interpreter with the arguments, at the root; return its exit code."""
    print("$ python", *arguments, flush=True)
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode


def worst(codes: Iterable[int]) -> int:
    """Run them all, so that one failure does not hide the next."""
    return max([abs(code) for code in codes], default=0)


def lint(_: argparse.Namespace) -> int:
    return worst([
        python("-m", "ruff", "check", *CODE),
        python("-m", "mypy"),
        python("-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
    ])


def check(asked: argparse.Namespace) -> int:
    return worst([lint(asked), python("-m", "pytest")])


def fix(_: argparse.Namespace) -> int:
    return python("-m", "ruff", "check", "--fix", *CODE)


def test(asked: argparse.Namespace) -> int:
    chosen = ["-k", asked.k] if asked.k else []
    return python("-m", "pytest", *chosen, *asked.rest)


def stories(asked: argparse.Namespace) -> int:
    return python("-m", "pytest", *STORIES, *(["--accept"] if asked.accept else []))


def docs(asked: argparse.Namespace) -> int:
    check = ["--check"] if asked.check else []
    return worst([
        python("tools/docs.py", *check), python("tools/conformance.py", "--declared", *check)
    ])


def lock(_: argparse.Namespace) -> int:
    """Pin four sets: what builds the package, runs it, develops it, and must stand aside."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    return compiled("requirements-build.lock", [
        *project["build-system"]["requires"], "editables",
    ]) or worst([
        python(  # first, for it has the narrowest wishes: what runs must stand beside what tests
            *COMPILE, "pyproject.toml", "--extra", "dev",
            "--constraint", "requirements-build.lock", "--output-file", "requirements-dev.lock",
        ),
        python(
            *COMPILE, "pyproject.toml", "--constraint", "requirements-dev.lock",
            "--output-file", "requirements.lock",
        ),
        compiled(  # it has an `eventkit` as ib_async has; `make legacy` keeps the two apart
            "requirements-legacy.lock", extras["ibkr-legacy"],
            "--constraint", "requirements-dev.lock", "--no-emit-package", "numpy",
        ),
    ])


def compiled(lock: str, lines: Iterable[str], *more: str) -> int:
    """Pin what some lines ask for."""
    return subprocess.run(
        [sys.executable, *COMPILE, *more, "--output-file", lock, "-"],
        cwd=ROOT, check=False, input="\n".join(lines), text=True,
    ).returncode


def new(asked: argparse.Namespace) -> int:
    for path in scaffold.begin(ROOT, asked.kind, asked.name):
        print(path.relative_to(ROOT))
    print("next:", scaffold.NEXT[asked.kind].format(name=asked.name))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/dev.py", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(run: Callable[[argparse.Namespace], int], does: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(run.__name__, help=does, description=does)
        added.set_defaults(run=run)
        return added

    verb(check, "lint, types, imports and all tests")
    verb(lint, "lint, types and imports, without the tests")
    verb(fix, "let ruff mend what it can")
    tests = verb(test, "run the tests")
    tests.add_argument("-k", metavar="WORDS", help="only tests whose names hold the words")
    tests.add_argument("rest", nargs="*", help="paths of tests")
    told = verb(stories, "run the stories")
    told.add_argument("--accept", action="store_true", help="write down what they do now")
    written = verb(docs, "write pages from the code")
    written.add_argument("--check", action="store_true", help="only say what is stale")
    verb(lock, "resolve and pin the dependencies anew")
    begun = verb(new, "begin a broker, gate, strategy or notifier")
    begun.add_argument("kind", choices=scaffold.KINDS)
    begun.add_argument("name", help="snake_case, the field's word for it")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = asked.run
    return run(asked)


if __name__ == "__main__":
    sys.exit(main())
