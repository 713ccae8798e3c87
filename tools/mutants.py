"""Would the simulator notice? Bugs planted one by one in a copy of the source, a day after another.

    python tools/mutants.py [NAME ...] [--days N] [--jobs J] [--json]

Each must break a promise within so many simulated days; what does not is named, and the exit code
is 1. The list is data: a text to be found exactly once in a file, and what takes its place.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

SOURCE = Path(__file__).resolve().parents[1] / "src"
LIST = Path(__file__).with_name("mutants.txt")
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


@dataclass(frozen=True)
class Outcome:
    """How many days it took, and which invariant broke; 0 days: it was not noticed."""

    name: str
    seeds: int
    invariant: int
    text: str


def mutants(text: str) -> Iterator[Mutant]:
    """Read the list: `# name | file`, the text before, `=>`, the text after, an empty line."""
    for block in text.strip().split("\n\n"):
        head, _, body = block.partition("\n")
        name, _, path = head.removeprefix("# ").partition(" | ")
        before, arrow, after = body.partition("\n=>")
        if not (path and arrow):
            raise ValueError(f"{name}: expected `# name | file`, a text, `=>`, a text")
        yield Mutant(name, path, before, after.removeprefix("\n"))


def planted(mutant: Mutant, source: Path) -> None:
    """Put the bug into a copy of the source."""
    path = source / "tradebot" / mutant.path
    text = path.read_text()
    if text.count(mutant.before) != 1:
        raise ValueError(f"{mutant.name}: found {text.count(mutant.before)} times in {mutant.path}")
    path.write_text(text.replace(mutant.before, mutant.after))


def hunted(mutant: Mutant, days: int) -> Outcome:
    """Play days under the bug until a promise breaks."""
    with TemporaryDirectory(prefix="mutant-") as place:
        source = Path(place) / "src"
        shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
        planted(mutant, source)
        played = subprocess.run(
            [sys.executable, "-c", PLAY, str(days)], check=False, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(source)}, cwd=place,
        )
    if played.returncode:
        raise RuntimeError(f"{mutant.name}: {played.stderr.strip().splitlines()[-1:]}")
    seed, _, rest = played.stdout.strip().partition(" ")
    invariant, _, told = rest.partition(" ")
    return Outcome(mutant.name, int(seed or 0), int(invariant or 0), told)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Plant bugs; each must break a promise.")
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
                day = f"day {outcome.seeds}" if outcome.seeds else "NOT NOTICED"
                print(f"{outcome.name:44} {day:>12}  {outcome.text[:90]}", flush=True)
    caught = sum(outcome.seeds > 0 for outcome in outcomes)
    if args.json:
        print(json.dumps({
            "mutants": len(outcomes), "caught": caught, "outcomes": [asdict(o) for o in outcomes],
        }, indent=2))
    else:
        print(f"{caught} of {len(outcomes)} noticed")
    return 0 if caught == len(outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
