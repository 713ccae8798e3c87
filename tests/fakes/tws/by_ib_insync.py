"""How does ib_insync fare with our TWS? Runs all scenes in a process of their own, a line each.

`python -m tests.fakes.tws.by_ib_insync`, with the place of ib_insync first on the path: it and
ib_async both bring an `eventkit`, and must not meet. It is imported while the loop runs, for on
newer Pythons it cannot be imported anywhere else.
"""

import asyncio
import importlib
import json
import sys
import traceback
from collections.abc import Awaitable

import pytest
from tests.fakes.tws.bad_days import BAD_DAYS
from tests.fakes.tws.bad_orders import BAD_ORDERS
from tests.fakes.tws.market_scenes import MARKET
from tests.fakes.tws.scenes import ORDINARY
from tests.fakes.tws.witness import VERSIONS


def names() -> list[str]:
    """Return what a run tells of: every scene, and the ordinary ones at every version."""
    ordinary = [f"{scene.__name__}-{version}" for scene in ORDINARY for version in VERSIONS]
    return ordinary + [scene.__name__ for scene in BAD_DAYS + BAD_ORDERS + MARKET]


async def play_all() -> None:
    library = importlib.import_module("ib_insync")
    for scene in ORDINARY:
        for version in VERSIONS:
            await _tell(f"{scene.__name__}-{version}", scene(library, version))
    for scene in MARKET:
        await _tell(scene.__name__, scene(library, VERSIONS[-1]))
    for scene in BAD_DAYS + BAD_ORDERS:
        await _tell(scene.__name__, scene(library))


async def _tell(name: str, playing: Awaitable[None]) -> None:
    try:
        await playing
    except (Exception, pytest.fail.Exception):  # whatever it was, the test shows it
        print(json.dumps([name, traceback.format_exc()]), flush=True)
    else:
        print(json.dumps([name, ""]), flush=True)


if __name__ == "__main__":
    sys.modules["ib_async"] = None  # type: ignore[assignment]  # so that nobody imports it
    asyncio.run(play_all())
