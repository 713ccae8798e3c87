"""Does the API keep to its own document? Draw many requests and hold every answer against it.

    python tools/fuzz_api.py                  5,000 cases
    python tools/fuzz_api.py --cases 50000 --seed 7
"""

import argparse
import random
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.shell.api.fuzz import Fuzz
from tests.shell.api.over_tcp import listening
from tests.tiny_daemon import TinyDaemon

PART = 500  # cases a daemon: what one did says nothing of the next


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--cases", type=int, default=5_000, metavar="N", help="requests to draw")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the first daemon")
    args = parser.parse_args()
    statuses: Counter[int] = Counter()
    trouble: list[str] = []
    seed = args.seed
    while sum(statuses.values()) < args.cases:
        daemon = TinyDaemon()
        with TemporaryDirectory() as home, listening(daemon, Path(home)) as place:
            with closing(Fuzz(daemon, place, random.Random(seed))) as fuzz:
                fuzz.run(PART)
            statuses += fuzz.statuses
            trouble += fuzz.trouble
        seed += 1
    told = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
    print(f"{sum(statuses.values())} cases over {len(fuzz.operations)} operations: {told}")
    print(*trouble[:20], f"{len(trouble)} broke the document", sep="\n")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
