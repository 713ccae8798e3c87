"""How often may Python look for garbage that reference counts miss? Seldom: each look is a pause.

Our records are trees, freed the moment nobody holds them; what is left to find grows slowly. With
the defaults a look at everything stops the loop for a tenth of a second once many orders are kept.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_YOUNG: Final = 50_000  # allocations between two looks at what is new
_MIDDLE: Final = 50
_OLD: Final = 1_000


def collect_seldom() -> None:
    """Set the collector for a process that runs for months; what is there now is left alone."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage inside: for a bounded piece of work that makes much and drops little.

    What it made is left alone from then on: to look at all of it at once would stop everything.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
