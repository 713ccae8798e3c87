"""What does chance say? A pure function of names: the same parts give the same draws everywhere."""

import hashlib
import struct
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist().inv_cdf
_RANGE: Final = 2.0**32


def words(count: int, *parts: object) -> tuple[int, ...]:
    """Return whole numbers below 2**32, as many as asked; more of them begin with the same."""
    text = "\x1f".join(map(str, parts))
    return struct.unpack(f"<{count}I", hashlib.shake_128(text.encode()).digest(4 * count))


def normals(count: int, *parts: object) -> list[float]:
    """Return standard normal draws."""
    return [_NORMAL((word + 0.5) / _RANGE) for word in words(count, *parts)]
