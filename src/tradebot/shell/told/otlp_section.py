"""Where do traces go? The section `telemetry.otlp` of a configuration."""

import re
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.outward.target import Reach, reachable

_HEADER: Final = re.compile(r"([A-Za-z0-9_-]{1,64})=([!-+\--~][ -+\--~]*)", re.ASCII)
_OURS: Final = frozenset({
    "connection", "content-length", "content-type", "host", "transfer-encoding",
})


@fact
class OtlpSection:
    """Which collector hears how long each order took; none unless a URL is given.

    url: where traces are posted, with its path: https://HOST/v1/traces
    headers: what goes with them, as NAME=VALUE,NAME=VALUE
    allow_private: let the URL be inside a network of ours, and without TLS
    rehearsals: tell it of rehearsals, too
    """

    url: str | None = None
    headers: Secret | None = None
    allow_private: bool = False
    rehearsals: bool = False

    def __post_init__(self) -> None:
        if self.url is not None:
            try:
                reachable(self.url, self.reach)
            except ValueError as error:
                raise ValueError(f"url: {error}") from None
        _ = self.header_values

    @property
    def reach(self) -> Reach:
        return Reach(allow_private=self.allow_private, allow_plain=self.allow_private)

    @property
    def header_values(self) -> dict[str, str]:
        """Return the headers by name; raise ValueError, which shows none, where they are none."""
        if self.headers is None:
            return {}
        found = [_HEADER.fullmatch(part.strip()) for part in self.headers.reveal().split(",")]
        if not all(found) or any(h and h[1].lower() in _OURS for h in found):
            raise ValueError("headers: expected NAME=VALUE,NAME=VALUE (the value is not shown)")
        return {header[1]: header[2] for header in found if header is not None}
