"""Appends for ever and prints each number when it is durable: `python appender.py DIR`."""

import asyncio
import sys
from pathlib import Path

from tests.shell.journal.ledgers import decisions, opened


async def append(directory: Path) -> None:
    journal = opened(directory, threaded=True, sync=True, prewrite=True, segment_bytes=40_000)
    seq = journal.last_seq
    while True:
        batches = []
        for count in (1, 3, 2):
            batches.append((seq + count, journal.append(decisions(count, seq + 1))))
            seq += count
        for last, durable in batches:
            await durable
            print(last, flush=True)


if __name__ == "__main__":
    asyncio.run(append(Path(sys.argv[1])))
