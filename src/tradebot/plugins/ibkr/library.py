"""Which library speaks IB's protocol here? ib_async, or ib_insync where only that is installed.

Of either only the codec is used: what it believes of orders, connections and time is its own.
"""

import asyncio
import logging
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

NEEDS: Final[Mapping[str, str]] = {"ibkr": "ib_async", "ibkr-legacy": "ib_insync"}
_FIRST, _FALLBACK = NEEDS.values()


def name() -> str:
    return _FALLBACK if find_spec(_FIRST) is None and find_spec(_FALLBACK) else _FIRST


def load() -> Any:
    """Import the library inside the loop that runs: at any other place ib_insync cannot be."""
    found = name()
    if found == _FALLBACK:
        asyncio.set_event_loop(asyncio.get_running_loop())  # it asks the policy for a loop
    library = import_module(found)
    logging.getLogger(found).addHandler(logging.NullHandler())  # what it says, we say better
    return library
