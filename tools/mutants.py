"""Would anybody notice? Bugs planted one by one in a copy of the source.

    python tools/mutants.py [NAME ...] [--days N] [--jobs J] [--json]

Each must fail the tests that the list names for it, or break a promise within so many simulated
days; what does neither is named, and the exit code is 1. The list is data: a text to be found
exactly once in a file, and what takes its place.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
LIST = Path(__file__).with_name("mutants.txt")
ENDS_WITHIN_S = 900
FAILED = 1  # pytest's exit code where tests ran, and some failed
PLAY = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from tradebot.shell.simulate.day import play
with TemporaryDirectory() as home:
    for seed in range(1, int(sys.argv[1]) + 1):
        broken = play(seed, Path(home)).violations
        if broken:
            print(seed, broken[0].invariant, broken[0].text)
            break
"""


@dataclass(frozen=True)
class Mutant:
    """One planted bug."""

    name: str
    path: str
    before: str
    after: str
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What noticed it, a promise or a test, and after how many days and seconds; or nothing did."""

    name: str
    by: str = ""
    days: int = 0
    seconds: float = 0.0
    text: str = ""


def mutants(text: str) -> Iterator[Mutant]:
    """Read the list: `# name | file | tests`, the text before, `=>`, the text after, an empty line.

    Without tests it is the simulator that must notice.
    """
    for block in text.strip().split("\n\n"):
        head, _, body = block.partition("\n")
        name, path, tests = (*head.removeprefix("# ").split(" | "), "", "")[:3]
        before, arrow, after = body.partition("\n=>")
        if not (path and arrow):
            raise ValueError(f"{name}: expected `# name | file`, a text, `=>`, a text")
        yield Mutant(name, path, before, after.removeprefix("\n"), tuple(tests.split()))


def planted(mutant: Mutant, source: Path) -> None:
    """Put the bug into a copy of the source."""
    path = source / "tradebot" / mutant.path
    text = path.read_text()
    if text.count(mutant.before) != 1:
        raise ValueError(f"{mutant.name}: found {text.count(mutant.before)} times in {mutant.path}")
    path.write_text(text.replace(mutant.before, mutant.after))


def hunted(mutant: Mutant, days: int) -> Outcome:
    """Let the tests that are named for the bug judge it, or the simulator where none are."""
    began = time.perf_counter()
    with TemporaryDirectory(prefix="mutant-") as place:
        source = Path(place) / "src"
        shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
        planted(mutant, source)
        outcome = tested(mutant, source) if mutant.tests else played(mutant, source, days)
    return replace(outcome, seconds=round(time.perf_counter() - began, 1))


def tested(mutant: Mutant, source: Path) -> Outcome:
    """Run the tests until one fails; a copy that cannot even be imported proves nothing."""
    asked = ("-m", "pytest", "-x", "--tb=no", "-rf", "-p", "no:cacheprovider", *mutant.tests)
    code, told = run(asked, source, ROOT)
    failed = [line for line in told if line.startswith("FAILED ")]
    if code == FAILED and failed:
        test, _, text = failed[0].removeprefix("FAILED ").partition(" - ")
        return Outcome(mutant.name, test.partition("::")[2], text=text)
    if code:
        raise RuntimeError(f"{mutant.name}: {told[-3:]}")
    return Outcome(mutant.name)


def played(mutant: Mutant, source: Path, days: int) -> Outcome:
    """Play days until a promise breaks."""
    code, told = run(("-c", PLAY, str(days)), source, source.parent)
    if code:
        raise RuntimeError(f"{mutant.name}: {told[-1:]}")
    if not told:
        return Outcome(mutant.name)
    seed, invariant, text = told[0].split(" ", 2)
    return Outcome(mutant.name, f"invariant {invariant}", int(seed), text=text)


def run(asked: Sequence[str], source: Path, where: Path) -> tuple[int, list[str]]:
    """Run Python on the copy; return its exit code, and the lines that it printed."""
    ended = subprocess.run(
        [sys.executable, *asked], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, "PYTHONPATH": str(source)}, cwd=where, timeout=ENDS_WITHIN_S,
    )
    return ended.returncode, ended.stdout.strip().splitlines()


def row(outcome: Outcome) -> str:
    after = f"day {outcome.days}" if outcome.days else f"{outcome.seconds} s"
    by = outcome.by or "NOT NOTICED"
    return f"{outcome.name:58} {after:>9}  {by}  {outcome.text}"[:200]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Plant bugs; each must be noticed.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--days", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    chosen = [m for m in mutants(LIST.read_text()) if not args.names or m.name in args.names]
    with ThreadPoolExecutor(args.jobs) as pool:
        outcomes = []
        for outcome in pool.map(lambda mutant: hunted(mutant, args.days), chosen):
            outcomes.append(outcome)
            if not args.json:
                print(row(outcome), flush=True)
    caught = sum(bool(outcome.by) for outcome in outcomes)
    if args.json:
        print(json.dumps({
            "mutants": len(outcomes), "caught": caught, "outcomes": [asdict(o) for o in outcomes],
        }, indent=2))
    else:
        print(f"{caught} of {len(outcomes)} noticed")
    return 0 if caught == len(outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
