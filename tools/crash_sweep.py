"""Is anything lost or sent twice, wherever the daemon is cut off? A sweep over its steps.

Each point: a whole daemon rehearses some minutes and is killed (or its disk fails) at one step; it
is started again, now and then killed again in its recovery, and must go on. Then the journal must
verify, decide the same again, and agree with the paper broker's own file. Exit 1 on a violation.

    python tools/crash_sweep.py [--all | --points 300] [--what kills|failures] [--seed 1]
                                [--budget SECONDS] [--jobs 2] [--keep DIR] [--json]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.process import sweep  # noqa: E402 - the sweep is a test with a command of its own

SWEEPS = {"kills": sweep.KILLING, "failures": sweep.FAILING}
SHOWN_MAX = 20


def main() -> int:
    asked = _asked()
    if not Path("/proc/self/fd").exists() or not hasattr(os, "fork"):
        print("SKIP: the sweep needs Linux")
        return 0
    if asked.shard is not None:
        print(json.dumps(_shard(asked)))
        return 0
    began = time.monotonic()
    found = _together([_started(asked, number) for number in range(asked.jobs)])
    found["seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(found, indent=2) if asked.json else _table(found))
    return 1 if found["violations"] or not found["struck"] else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--what", choices=SWEEPS, default="kills", help="kill it, or fail its disk")
    parser.add_argument("--all", action="store_true", help="every step, in every way")
    parser.add_argument("--points", type=int, default=300, help="how many, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=3600.0, help="seconds; then it ends")
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side")
    parser.add_argument("--keep", type=Path, help="where the files of what went wrong are left")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--shard", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _started(asked: argparse.Namespace, number: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        (sys.executable, __file__, *sys.argv[1:], "--shard", str(number)), stdout=subprocess.PIPE
    )


def _together(shards: Sequence["subprocess.Popen[bytes]"]) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    for shard in shards:
        out, _ = shard.communicate()
        if shard.returncode:
            raise SystemExit("a part of the sweep broke")
        for name, value in json.loads(out).items():
            if isinstance(value, dict):
                sums[name] = dict(Counter(sums.get(name, {})) + Counter(value))
            else:
                sums[name] = sums[name] + value if name in sums else value
    return sums


def _shard(asked: argparse.Namespace) -> dict[str, Any]:
    stop_at = time.monotonic() + asked.budget
    play, hows = SWEEPS[asked.what]
    with tempfile.TemporaryDirectory() as temporary:
        directory = (asked.keep or Path(temporary)).resolve() / f"{asked.what}-{asked.shard}" / "at"
        steps = sweep.rehearsed(directory, asked.seed)
        found = sweep.points(steps, hows)
        if not asked.all:
            found = sweep.chosen(found, asked.points, asked.seed)
        return vars(play(directory, found[asked.shard::asked.jobs], asked.seed, stop_at))


def _table(found: dict[str, Any]) -> str:
    wrong = found["violations"]
    lines = [f"{times:6}  {kind}" for kind, times in sorted(found["kinds"].items())]
    lines += [f"{times:6}  ended with {code}" for code, times in sorted(found["ends"].items())]
    lines += wrong[:SHOWN_MAX]
    lines.append(
        f"{found['struck']} points struck, {found['again']} recoveries struck again,"
        f" {found['missed']} missed, {len(wrong)} violations, {found['seconds']} s"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
