"""How fast is it here, against what this machine can do at all? Ratios in one run, never absolutes.

One order runs from intent to booked fill: all eight stages, every gate on (limits raised, none
removed), the real engine, journal and wire, and the paper broker at zero latency.

    python tools/bench.py [--quick] [--only WORD] [--json FILE] [--dir DIR]
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import bench_orders
import bench_processes
import bench_recovery

Measures = Mapping[str, Callable[[Path], dict[str, Any]]]


def raw_syncs(directory: Path, seconds: float = 1.0) -> dict[str, float]:
    """Measure what the disk does alone: 400 bytes over pre-written zeros, then fdatasync."""
    path = directory / "raw"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.write(file, bytes(16 << 20))
        os.fsync(file)
        took: list[float] = []
        began, offset, line = time.perf_counter(), 0, b"x" * 400
        while time.perf_counter() - began < seconds:
            at = time.perf_counter()
            os.pwrite(file, line, offset % (16 << 20))
            os.fdatasync(file)
            took.append((time.perf_counter() - at) * 1e6)
            offset += 400
    finally:
        os.close(file)
        path.unlink()
    return {"per_s": round(len(took) / seconds), "p50_us": round(median(took))}


def measures(scale: int) -> Measures:
    """Name every measure; `scale` divides the amount of work."""
    def orders(sink: str, concurrency: int, count: int, **more: Any) -> Any:
        return lambda place: asyncio.run(
            bench_orders.closed_loop(place, sink, concurrency, count // scale, **more)
        )

    def at_rate(rate: int) -> Any:
        return lambda place: asyncio.run(bench_orders.open_loop(place, rate, 20 / scale))

    found: dict[str, Callable[[Path], dict[str, Any]]] = {
        "raw sync": raw_syncs, "start-up": lambda _: bench_processes.start_up(),
        "calendar": lambda _: bench_processes.calendar(),
        "daemon start": bench_processes.daemon_start,
        "replay": partial(bench_processes.replay, sessions=max(41, 120 // scale)),
    }
    for sink in ("none", "file", "durable"):
        for concurrency, count in ((1, 5_000), (64, 20_000), (1024, 20_000)):
            found[f"{sink}, {concurrency} in flight"] = orders(sink, concurrency, count)
    found["durable, 64 in flight, as a daemon"] = orders("durable", 64, 20_000, is_whole=True)
    for rate in (1_000, 10_000):
        found[f"durable, {rate} a second"] = at_rate(rate)
    found["100,000 orders"] = orders("none", 64, 100_000, tenths=True)
    found["over resting orders"] = orders(
        "none", 64, 20_000, tenths=True, resting=10_000 // scale
    )
    found["memory"] = lambda place: asyncio.run(bench_orders.memory(place, 50_000 // scale))
    found["lines"] = partial(bench_recovery.lines, orders=10_000 // scale)
    found["starts"] = partial(bench_recovery.starts, decisions=1_000_000 // scale)
    return found


def ratios(found: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Set what belongs together against each other, where both were measured."""
    sync = found.get("raw sync", {})
    pairs = {
        "one in flight over raw syncs": (("durable, 1 in flight", "orders_per_s"), ("per_s", None)),
        "p50 of one in flight over a sync": (("durable, 1 in flight", "p50_us"), ("p50_us", None)),
        "p50 at 1,000/s over a sync": (("durable, 1000 a second", "p50_us"), ("p50_us", None)),
        "p99 at 1,000/s over a sync": (("durable, 1000 a second", "p99_us"), ("p50_us", None)),
        "worst trip over p50, 100,000 orders": (
            ("100,000 orders", "worst_us"), (None, ("100,000 orders", "p50_us"))
        ),
        "CPU an order over resting orders": (
            ("over resting orders", "cpu_us_per_order"),
            (None, ("none, 64 in flight", "cpu_us_per_order")),
        ),
    }
    told = {}
    for name, ((title, key), (of_sync, other)) in pairs.items():
        above = found.get(title, {}).get(key)
        below = sync.get(of_sync) if of_sync else found.get(other[0], {}).get(other[1])
        if above and below:
            told[name] = round(above / below, 2)
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--only", metavar="WORD", help="only measures whose name holds the word")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--dir", type=Path, help="a directory on the disk to measure")
    args = parser.parse_args()
    found: dict[str, dict[str, Any]] = {}
    for title, measure in measures(10 if args.quick else 1).items():
        if args.only and args.only not in title and title != "raw sync":
            continue
        with tempfile.TemporaryDirectory(dir=args.dir) as name:
            found[title] = measure(Path(name))
        _show(title, found[title])
    found["ratios"] = ratios(found)
    for name, ratio in found["ratios"].items():
        _show(name, {"ratio": ratio})
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def _show(title: str, figures: Mapping[str, Any]) -> None:
    print(f"{title:36}" + "  ".join(f"{key} {value}" for key, value in figures.items()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
