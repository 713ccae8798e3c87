"""What must nobody read in a log? Secrets that are configured, and whatever looks like a token."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from tradebot.core.model.secret import HIDDEN, Secret

_SHORTEST: Final = 6  # a shorter value would hide innocent words
_TOKEN: Final = re.compile(
    r"""(?ix) (\bbearer\s+ | \bbasic\s+
      | \b[\w-]*(?:secret|token|password|passphrase|api_?key|credential)[\w-]*["']?\s*[=:]\s*["']?)
    [^\s"',;&]+"""
)


def hiding(secrets: Iterable[Secret]) -> Callable[[str], str]:
    """Return what hides these secrets, and tokens, in any text."""
    values = {secret.reveal() for secret in secrets}
    known = sorted((value for value in values if len(value) >= _SHORTEST), key=len, reverse=True)
    exact = re.compile("|".join(map(re.escape, known))) if known else None

    def hide(text: str) -> str:
        if exact is not None:
            text = exact.sub(HIDDEN, text)
        return _TOKEN.sub(rf"\1{HIDDEN}", text)

    return hide
