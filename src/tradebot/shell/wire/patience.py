"""How patient is a route with its broker? Its limits, and the waits between two tries."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.fact import fact

JITTER_FRAC: Final = 0.25  # so that orders that failed together do not come back together
ASKED_MAX_S: Final = 30.0  # how long a broker may ask to be left alone, whatever it says
_BYTES: Final = 8


@fact
class Patience:
    """What a route bears of its broker.

    max_retries: how often an order that provably never left is sent again
    initial_backoff_s: the wait before the first of them; a part of chance is added to each
    backoff_multiplier: how the wait grows with each
    breaker_threshold: calls that fail one after the other before the breaker opens
    breaker_timeout_s: how long it stays open before one probe goes out
    probe_every_s: how often the broker is asked for its statement, to see that it is there
    messages_per_s: what the broker takes at most; without it, what its plugin declares
    cancels_frac: the part of that which only cancels may use
    """

    max_retries: Annotated[int, Field(ge=0, le=10)] = 3
    initial_backoff_s: Annotated[float, Field(gt=0)] = 1.0
    backoff_multiplier: Annotated[float, Field(ge=1)] = 2.0
    breaker_threshold: Annotated[int, Field(ge=1)] = 5
    breaker_timeout_s: Annotated[float, Field(gt=0)] = 60.0
    probe_every_s: Annotated[float, Field(gt=0)] = 30.0
    messages_per_s: Annotated[float, Field(gt=0)] | None = None
    cancels_frac: Annotated[float, Field(ge=0, lt=1)] = 0.25

    def waits(self, seed: int, name: str) -> Iterator[float]:
        """Yield how long to wait before each try of an order; chance comes from its name."""
        yield 0.0
        wait_s = self.initial_backoff_s
        for number in range(1, self.max_retries + 1):
            yield wait_s * (1 + JITTER_FRAC * _chance(seed, name, number))
            wait_s *= self.backoff_multiplier


USUAL: Final = Patience()


def _chance(seed: int, name: str, number: int) -> float:
    """Return a number from 0 to 1 that follows from nothing but these."""
    digest = blake2b(f"{seed}/{name}/{number}".encode(), digest_size=_BYTES).digest()
    return float(int.from_bytes(digest)) / float(1 << 8 * _BYTES)
