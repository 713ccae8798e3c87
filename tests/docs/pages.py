"""What does a reader do with a page? Saves the files that it shows and types its commands.

A block after a paragraph that ends in `path`: is a file. In a console block, a line after `$ ` is
a command and the lines after it what it says; three dots stand for anything in a line, or for any
lines. Blocks of `sh` are only for reading.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([^`\s]+)`:\s*\Z")
INSTALL = "make install"


@dataclass(frozen=True)
class File:
    path: str
    text: str


@dataclass(frozen=True)
class Command:
    line: str
    says: str


def steps(page: str) -> Iterator[File | Command]:
    for block in BLOCK.finditer(page):
        named = NAMED.search(page[:block.start()])
        if block[1] == "console":
            for typed in re.split(r"^\$ ", block[2], flags=re.MULTILINE)[1:]:
                line, _, says = typed.partition("\n")
                yield Command(line, says)
        elif named is not None:
            yield File(named[1], block[2])


def matches(expected: str, said: str) -> bool:
    lines = (
        r"(?s:.*\n)?" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
        for line in expected.strip("\n").splitlines()
    )
    heard = "".join(f"{line.rstrip()}\n" for line in said.splitlines())
    return re.fullmatch("".join(lines), heard) is not None


class Clone:
    """A copy of the project in which a reader may do what a page says."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for name in ("src", "tools", "config", "tests"):
            shutil.copytree(ROOT / name, home / name,
                            ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "Makefile"):
            shutil.copy(ROOT / name, home)
        (home / ".venv").symlink_to(sys.prefix)

    def follow(self, page: Path) -> int:
        """Do all that the page says; return how many commands that were."""
        typed = 0
        for step in steps(page.read_text(encoding="utf-8")):
            if isinstance(step, File):
                self._save(step)
            elif step.line == INSTALL:
                self._install()
            else:
                code, said = self.types(step.line)
                assert code == 0, f"{step.line}: {said}"
                assert matches(step.says, said), f"{step.line} said:\n{said}"
                typed += 1
        return typed

    def types(self, line: str) -> tuple[int, str]:
        ran = subprocess.run(
            ["bash", "-c", line], cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=120, check=False,
            env={**os.environ, "PYTHONPATH": str(self.home / "src"), "NO_COLOR": "1"},
        )
        return ran.returncode, ran.stdout

    def _save(self, file: File) -> None:
        path = self.home / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")

    def _install(self) -> None:
        """Make the registered names known as an installation does, leaving ours as it is."""
        project = tomllib.loads((self.home / "pyproject.toml").read_text())["project"]
        lines = [
            line for group, entries in project["entry-points"].items()
            for line in (f"[{group}]", *(f"{name} = {at}" for name, at in entries.items()))
        ]
        told = self.home / "src" / "clone-0.dist-info"
        told.mkdir()
        (told / "METADATA").write_text("Metadata-Version: 2.1\nName: clone\nVersion: 0\n")
        (told / "entry_points.txt").write_text("\n".join(lines) + "\n")
